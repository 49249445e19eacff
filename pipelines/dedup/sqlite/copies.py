"""The copies of a crawl: a `CopyStore` in `state.db`, inside the transaction of whoever calls.

What is new (and only that) is buffered until somebody may read it, or to the end of the transaction. Who knows what is coming
says so (`expect`): one query then says what is in no table, for all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress

import zstandard

from pipelines.dedup.compare import Key, Relation
from pipelines.dedup.copy_store import Emitted
from pipelines.dedup.fingerprint import Hashes, fingerprint
from pipelines.dedup.segment import SegmentDamaged
from pipelines.dedup.sqlite.pending_rows import Absent, PendingRows, present
from pipelines.dedup.sqlite.text_index import TextIndex
from pipelines.dedup.sqlite.write_behind import WriteBehind
from pipelines.records import Speech, speech_from, to_line

_DROP_TEXT = (
    "DELETE FROM copy_texts WHERE text = ?",
    "DELETE FROM copy_declared WHERE text = ?",
    "DELETE FROM copy_relations WHERE other = ?1"
    " AND text IN (SELECT other FROM copy_relations WHERE text = ?1)",
    "DELETE FROM copy_relations WHERE text = ?",
)


class Copies:
    """The `CopyStore` of a state file. Every method runs in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, write_behind: WriteBehind | None = None) -> None:
        self._db = db
        self._write_behind = write_behind or WriteBehind(db)
        self._compressor = zstandard.ZstdCompressor(level=1)
        self._index = TextIndex(db)
        self._pending = PendingRows()
        self._absent = Absent()
        self._emissions: int | None = None
        self._next_number: int | None = None  # of the text that comes next
        self._sketches: dict[str, Hashes] = {}  # of the texts that are expected

    # The transaction

    def distrust(self) -> None:
        """Something was rolled back: what stands in memory may never have been."""
        self._emissions = None
        self._pending = PendingRows()
        self._index.distrust()
        self._forget_expected()

    def let_go(self) -> None:
        """The transaction ends; others may write."""
        self._index.end()
        self._forget_expected()

    def _forget_expected(self) -> None:
        self._next_number = None
        self._absent = Absent()
        self._sketches = {}

    def flush(self) -> None:
        """Write what is buffered."""
        pending, self._pending = self._pending, PendingRows()
        pending.write(self._db, self._compressor)

    def expect(self, speeches: Iterable[Speech]) -> None:
        """These are about to be added, in this order, within the transaction that has begun."""
        self._index.refresh(self._write_behind.holding)
        ids: set[str] = set()
        coming: dict[str, Speech] = {}

        for speech in speeches:
            ids.add(speech.id)
            coming.setdefault(speech.content_hash, speech)

        self._absent = self._absent_of(ids, set(coming))
        for known in present(
            self._db,
            "copy_texts",
            "text",
            coming,
        ):
            del coming[known]

        for speech in coming.values():
            with suppress(Exception):  # whoever adds it meets the error again
                self._sketches[speech.content_hash] = fingerprint(speech.text).hashes

        self._index.expect(
            self._number(),
            list(self._sketches.values()),
        )

    def _absent_of(self, ids: set[str], texts: set[str]) -> Absent:
        """What is in no table of these."""
        db = self._db

        return Absent(
            members=ids - present(db, "copy_members", "id", ids),
            records=ids - present(db, "copy_records", "id", ids),
            records_of_members=ids - present(db, "copy_members", "record", ids),
            member_texts=texts - present(db, "copy_members", "text", texts),
            relations=texts - present(db, "copy_relations", "text", texts),
        )

    # Members

    def member(self, id: str) -> Speech | None:
        """See CopyStore."""
        if id in self._absent.members:
            return None

        if id in self._pending.members:
            self.flush()

        row = self._db.execute(
            "SELECT speech FROM copy_members WHERE id = ?",
            (id,),
        ).fetchone()
        return speech_from(zstandard.decompress(row[0])) if row else None

    def put_member(self, speech: Speech, new: bool = False) -> None:
        """See CopyStore."""
        may_wait = new and self._write_behind.holding

        if not may_wait:
            self.flush()

        self._absent.members.discard(speech.id)
        self._absent.member_texts.discard(speech.content_hash)
        self._pending.members[speech.id] = speech
        self._pending.member_texts.add(speech.content_hash)

        if not may_wait:
            self.flush()

    def members_with(self, text: str) -> list[str]:
        """See CopyStore."""
        if text in self._absent.member_texts:
            return []

        if text in self._pending.member_texts:
            self.flush()

        return self._strings(
            "SELECT id FROM copy_members WHERE text = ? ORDER BY id",
            text,
        )

    def line(self, record: Speech) -> bytes:
        """The line of a record, written once where it is also a member's that is buffered: most documents are alone."""
        if self._pending.members.get(record.id) is not record:
            return to_line(record)

        line = self._pending.lines[record.id] = to_line(record)
        return line

    # Texts

    def sketch(self, speech: Speech) -> Hashes:
        """See CopyStore."""
        known = self._sketches.get(speech.content_hash)

        return fingerprint(speech.text).hashes if known is None else known

    def add_text(self, text: str, sketch: Hashes, declared: Collection[int]) -> None:
        """See CopyStore."""
        for key in declared:
            self._pending.declared.setdefault(key, []).append(text)

        if self._index.expects(sketch) or not self._has_text(text):
            number = self._number()
            self._next_number = number + 1
            self._pending.texts[text] = number, sketch
            self._index.add(number, text, sketch)

        if not self._write_behind.holding:
            self.flush()

    def _has_text(self, text: str) -> bool:
        return text in self._pending.texts or bool(
            present(
                self._db,
                "copy_texts",
                "text",
                [text],
            )
        )

    def _number(self) -> int:
        """The number that AUTOINCREMENT would give the next text."""
        if self._next_number is None or not self._write_behind.holding:
            self.flush()
            row = self._db.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'copy_texts'"
            ).fetchone()

            self._next_number = row[0] + 1 if row else 1

        return self._next_number

    def drop_text(self, text: str) -> None:
        """See CopyStore."""
        self.flush()

        row = self._db.execute(
            "SELECT number FROM copy_texts WHERE text = ?",
            (text,),
        ).fetchone()

        if row:
            self._index.drop(row[0])

        for statement in _DROP_TEXT:
            self._db.execute(statement, (text,))

    def near(self, sketch: Hashes) -> list[str]:
        """See CopyStore."""
        self._index.refresh(self._write_behind.holding)

        if self._index.is_full:
            self.flush()
            self._index.pack(self._number())

        try:
            near = self._index.near(sketch, self._number())
        except SegmentDamaged:
            self.flush()
            self._index.make_again(self._number())
            near = self._index.near(sketch, self._number())

        if not near:
            return []

        if self._pending.texts:
            self.flush()

        marks = ",".join("?" * len(near))
        rows = self._db.execute(
            f"SELECT number, text FROM copy_texts WHERE number IN ({marks})",
            near,
        )

        texts = dict(rows)
        return [texts[number] for number in near if number in texts]

    def declared(self, keys: Collection[int]) -> list[str]:
        """See CopyStore."""
        if not keys:
            return []

        if any(key in self._pending.declared for key in keys):
            self.flush()

        marks = ",".join("?" * len(keys))
        query = f"SELECT text FROM copy_declared WHERE key IN ({marks})"

        return sorted({row[0] for row in self._db.execute(query, tuple(keys))})

    # Relations

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
        pairs = [(a, b), (b, a)]

        if found.kind == "unrelated":
            if not {a, b} & self._absent.relations:
                statement = "DELETE FROM copy_relations WHERE text = ? AND other = ?"
                self._db.executemany(statement, pairs)

            return

        self._absent.relations -= {a, b}
        self._db.executemany(
            "INSERT OR REPLACE INTO copy_relations VALUES (?, ?, ?, ?, ?, ?)",
            [(*pair, found.kind, found.evidence, *found.key) for pair in pairs],
        )

    # Records

    def record_of(self, member: str) -> str | None:
        """See CopyStore."""
        if member in self._pending.members:
            self.flush()

        row = self._db.execute(
            "SELECT record FROM copy_members WHERE id = ?",
            (member,),
        ).fetchone()
        return row[0] if row else None

    def members_in(self, record: str) -> list[str]:
        """See CopyStore."""
        if record in self._absent.records_of_members:
            return []

        if record in self._pending.records:
            self.flush()

        return self._strings(
            "SELECT id FROM copy_members WHERE record = ? ORDER BY id",
            record,
        )

    def record(self, id: str) -> Emitted | None:
        """See CopyStore."""
        if id in self._absent.records:
            return None

        if id in self._pending.records:
            self.flush()

        row = self._db.execute(
            "SELECT id, version, digest, family, born FROM copy_records WHERE id = ?",
            (id,),
        ).fetchone()
        return Emitted(*row) if row else None

    def put_record(self, emitted: Emitted, members: Iterable[str], new: bool = False) -> None:
        """See CopyStore."""
        if self._emissions is not None:
            self._emissions = max(self._emissions, emitted.born + 1)

        members = list(members)
        may_wait = new and self._are_all_pending(members) and not self.members_in(emitted.id)
        self._absent.records.discard(emitted.id)
        self._absent.records_of_members.discard(emitted.id)

        if may_wait:
            self._pending.records[emitted.id] = emitted
            self._pending.records_of.update(dict.fromkeys(members, emitted.id))

            return

        self.flush()
        self._db.execute(
            "INSERT OR REPLACE INTO copy_records VALUES (?, ?, ?, ?, ?)",
            emitted,
        )

        self._db.execute(
            "UPDATE copy_members SET record = NULL WHERE record = ?",
            (emitted.id,),
        )

        self._db.executemany(
            "UPDATE copy_members SET record = ? WHERE id = ?",
            [(emitted.id, member) for member in members],
        )

    def _are_all_pending(self, members: Collection[str]) -> bool:
        return self._write_behind.holding and self._pending.members.keys() >= set(members)

    def emission_count(self) -> int:
        """See CopyStore. Asked of the table once: no index leads to the last, and each new document asks."""
        if self._emissions is None:
            if self._pending.records:
                self.flush()

            query = "SELECT coalesce(max(born) + 1, 0) FROM copy_records"
            self._emissions = int(self._db.execute(query).fetchone()[0])

        return self._emissions

    def _strings(self, query: str, value: str) -> list[str]:
        return [row[0] for row in self._db.execute(query, (value,))]
