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
from typing import NamedTuple

import numpy as np

from pipelines.dedup.anchor_runs import (
    SMALL,
    Breaks,
    Positions,
    Run,
    common_places,
    contradicting_share,
    heaviest_chain,
    occurring_once,
    runs_of,
    trimmed_at_gaps,
    without_strewn,
)
from pipelines.dedup.fingerprint import SHINGLE, LongHashes, shingle_hashes
from pipelines.record_parts import Gap
from pipelines.text.canonical import Codes, Offsets, canonical_offsets

_FINER = 3  # characters in the anchors that are looked for inside a long stretch
_LOOSE = 12  # characters: in a longer stretch a single equal character is chance, not alignment
_THIN = 0.35  # share of a stretch that must turn out equal; texts that say different things share a tenth by chance


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A text made ready for alignment. `codes[i]` stands at `text[offsets[i]]`; `breaks` are the canonical positions of gaps."""

    text: str
    letters: str
    codes: Codes
    offsets: Offsets
    breaks: tuple[int, ...]
    anchors: LongHashes
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


def aligned(text: str, gaps: Sequence[Gap] = ()) -> Aligned:
    """Make a text ready; its gaps are places that an equal stretch never crosses by chance."""
    codes, offsets = canonical_offsets(text)
    anchors, places = occurring_once(shingle_hashes(codes))
    breaks = {int(np.searchsorted(offsets, gap.at)) for gap in gaps}

    letters = (
        codes.astype("<u4")
        .tobytes()
        .decode(
            "utf-32-le",
            "surrogatepass",
        )
    )
    return Aligned(
        text,
        letters,
        codes,
        offsets,
        tuple(sorted(breaks)),
        anchors,
        places,
    )


def align(a: Aligned, b: Aligned, hopeless: float = 1.0) -> Alignment:
    """Lay two texts side by side.

    Where the anchors already leave more than `hopeless` of the text contradicting, nothing is aligned.
    """
    breaks = Breaks(a.breaks, b.breaks)
    in_a, in_b = common_places(a.anchors, b.anchors)

    runs = heaviest_chain(
        runs_of(
            a.places[in_a],
            b.places[in_b],
            SHINGLE,
        )
    )

    runs = without_strewn(runs, breaks)
    nothing = np.full(len(a), -1, np.int64)

    if hopeless < 1 and contradicting_share(runs, len(a), len(b)) > hopeless:
        return Alignment(a, b, (), (), nothing)

    laying = _Laying(a, b, nothing)
    whole = _Stretch(0, len(a), 0, len(b))

    if runs:
        rest = laying.follow(
            (trimmed_at_gaps(run, breaks) for run in runs),
            whole,
            finer=True,
        )

        laying.between(rest, finer=True)
    elif max(len(a), len(b)) <= SMALL:
        laying.compare(whole)

    blocks = _blocks(laying.to_b)
    return Alignment(
        a,
        b,
        blocks,
        tuple(_hunks(a, b, blocks)),
        laying.to_b,
    )


class _Stretch(NamedTuple):
    """A stretch of each text, in canonical positions."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int

    @property
    def is_empty(self) -> bool:
        """Whether either side holds nothing."""
        return self.a_start == self.a_end or self.b_start == self.b_end

    @property
    def longer(self) -> int:
        """Characters of the longer side."""
        return max(self.a_end - self.a_start, self.b_end - self.b_start)

    @property
    def shorter(self) -> int:
        """Characters of the shorter side."""
        return min(self.a_end - self.a_start, self.b_end - self.b_start)


