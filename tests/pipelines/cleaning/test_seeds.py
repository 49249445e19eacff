"""The five real extracts, where they are there: what the contract says of each, to the character."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.cleaning.engine import redo, undo
from pipelines.records import RawDocument

SEEDS = Path(__file__).parents[3].parent / "shared" / "seeds"
SITES = {
    "www.wm114.cn": "wm114", "新文秘网": "wm114", "www.hancun.net": "hancun", "快文网": "hancun", "金锄头文库": "jinchutou",
}  # fmt: skip
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not there")

#: number: site, counted_chars, completeness, (kind, chars) of the gaps, declared, shown, lines of contents, script
EXPECTED = {
    "000": (
        "wm114",
        2174,
        "cut_off",
        [("omitted", 808), ("cut_off", 1232)],
        4311,
        2271,
        22,
        "hans",
    ),
    "001": ("jinchutou", 3579, "full", [], None, None, 0, "hans"),
    "002": (
        "unknown",
        2668,
        "cut_off",
        [("omitted", None), ("cut_off", None)],
        None,
        None,
        11,
        "hans",
    ),
    "003": (
        "hancun",
        2195,
        "cut_off",
        [("omitted", 957), ("cut_off", 1034)],
        4479,
        2488,
        0,
        "hant",
    ),
    "004": ("wm114", 1718, "cut_off", [("omitted", 632), ("cut_off", 385)], 2791, 1774, 20, "hans"),
}


def cleaned(number: str) -> Cleaned:
    [path] = SEEDS.glob(f"{number}_*.txt")
    raw = RawDocument(url=f"file:{path.name}", text=path.read_text(encoding="utf-8"))
    [result] = clean(raw, SITES)
    assert isinstance(result, Cleaned)
    return result


@pytest.mark.parametrize("number", EXPECTED)
def test_a_seed_gives_what_the_contract_says(number: str) -> None:
    speech = cleaned(number).speech
    gaps = [(gap.kind, gap.chars) for gap in speech.gaps]
    assert (
        speech.site, speech.counted_chars, speech.completeness, gaps,
        speech.declared_chars, speech.shown_chars, len(speech.toc), speech.script,
    ) == EXPECTED[number]  # fmt: skip
    assert speech.title
    assert not speech.text.startswith(speech.title)
    assert not any(entry.endswith("_") for entry in speech.toc)


@pytest.mark.parametrize("number", EXPECTED)
def test_the_two_sides_of_a_gap_stand_in_different_lines(number: str) -> None:
    speech = cleaned(number).speech
    for gap in speech.gaps:
        assert (
            gap.at == len(speech.text) if gap.kind == "cut_off" else speech.text[gap.at - 1] == "\n"
        )


@pytest.mark.parametrize("number", EXPECTED)
def test_the_trace_leads_there_and_back(number: str) -> None:
    result = cleaned(number)
    assert undo(result.speech.text, result.trace.steps) == result.raw_text
    assert redo(result.raw_text, result.trace.steps) == result.speech.text


def test_the_upload_card_of_the_library_is_read() -> None:
    speech = cleaned("001").speech
    assert (speech.doc_id, speech.published, speech.format, speech.pages, speech.size) == (
        "156562211", "2020-12-18", "DOCX", 6, "16.59KB",
    )  # fmt: skip
    assert speech.uploader
    assert speech.category
