"""Folding a whole collection of files together: what `scrapy dedup` does, as a library.

    with Collection([Path("a.jsonl"), Path("b.jsonl")], Path("/tmp/scratch"), jobs=4) as collection:
        for line in collection.records():
            out.write(line)

Four passes, each cut into small tasks for several processes: read every line and make its fingerprint (to a scratch folder),
pack the fingerprints into one index on disk, look every text up and compare it with its candidates, write the records in the
order of their ids. In memory are some hundred bytes for each line and one for each pair of relatives, never a text; so a
million speeches fit. The result depends on the set of lines alone, not on files, order or the number of processes.
"""

from __future__ import annotations

import multiprocessing
import os
import weakref
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt
import xxhash

from pipelines.dedup.cluster import pair, partition
from pipelines.dedup.compare import Key, Relation, Text, parts, relation
from pipelines.dedup.fingerprint import Fingerprint, Hashes, fingerprint_of
from pipelines.dedup.fold import digest
from pipelines.dedup.merge import merge_copies
from pipelines.dedup.shingle_index import (
    MOST,
    POSTING,
    Packer,
    Segment,
    chosen,
    declared_keys,
    postings,
)
from pipelines.dedup.shingle_index import joined as joined_segments
from pipelines.records import SIZE_LIMIT, BadRecord, Link, Speech, speech_from, to_line
from pipelines.speech_files import checked_speech
from pipelines.text.canonical import canonical_codes, content_hash

#: Bytes of input that one task reads, texts that one task looks up, records that one task writes.
_READ, _LOOK_UP, _WRITE = 4 << 20, 200, 200
#: Input under which starting processes costs more than it saves, in bytes.
_SMALL = 4 << 20
#: Tasks in flight for each process.
_IN_FLIGHT = 3
#: Postings sorted in memory at a time: 100 MB with what sorting and packing need.
_BATCH = 2 << 20
#: Sorted parts on disk before they are joined; each is an open file.
_PARTS = 100

Integers = npt.NDArray[np.int64]
_T = TypeVar("_T")


