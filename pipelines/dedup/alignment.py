"""Two texts laid side by side: which character of the one is which character of the other.

Shingles that occur once in each text are anchors. Anchors on one diagonal make a run, the heaviest chain of runs that
rises in both texts is the alignment, and only the short stretches between two runs are compared character by character.
So two copies of 3,000 characters take about a millisecond, and no input makes it quadratic.

>>> a, b = aligned("今年以来，我们坚持稳中求进，经济运行总体平稳。"), aligned("今年以来，我们坚持稳中求快，经济运行总体平稳。")
>>> [(hunk.a_text, hunk.b_text) for hunk in align(a, b).hunks]
[('进', '快')]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipelines.dedup.fingerprint import SHINGLE, shingle_hashes
from pipelines.records import Gap
from pipelines.text.canonical import Codes, Offsets, canonical_offsets

Positions = npt.NDArray[np.int64]

_SMALL = 400  # characters: longer stretches between anchors are not compared character by character
_FINER = 3  # characters in the anchors that are looked for inside a long stretch
_LOOSE = 12  # characters: in a longer stretch a single equal character is chance, not alignment

_STREWN = 0.5  # weight of a character between two runs, against 1 of a character in a run
_LIGHT = 24.0  # weight under which runs that stand alone are chance: unrelated reports share such phrases by the dozen
_THIN = 0.35  # share of a stretch that must turn out equal; texts that say different things share a tenth by chance


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A text made ready for alignment. `codes[i]` stands at `text[offsets[i]]`; `breaks` are the canonical positions of gaps."""

    text: str
    letters: str
    codes: Codes
    offsets: Offsets
    breaks: tuple[int, ...]
    anchors: npt.NDArray[np.uint64]
    places: Positions

    def __len__(self) -> int:
        return len(self.codes)

    def canonical(self, start: int, end: int) -> str:
        """The canonical characters `start` to `end`."""
        return self.letters[start:end]


class Block(NamedTuple):
    """Equal characters: `a[a_start : a_start + length]` is `b[b_start : b_start + length]`."""

    a: int
    b: int
    length: int


