"""The copies of a crawl: a `CopyStore` in `state.db`, inside the transaction of whoever calls.

Fingerprints that came last are kept as they are and looked up from memory; a thousand of them are packed into a segment
at a time, and segments of like size into a larger one. What stands in memory is a shadow of the tables: it is checked before each
look-up, so a rollback, a kill or another process's crawl cannot leave it wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from pipelines.dedup.compare import Key, Relation
from pipelines.dedup.fingerprint import Fingerprint
from pipelines.dedup.fold import Emitted
from pipelines.dedup.near import POSTING, Packer, Postings, Recent, Segment, Shared, chosen, joined, postings
from pipelines.records import Speech, speech_from, to_line

#: The tables, a step of the schema.
TABLES = """
    -- one row a speech as cleaned, unmerged
    CREATE TABLE copy_members (
        id     TEXT PRIMARY KEY,
        text   TEXT NOT NULL,                   -- content_hash
        record TEXT,                            -- id of the record it is in
        speech BLOB NOT NULL                    -- its line, zstandard
    );
    CREATE INDEX copy_members_text ON copy_members (text);
    CREATE INDEX copy_members_record ON copy_members (record);

    -- one row a record that has been written, superseded since or not
    CREATE TABLE copy_records (
        id      TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        digest  TEXT NOT NULL,                  -- of what makes a new version
        family  TEXT,
        born    INTEGER NOT NULL                -- order of first writing
    ) WITHOUT ROWID;

    -- one row a distinct text
    CREATE TABLE copy_texts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        text   TEXT NOT NULL UNIQUE,
        size   INTEGER NOT NULL,                -- hashes in its fingerprint
        sketch BLOB                             -- the hashes, until they are packed
    );
    CREATE INDEX copy_texts_fresh ON copy_texts (number) WHERE sketch IS NOT NULL;

    CREATE TABLE copy_declared (
        key  INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (key, text)
    ) WITHOUT ROWID;
    CREATE INDEX copy_declared_text ON copy_declared (text);

    -- each pair twice, once either way
    CREATE TABLE copy_relations (
        text          TEXT NOT NULL,
        other         TEXT NOT NULL,
        kind          TEXT NOT NULL,
        evidence      TEXT NOT NULL,
        odds          INTEGER NOT NULL,
        contradiction INTEGER NOT NULL,
        PRIMARY KEY (text, other)
    ) WITHOUT ROWID;

    CREATE TABLE copy_segments (
        number   INTEGER PRIMARY KEY AUTOINCREMENT,
        postings INTEGER NOT NULL,
        starts   BLOB NOT NULL,                 -- first posting of each bucket, 32 bits, zstandard
        numbers  BLOB NOT NULL,                 -- of the texts, ascending, 32 bits, zstandard
        sizes    BLOB NOT NULL                  -- of these texts, 32 bits, zstandard
    );
    CREATE TABLE copy_postings (
        place INTEGER PRIMARY KEY,              -- segment << 24 | chunk
        data  BLOB NOT NULL
    );
