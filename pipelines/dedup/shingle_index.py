"""Which texts share shingles with this one: the index of fingerprints, in memory while it is fresh and packed for good.

A packed *segment* holds postings (hash, number of a text) sorted by hash, in buckets by the leading bits of the hash. A
posting is the hash's low 16 bits and 24 bits of number: 5 bytes, so 3,000 characters take 1.25 KB. A look-up reads one
bucket for each hash of the query and nothing else; how a bucket is read (from a file, from a database) is the owner's.

>>> from pipelines.dedup.fingerprint import fingerprint
>>> recent = Recent()
>>> report = "".join(f"第{n}项工作已经完成了{n * n}件，" for n in range(60))
>>> _ = recent.add(7, fingerprint(report))
>>> recent.shared(fingerprint(report[300:500]).hashes).numbers.tolist()
[7]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import xxhash

from pipelines.dedup.fingerprint import Fingerprint, Hashes
from pipelines.records import Speech
from pipelines.text.canonical import canonical

Integers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Postings = npt.NDArray[np.uint64]  # hash << 32 | number, ascending

#: Texts that are compared with a new one at the most. A family of hundreds of counties shows its nearest members.
MOST = 48
#: Share of the smaller fingerprint that must be common. Two cuts of 55 % each share 0.18 of either, two texts edited by 5 %
#: and cut to such halves 0.10; unrelated speeches on one subject stay under 0.061.
LEAST_SHARE = 0.1
#: Common hashes there must be: one alone is chance in a large collection (32-bit hashes: one in 25 at 1,000,000 texts).
LEAST_SHARED = 2
#: From this share on a text is compared whatever it shares; below, only where it shares something rare: the phrases of the
#: trade stand in hundreds of speeches and make a tenth of some. Copies share at least a stretch that few others have.
CLEAR_SHARE, LEAST_RARE = 0.3, 2.0
#: Texts looked at for one hash; those numbered first. A phrase that stands in every speech would name them all.
CAP = 256

POSTING = np.dtype(
    [("low", "<u2"), ("near", "<u2"), ("far", "u1")]
)  # low bits of the hash, number & 0xffff, number >> 16
LIMIT = 1 << 24  # texts in one segment's numbering
_PER_BUCKET = 64

_SHIFT = np.uint64(32)
_NUMBER = np.uint64(0xFFFFFFFF)


class Shared(NamedTuple):
    """What a text shares with others: their numbers, how many hashes, and these weighed by how rare they are (1 for a hash
    that one text has, a half for two …).
    """

    numbers: Integers
    counts: Integers
    rare: Weights

    def only(self, which: npt.NDArray[np.bool_] | slice) -> Shared:
        """Some of the texts."""
        return Shared(self.numbers[which], self.counts[which], self.rare[which])


class Hits(NamedTuple):
    """Where asked hashes stand: the place of each in what was asked (ascending), and the number of a text that has it; `texts`:
    how many such texts there are, for each hash asked. Of one hash, CAP texts at the most, those numbered first.
    """

    owners: Integers
    numbers: Integers
    texts: Integers

    def tallied(self) -> Shared:
        """Added up by text."""
        if not len(self.numbers):
            return Shared(self.numbers, self.numbers, np.empty(0))
        order = np.argsort(self.numbers)
        numbers, counts, starts = _runs(self.numbers[order])
        return Shared(
            numbers, counts, np.add.reduceat(1.0 / self.texts[self.owners[order]], starts)
        )


def _runs(ordered: Integers) -> tuple[Integers, Integers, Integers]:
    """The distinct values of an ascending array, how often each stands in it, and where first."""
    starts = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))[: len(ordered)]
    return ordered[starts], np.diff(starts, append=len(ordered)), starts


class Segment(NamedTuple):
    """Packed postings: `starts[b]` is the first posting of bucket `b`; `read(start, end)` gives these postings' bytes."""

    starts: npt.NDArray[np.uint32]
    read: Callable[[int, int], bytes]

    def hits(self, hashes: Hashes) -> Hits:
        """The texts that have these hashes."""
        bits = _bits(len(self.starts) - 1)
        buckets = hashes >> np.uint32(32 - bits)
        starts, ends = self.starts[buckets], self.starts[buckets + 1]
        read = self.read
        found = np.frombuffer(
            b"".join(
                [read(s, e) for s, e in zip(starts.tolist(), ends.tolist(), strict=True) if e > s]
            ),
            POSTING,
        )
        owner = np.repeat(np.arange(len(hashes)), (ends - starts).astype(np.int64))
        hits = np.flatnonzero(found["low"] == (hashes & np.uint32(0xFFFF)).astype(np.uint16)[owner])
        owner = owner[hits]
        first = np.searchsorted(owner, np.arange(len(hashes) + 1))
        kept = np.arange(len(hits)) - first[owner] < CAP
        hits, owner = hits[kept], owner[kept]
        numbers = found["near"][hits].astype(np.int64) | (found["far"][hits].astype(np.int64) << 16)
        return Hits(owner, numbers, np.minimum(np.diff(first), CAP))

    def shared(self, hashes: Hashes) -> Shared:
        """The texts that have some of these hashes."""
        return self.hits(hashes).tallied()

    def postings(self) -> Postings:
        """All of them, for `hits_in`; unpacked a sixteenth at a time, which takes six times the memory of its postings."""
        return np.concatenate(list(joined([self], 1 << 12)))


