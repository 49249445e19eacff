"""Anchors of two texts joined into runs, and the chain of runs that an alignment follows.

An anchor is a shingle that occurs once in each text. Neighbouring anchors on one diagonal make a run; the heaviest chain of
runs that rises in both texts, without the runs that are there by chance, is the frame of the alignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipelines.dedup.fingerprint import SHINGLE, LongHashes

Positions = npt.NDArray[np.int64]

#: Canonical characters: longer stretches between anchors are not compared character by character.
SMALL = 400

_STREWN = 0.5  # weight of a character between two runs, against 1 of a character in a run
_OFF_DIAGONAL = 0.1  # the same for a character that only one of the texts has there
_LIGHT = 24.0  # weight under which runs that stand alone are chance: unrelated reports share such phrases by the dozen


class Run(NamedTuple):
    """Positions `start` to `end` of a lie on one diagonal: their place in b is `shift` further.

    `weight` of them stand in anchors; what lies between two anchors may be anything.
    """

    start: int
    end: int
    shift: int
    weight: int

    @property
    def b_start(self) -> int:
        """Where the run begins in b."""
        return self.start + self.shift

    @property
    def b_end(self) -> int:
        """Where it ends in b."""
        return self.end + self.shift


class Breaks(NamedTuple):
    """The canonical positions of the gaps of both texts."""

    a: Sequence[int]
    b: Sequence[int]

    def lies_between(self, before: Run, after: Run) -> bool:
        """Whether a gap of either text lies between two runs."""
        in_a = any(before.end <= at <= after.start for at in self.a)

        return in_a or any(before.b_end <= at <= after.b_start for at in self.b)


@dataclass(slots=True)
class _Group:
    """Runs that stand together, what they weigh, and the penalty for joining them to the group before."""

    weight: float
    penalty: float
    runs: list[Run]


def occurring_once(hashes: LongHashes) -> tuple[LongHashes, Positions]:
    """The hashes that occur once, ascending, and where."""
    order = np.argsort(hashes)
    ordered = hashes[order]
    single = np.ones(len(hashes), np.bool_)
    differs = ordered[1:] != ordered[:-1]
    single[1:] &= differs
    single[:-1] &= differs

    return ordered[single], order[single].astype(np.int64)


def common_places(x: LongHashes, y: LongHashes) -> tuple[Positions, Positions]:
    """Where the values that two ascending arrays share stand in each."""
    if not len(y):
        nothing = np.empty(0, np.int64)
        return nothing, nothing

    at = np.minimum(np.searchsorted(y, x), len(y) - 1)
    in_x = np.flatnonzero(y[at] == x)

    return in_x, at[in_x]


def runs_of(in_a: Positions, in_b: Positions, length: int) -> list[Run]:
    """Neighbouring anchors on one diagonal, joined; in the order of a. `length`: characters in an anchor."""
    if not len(in_a):
        return []

    order = np.argsort(in_a, kind="stable")
    in_a = in_a[order]
    shifts = in_b[order] - in_a

    turns = np.flatnonzero(shifts[1:] != shifts[:-1]) + 1
    starts = np.concatenate(([0], turns))
    lasts = np.concatenate((turns, [len(in_a)])) - 1

    covered = np.minimum(np.diff(in_a, append=in_a[-1] + length), length)
    covered[lasts] = length
    weights = np.add.reduceat(covered, starts)
    columns = (in_a[starts], in_a[lasts] + length, shifts[starts], weights)

    return [Run(*run) for run in zip(*(column.tolist() for column in columns), strict=True)]


def heaviest_chain(runs: list[Run]) -> list[Run]:
    """The heaviest chain of runs that rises in both texts (a weighted longest increasing subsequence)."""
    places = [run.b_start for run in runs]

    if all(x < y for x, y in pairwise(places)):
        return runs

    rank = {place: number for number, place in enumerate(sorted(set(places)), 1)}
    best: list[tuple[int, int]] = [(0, -1)] * (len(rank) + 1)  # Fenwick tree of (weight, last run)
    before = [-1] * len(runs)

    for number, (run, place) in enumerate(zip(runs, places, strict=True)):
        weight, before[number] = _best_under(best, rank[place] - 1)
        _enter(
            best,
            rank[place],
            (weight + run.weight, number),
        )

    last = max(best)[1]
    chain = []

    while last >= 0:
        chain.append(runs[last])
        last = before[last]

    return chain[::-1]


def _best_under(tree: list[tuple[int, int]], at: int) -> tuple[int, int]:
    """The best entry of the first `at` places of a Fenwick tree."""
    found = (0, -1)

    while at:
        found = max(found, tree[at])
        at &= at - 1

    return found


def _enter(tree: list[tuple[int, int]], at: int, entry: tuple[int, int]) -> None:
    """Enter something at a place of a Fenwick tree."""
    while at < len(tree):
        tree[at] = max(tree[at], entry)
        at += at & -at


def without_strewn(runs: list[Run], breaks: Breaks) -> list[Run]:
    """The runs without those that chance has strewn over texts, or parts of texts, that say different things.

    Neighbours join where what lies between them weighs less than either; what stays light alone is dropped, but never the
    heaviest. Over a gap of either text nothing is near: a phrase that happens to stand before it and, in the other text,
    where that goes on would put the gap into the wrong place.
    """
    groups: list[_Group] = []

    for run in runs:
        penalty = (
            _penalty(
                groups[-1].runs[-1],
                run,
                breaks,
            )
            if groups
            else 0.0
        )

        groups.append(_Group(run.weight, penalty, [run]))
        _join_last(groups)

    heaviest = max((group.weight for group in groups), default=0.0)
    least = min(_LIGHT, heaviest)

    return [run for group in groups if group.weight >= least for run in group.runs]


def _penalty(before: Run, after: Run, breaks: Breaks) -> float:
    """What joining two neighbouring runs costs, in characters of a run."""
    in_a, in_b = after.start - before.end, after.b_start - before.b_end
    off_diagonal = min(SMALL, abs(in_a - in_b))
    penalty = _STREWN * (max(0, min(in_a, in_b)) + _OFF_DIAGONAL * off_diagonal)

    return max(penalty, _LIGHT) if breaks.lies_between(before, after) else penalty


def _join_last(groups: list[_Group]) -> None:
    """Join the last groups as long as what lies between two weighs no more than either."""
    while len(groups) > 1:
        before, last = groups[-2:]
        if last.penalty > min(last.weight, before.weight):
            return

        groups.pop()
        before.weight += last.weight - last.penalty
        before.runs += last.runs


def trimmed_at_gaps(run: Run, breaks: Breaks) -> Run:
    """The run without an end of it that lies beyond a gap and is shorter than an anchor: so few characters are chance."""
    start, end = run.start, run.end

    for at in (*breaks.a, *(at - run.shift for at in breaks.b)):
        if not run.start < at < run.end:
            continue

        if at - run.start < SHINGLE:
            start = max(start, at)

        if run.end - at < SHINGLE:
            end = min(end, at)

    return run._replace(start=start, end=end)


def contradicting_share(runs: Sequence[Run], a_size: int, b_size: int) -> float:
    """The share of what the runs and the stretches between them hold that lies between, on the shorter side."""
    inside = between = a_at = b_at = 0
    behind = Run(a_size, a_size, b_size - a_size, 0)

    for run in (*runs, behind):
        between += max(0, min(run.start - a_at, run.b_start - b_at))
        inside += run.end - run.start
        a_at, b_at = run.end, run.b_end

    if not inside:
        return float(min(a_size, b_size) > SMALL)

    return between / (inside + between)