class Hunk(NamedTuple):
    """What stands between two blocks, on either side; starts and ends are canonical positions."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    a_text: str
    b_text: str


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """`blocks` rise in both texts and do not touch; `to_b[i]` is the position in b of a's character i, or -1.

    `hunks` are the stretches between the blocks, before the first and after the last, where there are any.
    """

    a: Aligned
    b: Aligned
    blocks: tuple[Block, ...]
    hunks: tuple[Hunk, ...]
    to_b: Positions

    @property
    def matched(self) -> int:
        """Canonical characters that stand in both."""
        return sum(block.length for block in self.blocks)


class _Run(NamedTuple):
    """Positions `start` to `end` of a lie on one diagonal: their place in b is `shift` further. `weight` of them stand in
    anchors; what lies between two anchors may be anything."""

    start: int
    end: int
    shift: int
    weight: int


def aligned(text: str, gaps: Sequence[Gap] = ()) -> Aligned:
    """Make a text ready; its gaps are places that an equal stretch never crosses by chance."""
    codes, offsets = canonical_offsets(text)
    anchors, places = _once(shingle_hashes(codes))
    breaks = tuple(sorted({int(np.searchsorted(offsets, gap.at)) for gap in gaps}))
    letters = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return Aligned(text, letters, codes, offsets, breaks, anchors, places)


def align(a: Aligned, b: Aligned, hopeless: float = 1.0) -> Alignment:
    """Lay two texts side by side.

    Where the anchors already leave more than `hopeless` of the text contradicting, nothing is aligned.
    """
    in_a, in_b = _common(a.anchors, b.anchors)
    runs = _dense(_chain(_runs(a.places[in_a], b.places[in_b], SHINGLE)), a.breaks, b.breaks)
    if hopeless < 1 and _left_over(runs, len(a), len(b)) > hopeless:
        return Alignment(a, b, (), (), np.full(len(a), -1, np.int64))
    to_b = np.full(len(a), -1, np.int64)
    a_at, b_at = _laid(
        a, b, (_held(run, a.breaks, b.breaks) for run in runs), (0, 0), to_b, finer=True
    )
    if runs:
        _between(a, b, (a_at, len(a), b_at, len(b)), to_b, finer=True)
    elif max(len(a), len(b)) <= _SMALL:
        _compare(a, b, (0, len(a), 0, len(b)), to_b)
    blocks = _blocks(to_b)
    return Alignment(a, b, blocks, tuple(_hunks(a, b, blocks)), to_b)


def _once(hashes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], Positions]:
    """The hashes that occur once, ascending, and where."""
    order = np.argsort(hashes)
    ordered = hashes[order]
    single = np.ones(len(hashes), np.bool_)
    differs = ordered[1:] != ordered[:-1]
    single[1:] &= differs
    single[:-1] &= differs
    return ordered[single], order[single].astype(np.int64)


def _common(x: npt.NDArray[np.uint64], y: npt.NDArray[np.uint64]) -> tuple[Positions, Positions]:
    """Where the values that two ascending arrays share stand in each."""
    if not len(y):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at = np.minimum(np.searchsorted(y, x), len(y) - 1)
    in_x = np.flatnonzero(y[at] == x)
    return in_x, at[in_x]


def _runs(in_a: Positions, in_b: Positions, length: int) -> list[_Run]:
    """Neighbouring anchors on one diagonal, joined; in the order of a."""
    if not len(in_a):
        return []
    order = np.argsort(in_a, kind="stable")
    in_a, shifts = in_a[order], (in_b - in_a)[order]
    starts = np.concatenate(([0], np.flatnonzero(shifts[1:] != shifts[:-1]) + 1))
    ends = np.concatenate((starts[1:], [len(in_a)])) - 1
    covered = np.minimum(np.diff(in_a, append=in_a[-1] + length), length)
    covered[ends] = length
    weights = np.add.reduceat(covered, starts)
    return [
        _Run(*map(int, run))
        for run in zip(in_a[starts], in_a[ends] + length, shifts[starts], weights, strict=True)
    ]


def _chain(runs: list[_Run]) -> list[_Run]:
    """The heaviest chain of runs that rises in both texts (a weighted longest increasing subsequence)."""
    places = [run.start + run.shift for run in runs]
    if all(x < y for x, y in pairwise(places)):
        return runs
    rank = {place: i + 1 for i, place in enumerate(sorted(set(places)))}
    best: list[tuple[int, int]] = [(0, -1)] * (len(rank) + 1)  # Fenwick tree of (weight, last run)
    before = [-1] * len(runs)
    for i, (run, place) in enumerate(zip(runs, places, strict=True)):
        at, top = rank[place] - 1, (0, -1)
        while at:
            top, at = max(top, best[at]), at & (at - 1)
        before[i] = top[1]
        found, at = (top[0] + run.weight, i), rank[place]
        while at < len(best):
            best[at], at = max(best[at], found), at + (at & -at)
    last = max(entry for entry in best)[1]
    chain = []
    while last >= 0:
        chain.append(runs[last])
        last = before[last]
    return chain[::-1]


def _dense(runs: list[_Run], a_breaks: Sequence[int], b_breaks: Sequence[int]) -> list[_Run]:
    """The runs without those that chance has strewn over texts, or parts of texts, that say different things.

    Neighbours join where what lies between them weighs less than either; what stays light alone is dropped, but never the
    heaviest. Over a gap of either text nothing is near: a phrase that happens to stand before it and, in the other text,
    where that goes on would put the gap into the wrong place.
    """
    joined: list[
        tuple[float, float, list[_Run]]
    ] = []  # weight, penalty towards the one before, runs
    for run in runs:
        penalty = 0.0
        if joined:
            last = joined[-1][2][-1]
            in_a, in_b = run.start - last.end, run.start + run.shift - last.end - last.shift
            penalty = _STREWN * (max(0, min(in_a, in_b)) + 0.1 * min(_SMALL, abs(in_a - in_b)))
            if _any_within(a_breaks, last.end, run.start) or _any_within(
                b_breaks, last.end + last.shift, run.start + run.shift
            ):
                penalty = max(penalty, _LIGHT)
        joined.append((run.weight, penalty, [run]))
        while len(joined) > 1 and joined[-1][1] <= min(joined[-1][0], joined[-2][0]):
            weight, penalty, later = joined.pop()
            before = joined.pop()
            joined.append((before[0] + weight - penalty, before[1], before[2] + later))
    heaviest = max((weight for weight, _, _ in joined), default=0.0)
    return [run for weight, _, kept in joined if weight >= min(_LIGHT, heaviest) for run in kept]


def _held(run: _Run, a_breaks: Sequence[int], b_breaks: Sequence[int]) -> _Run:
    """The run without an end of it that lies beyond a gap and is shorter than an anchor: so few characters are chance."""
    start, end = run.start, run.end
    for at in (*a_breaks, *(at - run.shift for at in b_breaks)):
        if run.start < at < run.end:
            start = max(start, at) if at - run.start < SHINGLE else start
            end = min(end, at) if run.end - at < SHINGLE else end
    return run._replace(start=start, end=end)


def _any_within(breaks: Sequence[int], start: int, end: int) -> bool:
    return any(start <= at <= end for at in breaks)


def _left_over(runs: list[_Run], a_size: int, b_size: int) -> float:
    """The share of what the runs and the stretches between them hold that lies between, on the shorter side."""
    inside = between = a_at = b_at = 0
    for run in (*runs, _Run(a_size, a_size, b_size - a_size, 0)):
        between += max(0, min(run.start - a_at, run.start + run.shift - b_at))
        inside += run.end - run.start
        a_at, b_at = run.end, run.end + run.shift
    return between / (inside + between) if inside else float(min(a_size, b_size) > _SMALL)


def _laid(
    a: Aligned,
    b: Aligned,
    runs: Iterable[_Run],
    begin: tuple[int, int],
    to_b: Positions,
    finer: bool,
) -> tuple[int, int]:
    """Note the runs, and align what stands between them, from `begin` on in both texts. Returns how far that has come."""
    a_at, b_at = begin
    for run in runs:
        start, end = max(run.start, a_at, b_at - run.shift), run.end
        if end <= start:
            continue
        _between(a, b, (a_at, start, b_at, start + run.shift), to_b, finer)
        same = a.codes[start:end] == b.codes[start + run.shift : end + run.shift]
        to_b[start:end][same] = np.arange(start + run.shift, end + run.shift)[same]
        a_at, b_at = end, end + run.shift
    return a_at, b_at


def _between(
    a: Aligned, b: Aligned, span: tuple[int, int, int, int], to_b: Positions, finer: bool
) -> None:
    """Align the stretch between two runs: equal ends first, then what is left, in parts where a gap lies in it."""
    a_start, a_end, b_start, b_end = span
    if a_start == a_end or b_start == b_end:
        return
    a_breaks = [x for x in a.breaks if a_start <= x <= a_end]
    b_breaks = [x for x in b.breaks if b_start <= x <= b_end]
    front = _equal_front(
        a.codes[a_start : min(a_breaks, default=a_end)],
        b.codes[b_start : min(b_breaks, default=b_end)],
    )
    to_b[a_start : a_start + front] = np.arange(b_start, b_start + front)
    a_start, b_start = a_start + front, b_start + front
    a_floor, b_floor = (
        max(a_start, max(a_breaks, default=0)),
        max(b_start, max(b_breaks, default=0)),
    )
    back = _equal_front(a.codes[a_floor:a_end][::-1], b.codes[b_floor:b_end][::-1])
    to_b[a_end - back : a_end] = np.arange(b_end - back, b_end)
    a_end, b_end = a_end - back, b_end - back
    if a_start == a_end or b_start == b_end:
        return
    if a_breaks or b_breaks:
        _beside_gaps(a, b, (a_start, a_end, b_start, b_end), to_b)
    elif max(a_end - a_start, b_end - b_start) <= _SMALL:
        _compare(a, b, (a_start, a_end, b_start, b_end), to_b)
    elif finer:
        _finer(a, b, (a_start, a_end, b_start, b_end), to_b)


def _beside_gaps(a: Aligned, b: Aligned, span: tuple[int, int, int, int], to_b: Positions) -> None:
    """What stands before the first gap is compared with the other side's front, what follows the last with its back."""
    a_start, a_end, b_start, b_end = span
    a_breaks = [x for x in a.breaks if a_start <= x <= a_end]
    b_breaks = [x for x in b.breaks if b_start <= x <= b_end]
    a_front, b_front = (
        min(a_breaks, default=a_end) - a_start,
        min(b_breaks, default=b_end) - b_start,
    )
    near = _reach(min(a_front, b_front))
    if near > 0:
        _compare(
            a,
            b,
            (a_start, a_start + min(a_front, near), b_start, b_start + min(b_front, near)),
            to_b,
        )
    a_floor, b_floor = max(a_breaks, default=a_start), max(b_breaks, default=b_start)
    near = _reach(min(a_end - a_floor, b_end - b_floor))
    a_back, b_back = max(a_floor, a_end - near), max(b_floor, b_end - near)
    used = to_b[a_start:a_back]
    b_back = max(b_back, int(used.max(initial=-1)) + 1)
    if near > 0 and not (to_b[a_back:a_end] >= 0).any() and b_back < b_end:
        _compare(a, b, (a_back, a_end, b_back, b_end), to_b)