@dataclass(slots=True, eq=False)
class _Laying:
    """An alignment on its way: `to_b` is filled in place."""

    a: Aligned
    b: Aligned
    to_b: Positions

    def follow(self, runs: Iterable[Run], whole: _Stretch, finer: bool) -> _Stretch:
        """Note the runs, and align what stands between them. Returns what is left behind the last."""
        a_at, b_at = whole.a_start, whole.b_start

        for run in runs:
            start = max(run.start, a_at, b_at - run.shift)
            if run.end <= start:
                continue

            self.between(
                _Stretch(
                    a_at,
                    start,
                    b_at,
                    start + run.shift,
                ),
                finer,
            )

            self._note_equal(
                start,
                run.end,
                run.shift,
            )

            a_at, b_at = run.end, run.b_end

        return _Stretch(
            a_at,
            whole.a_end,
            b_at,
            whole.b_end,
        )

    def _note_equal(self, start: int, end: int, shift: int) -> None:
        """Note which characters of a diagonal are equal."""
        equal = self.a.codes[start:end] == self.b.codes[start + shift : end + shift]
        self.to_b[start:end][equal] = np.arange(start + shift, end + shift)[equal]

    def between(self, stretch: _Stretch, finer: bool) -> None:
        """Align the stretch between two runs: equal ends first, then what is left, in parts where a gap lies in it."""
        if stretch.is_empty:
            return

        breaks = self._breaks_in(stretch)
        left = self._without_equal_ends(stretch, breaks)

        if left.is_empty:
            return

        if breaks.a or breaks.b:
            self._beside_gaps(left)
        elif left.longer <= SMALL:
            self.compare(left)
        elif finer:
            self._with_finer_anchors(left)

    def _breaks_in(self, stretch: _Stretch) -> Breaks:
        a_start, a_end, b_start, b_end = stretch
        in_a = [at for at in self.a.breaks if a_start <= at <= a_end]
        in_b = [at for at in self.b.breaks if b_start <= at <= b_end]

        return Breaks(in_a, in_b)

    def _without_equal_ends(self, stretch: _Stretch, breaks: Breaks) -> _Stretch:
        """Note what is equal at both ends, up to the first and from the last gap on; returns what is left."""
        a_start, a_end, b_start, b_end = stretch
        a_front = self.a.codes[a_start : min(breaks.a, default=a_end)]
        b_front = self.b.codes[b_start : min(breaks.b, default=b_end)]
        front = _equal_front(a_front, b_front)
        self.to_b[a_start : a_start + front] = np.arange(b_start, b_start + front)
        a_start, b_start = a_start + front, b_start + front

        a_floor = max(a_start, max(breaks.a, default=0))
        b_floor = max(b_start, max(breaks.b, default=0))
        a_back = self.a.codes[a_floor:a_end][::-1]
        b_back = self.b.codes[b_floor:b_end][::-1]
        back = _equal_front(a_back, b_back)
        self.to_b[a_end - back : a_end] = np.arange(b_end - back, b_end)

        return _Stretch(
            a_start,
            a_end - back,
            b_start,
            b_end - back,
        )

    def _beside_gaps(self, stretch: _Stretch) -> None:
        """What stands before the first gap is compared with the other side's front, what follows the last with its back."""
        breaks = self._breaks_in(stretch)
        self._front_of_gap(stretch, breaks)
        self._back_of_gap(stretch, breaks)

    def _front_of_gap(self, stretch: _Stretch, breaks: Breaks) -> None:
        a_front = min(breaks.a, default=stretch.a_end) - stretch.a_start
        b_front = min(breaks.b, default=stretch.b_end) - stretch.b_start
        near = _reach(min(a_front, b_front))

        if near > 0:
            a_end = stretch.a_start + min(a_front, near)
            b_end = stretch.b_start + min(b_front, near)
            self.compare(stretch._replace(a_end=a_end, b_end=b_end))

    def _back_of_gap(self, stretch: _Stretch, breaks: Breaks) -> None:
        a_start, a_end, b_start, b_end = stretch
        a_floor, b_floor = max(breaks.a, default=a_start), max(breaks.b, default=b_start)
        near = _reach(min(a_end - a_floor, b_end - b_floor))
        a_back, b_back = max(a_floor, a_end - near), max(b_floor, b_end - near)

        used = self.to_b[a_start:a_back]
        b_back = max(b_back, int(used.max(initial=-1)) + 1)
        taken = (self.to_b[a_back:a_end] >= 0).any()

        if near > 0 and not taken and b_back < b_end:
            self.compare(_Stretch(a_back, a_end, b_back, b_end))

    def _with_finer_anchors(self, stretch: _Stretch) -> None:
        """A long stretch without anchors of its own text: anchors that are short and occur once within the stretch."""
        a_start, a_end, b_start, b_end = stretch
        a_hashes, a_places = occurring_once(shingle_hashes(self.a.codes[a_start:a_end], _FINER))
        b_hashes, b_places = occurring_once(shingle_hashes(self.b.codes[b_start:b_end], _FINER))
        in_a, in_b = common_places(a_hashes, b_hashes)

        runs = runs_of(
            a_places[in_a] + a_start,
            b_places[in_b] + b_start,
            _FINER,
        )

        runs = without_strewn(
            heaviest_chain(runs),
            Breaks(self.a.breaks, self.b.breaks),
        )

        rest = self.follow(runs, stretch, finer=False)
        if rest.a_start > a_start:
            self.between(rest, finer=False)

        equal = np.count_nonzero(self.to_b[a_start:a_end] >= 0)
        if equal < _THIN * stretch.shorter:
            self.to_b[a_start:a_end] = -1

    def compare(self, stretch: _Stretch) -> None:
        """Align a short stretch character by character."""
        a_start, a_end, b_start, b_end = stretch
        x, y = self.a.letters[a_start:a_end], self.b.letters[b_start:b_end]
        least = 2 if stretch.longer > _LOOSE else 1

        found = SequenceMatcher(
            None,
            x,
            y,
            autojunk=False,
        ).get_matching_blocks()

        matches = [match for match in found if match.size >= least]

        equal = sum(match.size for match in matches)

        if stretch.shorter > _LOOSE and equal < _THIN * stretch.shorter:
            return

        for in_a, in_b, length in matches:
            a_at, b_at = a_start + in_a, b_start + in_b
            self.to_b[a_at : a_at + length] = np.arange(b_at, b_at + length)


