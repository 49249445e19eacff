"""Every rule's own cases: `tests/data/rules/<rule>.json`.

    {"fires":    [{"kind": "wild", "input": …, "output": …, "gaps": [[at, chars, kind]], "facts": {…}, "toc": […],
                   "title": …, "given": {"title": …, "sites": {…}}}],
     "must_not": [{"text": …, "why": …}]}

`kind` is `wild` (shaped like what was met on real pages) or `synthetic`. A case is run through its rule alone; what it
states of gaps, facts, contents and title must be what the rule leaves, where it states nothing nothing is asked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.cleaning.engine import run, undo
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.ruleset import RULES

CASES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "data" / "rules").glob("*.json"))
}
BY_NAME = {rule.name: (rule,) for rule in RULES}

FIRES = [(name, k, case) for name, cases in CASES.items() for k, case in enumerate(cases["fires"])]
MUST_NOT = [
    (name, k, case) for name, cases in CASES.items() for k, case in enumerate(cases["must_not"])
]


def facts_of(case: dict[str, Any]) -> Facts:
    given = case.get("given", {})
    return Facts(title=given.get("title", ""), sites=given.get("sites", {}))


def test_every_rule_has_cases_that_fire_and_two_that_must_not() -> None:
    assert set(CASES) == set(BY_NAME)
    assert [
        name for name, cases in CASES.items() if not cases["fires"] or len(cases["must_not"]) < 2
    ] == []
    assert {case["kind"] for _, _, case in FIRES} <= {"wild", "synthetic"}


@pytest.mark.parametrize(("name", "k", "case"), FIRES, ids=[f"{name}-{k}" for name, k, _ in FIRES])
def test_a_rule_does_what_its_case_says(name: str, k: int, case: dict[str, Any]) -> None:
    outcome = run(case["input"], facts_of(case), BY_NAME[name])
    assert outcome.text == case["output"]
    assert undo(outcome.text, outcome.steps) == case["input"]
    if "gaps" in case:
        assert [[gap.at, gap.chars, gap.kind] for gap in outcome.facts.gaps] == case["gaps"]
    if "facts" in case:
        assert outcome.facts.stated == case["facts"]
    if "toc" in case:
        assert outcome.facts.toc == case["toc"]
    if "title" in case:
        assert outcome.facts.title == case["title"]
    if "warnings" in case:
        assert outcome.facts.cautions == case["warnings"]


@pytest.mark.parametrize(
    ("name", "k", "case"), MUST_NOT, ids=[f"{name}-{k}" for name, k, _ in MUST_NOT]
)
def test_a_rule_leaves_alone_what_only_looks_like_its_blemish(
    name: str, k: int, case: dict[str, Any]
) -> None:
    facts = facts_of(case)
    outcome = run(case["text"], facts, BY_NAME[name])
    assert (outcome.text, facts.gaps) == (case["text"], []), case["why"]


@pytest.mark.parametrize(("name", "k", "case"), FIRES, ids=[f"{name}-{k}" for name, k, _ in FIRES])
def test_a_second_pass_changes_nothing(name: str, k: int, case: dict[str, Any]) -> None:
    outcome = run(case["input"], facts_of(case), BY_NAME[name])
    assert run(outcome.text, outcome.facts, BY_NAME[name]).steps == ()


def test_the_order_of_the_ruleset_is_what_the_rules_ask_for() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for k, rule in enumerate(RULES):
        assert [a for a in rule.after if a in names and a not in names[:k]] == [], rule.name


def test_every_rule_tells_its_story_with_an_example_that_runs() -> None:
    assert [rule.name for rule in RULES if ">>>" not in rule.story] == []
