"""The copies of a crawl: a `CopyStore` in `state.db`, inside the transaction of whoever calls.

Fingerprints that came last are kept as they are and looked up from memory; a thousand of them are packed into a segment
at a time, and segments of like size into a larger one. What stands in memory is a shadow of the tables: it is checked before a
look-up, so a rollback, a kill or another process's crawl cannot leave it wrong. Within `Store.transaction`, in which nobody else
writes, once is enough. There, too, what is new (and only that) waits to be written until somebody may read it, or to the
end; and whoever knows what is coming says so (`expect`), as many texts are looked up in a fraction of the time of one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, groupby, islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from pipelines.dedup.compare import Key, Relation
from pipelines.dedup.fingerprint import Fingerprint, Hashes, fingerprint
from pipelines.dedup.fold import Emitted
from pipelines.dedup.shingle_index import (
    POSTING,
    Hits,
    Integers,
    Packer,
    Postings,
    Recent,
    Segment,
    hits_in,
    joined,
    nearest,
    postings,
)
from pipelines.dedup.sqlite.write_behind import Later
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

#: Fingerprints looked up from memory, at about 2 KB each.
FRESH = 1000
#: Hashes looked up at once: some 15 texts of 3,000 characters. Eight times as many take 0.9 of the time and eight times the
#: memory: 50 MB at worst, where each stands in `near.CAP` texts.
_AT_ONCE = 1 << 12
#: Segments of one size class before they become one of the next.
_TIER = 4
#: Postings in a chunk: with SQLite's own bytes, a chunk fits a page of 4 KB.
_CHUNK = 800

#: Postings of all segments that are kept in memory: 16 MB, the small segments first. The others are read chunk by chunk.
_IN_MEMORY = 2_000_000


class _Packed(NamedTuple):
    """A segment with the numbers of its texts, ascending, and their sizes; a small one also with all its postings."""

    number: int
    segment: Segment
    numbers: npt.NDArray[np.uint32]
    lengths: npt.NDArray[np.uint32]
    entries: Postings | None

    def hits(self, hashes: Hashes, query: Integers | None = None) -> Hits:
        """See near.Source."""
        return self.segment.hits(hashes) if self.entries is None else hits_in(self.entries, hashes)

    def sizes(self, numbers: Integers) -> Integers:
        """See near.Source."""
        return self.lengths[np.searchsorted(self.numbers, numbers)].astype(np.int64)


@dataclass(slots=True)
class _News:
    """What waits to be written: rows that are in no table yet."""

    members: dict[str, Speech] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # the records of these members
    records: dict[str, Emitted] = field(default_factory=dict)
    texts: dict[str, tuple[int, Fingerprint]] = field(default_factory=dict)  # with their numbers
    declared: dict[int, list[str]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)  # the texts of these members
    lines: dict[str, bytes] = field(
        default_factory=dict
    )  # of these members, where they have been asked for


@dataclass(slots=True)
class _Absent:
    """What is in no table, as one query has said for all that is expected, until it comes."""

    members: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)  # records that no member is in
    texts: set[str] = field(default_factory=set)  # that no member has
    relations: set[str] = field(default_factory=set)  # of these texts


class Copies:
    """The `CopyStore` of a state file. Every method runs in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, later: Later | None = None) -> None:
        self._db = db
        self._later = later or Later(db)
        self._squeeze = zstandard.ZstdCompressor(level=1)
        self._recent = Recent()
        self._last: tuple[int, str] | None = None  # the newest text in `_recent`
        self._segments: list[_Packed] = []
        self._births: int | None = None
        self._news = _News()
        self._absent = _Absent()
        self._sure = False  # what stands in memory is what the tables and the news say
        self._next: int | None = None  # the next text's number
        self._sketches: dict[str, Fingerprint] = {}  # of the texts that are expected
        self._answers: dict[
            int, list[int]
        ] = {}  # what is near them, by the sketch's `id`, where that is looked up already

    def distrust(self) -> None:
        """Something was rolled back: what stands in memory may never have been."""
        self._last = None
        self._births = None
        self._news = _News()
        self.let_go()

    def let_go(self) -> None:
        """The transaction ends; others may write."""
        self._sure = False
        self._next = None
        self._absent = _Absent()
        self._sketches = {}
        self._answers = {}
        self._recent.expect(0, ())

    def flush(self) -> None:
        """Write what waits."""
        news, self._news = self._news, _News()
        if news.texts:
            self._db.executemany(
                "INSERT INTO copy_texts (number, text, size, sketch) VALUES (?, ?, ?, ?)",
                [
                    (number, text, len(s.hashes), s.hashes.tobytes())
                    for text, (number, s) in news.texts.items()
                ],
            )
        if news.declared:
            rows = [(key, text) for key, texts in news.declared.items() for text in texts]
            self._db.executemany("INSERT OR IGNORE INTO copy_declared VALUES (?, ?)", rows)
        if news.members:
            lines = (
                (s.id, s.content_hash, news.homes.get(s.id), news.lines.get(s.id) or to_line(s))
                for s in news.members.values()
            )
            self._db.executemany(
                "INSERT INTO copy_members (id, text, record, speech) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
                "SET text = excluded.text, speech = excluded.speech",
                [
                    (id, text, record, self._squeeze.compress(line))
                    for id, text, record, line in lines
                ],
            )
        if news.records:
            self._db.executemany(
                "INSERT INTO copy_records VALUES (?, ?, ?, ?, ?)", news.records.values()
            )

    def expect(self, speeches: Iterable[Speech]) -> None:
        """These are about to be folded in, in this order, within the transaction that has begun."""
        self._refresh()
        ids, coming = set[str](), dict[str, Speech]()
        for speech in speeches:
            ids.add(speech.id)
            coming.setdefault(speech.content_hash, speech)
        self._absent = _Absent(
            ids - self._there("copy_members", "id", ids),
            ids - self._there("copy_records", "id", ids),
            ids - self._there("copy_members", "record", ids),
            coming.keys() - self._there("copy_members", "text", coming),
            coming.keys() - self._there("copy_relations", "text", coming),
        )
        for known in self._there("copy_texts", "text", coming):
            del coming[known]
        for speech in coming.values():
            with suppress(Exception):  # whoever folds it in meets it again
                self._sketches[speech.content_hash] = fingerprint(speech.text)
        self._recent.expect(self._number(), list(self._sketches.values()))

    def sketch(self, speech: Speech) -> Fingerprint:
        """See CopyStore."""
        return self._sketches.get(speech.content_hash) or fingerprint(speech.text)

    def line(self, record: Speech) -> bytes:
        """The line of a record, written once where it is also a member's that waits: most documents are alone."""
        if self._news.members.get(record.id) is not record:
            return to_line(record)
        line = self._news.lines[record.id] = to_line(record)
        return line

    def member(self, id: str) -> Speech | None:
        """See CopyStore."""
        if id in self._absent.members:
            return None
        if id in self._news.members:
            self.flush()
        row = self._db.execute("SELECT speech FROM copy_members WHERE id = ?", (id,)).fetchone()
        return speech_from(zstandard.decompress(row[0])) if row else None

    def put_member(self, speech: Speech, new: bool = False) -> None:
        """See CopyStore."""
        if not (new and self._later.holding):
            self.flush()
        self._absent.members.discard(speech.id)
        self._absent.texts.discard(speech.content_hash)
        self._news.members[speech.id] = speech
        self._news.shared.add(speech.content_hash)
        if not (new and self._later.holding):
            self.flush()

    def members_with(self, text: str) -> list[str]:
        """See CopyStore."""
        if text in self._absent.texts:
            return []
        if text in self._news.shared:
            self.flush()
        return self._strings("SELECT id FROM copy_members WHERE text = ? ORDER BY id", text)

    def add_text(self, text: str, sketch: Fingerprint, declared: Collection[int]) -> None:
        """See CopyStore."""
        for key in declared:
            self._news.declared.setdefault(key, []).append(text)
        if self._recent.expects(sketch) or (
            text not in self._news.texts and not self._there("copy_texts", "text", [text])
        ):
            number = self._number()
            self._next = number + 1
            self._news.texts[text] = number, sketch
            if self._sure:
                self._last = number, text
                if not self._recent.add(number, sketch):
                    self._answers = {}
        if not self._later.holding:
            self.flush()

    def _number(self) -> int:
        """The number that AUTOINCREMENT would give the next text."""
        if self._next is None or not self._later.holding:
            self.flush()
            row = self._db.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'copy_texts'"
            ).fetchone()
            self._next = row[0] + 1 if row else 1
        return self._next

    def drop_text(self, text: str) -> None:
        """See CopyStore."""
        self.flush()
        row = self._db.execute("SELECT number FROM copy_texts WHERE text = ?", (text,)).fetchone()
        if row and self._sure and row[0] in self._recent:
            self._recent.drop(row[0])
            self._answers = {}
        elif not self._sure:
            self._last = None
        for statement in (
            "DELETE FROM copy_texts WHERE text = ?",
            "DELETE FROM copy_declared WHERE text = ?",
            "DELETE FROM copy_relations WHERE other = ?1 AND text IN (SELECT other FROM copy_relations WHERE text = ?1)",
            "DELETE FROM copy_relations WHERE text = ?",
        ):
            self._db.execute(statement, (text,))

    def near(self, sketch: Fingerprint) -> list[str]:
        """See CopyStore."""
        self._refresh()
        if len(self._recent) >= FRESH:
            self._pack()
        expected = self._recent.expects(sketch)
        if id(sketch) not in self._answers or not expected:
            asked = self._recent.ahead(_AT_ONCE) if expected else [sketch]
            answers = dict(
                zip(map(id, asked), nearest([self._recent, *self._segments], asked), strict=True)
            )
            near = answers[id(sketch)]
            if expected:
                self._answers = answers
        else:
            near = self._answers[id(sketch)]
        if not near:
            return []
        if self._news.texts:
            self.flush()
        marks = ",".join("?" * len(near))
        texts = dict(
            self._db.execute(f"SELECT number, text FROM copy_texts WHERE number IN ({marks})", near)
        )
        return [texts[number] for number in near if number in texts]

    def declared(self, keys: Collection[int]) -> list[str]:
        """See CopyStore."""
        if not keys:
            return []
        if any(key in self._news.declared for key in keys):
            self.flush()
        marks = ",".join("?" * len(keys))
        rows = self._db.execute(
            f"SELECT text FROM copy_declared WHERE key IN ({marks})", tuple(keys)
        )
        return sorted({row[0] for row in rows})

    def relations(self, text: str) -> dict[str, Relation]:
        """See CopyStore."""
        if text in self._absent.relations:
            return {}
        rows = self._db.execute(
            "SELECT other, kind, evidence, odds, contradiction FROM copy_relations WHERE text = ?",
            (text,),
        )
        return {other: Relation(kind, evidence, Key(*key)) for other, kind, evidence, *key in rows}

    def put_relation(self, a: str, b: str, found: Relation) -> None:
        """See CopyStore."""
        self._absent.relations -= {a, b}
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
        if member in self._news.members:
            self.flush()
        row = self._db.execute("SELECT record FROM copy_members WHERE id = ?", (member,)).fetchone()
        return row[0] if row else None

    def members_in(self, record: str) -> list[str]:
        """See CopyStore."""
        if record in self._absent.homes:
            return []
        if record in self._news.records:
            self.flush()
        return self._strings("SELECT id FROM copy_members WHERE record = ? ORDER BY id", record)

    def record(self, id: str) -> Emitted | None:
        """See CopyStore."""
        if id in self._absent.records:
            return None
        if id in self._news.records:
            self.flush()
        row = self._db.execute(
            "SELECT id, version, digest, family, born FROM copy_records WHERE id = ?", (id,)
        ).fetchone()
        return Emitted(*row) if row else None

    def put_record(self, emitted: Emitted, members: Iterable[str], new: bool = False) -> None:
        """See CopyStore."""
        if self._births is not None:
            self._births = max(self._births, emitted.born + 1)
        members = list(members)
        alone = (
            new
            and self._later.holding
            and self._news.members.keys() >= {*members}
            and not self.members_in(emitted.id)
        )
        self._absent.records.discard(emitted.id)
        self._absent.homes.discard(emitted.id)
        if alone:
            self._news.records[emitted.id] = emitted
            self._news.homes.update(dict.fromkeys(members, emitted.id))
            return
        self.flush()
        self._db.execute("INSERT OR REPLACE INTO copy_records VALUES (?, ?, ?, ?, ?)", emitted)
        self._db.execute("UPDATE copy_members SET record = NULL WHERE record = ?", (emitted.id,))
        self._db.executemany(
            "UPDATE copy_members SET record = ? WHERE id = ?",
            [(emitted.id, member) for member in members],
        )

    def births(self) -> int:
        """See CopyStore. Asked of the table once: no index leads to the last, and each new document asks."""
        if self._births is None:
            if self._news.records:
                self.flush()
            self._births = int(
                self._db.execute("SELECT coalesce(max(born) + 1, 0) FROM copy_records").fetchone()[
                    0
                ]
            )
        return self._births

    def _strings(self, query: str, value: str) -> list[str]:
        return [row[0] for row in self._db.execute(query, (value,))]

    def _there(self, table: str, column: str, values: Iterable[str]) -> set[str]:
        """Those of the values that a table has in a column."""
        found, rest = set[str](), iter(values)
        while some := list(islice(rest, 500)):
            marks = ",".join("?" * len(some))
            found |= {
                row[0]
                for row in self._db.execute(
                    f"SELECT {column} FROM {table} WHERE {column} IN ({marks})", some
                )
            }
        return found

    def _refresh(self) -> None:
        """Make what stands in memory what the tables say."""
        if not self._sure:
            self._check()
            self._sure = self._later.holding

    def _check(self) -> None:
        """Compare what stands in memory with the tables."""
        sizes = dict(self._db.execute("SELECT number, postings FROM copy_segments ORDER BY number"))
        if [*sizes] != [packed.number for packed in self._segments]:
            self._segments = []  # let go of the old ones first
            up_to = dict(
                zip(
                    sorted(sizes, key=sizes.__getitem__),
                    accumulate(sorted(sizes.values())),
                    strict=True,
                )
            )
            self._segments = [
                self._packed(number, whole=up_to[number] <= _IN_MEMORY) for number in sizes
            ]
            self._last = None
        if self._last is not None:
            row = self._db.execute(
                "SELECT text FROM copy_texts WHERE number = ?", self._last[:1]
            ).fetchone()
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
        count = self._db.execute(
            "SELECT count(*) FROM copy_texts WHERE sketch IS NOT NULL"
        ).fetchone()[0]
        if count != len(self._recent):  # a removal was rolled back, or made by another process
            self._last = None
            self._check()

    def _pack(self) -> None:
        """Write the fresh fingerprints as a segment, and join segments where there are several of a size."""
        self.flush()
        coming = self._recent.ahead(1 << 62)
        self._packed_up()
        self._check()
        self._recent.expect(self._number(), coming)
        self._answers = {}

    def _packed_up(self) -> None:
        rows = self._db.execute(
            "SELECT number, size, sketch FROM copy_texts WHERE sketch IS NOT NULL ORDER BY number"
        ).fetchall()
        fresh = [
            postings(number, Fingerprint(np.frombuffer(sketch, np.uint32), 0))
            for number, _, sketch in rows
        ]
        entries = np.sort(np.concatenate(fresh))
        table = np.array([row[:2] for row in rows], np.uint32)
        self._write(len(entries), [entries], table)
        self._db.execute("UPDATE copy_texts SET sketch = NULL WHERE sketch IS NOT NULL")
        while True:
            sizes = self._db.execute(
                "SELECT number, postings FROM copy_segments ORDER BY postings"
            ).fetchall()
            classes = groupby(sizes, key=lambda row: int(row[1]).bit_length() // 2)
            full = next((group for _, rows_ in classes if len(group := list(rows_)) >= _TIER), None)
            if full is None:
                return
            parts = [self._packed(number, whole=False) for number, _ in full]
            table = np.concatenate(
                [np.column_stack((part.numbers, part.lengths)) for part in parts]
            )
            pieces = joined([part.segment for part in parts])
            self._write(sum(size for _, size in full), pieces, table[np.argsort(table[:, 0])])
            for number, _ in full:
                self._db.execute("DELETE FROM copy_segments WHERE number = ?", (number,))
                self._db.execute(
                    "DELETE FROM copy_postings WHERE place >= ? AND place < ?",
                    (number << 24, (number + 1) << 24),
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
                self._db.execute(
                    "INSERT INTO copy_postings VALUES (?, ?)", (chunk, bytes(pending[:size]))
                )
                del pending[:size]
                chunk += 1

        packer = Packer(count, write)
        for piece in pieces:
            packer.add(piece)
        write(b"", least=1)
        starts = zstandard.compress(packer.starts().tobytes())
        self._db.execute("UPDATE copy_segments SET starts = ? WHERE number = ?", (starts, number))

    def _packed(self, number: int, *, whole: bool) -> _Packed:
        """A segment that reads its chunks from the database, or (`whole`) all of them at once."""
        row = self._db.execute(
            "SELECT starts, numbers, sizes FROM copy_segments WHERE number = ?", (number,)
        ).fetchone()
        starts, numbers, sizes = (
            np.frombuffer(zstandard.decompress(data), np.uint32) for data in row
        )
        width = POSTING.itemsize

        def read(start: int, end: int) -> bytes:
            if end <= start:
                return b""
            first, last = start // _CHUNK, (end - 1) // _CHUNK
            rows = self._db.execute(
                "SELECT data FROM copy_postings WHERE place BETWEEN ? AND ? ORDER BY place",
                (number << 24 | first, number << 24 | last),
            )
            data = b"".join([row[0] for row in rows])
            return data[(start - first * _CHUNK) * width : (end - first * _CHUNK) * width]

        segment = Segment(starts, read)
        return _Packed(number, segment, numbers, sizes, segment.postings() if whole else None)