def _reach(length: int) -> int:
    """How far on the other side the counterpart of `length` characters can lie; 0 where it is too long to compare."""
    return length + length // 4 + 4 if 0 < length <= SMALL else 0


def _equal_front(x: Codes, y: Codes) -> int:
    """How many characters two stretches have in common at their beginning."""
    shorter = min(len(x), len(y))

    if not shorter:
        return 0

    differs = x[:shorter] != y[:shorter]
    first = int(differs.argmax())

    return first if differs[first] else shorter


def _hunks(a: Aligned, b: Aligned, blocks: Iterable[Block]) -> Iterator[Hunk]:
    """What stands between the blocks."""
    a_at = b_at = 0
    behind = Block(len(a), len(b), 0)

    for block in (*blocks, behind):
        if block.a > a_at or block.b > b_at:
            a_text, b_text = a.letters[a_at : block.a], b.letters[b_at : block.b]
            yield Hunk(
                a_at,
                block.a,
                b_at,
                block.b,
                a_text,
                b_text,
            )

        a_at, b_at = block.a + block.length, block.b + block.length


def _blocks(to_b: Positions) -> tuple[Block, ...]:
    """The stretches whose characters follow each other in both texts."""
    places = np.flatnonzero(to_b >= 0)

    if not len(places):
        return ()

    shifts = to_b[places] - places
    torn = (places[1:] - places[:-1] != 1) | (shifts[1:] != shifts[:-1])
    starts = np.concatenate(([0], np.flatnonzero(torn) + 1))
    lengths = np.diff(starts, append=len(places))

    heads = places[starts]
    columns = (heads, to_b[heads], lengths)

    return tuple(Block(*block) for block in zip(*(c.tolist() for c in columns), strict=True))
