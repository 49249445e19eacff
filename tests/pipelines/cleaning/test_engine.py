"""The engine: what it applies, refuses, carries and records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pipelines.cleaning.engine import redo, run, undo
from pipelines.cleaning.rule import Facts, Rule, rule
from pipelines.text.edits import Caution, Edit, Fact, Withheld


def removing(
    pattern: str,
    *leaves: Withheld | Fact | Caution,
    inserted: str = "",
    budget: int = 50,
    needs: tuple[str, ...] = (),
) -> Rule:
    def find(text: str, facts: Facts) -> Iterator[Edit]:
        for m in re.finditer(pattern, text):
            yield Edit(m.start(), m.end(), inserted, leaves)

    return Rule(f"removing_{pattern}", find, budget, needs)


def test_what_a_rule_removes_can_be_put_back() -> None:
    outcome = run("甲[1]乙[2]丙", Facts(), (removing(r"\[\d\]"), removing("乙")))
    assert outcome.text == "甲丙"
    assert undo(outcome.text, outcome.steps) == "甲[1]乙[2]丙"
    assert redo("甲[1]乙[2]丙", outcome.steps) == "甲丙"


def test_a_trace_that_does_not_fit_is_refused() -> None:
    outcome = run("甲[1]乙", Facts(), (removing(r"\[\d\]", inserted="\n"),))
    with pytest.raises(ValueError, match="inserted"):
        undo("甲乙", outcome.steps)
    with pytest.raises(ValueError, match="removed"):
        redo("甲乙", outcome.steps)


def test_an_edit_beyond_its_budget_is_refused_and_told() -> None:
    facts = Facts()
    outcome = run("甲" * 60, facts, (removing("甲+"),))
    assert (outcome.text, outcome.steps, facts.cautions) == (
        "甲" * 60,
        (),
        ["budget_refused:removing_甲+"],
    )


def test_disorder_costs_the_edit_and_not_the_page() -> None:
    @rule(budget=9)
    def backwards(text: str, facts: Facts) -> Iterator[Edit]:
        """Two edits in the wrong order."""
        if text == "甲乙丙":
            yield Edit(2, 3)
            yield Edit(0, 1)

    facts = Facts()
    assert run("甲乙丙", facts, (backwards,)).text == "甲乙"
    assert facts.cautions == ["disorder_refused:backwards"]


def test_a_gap_keeps_its_break_and_moves_with_the_text() -> None:
    facts = Facts()
    gap = removing("……略……", Withheld(30), inserted="\n")
    joining = removing("\n", inserted="")
    outcome = run("前言甲……略……乙丙", facts, (gap, removing("前言"), joining))
    assert outcome.text == "甲\n乙丙"
    assert [(g.at, g.chars, g.notice) for g in facts.gaps] == [(2, 30, "……略……")]
    assert facts.cautions == ["gap_kept:removing_\n"]


def test_a_notice_is_given_as_it_stood_before_any_rule() -> None:
    facts = Facts()
    run(
        "甲……(省(shěng)略8字)……乙",
        facts,
        (removing(r"\(shěng\)"), removing("……[^乙]+……", Withheld(8), inserted="\n")),
    )
    assert [g.notice for g in facts.gaps] == ["……(省(shěng)略8字)……"]


def test_rules_run_until_nothing_changes() -> None:
    outcome = run("甲(乙)", Facts(), (removing(r"甲(?=$)"), removing(r"\(乙\)")))
    assert outcome.text == ""
    assert [step.rule for step in outcome.steps] == [r"removing_\(乙\)", "removing_甲(?=$)"]


def test_a_literal_that_an_edit_joins_is_seen_by_later_rules() -> None:
    assert (
        run("上[1]传", Facts(), (removing(r"\[1\]"), removing("上传", needs=("上传",)))).text == ""
    )


def test_a_rule_whose_literals_are_absent_is_not_asked() -> None:
    def never(text: str, facts: Facts) -> Iterator[Edit]:
        raise AssertionError("asked")

    assert run("甲乙", Facts(), (Rule("never", never, 9, needs=("丙",)),)).text == "甲乙"


def test_what_a_rule_raises_carries_its_name() -> None:
    def broken(text: str, facts: Facts) -> Iterator[Edit]:
        raise KeyError("丁")

    with pytest.raises(KeyError) as caught:
        run("甲", Facts(), (Rule("broken", broken, 9),))
    assert caught.value.__notes__ == ["in cleaning rule broken"]


def test_an_edit_that_changes_nothing_is_a_mark_in_the_final_text() -> None:
    def mask(text: str, facts: Facts) -> Iterator[Edit]:
        for m in re.finditer(r"\*+", text):
            yield Edit(*m.span(), m[0], (Caution("masked"),))

    facts = Facts()
    outcome = run("前言*县", facts, (Rule("mask", mask, 0), removing("前言")))
    assert [(m.start, m.end, m.code) for m in outcome.marks] == [(0, 1, "masked")]
    assert (outcome.text, facts.cautions) == ("*县", ["masked"])


def test_the_first_statement_of_a_fact_wins_and_contents_add_up() -> None:
    facts = Facts(stated={"pages": 3})
    run(
        "甲乙",
        facts,
        (
            removing("甲", Fact("pages", 9), Fact("toc", "一")),
            removing("乙", Fact("toc", "二"), Fact("title", "丙")),
        ),
    )
    assert (facts.stated, facts.toc, facts.title) == ({"pages": 3}, ["一", "二"], "丙")
