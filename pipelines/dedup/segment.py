"""A part of the index on disk: the postings of a range of texts, sorted by hash, in files that are mapped into memory.

A segment is a folder that is written once and never changed. Its files are arrays of 32-bit integers:

    hashes    the distinct hashes, ascending
    offsets   where the texts of each hash begin in `numbers`, and the end
    numbers   the texts of each hash, ascending; of one hash KEPT at the most
    starts    the first hash of each bucket: buckets go by the leading bits of the hash
    sizes     how many hashes each text has, by its number

A look-up reads one bucket for each hash, all of them in a few array operations. Segments are joined like sorted runs
(log-structured merge), a slice of the hashes at a time, so the memory does not grow with them.
"""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from pipelines.atomic_file import sync_folder
from pipelines.dedup.fingerprint import Hashes
from pipelines.dedup.shingle_index import Integers, Ranges, expanded

Column = npt.NDArray[np.uint32]
Postings = npt.NDArray[np.uint64]  # hash << 32 | number

#: Texts kept for one hash when a segment is written. It is more than a look-up takes, and as many as make a hash common.
KEPT = 256
#: Distinct hashes in a bucket, about.
_PER_BUCKET = 4
#: Hashes are spread evenly, so no bucket comes near this; one that does is damage.
_LARGEST_BUCKET = 1 << 16
#: Postings that are joined at a time: 50 MB with what sorting needs.
_JOINED_AT_ONCE = 1 << 20
#: Bytes of a file that are read at a time.
_READ_AT_ONCE = 1 << 22

_FILES = ("hashes", "offsets", "numbers", "starts", "sizes")
_SHIFT, _NUMBER = np.uint64(32), np.uint64(0xFFFFFFFF)


class SegmentDamaged(Exception):
    """A segment's files are missing, have the wrong size, or their bytes make no sense."""


class Shape(NamedTuple):
    """What must be known of a segment to tell whether its files are whole."""

    first: int  # number of its first text
    texts: int
    hashes: int
    postings: int

    @property
    def last(self) -> int:
        """The number of its last text."""
        return self.first + self.texts - 1


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """An opened segment; see the module."""

    shape: Shape
    hashes: Column
    offsets: Column
    numbers: Column
    starts: Column
    sizes: Column
    _maps: tuple[mmap.mmap, ...]

    @classmethod
    def open(cls, folder: Path, shape: Shape) -> Self:
        """Map a segment's files. Raises SegmentDamaged."""
        lengths = {
            "hashes": shape.hashes,
            "offsets": shape.hashes + 1,
            "numbers": shape.postings,
            "starts": (1 << _bucket_bits(shape.hashes)) + 1,
            "sizes": shape.texts,
        }

        maps = [_mapped(folder / name, lengths[name] * 4) for name in _FILES]
        hashes, offsets, numbers, starts, sizes = map(_column, maps)
        opened = tuple(data for data in maps if data)

        return cls(
            shape,
            hashes,
            offsets,
            numbers,
            starts,
            sizes,
            opened,
        )

    @property
    def begin(self) -> int:
        """See Part."""
        return self.shape.first

    def ranges(self, hashes: Hashes, before: Integers) -> Ranges:
        """See Part. `before` is left to the caller: it matters only where a collection is looked up in itself.

        Raises SegmentDamaged.
        """
        bits = _bucket_bits(self.shape.hashes)
        buckets = hashes >> np.uint32(32 - bits)
        low = self.starts[buckets].astype(np.int64)
        high = self.starts[buckets + np.uint32(1)].astype(np.int64)

        sizes = high - low

        if ((sizes < 0) | (sizes > _LARGEST_BUCKET)).any():
            raise SegmentDamaged("a bucket of impossible size")

        owners, places = expanded(low, sizes)
        equal = self.hashes[places] == hashes[owners]
        owners, places = owners[equal], places[equal]

        first = np.zeros(len(hashes), np.int64)
        counts = np.zeros(len(hashes), np.int64)
        begins = self.offsets[places].astype(np.int64)
        first[owners] = begins
        counts[owners] = self.offsets[places + 1].astype(np.int64) - begins

        return Ranges(first, counts)

    def numbers_at(self, places: Integers) -> Integers:
        """See Part."""
        return self.numbers[places].astype(np.int64)

    def sizes_of(self, numbers: Integers) -> Integers:
        """See Part."""
        return self.sizes[numbers - self.shape.first].astype(np.int64)

    def let_go(self) -> None:
        """Take the pages that were read out of this process's memory; they stay in the system's cache."""
        for data in self._maps:
            data.madvise(mmap.MADV_DONTNEED)

    def slices(self, count: int) -> Iterator[Postings]:
        """All postings, ascending, in `count` slices of equal ranges of hashes."""
        bounds = [number * (1 << 32) // count for number in range(1, count)]
        ends = np.searchsorted(self.hashes, np.array(bounds, np.uint32)).tolist()

        for low, high in zip(
            [0, *ends],
            [*ends, len(self.hashes)],
            strict=True,
        ):
            offsets = self.offsets[low : high + 1].astype(np.int64)
            numbers = self.numbers[offsets[0] : offsets[-1]].astype(np.uint64)

            hashes = np.repeat(
                self.hashes[low:high].astype(np.uint64),
                np.diff(offsets),
            )

            yield (hashes << _SHIFT) | numbers


def postings_of(number: int, sketch: Hashes) -> Postings:
    """The postings of one text."""
    return (sketch.astype(np.uint64) << _SHIFT) | np.uint64(number)


def write_segment(folder: Path, first: int, sketches: Sequence[Hashes]) -> Shape:
    """Write the segment of texts numbered from `first` on. Raises OSError."""
    numbered = [postings_of(number, sketch) for number, sketch in enumerate(sketches, first)]
    postings = np.sort(np.concatenate([np.empty(0, np.uint64), *numbered]))
    sizes = np.array([len(sketch) for sketch in sketches], np.uint32)

    return write_postings(
        folder,
        first,
        sizes,
        iter([postings]),
    )


def write_joined(folder: Path, segments: Sequence[Segment]) -> Shape:
    """Write one segment for several, which cover ascending numbers. Raises OSError."""
    first = segments[0].shape.first
    sizes = np.zeros(segments[-1].shape.last + 1 - first, np.uint32)

    for segment in segments:
        at = segment.shape.first - first
        sizes[at : at + segment.shape.texts] = segment.sizes

    return write_postings(
        folder,
        first,
        sizes,
        joined_postings(segments),
    )


def joined_postings(segments: Sequence[Segment]) -> Iterator[Postings]:
    """The postings of several segments as one ascending run, a slice at a time."""
    postings = sum(segment.shape.postings for segment in segments)
    count = max(1, math.ceil(postings / _JOINED_AT_ONCE))

    for slices in zip(
        *(segment.slices(count) for segment in segments),
        strict=True,
    ):
        piece = np.concatenate(slices)
        piece.sort(kind="stable")
        yield piece

        for segment in segments:
            segment.let_go()


def write_postings(folder: Path, first: int, sizes: Column, pieces: Iterator[Postings]) -> Shape:
    """Write a segment whose postings come in ascending order, all of one hash in one piece; durable when it returns.

    Raises OSError.
    """
    folder.mkdir(parents=True)
    hashes = postings = 0

    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / name).open("wb")) for name in _FILES}
        for piece in pieces:
            capped = _capped(piece)
            distinct, counts = _distinct((capped >> _SHIFT).astype(np.uint32))
            ends = postings + np.cumsum(counts)
            files["hashes"].write(distinct.tobytes())
            files["offsets"].write((ends - counts).astype(np.uint32).tobytes())
            files["numbers"].write((capped & _NUMBER).astype(np.uint32).tobytes())
            hashes, postings = hashes + len(distinct), postings + len(capped)

        files["offsets"].write(np.uint32(postings).tobytes())
        files["hashes"].flush()
        files["starts"].write(_bucket_starts(folder / "hashes", hashes).tobytes())
        files["sizes"].write(sizes.tobytes())

        for file in files.values():
            file.flush()
            os.fsync(file.fileno())

    sync_folder(folder)
    sync_folder(folder.parent)

    return Shape(
        first,
        len(sizes),
        hashes,
        postings,
    )