class Bad(NamedTuple):
    """A line that is no speech: its file, its number from 1, what is wrong, and which error that is (`failure/1`)."""

    path: Path
    line: int
    error: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What one reading task found; the arrays have a row for each speech."""

    number: int
    lines: int
    ids: npt.NDArray[np.bytes_]
    rows: Integers  # start, length, version, counted characters, hash of the line, length of the fingerprint
    texts: npt.NDArray[np.bytes_]
    declared: list[tuple[int, int]]  # key, row
    bad: list[tuple[int, str, str]]


class Pair(NamedTuple):
    """What two texts are to each other; `a` < `b` are numbers of texts."""

    a: int
    b: int
    found: Relation


class _Task(NamedTuple):
    """One record to write: rows of its members, and what its texts are to other records."""

    rows: tuple[int, ...]
    family: str | None
    links: tuple[Link, ...]


class Collection:
    """Files of speeches, folded together. `bad` and the counts are there when `records` begins."""

    def __init__(self, files: Sequence[Path], scratch: Path, jobs: int = 1) -> None:
        """`scratch`: an empty folder for 2.5 KB a speech. Raises OSError where a file cannot be read."""
        self.files = [path.resolve() for path in files]
        self.scratch = scratch
        sizes = [path.stat().st_size for path in self.files]
        self._pool = None
        if jobs > 1 and sum(sizes) >= _SMALL:
            # spawn: a process that Scrapy has started in may hold threads, which fork does not carry over
            self._pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
        self._jobs = jobs
        self._sizes = sizes
        self.bad: list[Bad] = []
        self.lines = self.speeches = self.texts = self.older = 0
        self.merged = self.families = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        _shelf.cache_clear()

    def records(self) -> Iterator[bytes]:
        """The lines of the folded collection, by id."""
        self._read()
        self._index()
        pairs = self._compare()
        yield from self._write(pairs)

    def _run(self, task: Callable[..., _T], arguments: Iterable[tuple[Any, ...]]) -> Iterator[_T]:
        """The tasks' results in order, few in flight."""
        if self._pool is None:
            for given in arguments:
                yield task(*given)
            return
        waiting: deque[Future[_T]] = deque()
        for given in arguments:
            waiting.append(self._pool.submit(task, *given))
            if len(waiting) >= self._jobs * _IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _read(self) -> None:
        """Read every line; keep of every id the newest version, and number the distinct texts."""
        places = [
            (number, file, start)
            for number, (file, start) in enumerate(
                (file, start)
                for file, size in enumerate(self._sizes)
                for start in range(0, size, _READ)
            )
        ]
        arguments = (
            (self.files[file], start, number, self.scratch) for number, file, start in places
        )
        ids, rows, texts, declared = [], [], [], []
        at = seen = 0
        last = -1
        for chunk, (_, file, _) in zip(self._run(_read_chunk, arguments), places, strict=True):
            seen = seen if file == last else 0
            self.bad += [
                Bad(self.files[file], seen + line, error, detail)
                for line, error, detail in chunk.bad
            ]
            seen, last = seen + chunk.lines, file
            ids.append(chunk.ids)
            texts.append(chunk.texts)
            offsets = np.cumsum(chunk.rows[:, 5]) - chunk.rows[:, 5]
            rows.append(
                np.column_stack(
                    (chunk.rows, np.full((len(chunk.rows), 2), (file, chunk.number)), offsets)
                )
            )
            declared += [(key, row + at) for key, row in chunk.declared]
            at += len(chunk.rows)
        self.lines = at + len(self.bad)
        all_ids = np.concatenate([*ids, np.empty(0, "S1")])
        all_rows = np.concatenate([*rows, np.empty((0, 9), np.int64)]).astype(np.int64)
        all_texts = np.concatenate([*texts, np.empty(0, "S16")])
        # Of one id the highest version counts, of one version the fuller.
        order = np.lexsort((all_rows[:, 4], -all_rows[:, 3], -all_rows[:, 2], all_ids))
        newest = (
            order[np.concatenate(([True], all_ids[order][1:] != all_ids[order][:-1]))]
            if len(order)
            else order
        )
        self.older = len(order) - len(newest)
        self.speeches = len(newest)
        self._ids, self._rows = all_ids[newest], all_rows[newest]
        _, first, of_text = np.unique(all_texts[newest], return_index=True, return_inverse=True)
        # Texts are numbered by their smallest id: the numbers decide between equals, so they must not depend on the order.
        by_voice = np.argsort(first, kind="stable")
        self.texts = len(first)
        rank = np.empty(self.texts, np.int64)
        rank[by_voice] = np.arange(self.texts)
        self._text_of: Integers = rank[of_text]
        self._voice: Integers = first[by_voice].astype(
            np.int64
        )  # row of the member that speaks for a text
        place = np.full(at, -1, np.int64)
        place[newest] = np.arange(len(newest))
        self._declared = [
            (key, int(self._text_of[place[row]])) for key, row in declared if place[row] >= 0
        ]

    def _index(self) -> None:
        """Pack the fingerprints of all texts into one index."""
        voices = self._rows[self._voice]
        packing = Packing(self.scratch)
        chunk, data = -1, np.empty(0, np.uint32)
        for number in np.argsort(
            voices[:, 7], kind="stable"
        ).tolist():  # chunk by chunk, as they lie on disk
            row = voices[number]
            if row[7] != chunk:
                chunk, data = (
                    int(row[7]),
                    np.fromfile(_sketches(self.scratch, int(row[7])), np.uint32),
                )
            packing.add(number, Fingerprint(data[row[8] : row[8] + row[5]], 0))
        packing.finish()
        np.save(self.scratch / "voices", voices)
        (self.scratch / "files").write_text(
            "\n".join(map(str, self.files)), "utf-8", "surrogateescape"
        )

    def _compare(self) -> list[Pair]:
        """What all texts are to each other, where they are something."""
        halves: defaultdict[int, set[int]] = defaultdict(set)
        titled: defaultdict[int, list[int]] = defaultdict(list)
        for key, number in sorted(set(self._declared)):
            titled[key].append(number)
        for numbers in titled.values():
            for i, number in enumerate(numbers):
                halves[number].update(numbers[max(0, i - MOST) : i])
        pieces = [
            (start, min(start + _LOOK_UP, self.texts)) for start in range(0, self.texts, _LOOK_UP)
        ]
        arguments = (
            (
                self.scratch,
                start,
                end,
                {n: sorted(halves[n]) for n in range(start, end) if n in halves},
            )
            for start, end in pieces
        )
        return [found for piece in self._run(_compare_texts, arguments) for found in piece]

    def _write(self, pairs: list[Pair]) -> Iterator[bytes]:
        """Draw the clusters and write a record for each."""
        clusters = self._clusters(pairs)
        members: defaultdict[int, list[int]] = defaultdict(list)
        for row, text in enumerate(self._text_of.tolist()):
            members[clusters[text]].append(row)
        tasks = self._tasks(pairs, clusters, members)
        batches = iter(lambda: list(islice(tasks, _WRITE)), [])
        arguments = (
            (
                self.files,
                [(task, self._rows[list(task.rows)][:, [6, 0, 1]].tolist()) for task in batch],
            )
            for batch in batches
        )
        yield from self._run(_write_records, arguments)

    def _clusters(self, pairs: list[Pair]) -> list[int]:
        """The cluster of each text, named by its first text's number."""
        cluster = list(range(self.texts))

        def root(text: int) -> int:
            while cluster[text] != text:
                cluster[text] = cluster[cluster[text]]
                text = cluster[text]
            return text

        for a, b, found in pairs:
            if found.kind == "copy":
                x, y = sorted((root(a), root(b)))
                cluster[y] = x
        roots = [root(text) for text in range(self.texts)]
        # Only where a family runs through a group of copies is there anything to decide.
        torn = {
            roots[a] for a, b, found in pairs if found.kind == "family" and roots[a] == roots[b]
        }
        inside: defaultdict[int, list[int]] = defaultdict(list)
        for text, group in enumerate(roots):
            if group in torn:
                inside[group].append(text)
        copies: defaultdict[int, dict[tuple[str, str], Key]] = defaultdict(dict)
        families: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
        for a, b, found in pairs:
            for group in {roots[a], roots[b]} & torn:
                if found.kind == "copy":
                    copies[group][pair(_name(a), _name(b))] = found.key
                elif found.kind == "family":
                    families[group].add(pair(_name(a), _name(b)))
        for group, texts in inside.items():
            for part in partition(map(_name, texts), copies[group], families[group]):
                numbers = sorted(map(int, part))
                for text in numbers:
                    roots[text] = numbers[0]
        return roots

    def _tasks(
        self, pairs: list[Pair], clusters: list[int], members: dict[int, list[int]]
    ) -> Iterator[_Task]:
        """A task for each cluster, by the smallest id."""
        ids = {
            group: self._ids[rows[0]].decode() for group, rows in members.items()
        }  # rows are in the order of ids
        kin: dict[int, int] = {}

        def elder(group: int) -> int:
            while kin.get(group, group) != group:
                group = kin[group]
            return group

        links: defaultdict[int, dict[tuple[str, str], Link]] = defaultdict(dict)
        for a, b, found in sorted(pairs, key=lambda p: p[:2]):
            x, y = clusters[a], clusters[b]
            if x == y:
                continue
            if found.kind in ("family", "copy"):
                first, second = sorted((elder(x), elder(y)))
                kin[first] = kin[second] = first
                kin.setdefault(x, first)
                kin.setdefault(y, first)
            else:
                links[x].setdefault((ids[y], found.kind), Link(ids[y], found.kind, found.evidence))
                links[y].setdefault((ids[x], found.kind), Link(ids[x], found.kind, found.evidence))
        eldest: dict[int, str] = {}
        for group in kin:
            head = elder(group)
            eldest[head] = min(eldest.get(head, ids[group]), ids[group])
        self.families = len(eldest)
        self.merged = sum(len(rows) > 1 for rows in members.values())
        for group in sorted(members, key=lambda g: members[g][0]):
            family = eldest[elder(group)] if group in kin else None
            yield _Task(
                tuple(members[group]),
                family,
                tuple(link for _, link in sorted(links[group].items())),
            )