def hits_in(
    entries: Postings, hashes: Hashes, before: npt.NDArray[np.uint64] | np.uint64 = _NUMBER
) -> Hits:
    """The texts that have these hashes, of those numbered under `before` (for each hash, or for all). By far faster than
    from a segment, but it needs all postings in memory.
    """
    wide = hashes.astype(np.uint64) << _SHIFT
    first = np.searchsorted(entries, wide)
    counts = np.minimum(np.searchsorted(entries, wide | before) - first, CAP)
    owners = np.repeat(np.arange(len(hashes)), counts)
    places = np.arange(len(owners)) + (first - np.cumsum(counts) + counts)[owners]
    return Hits(owners, (entries[places] & _NUMBER).astype(np.int64), counts)


class Recent:
    """Postings that are not packed yet, ready for look-ups, at 8 bytes each.

    Texts may be *expected*: a batch of them is sorted in at once, as that costs far less than one after another, but each
    counts only from when it is added. `len` is the number of texts that count.
    """

    def __init__(self) -> None:
        self._entries: Postings = np.empty(0, np.uint64)
        self._waiting: list[Postings] = []  # to be sorted in
        self._sizes: dict[int, int] = {}
        self._expected: Sequence[Fingerprint] = ()
        self._first = self._came = (
            0  # of the expected: the number of the first, how many have been added
        )

    def __len__(self) -> int:
        return len(self._sizes) - len(self._expected) + self._came

    def add(self, number: int, sketch: Fingerprint) -> bool:
        """Enter a text under its number. Says whether it is what was expected next; if not, nothing is expected any more."""
        if number == self._first + self._came and self.expects(sketch):
            self._came += 1
            return True
        self.expect(0, ())
        self._enter(number, sketch)
        return False

    def _enter(self, number: int, sketch: Fingerprint) -> None:
        self._sizes[number] = len(sketch.hashes)
        self._waiting.append(postings(number, sketch))

    def expect(self, first: int, sketches: Sequence[Fingerprint]) -> None:
        """These texts are to be added next, numbered from `first` on, which is more than any other's number."""
        gone = range(self._first + self._came, self._first + len(self._expected))
        if gone:
            self._entries = self._sorted()
            self._entries = self._entries[self._entries & _NUMBER < np.uint64(gone.start)]
            for number in gone:
                del self._sizes[number]
        self._expected, self._first, self._came = sketches, first, 0
        for number, sketch in enumerate(sketches, first):
            self._enter(number, sketch)

    def expects(self, sketch: Fingerprint) -> bool:
        """Whether this very text is the next that is expected."""
        return self._came < len(self._expected) and self._expected[self._came] is sketch

    def ahead(self, most: int) -> Sequence[Fingerprint]:
        """The texts that are expected next: one, or as many as have `most` hashes."""
        upto = self._came + 1
        most -= sum(len(sketch.hashes) for sketch in self._expected[self._came : upto])
        while upto < len(self._expected) and (most := most - len(self._expected[upto].hashes)) >= 0:
            upto += 1
        return self._expected[self._came : upto]

    def drop(self, number: int) -> None:
        """Take a text out."""
        self.expect(0, ())
        del self._sizes[number]
        self._entries = self._sorted()
        self._entries = self._entries[self._entries & _NUMBER != np.uint64(number)]

    def __contains__(self, number: int) -> bool:
        return number in self._sizes

    def sizes(self, numbers: Integers) -> Integers:
        """How many hashes these texts have."""
        return np.array([self._sizes[number] for number in numbers.tolist()], np.int64)

    def hits(self, hashes: Hashes, query: Integers | None = None) -> Hits:
        """The texts that have these hashes. With `query`, for each hash: as if so many more of the expected had been added."""
        if not self._expected:
            return hits_in(self._sorted(), hashes)
        came = self._first + self._came
        return hits_in(
            self._sorted(),
            hashes,
            np.uint64(came) if query is None else (came + query).astype(np.uint64),
        )

    def shared(self, hashes: Hashes) -> Shared:
        """The texts that have some of these hashes."""
        return self.hits(hashes).tallied()

    def _sorted(self) -> Postings:
        if self._waiting:
            news = np.sort(np.concatenate(self._waiting))
            self._entries = np.concatenate((self._entries, news))
            self._entries.sort(kind="stable")  # merges the two
            self._waiting.clear()
        return self._entries


