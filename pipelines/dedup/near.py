"""Which texts share shingles with this one: the index of fingerprints, in memory while it is fresh and packed for good.

A packed *segment* holds postings (hash, number of a text) sorted by hash, in buckets by the leading bits of the hash. A
posting is the hash's low 16 bits and 24 bits of number: 5 bytes, so 3,000 characters take 1.25 KB. A look-up reads one
bucket for each hash of the query and nothing else; how a bucket is read (from a file, from a database) is the owner's.

>>> from pipelines.dedup.fingerprint import fingerprint
>>> recent = Recent()
>>> recent.add(7, fingerprint("各位代表，现在我代表县人民政府向大会报告工作，请予审议。" * 2))
>>> recent.shared(fingerprint("现在我代表县人民政府向大会报告工作，请予审议")).keys() <= {7}
True
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from pipelines.dedup.fingerprint import Fingerprint, Hashes
from pipelines.records import Speech
from pipelines.text.canonical import canonical

Postings = npt.NDArray[np.uint64]  # hash << 32 | number, ascending

#: Texts that are compared with a new one at the most. A family of hundreds of counties shows its nearest members.
MOST = 48
#: Share of the smaller fingerprint that must be common. Two cuts of 55 % each share 0.18 of either, two texts edited by 5 %
#: and cut to such halves 0.10; unrelated speeches on one subject stay under 0.061.
LEAST_SHARE = 0.1
#: Common hashes there must be: one alone is chance in a large collection (32-bit hashes: one in 25 at 1,000,000 texts).
LEAST_SHARED = 2
#: Texts looked at for one hash; those numbered first. A phrase that stands in every speech would name them all.
CAP = 256

POSTING = np.dtype([("low", "<u2"), ("near", "<u2"), ("far", "u1")])  # low bits of the hash, number & 0xffff, number >> 16
LIMIT = 1 << 24  # texts in one segment's numbering
_PER_BUCKET = 128

_SHIFT = np.uint64(32)
_NUMBER = np.uint64(0xFFFFFFFF)


class Segment(NamedTuple):
    """Packed postings: `starts[b]` is the first posting of bucket `b`; `read(start, end)` gives these postings' bytes."""

    starts: npt.NDArray[np.uint32]
    read: Callable[[int, int], bytes]

    def numbers(self, hashes: Hashes) -> npt.NDArray[np.uint32]:
        """The numbers of the texts that have these hashes, once for each hash, at most CAP for one hash."""
        bits = _bits(len(self.starts) - 1)
        buckets = hashes >> np.uint32(32 - bits)
        starts, ends = self.starts[buckets], self.starts[buckets + 1]
        read = self.read
        found = np.frombuffer(
            b"".join([read(s, e) for s, e in zip(starts.tolist(), ends.tolist(), strict=True) if e > s]), POSTING
        )
        lengths = (ends - starts).astype(np.int64)
        wanted = np.repeat((hashes & np.uint32(0xFFFF)).astype(np.uint16), lengths)
        hits = np.flatnonzero(found["low"] == wanted)
        if len(hits) > CAP:
            owner = np.repeat(np.arange(len(hashes)), lengths)[hits]
            first = np.searchsorted(owner, np.arange(len(hashes)))
            hits = hits[np.arange(len(hits)) - first[owner] < CAP]
        numbers: npt.NDArray[np.uint32] = found["near"][hits].astype(np.uint32)
        numbers |= found["far"][hits].astype(np.uint32) << np.uint32(16)
        return numbers


class Recent:
    """Postings that are not packed yet, ready for look-ups: about 100 bytes each, so keep it to some thousand texts."""

    def __init__(self) -> None:
        self._numbers: defaultdict[int, list[int]] = defaultdict(list)
        self.texts = 0

    def add(self, number: int, sketch: Fingerprint) -> None:
        """Enter a text under its number."""
        self.texts += 1
        for hash in sketch.hashes.tolist():
            self._numbers[hash].append(number)

    def shared(self, sketch: Fingerprint) -> Counter[int]:
        """How many hashes each text shares with this one."""
        lists = [found[:CAP] for hash in sketch.hashes.tolist() if (found := self._numbers.get(hash))]
        return Counter(number for found in lists for number in found)


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
    numbers: Postings = packed["near"].astype(np.uint64) | (packed["far"].astype(np.uint64) << np.uint64(16))
    return (hashes << _SHIFT) | numbers


def bucket_bits(count: int) -> int:
    """How many leading bits of the hash name the bucket in a segment of so many postings: 16 to 24."""
    return min(24, max(16, math.ceil(math.log2(max(1, count) / _PER_BUCKET))))


def chosen(shared: Mapping[int, int], sizes: Mapping[int, int], size: int) -> list[int]:
    """The texts worth comparing, nearest first: `shared` hashes by number, `sizes` their hashes, `size` the query's."""
    near = [
        (-count / min(sizes[number], size), number)
        for number, count in shared.items()
        if count >= LEAST_SHARED and count >= LEAST_SHARE * min(sizes[number], size)
    ]
    return [number for _, number in sorted(near)[:MOST]]


def declared_keys(speech: Speech) -> tuple[int, ...]:
    """Keys under which the other half of a document is found: title and declared length, which may be off by 2 %.

    Two speeches that agree share a key; none where either is unknown. Signed 64-bit integers.
    """
    title = canonical(speech.title)
    if not title or not speech.declared_chars or speech.declared_chars < 0:
        return ()
    step = math.log(speech.declared_chars) / math.log(1.02)
    return tuple(xxhash.xxh3_64_intdigest(f"{title}\n{int(step) + i}".encode()) - (1 << 63) for i in (0, 1))


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
        """Pack the next piece. Raises ValueError for a number that does not fit 24 bits."""
        hashes, numbers = (entries >> _SHIFT).astype(np.uint32), (entries & _NUMBER).astype(np.uint32)
        if len(numbers) and int(numbers.max()) >= LIMIT:
            raise ValueError(f"an index holds at most {LIMIT} texts")
        buckets, lengths = np.unique(hashes >> np.uint32(32 - self._bits), return_counts=True)
        self._lengths[buckets] += lengths.astype(np.uint32)
        packed = np.empty(len(entries), POSTING)
        packed["low"], packed["near"], packed["far"] = hashes & 0xFFFF, numbers & 0xFFFF, numbers >> 16
        self._write(packed.tobytes())

    def starts(self) -> npt.NDArray[np.uint32]:
        """The segment's `starts`, when everything has been added."""
        return np.concatenate([np.zeros(1, np.uint32), np.cumsum(self._lengths, dtype=np.uint32)])


def _bits(buckets: int) -> int:
    return buckets.bit_length() - 1


def counts(segments: Sequence[Segment], sketch: Fingerprint) -> Counter[int]:
    """How many hashes each text of some segments shares with this one."""
    if not len(sketch.hashes) or not segments:
        return Counter()
    numbers = np.concatenate([segment.numbers(sketch.hashes) for segment in segments])
    values, shared = np.unique(numbers, return_counts=True)
    enough = shared >= LEAST_SHARED
    return Counter(dict(zip(values[enough].tolist(), shared[enough].tolist(), strict=True)))
