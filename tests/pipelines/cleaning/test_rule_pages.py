"""docs/rules.md says what the rules say."""

from __future__ import annotations

from pipelines.cleaning.rule_pages import PAGE, page
from pipelines.cleaning.ruleset import RULES


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run `python -m pipelines.cleaning.rule_pages`"
    )


def test_every_rule_has_its_section_and_its_reason_for_its_place() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| ") and "](#" in line]
    assert len(rows) == len(RULES)
    assert [row for row in rows if row.rstrip().endswith("|  |")] == []