class Source(Protocol):
    """A part of the index, in which no text is that another part has."""

    def hits(self, hashes: Hashes, query: Integers | None = None) -> Hits:
        """The texts that have these hashes; `query` says which of the texts that are looked up has the hash."""

    def sizes(self, numbers: Integers) -> Integers:
        """How many hashes these texts have."""


def nearest(sources: Iterable[Source], sketches: Sequence[Fingerprint]) -> list[list[int]]:
    """What is `chosen` for each of these texts. Several are looked up at once, and their hashes in ascending order: most of
    the time of one goes into calls and cold memory.
    """
    mine = np.array([len(sketch.hashes) for sketch in sketches], np.int64)
    hashes = np.concatenate([sketch.hashes for sketch in sketches])
    order = np.argsort(hashes)
    hashes, query = hashes[order], np.repeat(np.arange(len(sketches)), mine)[order]
    found, sizes = [], []
    for source in sources:
        hits = source.hits(hashes, query)
        pairs = hits.numbers | (query << 32)[hits.owners]
        once, counts, _ = _runs(np.sort(pairs))
        several = counts >= LEAST_SHARED
        once, counts = once[several], counts[several]
        theirs = source.sizes(once & 0xFFFFFFFF)
        worth = (
            counts / np.minimum(theirs, mine[once >> 32]) >= LEAST_SHARE
        )  # by which nearly all are out
        of = np.isin(pairs, once[worth])
        found.append(Hits(hits.owners[of], pairs[of], hits.texts).tallied())
        sizes.append(theirs[worth])
    whole, every = Shared(*map(np.concatenate, zip(*found, strict=True))), np.concatenate(sizes)
    near: list[list[int]] = [[] for _ in sketches]
    for i in np.unique(whole.numbers >> 32).tolist():
        of = whole.numbers >> 32 == i
        one = whole.only(of)
        near[i] = chosen(one._replace(numbers=one.numbers & 0xFFFFFFFF), every[of], int(mine[i]))
    return near


def postings(number: int, sketch: Fingerprint) -> Postings:
    """The postings of one text."""
    return (sketch.hashes.astype(np.uint64) << _SHIFT) | np.uint64(number)


def unpack(starts: npt.NDArray[np.uint32], data: bytes, first_bucket: int, bits: int) -> Postings:
    """The postings of the buckets from `first_bucket` on, given their bytes and `starts`; `bits` name a bucket."""
    packed = np.frombuffer(data, POSTING)
    lengths = starts[1:].astype(np.int64) - starts[:-1].astype(np.int64)
    buckets = np.repeat(np.arange(first_bucket, first_bucket + len(starts) - 1), lengths)
    high = (buckets.astype(np.uint64) << np.uint64(32 - bits)) & np.uint64(0xFFFF0000)
    hashes: Postings = high | packed["low"]
    numbers: Postings = packed["near"].astype(np.uint64) | (
        packed["far"].astype(np.uint64) << np.uint64(16)
    )
    return (hashes << _SHIFT) | numbers


