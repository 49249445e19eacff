"""Folding a whole collection of files together: what `scrapy dedup` does, as a library.

    with Collection([Path("a.jsonl"), Path("b.jsonl")], Path("/tmp/scratch"), jobs=4) as collection:
        for line in collection.records():
            out.write(line)

Four passes, each cut into small tasks for several processes: read every line and make its fingerprint (to a scratch folder),
put the fingerprints into one index on disk, look every text up and compare it with its candidates, write the records in the
order of their ids. In memory are some hundred bytes for each line and one for each pair of relatives, never a text; so a
million speeches fit. The result depends on the set of lines alone, not on files, order or the number of processes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Self

from pipelines.dedup.bulk_compare import (
    LOOK_UP,
    Pair,
    build_index,
    close_shelf,
    compare_texts,
    other_halves,
)
from pipelines.dedup.bulk_read import (
    FILE,
    LENGTH,
    START,
    Bad,
    Chunk,
    Read,
    Stretch,
    newest,
    put_together,
    read_chunk,
    stretches,
)
from pipelines.dedup.bulk_write import (
    Place,
    Task,
    clusters_of,
    related_clusters,
    tasks,
    write_records,
)
from pipelines.process_pool import ProcessPool

__all__ = ["Bad", "Collection"]

#: Records that one task writes.
_WRITE = 200
#: Input under which starting processes costs more than it saves, in bytes.
_SMALL = 4 << 20


class Collection:
    """Files of speeches, folded together. `bad` and the counts are there when `records` begins."""

    def __init__(self, files: Sequence[Path], scratch: Path, jobs: int = 1) -> None:
        """`scratch`: an empty folder for 4 KB a speech. Raises OSError where a file cannot be read."""
        self.files = [path.resolve() for path in files]
        self.scratch = scratch
        self.bad: list[Bad] = []
        self.lines = self.speeches = self.texts = self.older = 0
        self.merged = self.families = 0
        self._sizes = [path.stat().st_size for path in self.files]
        is_small = sum(self._sizes) < _SMALL
        self._pool = ProcessPool(1 if is_small else jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.__exit__()
        close_shelf()

    def records(self) -> Iterator[bytes]:
        """The lines of the folded collection, by id."""
        read = self._read()

        build_index(
            read,
            self.files,
            self.scratch,
        )

        pairs = self._compare(read)
        yield from self._write(read, pairs)

    def _read(self) -> Read:
        """Read every line; keep of every id the newest version, and number the distinct texts."""
        places = stretches(self._sizes)

        arguments = (
            (self.files[place.file], place.start, place.chunk, self.scratch) for place in places
        )

        chunks = zip(
            places,
            self._pool.results(read_chunk, arguments),
            strict=True,
        )

        lines = put_together(self._noting_bad_lines(chunks))
        read = newest(lines)
        self.lines = len(lines.ids) + len(self.bad)
        self.speeches, self.texts, self.older = len(read.ids), read.texts, read.older

        return read

    def _noting_bad_lines(
        self, chunks: Iterable[tuple[Stretch, Chunk]]
    ) -> Iterator[tuple[Stretch, Chunk]]:
        """The same chunks; their bad lines get the number that they have in their file."""
        file, seen = -1, 0

        for place, chunk in chunks:
            if place.file != file:
                file, seen = place.file, 0

            path = self.files[file]
            self.bad += [Bad(path, seen + line, error, detail) for line, error, detail in chunk.bad]
            seen += chunk.lines
            yield place, chunk

    def _compare(self, read: Read) -> list[Pair]:
        """What all texts are to each other, where they are something."""
        halves = other_halves(read.declared)
        arguments = []

        for start in range(0, read.texts, LOOK_UP):
            end = min(start + LOOK_UP, read.texts)
            with_halves = {n: sorted(halves[n]) for n in range(start, end) if n in halves}
            arguments.append((self.scratch, start, end, with_halves))

        return [found for pairs in self._pool.results(compare_texts, arguments) for found in pairs]

    def _write(self, read: Read, pairs: list[Pair]) -> Iterator[bytes]:
        """Draw the clusters and write a record for each."""
        clusters = clusters_of(read.texts, pairs)
        members: defaultdict[int, list[int]] = defaultdict(list)

        for row, text in enumerate(read.text_of.tolist()):
            members[clusters[text]].append(row)

        smallest_ids = {cluster: read.ids[rows[0]].decode() for cluster, rows in members.items()}
        related = related_clusters(
            pairs,
            clusters,
            smallest_ids,
        )

        self.families = related.family_count
        self.merged = sum(len(rows) > 1 for rows in members.values())

        in_order = tasks(members, related)
        batches = iter(lambda: list(islice(in_order, _WRITE)), [])

        arguments = (
            (self.files, [(task, _places(read, task)) for task in batch]) for batch in batches
        )

        yield from self._pool.results(write_records, arguments)


def _places(read: Read, task: Task) -> list[Place]:
    """Where the lines of a record's members stand."""
    rows = read.rows[list(task.rows)][:, [FILE, START, LENGTH]]

    return [(file, start, length) for file, start, length in rows.tolist()]
