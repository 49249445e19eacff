"""What every sink takes and gives: a document with its sections, a query with its filters, a hit with its places."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipelines.errors import HarvestError
from pipelines.records import Outline, Speech
from pipelines.search.bigrams import Phrase, phrases, spans

#: Code points shown on either side of the first marked word of a place.
CONTEXT = 30

#: How many places a hit names at most.
PLACES = 3


class SinkError(HarvestError):
    """An engine that is missing, refuses or goes down; the message is one clear line."""


class Section(NamedTuple):
    """One section as a hit shows it; `start` and `end` are `None` where the site withheld its heading."""

    level: int
    label: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed: the record, the digest of its line (32 hex characters), its sections in reading order."""

    speech: Speech
    digest: str
    sections: tuple[Section, ...]

    @property
    def section_titles(self) -> str:
        """One title a line."""
        return "\n".join([s.label for s in self.sections])


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: terms that must all occur, and filters. Dates are inclusive and look at `published`."""

    terms: tuple[Phrase, ...]
    sites: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    completeness: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, **filters: Any) -> Query:
        """A query from what was typed. Raises ValueError where nothing in it can be looked for."""
        terms = phrases(text)

        if not terms:
            raise ValueError("the query holds nothing that can be looked for")

        return cls(terms, **filters)


#: Headings, outermost first.
Headings = tuple[str, ...]


class Place(NamedTuple):
    """Where in a document the words stand. `section` leads from the top heading to the innermost; `at` is the offset
    in `text`, `None` for the title and for a heading that the site withheld; `marks` are spans of `excerpt`."""

    field: str
    section: Headings
    at: int | None
    excerpt: str
    marks: tuple[tuple[int, int], ...]

    def marked(self, opens: str, closes: str) -> str:
        """The excerpt with its words between two strings."""
        out, last = [], 0

        for start, end in self.marks:
            out += [
                self.excerpt[last:start],
                opens,
                self.excerpt[start:end],
                closes,
            ]

            last = end

        return "".join([*out, self.excerpt[last:]])


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; a higher `score` is better, and scores of two engines do not compare."""

    id: str
    version: int
    site: str
    url: str
    title: str
    published: str | None
    completeness: str
    score: float
    places: tuple[Place, ...]


#: The columns of a document as `hit` takes them.
HIT_COLUMNS = "id, version, site, url, title, published, completeness"


def hit(row: Sequence[Any], terms: Sequence[Phrase]) -> Hit:
    """A hit out of HIT_COLUMNS, score, packed sections and text."""
    id, version, site, url, title, published, completeness, score, kept, text = row

    found = places(
        title,
        text,
        unpacked(kept),
        terms,
    )
    return Hit(
        id,
        version,
        site,
        url,
        title,
        published,
        completeness,
        float(score),
        found,
    )


class Found(NamedTuple):
    """The best hits, and how many documents there are in all."""

    total: int
    hits: list[Hit]


class Outlines:
    """The outlines of one speech file: read from the crawl's own file of the same name where it is there, and made
    where it is not, or does not know the document's version."""

    def __init__(self, speeches: Path) -> None:
        beside = speeches.parent.parent / "outlines" / speeches.name
        self._file = (
            beside.open("rb") if speeches.parent.name == "speeches" and beside.is_file() else None
        )

        self._read: dict[tuple[str, int], bytes] = {}

    def sections(self, speech: Speech) -> tuple[Section, ...]:
        """The sections of a speech, in reading order."""
        line = self._read.pop((speech.id, speech.version), None) or self._next(speech)

        if line:
            with suppress(
                ValueError,
                TypeError,
                KeyError,
            ):  # made by another version of this program: make it again
                return tuple(
                    Section(
                        n["level"],
                        _label(n["marker"], n["title"]),
                        n["start"],
                        n["end"],
                    )
                    for n in orjson.loads(line)["nodes"]
                )

        from pipelines.outline import outline_of  # a search needs no parser

        return sections(outline_of(speech))

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()

    def _next(self, speech: Speech) -> bytes | None:
        """Read on until the speech's outline comes; those of others wait, a hundred at most (the order is the same)."""
        while self._file and len(self._read) < 100 and (line := self._file.readline()):
            try:
                head = orjson.loads(line)
                key = head["id"], head["version"]
            except (ValueError, TypeError, KeyError):
                continue

            if key == (speech.id, speech.version):
                return line

            self._read[key] = line

        return None


