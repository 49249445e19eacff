"""What the numbering alone proves: `三` after `一` with a gap between them means that `二` was withheld."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipelines.outline.candidate import Candidate
from pipelines.outline.documents import document_of
from pipelines.text.numerals import renumbered

#: Sections inferred at one jump of the numbering; a larger jump is a misprint.
_MOST_INFERRED = 30


def infer(
    stream: list[Candidate],
    order: dict[str, int],
    gaps: Sequence[int],
    warnings: list[str],
    starts: Sequence[int] = (),
) -> list[Candidate]:
    """Add the sections that the numbering proves; a jump that no gap explains is the warning `numbering_jumps`.

    Kinds are taken from the highest down, so a section inferred above is already there when those below are counted.
    """
    if not stream:
        return stream

    for kind in sorted({c.kind for c in stream if c.number}, key=lambda k: order[k]):
        stream = _inferred(stream, kind, order, gaps, warnings, starts)

    return stream


def _inferred(
    stream: list[Candidate],
    kind: str,
    order: dict[str, int],
    gaps: Sequence[int],
    warnings: list[str],
    starts: Sequence[int],
) -> list[Candidate]:
    """The stream with the missing sections of one kind."""
    rank = order[kind]
    runs_on = _runs_on(stream, kind, rank, order)
    out: list[Candidate] = []
    last = 0  # the last number of this kind under the open parent
    since = 0  # index in `out` behind the last one of this kind, or behind the parent's heading
    document = 0

    for c in stream:
        here = c.start if c.gap is None else c.gap
        if document_of(starts, here) != document:
            document = document_of(starts, here)
            last, since = 0, len(out)

        if c.kind != kind or not c.number:
            out.append(c)
            if order[c.kind] < rank and not runs_on:
                last, since = 0, len(out)

            continue

        if c.number <= last:
            last = 0

        missing = range(last + 1, c.number)
        if 0 < len(missing) < _MOST_INFERRED:
            between = _gaps_before(out, since, c, gaps)
            if between:
                _put_missing(out, since, c, missing, between)
            elif last:
                warnings.append("numbering_jumps")

        out.append(c)
        last, since = c.number, len(out)

    return out


def _gaps_before(
    out: Sequence[Candidate], since: int, c: Candidate, gaps: Sequence[int]
) -> Sequence[int]:
    """The gaps between the section at `since` and `c`."""
    low = _place(out[since - 1]) if since else -1
    here = c.gap if c.gap is not None else c.start

    return gaps[bisect_right(gaps, low) : bisect_right(gaps, here)]


def _place(c: Candidate) -> int:
    """Where a section begins; one that is missing, just before its gap's end, so that others can share the gap."""
    return c.start if c.gap is None else c.gap - 1


def _runs_on(stream: Sequence[Candidate], kind: str, rank: int, order: dict[str, int]) -> bool:
    """Whether the numbers of a kind go on under the next parent: （三） is the first under 二."""
    runs = restarts = last = 0
    fresh = False

    for c in stream:
        if c.kind == kind and c.number:
            if fresh and last:
                runs += c.number == last + 1
                restarts += c.number == 1

            last, fresh = c.number, False
        elif order[c.kind] < rank:
            fresh = True

    return runs > restarts


def _put_missing(
    out: list[Candidate], since: int, proof: Candidate, numbers: range, gaps: Sequence[int]
) -> None:
    """Put the missing `numbers` into `out` at `gaps`: those after which the numbering below breaks, in their order."""
    chosen = _likeliest(out[since:], gaps, len(numbers)) if len(gaps) > 1 else gaps

    for k, n in enumerate(numbers):
        c = Candidate(proof.kind, renumbered(proof.marker, n), n, n, 0, 0)
        c.gap = chosen[min(k, len(chosen) - 1)]
        out.insert(_position(out, since, c.gap), c)


def _position(out: Sequence[Candidate], since: int, gap: int) -> int:
    """Where in `out` a section that vanished in `gap` comes to stand."""
    at = len(out)

    while at > since and out[at - 1].gap is None and out[at - 1].start >= gap:
        at -= 1

    while at > since and (out[at - 1].gap or 0) > gap:
        at -= 1

    return at


def _likeliest(below: Sequence[Candidate], gaps: Sequence[int], wanted: int) -> list[int]:
    """The `wanted` gaps that most likely hold a section, in order."""
    starts = [c.start if c.gap is None else c.gap for c in below]
    breaks = [_break_at(below, bisect_left(starts, gap)) for gap in gaps]
    best = sorted(range(len(gaps)), key=lambda i: (-breaks[i], i))[:wanted]

    return [gaps[i] for i in sorted(best)]


def _break_at(below: Sequence[Candidate], i: int) -> int:
    """How clearly the numbering of the sections below breaks before the one at `i`: 0 not at all, 3 it begins anew."""
    if i >= len(below):
        return 2
    if i == 0:
        return 1 if below[0].number == 1 else 2

    a, b = below[i - 1], below[i]
    if a.kind != b.kind or not a.number or not b.number:
        return 1
    if b.ordinal == a.ordinal + 1:
        return 0

    return 3 if b.ordinal <= a.ordinal else 1