def _reach(length: int) -> int:
    """How far on the other side the counterpart of `length` characters can lie; 0 where it is too long to compare."""
    return length + length // 4 + 4 if 0 < length <= _SMALL else 0


def _finer(a: Aligned, b: Aligned, span: tuple[int, int, int, int], to_b: Positions) -> None:
    """A long stretch without anchors of its own text: anchors that are short and occur once within the stretch."""
    a_start, a_end, b_start, b_end = span
    a_hashes, a_places = _once(shingle_hashes(a.codes[a_start:a_end], _FINER))
    b_hashes, b_places = _once(shingle_hashes(b.codes[b_start:b_end], _FINER))
    in_a, in_b = _common(a_hashes, b_hashes)
    runs = _dense(
        _chain(_runs(a_places[in_a] + a_start, b_places[in_b] + b_start, _FINER)),
        a.breaks,
        b.breaks,
    )
    a_at, b_at = _laid(a, b, runs, (a_start, b_start), to_b, finer=False)
    if a_at > a_start:
        _between(a, b, (a_at, a_end, b_at, b_end), to_b, finer=False)
    if np.count_nonzero(to_b[a_start:a_end] >= 0) < _THIN * min(a_end - a_start, b_end - b_start):
        to_b[a_start:a_end] = -1