def bucket_bits(count: int) -> int:
    """How many leading bits of the hash name the bucket in a segment of so many postings: 16 to 24."""
    return min(24, max(16, math.ceil(math.log2(max(1, count) / _PER_BUCKET))))


def chosen(shared: Shared, sizes: Integers, size: int) -> list[int]:
    """The texts worth comparing, nearest first. `sizes`: hashes of the texts in `shared`, `size`: of the query."""
    share = shared.counts / np.minimum(sizes, size)
    worth = (shared.counts >= LEAST_SHARED) & (share >= LEAST_SHARE)
    worth &= (share >= CLEAR_SHARE) | (shared.rare >= LEAST_RARE)
    numbers, share = shared.numbers[worth], share[worth]
    near: list[int] = numbers[np.lexsort((numbers, -share))][:MOST].tolist()
    return near


def declared_keys(speech: Speech) -> tuple[int, ...]:
    """Keys under which the other half of a document is found: title and declared length, which may be off by 2 %.

    Two speeches that agree share a key; none where either is unknown. Signed 64-bit integers.
    """
    title = canonical(speech.title)
    if not title or not speech.declared_chars or speech.declared_chars < 0:
        return ()
    step = math.log(speech.declared_chars) / math.log(1.02)
    return tuple(
        xxhash.xxh3_64_intdigest(f"{title}\n{int(step) + i}".encode()) - (1 << 63) for i in (0, 1)
    )


def joined(segments: Sequence[Segment], step: int = 1 << 8) -> Iterator[Postings]:
    """The postings of several segments as one ascending run, a piece at a time: the memory does not grow with them.

    `step`: how many of the 65,536 leading halves of a hash go into a piece.
    """
    for first in range(0, 1 << 16, step):
        pieces = []
        for starts, read in segments:
            shift = _bits(len(starts) - 1) - 16
            piece = starts[first << shift : (min(first + step, 1 << 16) << shift) + 1]
            data = read(int(piece[0]), int(piece[-1]))
            pieces.append(unpack(piece, data, first << shift, 16 + shift))
        whole = np.concatenate(pieces)
        whole.sort()
        yield whole


class Packer:
    """Packs postings that come in ascending order, piece by piece; `write` gets the bytes in order."""

    def __init__(self, count: int, write: Callable[[bytes], object]) -> None:
        self._bits = bucket_bits(count)
        self._lengths = np.zeros(1 << self._bits, np.uint32)
        self._write = write

    def add(self, entries: Postings) -> None:
        """Pack the next piece, which holds all postings of its hashes: the first CAP of each.

        Raises ValueError for a number that does not fit 24 bits.
        """
        entries = _capped(entries)
        hashes, numbers = (
            (entries >> _SHIFT).astype(np.uint32),
            (entries & _NUMBER).astype(np.uint32),
        )
        if len(numbers) and int(numbers.max()) >= LIMIT:
            raise ValueError(f"an index holds at most {LIMIT} texts")
        buckets, lengths = np.unique(hashes >> np.uint32(32 - self._bits), return_counts=True)
        self._lengths[buckets] += lengths.astype(np.uint32)
        packed = np.empty(len(entries), POSTING)
        packed["low"], packed["near"], packed["far"] = (
            hashes & 0xFFFF,
            numbers & 0xFFFF,
            numbers >> 16,
        )
        self._write(packed.tobytes())

    def starts(self) -> npt.NDArray[np.uint32]:
        """The segment's `starts`, when everything has been added."""
        return np.concatenate([np.zeros(1, np.uint32), np.cumsum(self._lengths, dtype=np.uint32)])


def _capped(entries: Postings) -> Postings:
    """The first CAP postings of each hash."""
    if len(entries) <= CAP:
        return entries
    hashes = entries >> _SHIFT
    over = np.flatnonzero(hashes[CAP:] == hashes[:-CAP]) + CAP
    return np.delete(entries, over) if len(over) else entries


def _bits(buckets: int) -> int:
    return buckets.bit_length() - 1