def _name(text: int) -> str:
    return f"{text:09}"


def _sketches(scratch: Path, chunk: int) -> Path:
    return scratch / f"sketches-{chunk}"


def _read_chunk(path: Path, start: int, number: int, scratch: Path) -> _Chunk:
    """The speeches whose lines begin in `start` to `start + _READ`; their fingerprints go to the scratch folder."""
    ids: list[bytes] = []
    rows: list[tuple[int, ...]] = []
    texts: list[bytes] = []
    sketches: list[Hashes] = []
    declared: list[tuple[int, int]] = []
    bad: list[tuple[int, str, str]] = []
    lines = 0
    with path.open("rb") as file:
        if start:
            file.seek(start - 1)
            while (rest := file.readline(1 << 20)) and not rest.endswith(b"\n"):
                continue
        while (at := file.tell()) < start + _READ and (line := file.readline(SIZE_LIMIT + 2)):
            lines += 1
            if len(line.rstrip(b"\n")) > SIZE_LIMIT:
                while not line.endswith(b"\n") and (line := file.readline(1 << 20)):
                    continue
                bad.append((lines, "too_large", f"over {SIZE_LIMIT} bytes"))
                continue
            if not line.strip():
                continue
            try:
                speech = checked_speech(line.removeprefix(b"\xef\xbb\xbf") if at == 0 else line)
            except BadRecord as error:
                bad.append((lines, "bad_record", str(error)))
                continue
            codes = canonical_codes(speech.text)
            sketch = fingerprint_of(codes)
            declared += [(key, len(ids)) for key in declared_keys(speech)]
            ids.append(speech.id.encode())
            line_hash = xxhash.xxh3_64_intdigest(line.rstrip(b"\r\n")) >> 1
            rows.append(
                (at, len(line), speech.version, speech.counted_chars, line_hash, len(sketch.hashes))
            )
            texts.append(xxhash.xxh3_128_hexdigest(codes.tobytes()).encode())
            sketches.append(sketch.hashes)
    np.concatenate([*sketches, np.empty(0, np.uint32)]).tofile(_sketches(scratch, number))
    return _Chunk(
        number, lines, np.array(ids, dtype=bytes) if ids else np.empty(0, "S1"),
        np.array(rows, np.int64).reshape(-1, 6), np.array(texts, "S32"), declared, bad,
    )  # fmt: skip


