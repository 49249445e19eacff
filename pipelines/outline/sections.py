"""From the stream of headings to nested sections: their levels, where each ends, and what text none of them owns.

一、目标   0 ┐            level 1, 0–40
（一）…   12 ┐┘           level 2, 12–40
二、措施  40 ┐            level 1, 40–90
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.outline.candidate import Candidate
from pipelines.outline.documents import document_of
from pipelines.record_parts import OutlineNode, Status


class Sections(NamedTuple):
    """Nested sections; before `preamble_end` stands none, and `unplaced` are spans that only a missing one could own."""

    nodes: list[OutlineNode]
    preamble_end: int
    unplaced: list[tuple[int, int]]


class _Open(NamedTuple):
    """An open section: where in the stream, its rank, and whether it or one above it is visible."""

    at: int
    rank: int
    visible: bool


def nested(
    length: int,
    stream: Sequence[Candidate],
    order: dict[str, int],
    gaps: Sequence[int],
    starts: Sequence[int] = (),
) -> Sections:
    """Nest the stream of a text of `length` code points. No section reaches beyond one of `starts`, where a document begins."""
    levels: list[int] = []
    ends = [length] * len(stream)
    open_: list[_Open] = []
    unplaced: list[tuple[int, int]] = []
    document = 0
    owned = 0  # up to here the text is preamble, some visible section's, or unplaced

    for i, c in enumerate(stream):
        rank = order[c.kind]
        at = c.start if c.gap is None else c.gap
        visible = c.gap is None
        was_visible = bool(open_) and open_[-1].visible

        if document_of(starts, at) != document:
            document = document_of(starts, at)
            begin = starts[document - 1]

            if was_visible and owned < begin:
                owned = begin

            was_visible = False
            while open_:
                ends[open_.pop().at] = begin

        while open_ and open_[-1].rank >= rank:
            ends[open_.pop().at] = at

        if i == 0:
            owned = at
        elif visible and not was_visible and owned < at:
            unplaced.append((owned, at))

        if visible or was_visible:
            owned = at

        above_visible = bool(open_) and open_[-1].visible
        open_.append(_Open(i, rank, visible or above_visible))
        levels.append(len(open_))

    if open_ and not open_[-1].visible and owned < length:
        unplaced.append((owned, length))

    nodes = [_node(c, level, end, gaps) for c, level, end in zip(stream, levels, ends, strict=True)]
    return Sections(nodes, _preamble_end(stream, length), unplaced)


def _preamble_end(stream: Sequence[Candidate], length: int) -> int:
    if not stream:
        return length

    first = stream[0]
    return first.start if first.gap is None else first.gap


def _node(c: Candidate, level: int, end: int, gaps: Sequence[int]) -> OutlineNode:
    if c.gap is not None:
        return OutlineNode(
            level=level,
            marker=c.marker or None,
            number=c.number,
            title=c.title or None,
            status="missing",
            source="toc" if c.title else "numbering",
            form=None,
            start=None,
            end=None,
        )

    holds_gap = bisect_right(gaps, end) > bisect_right(gaps, c.start)
    status: Status = "partial" if holds_gap else "full"

    return OutlineNode(
        level=level,
        marker=c.marker or None,
        number=c.number,
        title=c.title,
        status=status,
        source="both" if c.known else "body",
        form="line" if c.own_line else "run_in",
        start=c.start,
        end=end,
    )
