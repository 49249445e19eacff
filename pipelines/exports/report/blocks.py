"""A speech's text as the blocks of its page: headings, paragraphs, and a note wherever the site withheld text.

    for block in blocks(speech, outline): …      # block.kind, block.pieces

Every character of the text stands in exactly one piece; a piece says whether a heading is in it, which copy it comes from and
whether it was damaged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.record_parts import Gap, OutlineNode
from pipelines.records import Outline, Speech


class Piece(NamedTuple):
    """A stretch of one line. `copy`: number of the copy it comes from, from 1; 0 where all is from one."""

    text: str
    anchor: str | None = None
    is_heading: bool = False
    copy: int = 0
    damage: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the text (`p`, `h3`, `h4`) or a gap; `anchor` is what the outline links to."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    anchor: str | None = None
    gap: Gap | None = None


class _Heading(NamedTuple):
    number: int
    node: OutlineNode
    start: int
    end: int


def blocks(speech: Speech, outline: Outline) -> Iterator[Block]:
    """The blocks of a text in reading order."""
    page = _Page(speech, outline)
    gaps = sorted(speech.gaps, key=lambda gap: gap.at)
    at = 0

    for line in speech.text.split("\n") if speech.text else []:
        end = at + len(line)
        inside = [gap.at for gap in gaps if at < gap.at < end]

        for start, stop in zip([at, *inside], [*inside, end], strict=True):
            yield from (_gap(gap) for gap in gaps if gap.at == start and start < len(speech.text))
            yield page.line(start, stop)

        at = end + 1

    yield from (_gap(gap) for gap in gaps if gap.at >= len(speech.text))


def _gap(gap: Gap) -> Block:
    return Block("end gap" if gap.kind == "cut_off" else "gap", gap=gap)


class _Page:
    """Where headings, copies and damage lie in a text."""

    def __init__(self, speech: Speech, outline: Outline) -> None:
        self._text = speech.text
        self._headings = {
            heading.start: heading for heading in _headings(speech.text, outline.nodes)
        }

        copies = {source.id: number for number, source in enumerate(speech.sources, 1)}
        self._copies = [(s.start, s.end, copies.get(s.id, 0)) for s in speech.provenance]
        self._damage = [(d.start, d.end, d.kind) for d in speech.damage]
        edges = {edge for span in (*self._copies, *self._damage) for edge in span[:2]}

        self._edges = sorted(
            edges.union(*[(heading.start, heading.end) for heading in self._headings.values()])
        )

    def line(self, start: int, end: int) -> Block:
        heading = self._headings.get(start)
        if heading is None or heading.node.form != "line":
            return Block("p", tuple(self._pieces(start, end)))

        kind = "h3" if heading.node.level == 1 else "h4"
        pieces = [
            piece._replace(anchor=None, is_heading=False) for piece in self._pieces(start, end)
        ]

        return Block(kind, tuple(pieces), _anchor(heading))

    def _pieces(self, start: int, end: int) -> Iterator[Piece]:
        first, last = bisect_right(self._edges, start), bisect_right(self._edges, end)
        cuts = [start, *[edge for edge in self._edges[first:last] if edge < end]]

        for low, high in zip(cuts, [*cuts[1:], end], strict=True):
            yield self._piece(low, high)

    def _piece(self, low: int, high: int) -> Piece:
        heading = self._headings.get(low)
        return Piece(
            self._text[low:high],
            anchor=_anchor(heading) if heading else None,
            is_heading=any(h.start <= low < h.end for h in self._headings.values()),
            copy=next((copy for a, b, copy in self._copies if a <= low < b), 0),
            damage=next((kind for a, b, kind in self._damage if a <= low < b), None),
        )


def _anchor(heading: _Heading) -> str:
    return f"n{heading.number}"


def _headings(text: str, nodes: Sequence[OutlineNode]) -> Iterator[_Heading]:
    """Where the headings stand; that of a section which opens a paragraph ends with its title."""
    for number, node in enumerate(nodes):
        if node.start is None:
            continue

        line_end = text.find("\n", node.start)
        line_end = len(text) if line_end < 0 else line_end
        found = text.find(node.title, node.start, line_end) if node.title else -1
        end = found + len(node.title or "") if found >= 0 else node.start
        yield _Heading(number, node, node.start, line_end if node.form == "line" else end)
