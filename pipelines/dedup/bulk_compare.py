"""Comparing a collection: one index of all texts on disk, in which every text is looked up and compared with those before it."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.dedup.bulk_read import (
    CHUNK,
    FILE,
    LENGTH,
    SKETCH_AT,
    SKETCH_SIZE,
    START,
    Read,
    sketches_file,
)
from pipelines.dedup.compare import Relation, Text, parts, relation
from pipelines.dedup.fingerprint import Hashes
from pipelines.dedup.segment import (
    Postings,
    Segment,
    Shape,
    joined_postings,
    postings_of,
    write_postings,
)
from pipelines.dedup.shingle_index import MOST, Integers, nearest
from pipelines.records import Speech, speech_from
from pipelines.text.canonical import content_hash

#: Texts that one task looks up, and of these so many at once.
LOOK_UP, _AT_ONCE = 200, 50
#: Postings sorted in memory at a time: 100 MB with what sorting needs.
_BATCH = 4 << 20
#: Sorted parts on disk before they are joined.
_PARTS = 100


class Pair(NamedTuple):
    """What two texts are to each other; `a` < `b` are numbers of texts."""

    a: int
    b: int
    found: Relation


def build_index(read: Read, files: Sequence[Path], scratch: Path) -> None:
    """Put the fingerprints of all texts into one segment in the scratch folder, beside what comparing needs."""
    texts = read.rows[read.representative]
    parts = _sorted_parts(texts, scratch)
    sizes = texts[:, SKETCH_SIZE].astype(np.uint32)

    shape = write_postings(
        scratch / "index",
        0,
        sizes,
        joined_postings(parts),
    )

    np.save(scratch / "shape", np.array(shape))
    np.save(scratch / "texts", texts)
    names = "\n".join(map(str, files))

    (scratch / "files").write_text(
        names,
        "utf-8",
        "surrogateescape",
    )


def _sorted_parts(texts: Integers, scratch: Path) -> list[Segment]:
    """The postings as sorted segments, few enough to be joined."""
    parts: list[Segment] = []

    for number, postings in enumerate(_batches(texts, scratch)):
        parts.append(_written(scratch / f"part-{number}", iter([postings])))
        if len(parts) >= _PARTS:
            parts = [
                _written(
                    scratch / f"parts-{number}",
                    joined_postings(parts),
                )
            ]

    return parts or [_written(scratch / "nothing", iter(()))]


def _written(folder: Path, pieces: Iterator[Postings]) -> Segment:
    """A part of the index. Its files are gone from the folder at once; what is mapped stays until it is let go of."""
    shape = write_postings(
        folder,
        0,
        np.empty(0, np.uint32),
        pieces,
    )

    segment = Segment.open(folder, shape)
    shutil.rmtree(folder)

    return segment


def _batches(texts: Integers, scratch: Path) -> Iterator[Postings]:
    """Sorted postings, as many at a time as fit memory."""
    batch: list[Postings] = []
    size = 0

    for number, sketch in _sketches_by_chunk(texts, scratch):
        batch.append(postings_of(number, sketch))
        size += len(sketch)

        if size >= _BATCH:
            yield np.sort(np.concatenate(batch))
            batch, size = [], 0

    if batch:
        yield np.sort(np.concatenate(batch))


def _sketches_by_chunk(texts: Integers, scratch: Path) -> Iterator[tuple[int, Hashes]]:
    """Every text's number and fingerprint, chunk by chunk, as they lie on disk."""
    chunk, data = -1, np.empty(0, np.uint32)

    for number in np.argsort(texts[:, CHUNK], kind="stable").tolist():
        row = texts[number]
        if row[CHUNK] != chunk:
            chunk = int(row[CHUNK])
            data = np.fromfile(sketches_file(scratch, chunk), np.uint32)

        yield number, data[row[SKETCH_AT] : row[SKETCH_AT] + row[SKETCH_SIZE]]


def other_halves(declared: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """For each text those before it with the same title and declared length, MOST for each key; given as key, text."""
    by_key: defaultdict[int, list[int]] = defaultdict(list)

    for key, number in sorted(set(declared)):
        by_key[key].append(number)

    halves: defaultdict[int, set[int]] = defaultdict(set)
    for numbers in by_key.values():
        for place, number in enumerate(numbers):
            halves[number].update(numbers[max(0, place - MOST) : place])

    return halves


class _Shelf:
    """What comparing needs of the scratch folder, opened once in each process."""

    def __init__(self, scratch: Path) -> None:
        shape = Shape(*np.load(scratch / "shape.npy").tolist())
        self.segment = Segment.open(scratch / "index", shape)
        self.texts = np.load(scratch / "texts.npy", mmap_mode="r")
        self.files = (scratch / "files").read_text("utf-8", "surrogateescape").split("\n")
        self.scratch = scratch
        self.text = lru_cache(512)(self._text)

    def sketch(self, number: int) -> Hashes:
        """The fingerprint of a text."""
        row = self.texts[number]

        with sketches_file(self.scratch, int(row[CHUNK])).open("rb") as file:
            data = os.pread(
                file.fileno(),
                4 * int(row[SKETCH_SIZE]),
                4 * int(row[SKETCH_AT]),
            )

        return np.frombuffer(data, np.uint32)

    def sketches(self, numbers: Collection[int]) -> dict[int, Hashes]:
        """The fingerprints of some texts."""
        return {number: self.sketch(number) for number in set(numbers)}

    def _text(self, number: int) -> Text:
        row = self.texts[number]
        return Text(
            speech_at(
                self.files[row[FILE]],
                int(row[START]),
                int(row[LENGTH]),
            )
        )


@lru_cache(1)
def _shelf(scratch: Path) -> _Shelf:
    return _Shelf(scratch)


def close_shelf() -> None:
    """Let go of the scratch folder."""
    _shelf.cache_clear()


def compare_texts(scratch: Path, start: int, end: int, halves: dict[int, list[int]]) -> list[Pair]:
    """Compare the texts `start` to `end` with the candidates among those before them."""
    shelf = _shelf(scratch)
    found: list[Pair] = []
    numbers = iter(range(start, end))

    while some := list(islice(numbers, _AT_ONCE)):
        sketches = [shelf.sketch(number) for number in some]
        all_near = nearest(
            [shelf.segment],
            sketches,
            some,
            shelf.sketches,
        )

        shelf.segment.let_go()
        for number, near in zip(some, all_near, strict=True):
            others = dict.fromkeys((*near, *halves.get(number, ())))
            found += _compared(shelf, number, others)

    return found


def _compared(shelf: _Shelf, number: int, others: Iterable[int]) -> Iterator[Pair]:
    for other in others:
        mine, theirs = shelf.text(number), shelf.text(other)
        found = relation(mine, theirs)

        if found.kind == "unrelated":
            found = parts(mine.speech, theirs.speech)

        if found.kind != "unrelated":
            yield Pair(other, number, found)


def speech_at(path: str | Path, start: int, length: int) -> Speech:
    """The speech on a line that has been read before, with its gaps in order and the hash that its text has."""
    with open(path, "rb") as file:
        line = os.pread(file.fileno(), length, start)

    speech = speech_from(line.removeprefix(b"\xef\xbb\xbf"))
    gaps = tuple(sorted(speech.gaps, key=lambda gap: gap.at))

    return replace(
        speech,
        gaps=gaps,
        content_hash=content_hash(speech.text),
    )
