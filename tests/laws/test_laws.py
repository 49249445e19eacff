"""The laws of ARCHITECTURE.md, over all rules and any text.

Edits are sorted, disjoint and match what stands there · restore(clean(x)) = x · a second pass makes no text edit ·
negatives are untouched · budgets are kept · twice a rule's own trigger text takes at most 2.5 times the time.
"""

from __future__ import annotations

import gc
import json
import time
from pathlib import Path

import opencc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.gloss_fault import shown
from benchmarks.invented import speech
from pipelines.cleaning.clean import readable
from pipelines.cleaning.engine import run, undo
from pipelines.cleaning.rule import Facts, PlacedGap, Rule
from pipelines.cleaning.ruleset import RULES
from pipelines.record_parts import Step
from pipelines.text.edits import Edit

CASES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[1] / "data" / "rules").glob("*.json"))
}
TRIGGERS = {name: [case["input"] for case in cases["fires"]] for name, cases in CASES.items()}
QUIET = {name: [case["text"] for case in cases["must_not"]] for name, cases in CASES.items()}

S2T = opencc.OpenCC("s2t")
GLOSSES = [
    ("發", "fā"),
    ("會", "huì"),
    ("動", "dòng"),
    ("數", "shù"),
    ("們", "men"),
    ("規", "guī"),
    ("績", "jī"),
]

#: What a text is put together from: sentences, what sites put between them, and what breaks careless programs.
PIECES = st.one_of(
    st.sampled_from([line for seed in range(4) for line in speech(seed).paragraphs]),
    st.sampled_from(
        [
            shown(str(S2T.convert(line)).encode("gbk", "ignore").decode("gbk"), GLOSSES)
            for line in speech(5).paragraphs
        ]
    ),
    st.sampled_from([text for texts in TRIGGERS.values() for text in texts]),
    st.sampled_from([text for texts in QUIET.values() for text in texts]),
    st.sampled_from(
        [
            "\n",
            "\n\n",
            "　　",
            " ",
            "……",
            "...",
            "、",
            "2、",
            "\n\n2、",
            "一、",
            "（",
            "(",
            ")",
            "【",
            "》",
            "目录",
            "第1页 / 共6页",
            "(未完",
            "省略",
            "字",
            "登录",
            "?",
            "\ufffd",
            "\0",
            "\ud800",
            "\u202e",
            "\u200b",
            "\ufeff",
            "<p>",
            "&nbsp;",
            "\r",
            "\t",
            "\x85",
            "a",
            "1",
        ]
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(PIECES, max_size=10).map("".join).map(readable)


def found_by(rule: Rule, text: str, facts: Facts) -> list[Edit]:
    return list(rule.find(text, facts))


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_edits_are_sorted_disjoint_and_within_the_text(text: str) -> None:
    for rule in RULES:
        done = 0
        for start, end, inserted, _ in found_by(rule, text, Facts()):
            assert done <= start <= end <= len(text), rule.name
            assert isinstance(inserted, str)
            done = end


@settings(max_examples=120, deadline=None)
@given(TEXTS)
@example("\n")
@example("一、\n\n2、")
def test_raw_text_comes_back_from_clean_text_and_trace(text: str) -> None:
    outcome = run(text, Facts(), RULES)
    assert undo(outcome.text, outcome.steps) == text


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_every_removed_character_is_in_the_trace_and_every_edit_matches_what_stood_there(
    text: str,
) -> None:
    now = text
    for step in run(text, Facts(), RULES).steps:
        for edit in step.edits:
            assert now.startswith(edit.removed, edit.start), step.rule
            assert edit.removed != edit.inserted, step.rule
        now = after(now, step)


def after(text: str, step: Step) -> str:
    pieces, done = [], 0
    for edit in step.edits:
        pieces += text[done : edit.start], edit.inserted
        done = edit.start + len(edit.removed)
    return "".join([*pieces, text[done:]])


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_no_edit_takes_more_than_its_rules_budget(text: str) -> None:
    budgets = {rule.name: rule.budget for rule in RULES}
    for step in run(text, Facts(), RULES).steps:
        assert all(len(e.removed) - len(e.inserted) <= budgets[step.rule] for e in step.edits), (
            step.rule
        )


@pytest.mark.parametrize("name", sorted(QUIET))
def test_negatives_are_untouched(name: str) -> None:
    [rule] = [rule for rule in RULES if rule.name == name]
    for text in QUIET[name]:
        assert [
            e for e in found_by(rule, text, Facts()) if text[e.start : e.end] != e.inserted
        ] == []


@pytest.mark.parametrize("name", sorted(TRIGGERS))
def test_a_second_pass_makes_no_text_edit(name: str) -> None:
    for text in TRIGGERS[name]:
        outcome = run(text, Facts(), RULES)
        assert run(outcome.text, outcome.facts, RULES).steps == ()


@pytest.mark.parametrize("seed", range(8))
def test_whole_speeches_pass_untouched_in_both_widths(seed: int) -> None:
    text = speech(seed).text
    for page in (text, text.translate(str.maketrans("，：；！？（）", ",:;!?()"))):
        assert run(page, Facts(), RULES).text == page


@pytest.mark.parametrize("seed", range(4))
def test_a_second_pass_over_whole_pages_makes_no_text_edit(seed: int) -> None:
    title, paragraphs, contents = speech(seed)
    torn = "\n".join(paragraphs).replace("，", "，\n", 3)
    for page in (
        torn,
        " ".join([title, *paragraphs]),
        "目录/提纲：……\n" + "\n".join(contents) + "\n……\n" + title + "\n" + torn,
        str(S2T.convert(torn)),
    ):
        outcome = run(page, Facts(), RULES)
        assert run(outcome.text, outcome.facts, RULES).steps == ()


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=3))
def test_the_two_sides_of_a_gap_never_join(text: str, places: list[int]) -> None:
    """Whatever the rules do, what stood after a gap's line break still stands after one."""
    lines = text.split("\n")
    if len(lines) < 2:
        return
    starts = [sum(len(line) + 1 for line in lines[:k]) for k in range(1, len(lines))]
    at = sorted({starts[p % len(starts)] for p in places})
    facts = Facts(gaps=[PlacedGap(a, None, "omitted", "省略") for a in at])
    outcome = run(text, facts, RULES)
    for gap in facts.gaps:
        assert 0 <= gap.at <= len(outcome.text)
        if gap.kind == "omitted" and 0 < gap.at < len(outcome.text):
            assert outcome.text[gap.at - 1] == "\n"


def seconds(rule: Rule, text: str) -> float:
    """The quickest of three: processor time, garbage collection aside."""
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        for _ in rule.find(text, Facts()):
            pass
        best = min(best, time.process_time() - before)
    return best


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_twice_the_trigger_text_takes_at_most_two_and_a_half_times_as_long(rule: Rule) -> None:
    gc.disable()
    try:
        for trigger in TRIGGERS.get(rule.name, [])[:3]:
            for unit in (trigger, trigger + "\n"):
                once = unit * max(1, 16_000 // len(unit))
                for _ in range(3):  # another process may have had the processor
                    short, long = seconds(rule, once), seconds(rule, once * 2)
                    if long <= 2.5 * short + 0.001:
                        break
                else:
                    pytest.fail(
                        f"{len(once)} characters take {short:.4f} s, twice as many {long:.4f} s"
                    )
    finally:
        gc.enable()