def sections(outline: Outline) -> tuple[Section, ...]:
    """An outline as hits show it. A title that was withheld is said to be."""
    return tuple(
        Section(
            n.level,
            _label(n.marker, n.title),
            n.start,
            n.end,
        )
        for n in outline.nodes
    )


def packed(parts: Sequence[Section]) -> str:
    """Sections as JSON, for an engine to keep."""
    return orjson.dumps(list(map(list, parts))).decode()


def unpacked(kept: str) -> list[Section]:
    """Sections out of what `packed` made."""
    return [Section(*part) for part in orjson.loads(kept)]


def places(
    title: str, text: str, parts: Sequence[Section], terms: Sequence[Phrase]
) -> tuple[Place, ...]:
    """Where the terms stand: in the text by section, each section once; else in the title or a withheld heading.

    The first place comes from the section that holds most different words.
    """
    paths = section_paths(parts)

    out = _places_in_text(
        text,
        parts,
        paths,
        terms,
    ) or _withheld_headings(parts, paths, terms)

    in_title = list(spans(title, terms))
    if in_title:
        out.append(
            _place(
                "title",
                (),
                title,
                in_title,
                at=None,
            )
        )

    return tuple(out)


def _places_in_text(
    text: str, parts: Sequence[Section], paths: Sequence[Headings], terms: Sequence[Phrase]
) -> list[Place]:
    by_section: dict[Headings, list[tuple[int, int]]] = {}
    marks = list(spans(text, terms))
    innermost = innermost_sections(parts, [start for start, _ in marks])

    for mark, number in zip(marks, innermost, strict=True):
        path = () if number is None else paths[number]
        by_section.setdefault(path, []).append(mark)

    def different_words(item: tuple[Headings, list[tuple[int, int]]]) -> int:
        return len({text[start:end] for start, end in item[1]})

    best = sorted(
        by_section.items(),
        key=different_words,
        reverse=True,
    )[:PLACES]
    return [
        _place(
            "text",
            path,
            text,
            inside,
            at=inside[0][0],
        )
        for path, inside in best
    ]


def _withheld_headings(
    parts: Sequence[Section], paths: Sequence[Headings], terms: Sequence[Phrase]
) -> list[Place]:
    out: list[Place] = []
    for part, path in zip(parts, paths, strict=True):
        found = list(spans(part.label, terms)) if part.start is None else []
        if found:
            out.append(
                _place(
                    "section",
                    path,
                    part.label,
                    found,
                    at=None,
                )
            )

    return out


def section_paths(parts: Sequence[Section]) -> list[Headings]:
    """For each section the headings over it, outermost first, and its own."""
    paths: list[Headings] = []
    above: list[Section] = []

    for part in parts:
        while above and above[-1].level >= part.level:
            above.pop()

        above.append(part)
        paths.append(tuple(section.label for section in above))

    return paths


def innermost_sections(parts: Sequence[Section], offsets: Sequence[int]) -> list[int | None]:
    """For each of these ascending offsets the number of the innermost section around it; `None` in the preamble.

    One pass over both, as a long document may have thousands of each.
    """
    found: list[int | None] = []
    inside: list[int] = []
    ahead = [number for number, part in enumerate(parts) if part.start is not None]
    ahead.reverse()

    for at in offsets:
        while ahead and (parts[ahead[-1]].start or 0) <= at:
            inside.append(ahead.pop())

        while inside and (parts[inside[-1]].end or 0) <= at:
            inside.pop()

        found.append(inside[-1] if inside else None)

    return found


def _label(marker: str | None, title: str | None) -> str:
    from pipelines.outline.labels import separator

    return f"{marker or ''}{separator(marker)}{title or '……'}"


def _place(
    field: str, path: Headings, text: str, marks: list[tuple[int, int]], at: int | None
) -> Place:
    """An excerpt around the first mark, within its line; marks beyond the excerpt are left out."""
    start, end = marks[0]
    low = max(text.rfind("\n", 0, start) + 1, start - CONTEXT)
    line_end = text.find("\n", end)
    high = min(len(text) if line_end < 0 else line_end, end + CONTEXT)
    inside = tuple((a - low, b - low) for a, b in marks if low <= a and b <= high)

    return Place(
        field,
        path,
        at,
        text[low:high],
        inside,
    )
