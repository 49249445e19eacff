"""Which run took which documents in, so that a run's doings can be undone: its output was lost, or is held back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from pipelines.dedup.copy_store import Emitted
from pipelines.dedup.digest import digest
from pipelines.dedup.fingerprint import fingerprint
from pipelines.dedup.fold import find_relations
from pipelines.dedup.shingle_index import declared_keys
from pipelines.dedup.sqlite.copies import Copies
from pipelines.dedup.sqlite.write_behind import WriteBehind
from pipelines.records import Speech


class Documents:
    """Over the copies of all sites: who brought them, and how to take them out again."""

    def __init__(self, db: sqlite3.Connection, copies: Copies, write_behind: WriteBehind) -> None:
        self._db = db
        self._copies = copies
        self._write_behind = write_behind
        self._related: set[str] = set()  # restored, with a family or links
        #: Restored records that another one superseded, and up to which version.
        self._buried: dict[str, int] = {}

    def note(self, member: str, records: list[Speech], run: int) -> None:
        """A run has folded a document in, and written these records because of it."""
        for row in [(member, "member", run), *[(record.id, "record", run) for record in records]]:
            self._write_behind.put(
                "INSERT OR REPLACE INTO taken_in (id, what, run) VALUES (?, ?, ?)",
                row,
            )

    def count(self) -> int:
        """Records of all sites."""
        self._copies.flush()
        found = self._db.execute("SELECT count(DISTINCT record) FROM copy_members").fetchone()

        return int(found[0])

    def restore(self, speech: Speech) -> None:
        """Take a written record back, in the order of writing; what it superseded goes, but for the number of its last version.
        A lower version than the known one changes nothing. After the last record comes `reconnect`."""
        before = self._copies.record(speech.id)

        if before and before.version > speech.version:
            return

        if self._buried.get(speech.id, 0) >= speech.version:
            self.keep_number(speech.id, speech.version)
            return

        for gone in speech.supersedes:
            self._bury(gone)

        alone = replace(
            speech, version=1, supersedes=(), cluster=speech.id, family=None, links=(), provenance=(),
            sources=tuple([source for source in speech.sources if source.id == speech.id]),
        )  # fmt: skip

        self._drop_member(speech.id)
        if not self._copies.members_with(speech.content_hash):
            self._copies.add_text(
                speech.content_hash,
                fingerprint(speech.text).hashes,
                declared_keys(speech),
            )

        self._copies.put_member(alone)
        born = before.born if before else self._copies.emission_count()

        self._copies.put_record(
            Emitted(
                speech.id,
                speech.version,
                digest(speech),
                speech.family,
                born,
            ),
            [speech.id],
        )

        self.note(speech.id, [speech], 0)
        (self._related.add if speech.family or speech.links else self._related.discard)(speech.id)

    def _bury(self, record: str) -> None:
        self._drop_member(record)
        self._related.discard(record)
        known = self._copies.record(record)

        self._buried[record] = max(
            known.version if known else 1,
            self._buried.get(record, 0),
        )

        self._db.execute(
            "UPDATE copy_records SET digest = '' WHERE id = ?",
            (record,),
        )

    def keep_number(self, record: str, version: int) -> None:
        """A version of this record was written that is lost: the next one gets a higher number."""
        known = self._copies.record(record)

        if known and known.version >= version:
            return

        born = known.born if known else self._copies.emission_count()
        family = known.family if known else None
        members = self._copies.members_in(record)

        self._copies.put_record(
            Emitted(
                record,
                version,
                "",
                family,
                born,
            ),
            members,
        )

    def versions(self) -> Iterator[tuple[str, int, str | None]]:
        """Every record that has been written more than once: its id, its last version, the URL of its page."""
        rows = self._db.execute("SELECT id, version FROM copy_records WHERE version > 1")

        for record, version in rows:
            member = self._copies.member(record)
            yield record, version, member.url if member else None

    def reconnect(self) -> None:
        """Find again what the restored records are to others: a record with neither family nor links is nothing to any."""
        for id in sorted(self._related):
            find_relations(id, self._copies)

        self._related.clear()
        self._buried.clear()

    def forget_run(self, run: int) -> None:
        """Undo what a run took in. A record that it wrote a later version of keeps its number and is written again."""
        self._copies.flush()
        self._write_behind.flush()

        for (member,) in self._taken_in(run, "member"):
            self._drop_member(member)

        for (record,) in self._taken_in(run, "record"):
            self._db.execute(
                "DELETE FROM copy_records WHERE id = ? AND version = 1",
                (record,),
            )

            self._db.execute(
                "UPDATE copy_records SET digest = '' WHERE id = ?",
                (record,),
            )

        self._db.execute(
            "DELETE FROM taken_in WHERE run = ?",
            (run,),
        )

    def _taken_in(self, run: int, what: str) -> list[tuple[str]]:
        return self._db.execute(
            "SELECT id FROM taken_in WHERE run = ? AND what = ?",
            (run, what),
        ).fetchall()

    def _drop_member(self, identity: str) -> None:
        self._copies.flush()
        row = self._db.execute(
            "SELECT text FROM copy_members WHERE id = ?",
            (identity,),
        ).fetchone()

        if row is None:
            return

        self._db.execute(
            "DELETE FROM copy_members WHERE id = ?",
            (identity,),
        )

        self._copies.distrust()
        if not self._copies.members_with(row[0]):
            self._copies.drop_text(row[0])