def _compare(a: Aligned, b: Aligned, span: tuple[int, int, int, int], to_b: Positions) -> None:
    """Character by character, on a short stretch."""
    a_start, a_end, b_start, b_end = span
    x, y = a.canonical(a_start, a_end), b.canonical(b_start, b_end)
    least = 2 if max(len(x), len(y)) > _LOOSE else 1
    matches = [
        m
        for m in SequenceMatcher(None, x, y, autojunk=False).get_matching_blocks()
        if m.size >= least
    ]
    if min(len(x), len(y)) <= _LOOSE or sum(m.size for m in matches) >= _THIN * min(len(x), len(y)):
        for i, j, length in matches:
            to_b[a_start + i : a_start + i + length] = np.arange(b_start + j, b_start + j + length)


def _equal_front(x: Codes, y: Codes) -> int:
    """How many characters two stretches have in common at their beginning."""
    shorter = min(len(x), len(y))
    if not shorter:
        return 0
    differs = x[:shorter] != y[:shorter]
    first = int(differs.argmax())
    return first if differs[first] else shorter


def _hunks(a: Aligned, b: Aligned, blocks: Iterable[Block]) -> Iterator[Hunk]:
    a_at = b_at = 0
    for block in (*blocks, Block(len(a), len(b), 0)):
        if block.a > a_at or block.b > b_at:
            yield Hunk(
                a_at, block.a, b_at, block.b, a.letters[a_at : block.a], b.letters[b_at : block.b]
            )
        a_at, b_at = block.a + block.length, block.b + block.length


def _blocks(to_b: Positions) -> tuple[Block, ...]:
    places = np.flatnonzero(to_b >= 0)
    if not len(places):
        return ()
    shifts = to_b[places] - places
    starts = np.flatnonzero((places[1:] - places[:-1] != 1) | (shifts[1:] != shifts[:-1])) + 1
    starts = np.concatenate(([0], starts))
    lengths = np.concatenate((starts[1:], [len(places)])) - starts
    heads = places[starts]
    return tuple(Block(int(p), int(to_b[p]), int(n)) for p, n in zip(heads, lengths, strict=True))