class Packing:
    """Builds one segment on disk, `index` and `starts.npy` in a folder, in batches that fit memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[tuple[npt.NDArray[np.uint32], Path]] = []
        self._batch: list[npt.NDArray[np.uint64]] = []
        self._size = self._count = 0

    def add(self, number: int, sketch: Fingerprint) -> None:
        """Enter a text under its number."""
        self._batch.append(postings(number, sketch))
        self._size += len(sketch.hashes)
        if self._size >= _BATCH:
            self._flush()

    def finish(self) -> Segment:
        """Join the batches. The segment reads from the disk, not from memory."""
        self._flush()
        starts = self._joined(self._folder / "index")
        np.save(self._folder / "starts", starts)
        return opened(self._folder)

    def _flush(self) -> None:
        entries = np.concatenate([*self._batch, np.empty(0, np.uint64)])
        entries.sort()
        path = self._folder / f"part-{self._count}"
        with path.open("wb") as file:
            packer = Packer(len(entries), file.write)
            packer.add(entries)
        self._parts.append((packer.starts(), path))
        self._batch.clear()
        self._size = 0
        self._count += 1
        if len(self._parts) >= _PARTS:
            path = self._folder / f"parts-{self._count}"
            self._parts = [(self._joined(path), path)]

    def _joined(self, path: Path) -> npt.NDArray[np.uint32]:
        """Write all parts as one; returns its `starts`."""
        with path.open("wb") as file:
            packer = Packer(sum(int(starts[-1]) for starts, _ in self._parts), file.write)
            for piece in joined_segments(
                [_file_segment(starts, part) for starts, part in self._parts]
            ):
                packer.add(piece)
        for _, part in self._parts:
            part.unlink()
        return packer.starts()


def opened(folder: Path) -> Segment:
    """The segment that `Packing` has built in a folder."""
    return _file_segment(np.load(folder / "starts.npy"), folder / "index")


def _file_segment(starts: npt.NDArray[np.uint32], path: Path) -> Segment:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    width = POSTING.itemsize

    def read(start: int, end: int) -> bytes:
        return os.pread(handle, (end - start) * width, start * width)

    weakref.finalize(read, os.close, handle)
    return Segment(starts, read)


class _Shelf:
    """What comparing needs of the scratch folder, opened once in each process."""

    def __init__(self, scratch: Path) -> None:
        self.segment = opened(scratch)
        self.voices = np.load(scratch / "voices.npy", mmap_mode="r")
        self.files = (scratch / "files").read_text("utf-8", "surrogateescape").split("\n")
        self.scratch = scratch
        self.text = lru_cache(512)(self._text)

    def sketch(self, number: int) -> Fingerprint:
        """The fingerprint of a text."""
        row = self.voices[number]
        with _sketches(self.scratch, int(row[7])).open("rb") as file:
            data = os.pread(file.fileno(), 4 * int(row[5]), 4 * int(row[8]))
        return Fingerprint(np.frombuffer(data, np.uint32), 0)

    def _text(self, number: int) -> Text:
        row = self.voices[number]
        return Text(_speech_at(self.files[row[6]], int(row[0]), int(row[1])))


@lru_cache(1)
def _shelf(scratch: Path) -> _Shelf:
    return _Shelf(scratch)


def _compare_texts(scratch: Path, start: int, end: int, halves: dict[int, list[int]]) -> list[Pair]:
    """Compare the texts `start` to `end` with the candidates among those before them."""
    shelf = _shelf(scratch)
    found = []
    for number in range(start, end):
        sketch = shelf.sketch(number)
        shared = shelf.segment.shared(sketch.hashes)
        shared = shared.only(slice(int(np.searchsorted(shared.numbers, number))))
        near = chosen(shared, shelf.voices[shared.numbers, 5], len(sketch.hashes))
        for other in dict.fromkeys((*near, *halves.get(number, ()))):
            mine, theirs = shelf.text(number), shelf.text(other)
            what = relation(mine, theirs)
            if what.kind == "unrelated":
                what = parts(mine.speech, theirs.speech)
            if what.kind != "unrelated":
                found.append(Pair(other, number, what))
    return found


def _speech_at(path: str | Path, start: int, length: int) -> Speech:
    """The speech on a line that has been read before, with its gaps in order and the hash that its text has."""
    with open(path, "rb") as file:
        line = os.pread(file.fileno(), length, start)
    speech = speech_from(line.removeprefix(b"\xef\xbb\xbf"))
    return replace(
        speech,
        gaps=tuple(sorted(speech.gaps, key=lambda gap: gap.at)),
        content_hash=content_hash(speech.text),
    )


def _write_records(files: Sequence[Path], batch: list[tuple[_Task, list[list[int]]]]) -> bytes:
    """The lines of some records."""
    return b"".join([to_line(_record(files, task, places)) for task, places in batch])


def _record(files: Sequence[Path], task: _Task, places: list[list[int]]) -> Speech:
    """One record: its members joined under the smallest id; as it was where that changes nothing."""
    members = [_speech_at(files[file], start, length) for file, start, length in places]
    named = min(members, key=lambda speech: speech.id)
    ids = {speech.id for speech in members}
    known = {
        (link.id, link.relation): link for link in (*named.links, *task.links) if link.id not in ids
    }
    speech = replace(
        merge_copies(members, named.id),
        family=task.family or named.family,
        links=tuple(link for _, link in sorted(known.items())),
    )
    news = ids - {named.id, *named.supersedes, *(source.id for source in named.sources)}
    if not news and digest(speech) == digest(named):
        return replace(speech, version=named.version, supersedes=named.supersedes)
    return replace(speech, version=named.version + 1, supersedes=tuple(sorted(ids - {named.id})))
