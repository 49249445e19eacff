"""Which texts share shingles with this one: looking up fingerprints in an index of many texts.

The index has parts, each for a range of text numbers: what came last is in memory (`recent_texts`), the rest in segments
on disk (`segment`). However many texts a hash stands in, a look-up takes only those numbered first, so the time of a look-up does not
grow with the collection. The few texts that may be near are then compared exactly, by their whole fingerprints.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import xxhash

from pipelines.dedup.fingerprint import Hashes
from pipelines.records import Speech
from pipelines.text.canonical import canonical

Integers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]

#: Texts that are compared with a new one at the most. A family of hundreds of counties shows its nearest members.
MOST = 8
#: Share of the smaller fingerprint that must be common. Two cuts of 55 % each share 0.18 of either, two texts edited by 5 %
#: and cut to such halves 0.10; unrelated speeches on one subject stay under 0.061.
LEAST_SHARE = 0.1
#: Common hashes there must be: one alone is chance in a large collection (32-bit hashes: one in 25 at 1,000,000 texts).
LEAST_SHARED = 2
#: From this share on a text is compared whatever it shares; below, only where it shares something rare: the phrases of the
#: trade stand in hundreds of speeches and make a tenth of some. Copies share at least a stretch that few others have.
CLEAR_SHARE, LEAST_RARE = 0.3, 2.0
#: Below that share, what is shared must also be as rare as the text as a whole, in about half: a copied stretch is like its
#: text, chance shares what everybody says. Of 2,295 unrelated pairs that shared a tenth to a third, 84 % stayed below; of 788
#: pairs of generated copies, 3 % had less, nearly all of them with a clear share.
TYPICAL = 0.45
#: Texts looked at for one hash; those numbered first. A phrase that stands in every speech would name them all.
LOOKED_AT = 16
#: Texts whose fingerprints are compared exactly: so many of the nearest by share, and so many by what is rare.
_EXAMINED = 6
#: From this many texts on a hash counts as equally common.
COMMON = 255

_COMMON_BITS, _NUMBER_BITS = np.int64(8), np.int64(32)
_NUMBER = np.int64(0xFFFFFFFF)


class Ranges(NamedTuple):
    """Where the postings of each asked hash lie in a part of the index: the place of the first, and how many."""

    first: Integers
    counts: Integers


class Part(Protocol):
    """A part of the index: all texts numbered from `begin` on, up to where the next part begins."""

    @property
    def begin(self) -> int:
        """The number of the first text."""

    def ranges(self, hashes: Hashes, before: Integers) -> Ranges:
        """Where the texts that have these hashes are listed, by their numbers. Texts numbered `before` (for each hash) and
        higher need not be left out."""

    def numbers_at(self, places: Integers) -> Integers:
        """The text numbers at these places."""

    def sizes_of(self, numbers: Integers) -> Integers:
        """How many hashes these texts have."""


class _Asked(NamedTuple):
    """The hashes of several texts, ascending: most of the time of one look-up goes into calls and cold memory."""

    hashes: Hashes
    query: Integers  # which of the texts has the hash
    before: Integers  # only texts numbered lower are looked for
    sizes: Integers  # hashes of each text

    @classmethod
    def of(cls, sketches: Sequence[Hashes], before: Sequence[int]) -> _Asked:
        """Put the hashes of these texts together."""
        sizes = np.array([len(sketch) for sketch in sketches], np.int64)
        hashes = np.concatenate(sketches)
        order = np.argsort(hashes)
        query = np.repeat(np.arange(len(sketches)), sizes)[order]

        return cls(
            hashes[order],
            query,
            np.array(before, np.int64)[query],
            sizes,
        )


class _Hits(NamedTuple):
    """Texts that have asked hashes: which hash, by its place among those asked, and the text's number.

    `texts`: in how many texts each of the asked hashes stands, hits or not.
    """

    owners: Integers
    numbers: Integers
    texts: Integers


class _Candidates(NamedTuple):
    """Texts that share hashes with one of the queries, ascending by query, then number."""

    query: Integers
    numbers: Integers
    counts: Integers  # shared hashes
    rare: Weights  # the same, each weighed by how rare it is: 1 where one text has it, a half where two have it …
    sizes: Integers  # hashes of the candidate

    def only(self, which: npt.NDArray[np.bool_] | Integers) -> _Candidates:
        """Some of them."""
        return _Candidates(
            self.query[which],
            self.numbers[which],
            self.counts[which],
            self.rare[which],
            self.sizes[which],
        )


def nearest(
    parts: Sequence[Part],
    sketches: Sequence[Hashes],
    before: Sequence[int],
    sketches_of: Callable[[Collection[int]], Mapping[int, Hashes]],
) -> list[list[int]]:
    """The numbers of the texts worth comparing with each of these, nearest first, MOST at the most.

    `parts` cover ascending numbers. Only texts numbered lower than a text's `before` are found for it. `sketches_of` gives
    the fingerprints of indexed texts; a text that it does not know is left out.
    """
    near: list[list[int]] = [[] for _ in sketches]
    asked = _Asked.of(sketches, before)

    if not len(asked.hashes):
        return near

    hits = _look_up(parts, asked)
    candidates = _added_up(parts, asked, hits)
    examined = _promising(candidates, asked, hits.texts)
    known = sketches_of(examined.numbers.tolist())
    there = [number in known for number in examined.numbers.tolist()]
    examined = examined.only(np.array(there, np.bool_))

    if len(examined.numbers):
        theirs = [known[number] for number in examined.numbers.tolist()]
        exact = _compared(
            examined,
            asked,
            hits.texts,
            theirs,
        )

        for number in np.unique(exact.query).tolist():
            near[number] = chosen(exact.only(exact.query == number))

    return near


def expanded(first: Integers, counts: Integers) -> tuple[Integers, Integers]:
    """Ranges of places, one after another: for each place its range's number, and the place itself.

    >>> owners, places = expanded(np.array([10, 50]), np.array([2, 1]))
    >>> owners.tolist(), places.tolist()
    ([0, 0, 1], [10, 11, 50])
    """
    owners = np.repeat(np.arange(len(first)), counts)
    ends = np.cumsum(counts)
    shifts = first - (ends - counts)

    return owners, np.arange(len(owners)) + shifts[owners]


def _look_up(parts: Sequence[Part], asked: _Asked) -> _Hits:
    """The texts that have the asked hashes: for each hash LOOKED_AT at the most, those numbered first."""
    room = np.full(
        len(asked.hashes),
        LOOKED_AT,
        np.int64,
    )

    texts = np.zeros(len(asked.hashes), np.int64)
    all_owners, all_numbers = [], []

    for part in parts:
        first, counts = part.ranges(asked.hashes, asked.before)
        texts += counts
        taken = np.minimum(counts, room)
        room -= taken
        owners, places = expanded(first, taken)
        all_owners.append(owners)
        all_numbers.append(part.numbers_at(places))

    owners, numbers = np.concatenate(all_owners), np.concatenate(all_numbers)
    wanted = numbers < asked.before[owners]

    return _Hits(
        owners[wanted],
        numbers[wanted],
        texts,
    )


def _added_up(parts: Sequence[Part], asked: _Asked, hits: _Hits) -> _Candidates:
    """The hits by text, for each query."""
    common = np.minimum(hits.texts, COMMON)[hits.owners]
    pairs = (asked.query[hits.owners] << _NUMBER_BITS) | hits.numbers
    keys = np.sort((pairs << _COMMON_BITS) | common)  # one sort for pairs and weights
    pairs, common = keys >> _COMMON_BITS, keys & COMMON

    starts = _run_starts(pairs)
    counts = np.diff(starts, append=len(pairs))
    rare = np.add.reduceat(1.0 / common, starts) if len(starts) else np.empty(0)
    once = pairs[starts]
    numbers = once & _NUMBER

    found = _Candidates(
        once >> _NUMBER_BITS,
        numbers,
        counts,
        rare,
        numbers,
    )

    found = found.only(counts >= LEAST_SHARED)
    return found._replace(sizes=_sizes_of(parts, found.numbers))


def _run_starts(ordered: Integers) -> Integers:
    """Where each distinct value of an ascending array stands first."""
    if not len(ordered):
        return np.empty(0, np.int64)

    return np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))


def _sizes_of(parts: Sequence[Part], numbers: Integers) -> Integers:
    """How many hashes each of these texts has, whichever part it is in."""
    sizes = np.zeros(len(numbers), np.int64)
    begins = np.array([part.begin for part in parts], np.int64)

    which = (
        np.searchsorted(
            begins,
            numbers,
            side="right",
        )
        - 1
    )

    for at, part in enumerate(parts):
        inside = which == at
        if inside.any():
            sizes[inside] = part.sizes_of(numbers[inside])

    return sizes


def _promising(candidates: _Candidates, asked: _Asked, texts: Integers) -> _Candidates:
    """The candidates whose fingerprints are examined: those that may be near, and of these the best."""
    cut_short = texts > LOOKED_AT  # hashes for which not all texts were looked at

    unseen = np.bincount(
        asked.query[cut_short],
        minlength=len(asked.sizes),
    )[candidates.query]

    smaller = np.minimum(candidates.sizes, asked.sizes[candidates.query])
    share = (candidates.counts + unseen) / np.maximum(smaller, 1)
    rare = candidates.rare + unseen / LOOKED_AT
    possible = (share >= LEAST_SHARE) & ((share >= CLEAR_SHARE) | (rare >= LEAST_RARE))
    possible &= candidates.sizes > 0

    left = candidates.only(possible)
    seen_share = left.counts / smaller[possible]
    best = _best_of_each(left.query, seen_share) | _best_of_each(left.query, left.rare)

    return left.only(best)


def _best_of_each(query: Integers, worth: Weights) -> npt.NDArray[np.bool_]:
    """Which candidates are among the _EXAMINED best of their query, by this measure."""
    order = np.lexsort((-worth, query))
    starts = np.searchsorted(query, query[order])  # `query` ascends
    rank = np.arange(len(order)) - starts
    best = np.zeros(len(query), np.bool_)
    best[order[rank < _EXAMINED]] = True

    return best


def _compared(
    candidates: _Candidates, asked: _Asked, texts: Integers, theirs: Sequence[Hashes]
) -> Compared:
    """The candidates with all that they share, by their whole fingerprints (`theirs`)."""
    owners = np.repeat(
        np.arange(len(theirs)),
        [len(sketch) for sketch in theirs],
    )

    wanted = _keyed(candidates.query[owners], np.concatenate(theirs))
    order = np.argsort(asked.query, kind="stable")
    keys = _keyed(asked.query[order], asked.hashes[order])
    weights = 1.0 / np.clip(texts[order], 1, COMMON)

    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    shared = keys[at] == wanted
    owners, at = owners[shared], at[shared]
    counts = np.bincount(owners, minlength=len(theirs))

    rare: Weights = np.bincount(
        owners,
        weights[at],
        minlength=len(theirs),
    ).astype(np.float64)

    usual = np.bincount(asked.query[order], weights) / np.maximum(asked.sizes, 1)
    smaller = np.minimum(candidates.sizes, asked.sizes[candidates.query])

    return Compared(
        candidates.query,
        candidates.numbers,
        counts,
        rare,
        smaller,
        usual[candidates.query],
    )


def _keyed(query: Integers, hashes: Hashes) -> Integers:
    return (query << _NUMBER_BITS) | hashes


class Compared(NamedTuple):
    """Texts compared with a query by their whole fingerprints."""

    query: Integers
    numbers: Integers
    counts: Integers  # shared hashes
    rare: Weights  # the same, each weighed by how rare it is
    smaller: Integers  # hashes of the smaller of the two fingerprints
    usual: Weights  # mean weight of all hashes of the query

    def only(self, which: npt.NDArray[np.bool_]) -> Compared:
        """Some of them."""
        return Compared(
            self.query[which],
            self.numbers[which],
            self.counts[which],
            self.rare[which],
            self.smaller[which],
            self.usual[which],
        )


def chosen(found: Compared) -> list[int]:
    """The texts worth comparing with a query, nearest first."""
    share = found.counts / np.maximum(found.smaller, 1)
    is_clear = share >= CLEAR_SHARE
    is_typical = found.rare >= TYPICAL * found.usual * found.counts
    is_copied = (found.rare >= LEAST_RARE) & is_typical
    worth = (found.counts >= LEAST_SHARED) & (share >= LEAST_SHARE) & (is_clear | is_copied)

    numbers, share = found.numbers[worth], share[worth]
    near: list[int] = numbers[np.lexsort((numbers, -share))][:MOST].tolist()

    return near


def declared_keys(speech: Speech) -> tuple[int, ...]:
    """Keys under which the other half of a document is found: title and declared length, which may be off by 2 %.

    Two speeches that agree share a key; none where either is unknown. Signed 64-bit integers.
    """
    title = canonical(speech.title)

    if not title or not speech.declared_chars or speech.declared_chars < 0:
        return ()

    step = int(math.log(speech.declared_chars) / math.log(1.02))
    keys = [xxhash.xxh3_64_intdigest(f"{title}\n{step + i}".encode()) for i in (0, 1)]

    return tuple(key - (1 << 63) for key in keys)
