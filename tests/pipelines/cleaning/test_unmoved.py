"""What `unmoved_by` promises: a rule finds nothing new to change in what the steps of those rules leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.cleaning.rule import Facts, Rule
from pipelines.cleaning.ruleset import RULES
from pipelines.text.edits import apply

BY_NAME = {rule.name: rule for rule in RULES}
PROMISES = [(rule, BY_NAME[name]) for rule in RULES for name in rule.unmoved_by]
FILES = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "data" / "rules").glob("*.json"))
]
CASES = [
    case.get("input", case.get("text"))
    for cases in FILES
    for case in cases["fires"] + cases["must_not"]
]
#: Every case as it stands, with indents and empty lines, with blanks at line ends, and next to a site's name.
TEXTS = [
    text
    for case in CASES
    for text in (
        case,
        case.replace("\n", "\n\n　　"),
        f"　{case} \n".replace("\n", " \t\n"),
        case.replace("\n", " \n 好例文秘网\n "),
    )
]


def changed(rule: Rule, text: str) -> str:
    found = rule.find(text, Facts(sites={"好例文秘网": "liwen"}))
    return apply(text, [edit for edit in found if text[edit.start : edit.end] != edit.inserted])


@pytest.mark.parametrize(
    ("rule", "other"), PROMISES, ids=[f"{a.name}-{b.name}" for a, b in PROMISES]
)
def test_a_step_does_not_move_a_rule_that_says_so(rule: Rule, other: Rule) -> None:
    tried = 0
    for text in TEXTS:
        after = changed(other, text)
        if after != text and (rule is other or changed(rule, text) == text):
            tried += 1
            assert changed(rule, after) == after
    assert tried > 20