def _distinct(ordered: Column) -> tuple[Column, Integers]:
    """The distinct values of an ascending array, and how often each stands in it."""
    if not len(ordered):
        return ordered, np.empty(0, np.int64)

    starts = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1))
    return ordered[starts], np.diff(starts, append=len(ordered))


def _capped(postings: Postings) -> Postings:
    """The first KEPT postings of each hash."""
    if len(postings) <= KEPT:
        return postings

    hashes = postings >> _SHIFT
    over = np.flatnonzero(hashes[KEPT:] == hashes[:-KEPT]) + KEPT

    return np.delete(postings, over) if len(over) else postings


def _bucket_starts(path: Path, count: int) -> Column:
    """The first hash of each bucket, of hashes that stand in a file."""
    bits = _bucket_bits(count)
    sizes = np.zeros(1 << bits, np.uint32)

    with path.open("rb") as file:
        while block := file.read(_READ_AT_ONCE):
            buckets = np.frombuffer(block, np.uint32) >> np.uint32(32 - bits)
            present, counts = _distinct(buckets)
            sizes[present] += counts.astype(np.uint32)

    return np.concatenate((np.zeros(1, np.uint32), np.cumsum(sizes, dtype=np.uint32)))


def _bucket_bits(hashes: int) -> int:
    """How many leading bits of a hash name its bucket in a segment of so many distinct hashes."""
    buckets = max(1, hashes) / _PER_BUCKET

    return min(28, max(8, math.ceil(math.log2(max(1.0, buckets)))))


def _mapped(path: Path, size: int) -> mmap.mmap | None:
    """A file's bytes, or None for an empty one. Raises SegmentDamaged."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != size:
                raise SegmentDamaged(f"{path}: not {size} bytes long")

            return (
                mmap.mmap(
                    file.fileno(),
                    0,
                    access=mmap.ACCESS_READ,
                )
                if size
                else None
            )
    except OSError as error:
        raise SegmentDamaged(f"{path}: {error.strerror or error}") from error


def _column(data: mmap.mmap | None) -> Column:
    return np.frombuffer(data, np.uint32) if data else np.empty(0, np.uint32)
