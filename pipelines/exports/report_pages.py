"""The pages of the report: what the templates show, laid out as plain data, and the rendering. Text is escaped by Jinja2.

document_page(speech, outline_of(speech))     # the HTML of one document
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.exports.file_names import file_name
from pipelines.outline.labels import separator
from pipelines.records import Gap, Outline, OutlineNode, Run, Speech

#: Documents listed on one page.
LISTED = 500

LABELS = {
    "full": "whole",
    "gapped": "gaps inside",
    "cut_off": "end missing",
    "unknown": "something missing",
}


class Row(NamedTuple):
    """What a list shows of one document."""

    page: str
    title: str
    published: str
    completeness: str
    characters: int
    withheld: int
    gaps: int
    version: int
    copies: int
    warnings: str


class Share(NamedTuple):
    """How many documents of a site are whole, gapped and so on."""

    kind: str
    label: str
    number: int


class Piece(NamedTuple):
    """A stretch of a paragraph; one with an anchor is a heading that opens it."""

    text: str
    anchor: str | None


class Block(NamedTuple):
    """What stands in a text: `paragraph`, a heading (`h3`, `h4`), or a `gap`."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    missing: int | None = None
    notice: str = ""
    at_end: bool = False


class Section(NamedTuple):
    """A line of the outline beside the text; without an anchor where the site withheld it."""

    label: str
    anchor: str | None
    partial: bool
    indent: float


@dataclass(slots=True)
class SiteRows:
    """The documents of one site."""

    name: str
    rows: list[Row] = field(default_factory=list)
    last_run: Run | None = None

    @property
    def page(self) -> str:
        """Its first page."""
        return site_page(self.name, 0)

    @property
    def documents(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def characters(self) -> int:
        """Of all texts."""
        return sum(row.characters for row in self.rows)

    @property
    def withheld(self) -> int:
        """Characters that the site says are missing."""
        return sum(row.withheld for row in self.rows)

    @property
    def shares(self) -> list[Share]:
        """The kinds of completeness that occur."""
        kinds = [row.completeness for row in self.rows]
        shares = [Share(kind, label, kinds.count(kind)) for kind, label in LABELS.items()]
        return [share for share in shares if share.number]


def row_of(speech: Speech) -> Row:
    """A document's line in its site's list."""
    return Row(
        page=document_page_name(speech),
        title=speech.title or "(no title)",
        published=speech.published or "",
        completeness=speech.completeness,
        characters=speech.counted_chars,
        withheld=sum(gap.chars or 0 for gap in speech.gaps),
        gaps=len(speech.gaps),
        version=speech.version,
        copies=len(speech.sources),
        warnings=", ".join(speech.warnings),
    )


def document_page_name(speech: Speech) -> str:
    """The path of a document's page within the report."""
    name = file_name(speech.id)
    return f"documents/{name[:2]}/{name}.html"


def site_page(name: str, number: int) -> str:
    """The file of a page of a site's list; `number` counts from 0."""
    return f"site-{file_name(name)}{f'-{number + 1}' if number else ''}.html"


def index_page(sites: Sequence[SiteRows], runs: Sequence[Run]) -> str:
    """The front page: counts, sites, runs."""
    rows = [row for site in sites for row in site.rows]
    tiles = [
        ("documents", len(rows)),
        ("sites", len(sites)),
        ("whole documents", sum(row.completeness == "full" for row in rows)),
        ("characters", sum(site.characters for site in sites)),
        ("characters withheld", sum(site.withheld for site in sites)),
        ("runs", len(runs)),
    ]
    return _rendered("report_index.html", up="", tiles=tiles, sites=sites, runs=runs)


def site_pages(site: SiteRows) -> Iterator[tuple[str, str]]:
    """The pages of a site's list: file name and HTML."""
    starts = range(0, len(site.rows), LISTED)
    names = [site_page(site.name, number) for number in range(len(starts))]
    for number, start in enumerate(starts):
        yield (
            names[number],
            _rendered(
                "report_site.html",
                up="index.html",
                name=site.name,
                documents=len(site.rows),
                rows=site.rows[start : start + LISTED],
                labels=LABELS,
                pages=names,
                number=number,
            ),
        )


def document_page(speech: Speech, outline: Outline) -> str:
    """The page of one document: outline, text with its gaps, facts."""
    return _rendered(
        "report_document.html",
        up=f"../../{site_page(speech.site, 0)}",
        speech=speech,
        labels=LABELS,
        sections=[_section(number, node) for number, node in enumerate(outline.nodes)],
        blocks=list(_blocks(speech, outline)),
        stated=_stated(speech),
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _rendered(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _section(number: int, node: OutlineNode) -> Section:
    label = f"{node.marker or ''}{separator(node.marker)}{node.title or '……'}"
    anchor = None if node.start is None else _anchor(number)
    return Section(label, anchor, node.status == "partial", round((node.level - 1) * 1.1, 1))


def _anchor(number: int) -> str:
    return f"n{number}"


def _stated(speech: Speech) -> list[tuple[str, str]]:
    return [
        ("category", speech.category or ""),
        ("source", speech.source or ""),
        ("uploader", speech.uploader or ""),
        ("captured", speech.crawled_at or ""),
        ("declared", _characters(speech.declared_chars)),
        ("shown", _characters(speech.shown_chars)),
    ]


def _characters(number: int | None) -> str:
    return "" if number is None else f"{number:,} characters"


def _blocks(speech: Speech, outline: Outline) -> Iterator[Block]:
    """The text line by line, with a block wherever something is missing; a line with a gap inside is parted there."""
    headings = {
        node.start: (number, node)
        for number, node in enumerate(outline.nodes)
        if node.start is not None
    }
    gaps = sorted(speech.gaps, key=lambda gap: gap.at)
    size = len(speech.text)
    at = 0
    for line in speech.text.split("\n") if speech.text else []:
        end = at + len(line)
        cuts = sorted({at, *(gap.at for gap in gaps if at < gap.at < end)})
        for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
            yield from (_gap(gap) for gap in gaps if gap.at == start and gap.at < size)
            yield _text_block(speech.text, start, stop, headings)
        at = end + 1
    yield from (_gap(gap) for gap in gaps if gap.at >= size)


def _gap(gap: Gap) -> Block:
    return Block("gap", missing=gap.chars, notice=gap.notice, at_end=gap.kind == "cut_off")


def _text_block(
    text: str, start: int, end: int, headings: dict[int, tuple[int, OutlineNode]]
) -> Block:
    if start in headings and headings[start][1].form == "line":
        number, node = headings[start]
        kind = "h3" if node.level == 1 else "h4"
        return Block(kind, (Piece(text[start:end], _anchor(number)),))
    pieces: list[Piece] = []
    last = start
    for at in sorted(at for at in headings if start <= at < end):
        number, node = headings[at]
        title = node.title or ""
        found = text.find(title, at, end) if title else -1
        stop = found + len(title) if found >= 0 else at
        pieces += [Piece(text[last:at], None), Piece(text[at:stop], _anchor(number))]
        last = max(last, stop)
    return Block("paragraph", (*pieces, Piece(text[last:end], None)))
