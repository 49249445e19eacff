"""Reading a collection: every line once, in chunks for several processes; of every id the newest version counts.

Fingerprints go to a scratch folder, chunk by chunk; in memory stay some hundred bytes for each line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from pipelines.dedup.fingerprint import Hashes, fingerprint_of
from pipelines.dedup.shingle_index import Integers, declared_keys
from pipelines.records import SIZE_LIMIT, BadRecord, Speech
from pipelines.speech_files import checked_speech
from pipelines.text.canonical import canonical_codes

#: Bytes of input that one task reads.
READ = 4 << 20
#: Bytes of a line that are skipped at a time.
_SKIPPED = 1 << 20
_BOM = b"\xef\xbb\xbf"

#: Columns of `Lines.rows`.
START, LENGTH, VERSION, CHARS, LINE_HASH, SKETCH_SIZE, FILE, CHUNK, SKETCH_AT = range(9)


class Bad(NamedTuple):
    """A line that is no speech: its file, its number from 1, what is wrong, and which error that is (`failure/1`)."""

    path: Path
    line: int
    error: str
    detail: str


class Stretch(NamedTuple):
    """A stretch of a file that one task reads: the lines that begin in it."""

    chunk: int
    file: int
    start: int


@dataclass(slots=True)
class Chunk:
    """What one task found; ids, rows, texts have an entry for each speech. `declared`: key, row. `bad`: line, error, detail."""

    lines: int = 0
    ids: list[bytes] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    declared: list[tuple[int, int]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)


class Lines(NamedTuple):
    """All speeches that were read, before the newest of each id is chosen."""

    ids: npt.NDArray[np.bytes_]
    rows: Integers
    texts: npt.NDArray[np.bytes_]
    declared: list[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """The speeches that count, by id, and their distinct texts, numbered by their smallest id."""

    ids: npt.NDArray[np.bytes_]
    rows: Integers
    text_of: Integers  # of each row
    representative: Integers  # of each text: the row that is compared for it
    declared: list[tuple[int, int]]  # key, text
    older: int  # lines that a newer version of their id replaces

    @property
    def texts(self) -> int:
        """How many distinct texts there are."""
        return len(self.representative)


def stretches(sizes: Sequence[int]) -> list[Stretch]:
    """The tasks for files of these sizes in bytes."""
    places = [(file, start) for file, size in enumerate(sizes) for start in range(0, size, READ)]

    return [Stretch(chunk, file, start) for chunk, (file, start) in enumerate(places)]


def sketches_file(scratch: Path, chunk: int) -> Path:
    """Where the fingerprints of a chunk are."""
    return scratch / f"sketches-{chunk}"


def read_chunk(path: Path, start: int, number: int, scratch: Path) -> Chunk:
    """The speeches whose lines begin in `start` to `start + READ`; their fingerprints go to the scratch folder."""
    chunk = Chunk()
    sketches: list[Hashes] = [np.empty(0, np.uint32)]

    with path.open("rb") as file:
        for at, line in _lines_from(file, start):
            chunk.lines += 1
            if len(line.rstrip(b"\n")) > SIZE_LIMIT:
                chunk.bad.append((chunk.lines, "too_large", f"over {SIZE_LIMIT} bytes"))
                continue

            if not line.strip():
                continue

            try:
                speech = checked_speech(line.removeprefix(_BOM) if at == 0 else line)
            except BadRecord as error:
                chunk.bad.append((chunk.lines, "bad_record", str(error)))
                continue

            sketches.append(_enter(chunk, speech, at, line))

    np.concatenate(sketches).tofile(sketches_file(scratch, number))
    return chunk


def _lines_from(file: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    """The lines that begin in `start` to `start + READ`, with where they begin; of one that is too large only its beginning."""
    if start:
        file.seek(start - 1)
        _skip_line(file)

    while (at := file.tell()) < start + READ:
        line = file.readline(SIZE_LIMIT + 2)
        if not line:
            return

        yield at, line
        if len(line.rstrip(b"\n")) > SIZE_LIMIT and not line.endswith(b"\n"):
            _skip_line(file)


def _skip_line(file: BinaryIO) -> None:
    """Read to the end of the line."""
    while (rest := file.readline(_SKIPPED)) and not rest.endswith(b"\n"):
        continue


def _enter(chunk: Chunk, speech: Speech, at: int, line: bytes) -> Hashes:
    """Enter a speech; returns its fingerprint."""
    codes = canonical_codes(speech.text)
    sketch = fingerprint_of(codes).hashes
    line_hash = xxhash.xxh3_64_intdigest(line.rstrip(b"\r\n")) >> 1
    chunk.declared += [(key, len(chunk.ids)) for key in declared_keys(speech)]
    chunk.ids.append(speech.id.encode())
    chunk.rows.append((at, len(line), speech.version, speech.counted_chars, line_hash, len(sketch)))
    chunk.texts.append(xxhash.xxh3_128_hexdigest(codes.tobytes()).encode())

    return sketch


def put_together(chunks: Iterable[tuple[Stretch, Chunk]]) -> Lines:
    """All chunks, in order, as one."""
    ids: list[bytes] = []
    texts: list[bytes] = []
    declared: list[tuple[int, int]] = []
    rows = [np.empty((0, 9), np.int64)]

    for stretch, chunk in chunks:
        declared += [(key, row + len(ids)) for key, row in chunk.declared]
        ids += chunk.ids
        texts += chunk.texts
        read = np.array(chunk.rows, np.int64).reshape(-1, 6)
        sizes = read[:, SKETCH_SIZE]
        places = np.full((len(read), 2), (stretch.file, stretch.chunk))
        rows.append(np.column_stack((read, places, np.cumsum(sizes) - sizes)))

    return Lines(
        _bytes(ids, "S1"),
        np.concatenate(rows),
        _bytes(texts, "S32"),
        declared,
    )


def _bytes(values: list[bytes], empty: str) -> npt.NDArray[np.bytes_]:
    return np.array(values, dtype=bytes) if values else np.empty(0, empty)


def newest(lines: Lines) -> Read:
    """Of one id the highest version counts, of one version the fuller."""
    rows = lines.rows

    order = np.lexsort(
        (
            rows[:, LINE_HASH],
            -rows[:, CHARS],
            -rows[:, VERSION],
            lines.ids,
        )
    )

    ordered = lines.ids[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    kept = order[is_first]

    _, first, of_text = np.unique(
        lines.texts[kept],
        return_index=True,
        return_inverse=True,
    )

    # Texts are numbered by their smallest id: the numbers decide between equals, so they must not depend on the order.
    by_id = np.argsort(first, kind="stable")
    rank = np.empty(len(first), np.int64)
    rank[by_id] = np.arange(len(first))
    text_of = rank[of_text]

    place = np.full(len(rows), -1, np.int64)
    place[kept] = np.arange(len(kept))
    declared = [(key, int(text_of[place[row]])) for key, row in lines.declared if place[row] >= 0]

    return Read(
        ids=lines.ids[kept],
        rows=rows[kept],
        text_of=text_of,
        representative=first[by_id].astype(np.int64),
        declared=declared,
        older=len(order) - len(kept),
    )