"""

#: Fingerprints looked up from memory, at about 25 KB each.
FRESH = 1000
#: Segments of one size class before they become one of the next.
_TIER = 4
#: Postings in a chunk: with SQLite's own bytes, a chunk fits a page of 4 KB.
_CHUNK = 800

#: Postings up to which a segment is kept in memory: 10 MB. The larger ones are read chunk by chunk.
_IN_MEMORY = 2_000_000


class _Packed(NamedTuple):
    """A segment with the numbers of its texts, ascending, and their sizes."""

    number: int
    segment: Segment
    numbers: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.uint32]


class Copies:
    """The `CopyStore` of a state file. Every method runs in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._squeeze = zstandard.ZstdCompressor(level=1)
        self._recent = Recent()
        self._last: tuple[int, str] | None = None  # the newest text in `_recent`
        self._segments: list[_Packed] = []
        self._births: int | None = None

    def distrust(self) -> None:
        """Something was rolled back: what stands in memory may never have been."""
        self._last = None
        self._births = None

    def member(self, id: str) -> Speech | None:
        """See CopyStore."""
        row = self._db.execute("SELECT speech FROM copy_members WHERE id = ?", (id,)).fetchone()
        return speech_from(zstandard.decompress(row[0])) if row else None

    def put_member(self, speech: Speech) -> None:
        """See CopyStore."""
        self._db.execute(
            "INSERT INTO copy_members (id, text, speech) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET text = excluded.text, speech = excluded.speech",
            (speech.id, speech.content_hash, self._squeeze.compress(to_line(speech))),
        )

    def members_with(self, text: str) -> list[str]:
        """See CopyStore."""
        return self._strings("SELECT id FROM copy_members WHERE text = ? ORDER BY id", text)

    def add_text(self, text: str, sketch: Fingerprint, declared: Collection[int]) -> None:
        """See CopyStore."""
        self._db.execute(
            "INSERT OR IGNORE INTO copy_texts (text, size, sketch) VALUES (?, ?, ?)",
            (text, len(sketch.hashes), sketch.hashes.tobytes()),
        )
        self._db.executemany("INSERT OR IGNORE INTO copy_declared VALUES (?, ?)", [(key, text) for key in declared])

    def drop_text(self, text: str) -> None:
        """See CopyStore."""
        for statement in (
            "DELETE FROM copy_texts WHERE text = ?",
            "DELETE FROM copy_declared WHERE text = ?",
            "DELETE FROM copy_relations WHERE other = ?1 AND text IN (SELECT other FROM copy_relations WHERE text = ?1)",
            "DELETE FROM copy_relations WHERE text = ?",
        ):
            self._db.execute(statement, (text,))
        self._last = None

    def near(self, sketch: Fingerprint) -> list[str]:
        """See CopyStore."""
        self._refresh()
        found = [self._recent.shared(sketch.hashes)]
        sizes = [np.array([self._recent.sizes[number] for number in found[0].numbers.tolist()], np.int64)]
        for packed in self._segments:
            found.append(packed.segment.shared(sketch.hashes))
            sizes.append(packed.sizes[np.searchsorted(packed.numbers, found[-1].numbers)].astype(np.int64))
        shared = Shared(*map(np.concatenate, zip(*found, strict=True)))
        near = chosen(shared, np.concatenate(sizes), len(sketch.hashes))
        marks = ",".join("?" * len(near))
        texts = dict(self._db.execute(f"SELECT number, text FROM copy_texts WHERE number IN ({marks})", near)) if near else {}
        return [texts[number] for number in near if number in texts]

    def declared(self, keys: Collection[int]) -> list[str]:
        """See CopyStore."""
        return sorted({text for key in keys for text in self._strings("SELECT text FROM copy_declared WHERE key = ?", key)})

    def relations(self, text: str) -> dict[str, Relation]:
        """See CopyStore."""
        rows = self._db.execute(
            "SELECT other, kind, evidence, odds, contradiction FROM copy_relations WHERE text = ?", (text,)
        )
        return {other: Relation(kind, evidence, Key(*key)) for other, kind, evidence, *key in rows}

    def put_relation(self, a: str, b: str, found: Relation) -> None:
        """See CopyStore."""
        pairs = [(a, b), (b, a)]
        if found.kind == "unrelated":
            self._db.executemany("DELETE FROM copy_relations WHERE text = ? AND other = ?", pairs)
            return
        self._db.executemany(
            "INSERT OR REPLACE INTO copy_relations VALUES (?, ?, ?, ?, ?, ?)",
            [(*pair, found.kind, found.evidence, *found.key) for pair in pairs],
        )

    def record_of(self, member: str) -> str | None:
        """See CopyStore."""
        row = self._db.execute("SELECT record FROM copy_members WHERE id = ?", (member,)).fetchone()
        return row[0] if row else None

    def members_in(self, record: str) -> list[str]:
        """See CopyStore."""
        return self._strings("SELECT id FROM copy_members WHERE record = ? ORDER BY id", record)

    def record(self, id: str) -> Emitted | None:
        """See CopyStore."""
        row = self._db.execute(
            "SELECT id, version, digest, family, born FROM copy_records WHERE id = ?", (id,)
        ).fetchone()
        return Emitted(*row) if row else None

    def put_record(self, emitted: Emitted, members: Iterable[str]) -> None:
        """See CopyStore."""
        self._db.execute("INSERT OR REPLACE INTO copy_records VALUES (?, ?, ?, ?, ?)", emitted)
        if self._births is not None:
            self._births = max(self._births, emitted.born + 1)
        self._db.execute("UPDATE copy_members SET record = NULL WHERE record = ?", (emitted.id,))
        self._db.executemany(
            "UPDATE copy_members SET record = ? WHERE id = ?", [(emitted.id, member) for member in members]
        )

    def births(self) -> int:
        """See CopyStore. Asked of the table once: no index leads to the last, and each new document asks."""
        if self._births is None:
            self._births = int(self._db.execute("SELECT coalesce(max(born) + 1, 0) FROM copy_records").fetchone()[0])
        return self._births

    def _strings(self, query: str, value: str | int) -> list[str]:
        return [row[0] for row in self._db.execute(query, (value,))]

    def _refresh(self) -> None:
        """Make what stands in memory what the tables say, and pack what has come together."""
        segments = [number for (number,) in self._db.execute("SELECT number FROM copy_segments ORDER BY number")]
        if segments != [packed.number for packed in self._segments]:
            self._segments = [self._packed(number) for number in segments]
            self._last = None
        if self._last is not None:
            row = self._db.execute("SELECT text FROM copy_texts WHERE number = ?", self._last[:1]).fetchone()
            if row is None or row[0] != self._last[1]:
                self._last = None
        if self._last is None:
            self._recent, self._last = Recent(), (0, "")
        news = self._db.execute(
            "SELECT number, text, sketch FROM copy_texts WHERE sketch IS NOT NULL AND number > ? ORDER BY number",
            self._last[:1],
        ).fetchall()
        for number, text, sketch in news:
            self._recent.add(number, Fingerprint(np.frombuffer(sketch, np.uint32), 0))
            self._last = number, text
        if self._last == (0, ""):
            self._last = None
        count = self._db.execute("SELECT count(*) FROM copy_texts WHERE sketch IS NOT NULL").fetchone()[0]
        if count != len(self._recent.sizes):  # a removal was rolled back, or made by another process
            self._last = None
            self._refresh()
        elif news and len(self._recent.sizes) >= FRESH:
            self._pack()
            self._refresh()

    def _pack(self) -> None:
        """Write the fresh fingerprints as a segment, and join segments where there are several of a size."""
        rows = self._db.execute(
            "SELECT number, size, sketch FROM copy_texts WHERE sketch IS NOT NULL ORDER BY number"
        ).fetchall()
        fresh = [postings(number, Fingerprint(np.frombuffer(sketch, np.uint32), 0)) for number, _, sketch in rows]
        entries = np.sort(np.concatenate(fresh))
        table = np.array([row[:2] for row in rows], np.uint32)
        self._write(len(entries), [entries], table)
        self._db.execute("UPDATE copy_texts SET sketch = NULL WHERE sketch IS NOT NULL")
        while True:
            sizes = self._db.execute("SELECT number, postings FROM copy_segments ORDER BY postings").fetchall()
            classes = groupby(sizes, key=lambda row: int(row[1]).bit_length() // 2)
            full = next((group for _, rows_ in classes if len(group := list(rows_)) >= _TIER), None)
            if full is None:
                return
            parts = [self._packed(number) for number, _ in full]
            table = np.concatenate([np.column_stack((part.numbers, part.sizes)) for part in parts])
            pieces = joined([part.segment for part in parts])
            self._write(sum(size for _, size in full), pieces, table[np.argsort(table[:, 0])])
            for number, _ in full:
                self._db.execute("DELETE FROM copy_segments WHERE number = ?", (number,))
                self._db.execute(
                    "DELETE FROM copy_postings WHERE place >= ? AND place < ?", (number << 24, (number + 1) << 24)
                )

    def _write(self, count: int, pieces: Iterable[Postings], table: npt.NDArray[np.uint32]) -> None:
        """A new segment of `count` postings; `table` has number and size of its texts."""
        cursor = self._db.execute(
            "INSERT INTO copy_segments (postings, starts, numbers, sizes) VALUES (?, x'', ?, ?)",
            (count, *(zstandard.compress(table[:, column].tobytes()) for column in (0, 1))),
        )
        number = int(cursor.lastrowid or 0)
        size = _CHUNK * POSTING.itemsize
        pending, chunk = bytearray(), number << 24

        def write(data: bytes, least: int = size) -> None:
            nonlocal chunk
            pending.extend(data)
            while len(pending) >= least and pending:
                self._db.execute("INSERT INTO copy_postings VALUES (?, ?)", (chunk, bytes(pending[:size])))
                del pending[:size]
                chunk += 1

        packer = Packer(count, write)
        for piece in pieces:
            packer.add(piece)
        write(b"", least=1)
        starts = zstandard.compress(packer.starts().tobytes())
        self._db.execute("UPDATE copy_segments SET starts = ? WHERE number = ?", (starts, number))

    def _packed(self, number: int) -> _Packed:
        """A segment that reads its chunks from the database."""
        row = self._db.execute(
            "SELECT starts, numbers, sizes FROM copy_segments WHERE number = ?", (number,)
        ).fetchone()
        starts, numbers, sizes = (np.frombuffer(zstandard.decompress(data), np.uint32) for data in row)
        width, count = POSTING.itemsize, int(starts[-1])
        everything = b""
        if count <= _IN_MEMORY:
            rows = self._db.execute(
                "SELECT data FROM copy_postings WHERE place >= ? AND place < ? ORDER BY place",
                (number << 24, (number + 1) << 24),
            )
            everything = b"".join([row[0] for row in rows])

        def read(start: int, end: int) -> bytes:
            if everything or end <= start:
                return everything[start * width : end * width]
            first, last = start // _CHUNK, (end - 1) // _CHUNK
            rows = self._db.execute(
                "SELECT data FROM copy_postings WHERE place BETWEEN ? AND ?", (number << 24 | first, number << 24 | last)
            )
            data = b"".join([row[0] for row in rows])
            return data[(start - first * _CHUNK) * width : (end - first * _CHUNK) * width]

        return _Packed(number, Segment(starts, read), numbers, sizes)

