"""Places: every mark is in its innermost section, in one pass over marks and sections."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipelines.outline import outline_of
from pipelines.search.bigrams import phrases
from pipelines.search.document import (
    Section,
    innermost_sections,
    places,
    section_paths,
    sections,
)
from tests.pipelines.dedup.made import report, whole


@st.composite
def nested(draw: st.DrawFn) -> list[Section]:
    """Sections whose spans nest, some of them withheld."""
    parts: list[Section] = []

    def below(level: int, start: int, end: int) -> None:
        at = start
        while at < end and len(parts) < 30:
            at = draw(st.integers(at, end))
            stop = draw(st.integers(at, end))
            if draw(st.booleans()):
                parts.append(Section(level, f"{len(parts)}", None, None))
            if stop > at:
                parts.append(Section(level, f"{len(parts)}", at, stop))
                if level < 4 and draw(st.booleans()):
                    below(level + 1, at, stop)
            at = stop + 1

    below(1, 0, 60)
    return parts


def headings_at(parts: Sequence[Section], at: int) -> tuple[str, ...]:
    """The headings over an offset, by looking at all sections."""
    path: tuple[str, ...] = ()
    for number, part in enumerate(parts):
        if part.start is None or part.end is None or not part.start <= at < part.end:
            continue
        level, above = part.level, [part.label]
        for other in reversed(parts[:number]):
            if other.level < level:
                above.insert(0, other.label)
                level = other.level
        path = tuple(above)
    return path


@given(nested(), st.lists(st.integers(0, 70), max_size=20).map(sorted))
def test_a_mark_is_in_its_innermost_section(parts: list[Section], offsets: list[int]) -> None:
    paths = section_paths(parts)
    found = [() if n is None else paths[n] for n in innermost_sections(parts, offsets)]
    assert found == [headings_at(parts, at) for at in offsets]


def test_a_document_of_thousands_of_headings_is_gone_through_once() -> None:
    lines = []
    for number in range(6_000):
        lines.append(f"{'一二三四五六七八九'[number % 9]}、抓好第{number}项工作")
        lines.append("（一）这件事要办好，抓好抓实。")
    speech = whole(1, "\n".join(lines))
    parts = sections(outline_of(speech))
    looked_at = 0

    class Counting(list[Section]):
        def __getitem__(self, place):  # type: ignore[no-untyped-def,override]
            nonlocal looked_at
            looked_at += 1
            return super().__getitem__(place)

    marks = list(range(0, len(speech.text), 3))
    innermost_sections(Counting(parts), marks)
    assert looked_at <= 6 * (len(marks) + len(parts))
    assert len(places("题", speech.text, parts, phrases("抓"))) == 3


def test_a_word_of_a_section_leads_to_it() -> None:
    text = f"{report(3, 400)}\n一、抓好清淤\n清淤要早。"
    (place,) = places("题", text, sections(outline_of(whole(1, text))), phrases("清淤要早"))
    assert place.section[-1:] == ("一、抓好清淤",)
