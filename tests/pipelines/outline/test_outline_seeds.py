"""Outlines of the five real pages in ../shared/seeds, as the project cleans them; skipped where they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.outline import outline_of
from pipelines.record_parts import OutlineNode
from pipelines.records import Outline, RawDocument, Speech

SEEDS = sorted((Path(__file__).parents[4] / "shared" / "seeds").glob("*.txt"))
pytestmark = pytest.mark.skipif(len(SEEDS) != 5, reason="../shared/seeds is not here")


def page(number: int) -> Speech:
    written = SEEDS[number].read_text(encoding="utf-8")
    cleaned = clean(RawDocument(url=f"file:{number}", text=written), {})
    assert isinstance(cleaned[0], Cleaned)
    return cleaned[0].speech


@pytest.fixture(scope="module")
def outlines() -> list[Outline]:
    return [outline_of(page(number)) for number in range(5)]


def below(outline: Outline, marker: str, level: int = 1) -> list[OutlineNode]:
    """All that stands under the section with this marker."""
    nodes = list(outline.nodes)
    first = next(i for i, n in enumerate(nodes) if (n.level, n.marker) == (level, marker))
    last = next((i for i in range(first + 1, len(nodes)) if nodes[i].level <= level), len(nodes))
    return nodes[first + 1 : last]


def test_all_contents_lines_are_there_and_those_withheld_are_missing(
    outlines: list[Outline],
) -> None:
    counts = []
    for number in (0, 2, 4):
        listed = [n for n in outlines[number].nodes if n.source in ("toc", "both")]
        counts.append((len(listed), sum(n.status == "missing" for n in listed)))
        assert "toc_contradicted" not in outlines[number].warnings
    assert counts == [(22, 8), (11, 7), (20, 4)]


def test_s1_has_three_first_level_and_four_second_level_headings(outlines: list[Outline]) -> None:
    assert [n.marker for n in outlines[1].nodes if n.level == 1] == ["一", "二", "三"]
    assert [n.marker for n in outlines[1].nodes if n.level == 2] == ["(一)", "(二)", "(三)", "(四)"]
    assert {n.status for n in outlines[1].nodes} == {"full"}


def test_s2_what_the_gap_left_of_a_section_stands_under_its_missing_heading(
    outlines: list[Outline],
) -> None:
    second = below(outlines[2], "二")
    assert [(n.marker, n.status) for n in second] == [
        ("一是", "missing"),
        ("二是", "full"),
        ("三是", "full"),
    ]
    assert [n.marker for n in below(outlines[2], "三") if n.level == 3] == [
        "一是",
        "二是",
        "一是",
        "二是",
    ]


def test_s3_numbering_alone_proves_a_section_without_title(outlines: list[Outline]) -> None:
    second = next(n for n in outlines[3].nodes if (n.level, n.marker) == (1, "二"))
    assert (second.title, second.status, second.source) == (None, "missing", "numbering")
    rows = [(n.marker, n.title is None, n.status) for n in below(outlines[3], "二")]
    assert rows == [("(一)", True, "missing"), ("(二)", True, "missing"), ("(三)", False, "full")]
    assert [n.marker for n in below(outlines[3], "一")] == ["(一)"]


def test_s4_a_heading_after_the_gap_goes_where_the_contents_block_has_it(
    outlines: list[Outline],
) -> None:
    assert [(n.marker, n.status) for n in below(outlines[4], "二")] == [
        ("一是", "missing"),
        ("二是", "missing"),
        ("三是", "full"),
    ]
    assert [(n.marker, n.status) for n in below(outlines[4], "一")] == [
        ("一是", "full"),
        ("二是", "partial"),
        ("三是", "missing"),
    ]


def test_salutations(outlines: list[Outline]) -> None:
    assert [o.salutation for o in outlines] == ["同志们", None, "同志们", "同志们", None]
