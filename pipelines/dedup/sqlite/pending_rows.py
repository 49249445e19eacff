"""Rows of copies that are in no table yet, and what is known not to be in any."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import zstandard

from pipelines.dedup.copy_store import Emitted
from pipelines.dedup.fingerprint import Hashes
from pipelines.records import Speech, to_line

_INSERT_MEMBER = """
    INSERT INTO copy_members (id, text, record, speech) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET text = excluded.text, speech = excluded.speech
"""
#: Values named in one statement.
_NAMED_AT_ONCE = 500


@dataclass(slots=True)
class PendingRows:
    """What is new and buffered until somebody may read it, or until commit."""

    members: dict[str, Speech] = field(default_factory=dict)
    records_of: dict[str, str] = field(default_factory=dict)  # of these members
    records: dict[str, Emitted] = field(default_factory=dict)
    texts: dict[str, tuple[int, Hashes]] = field(default_factory=dict)  # with their numbers
    declared: dict[int, list[str]] = field(default_factory=dict)
    member_texts: set[str] = field(default_factory=set)
    lines: dict[str, bytes] = field(default_factory=dict)  # of members, where asked for already

    def write(self, db: sqlite3.Connection, compressor: zstandard.ZstdCompressor) -> None:
        """Insert all of it."""
        if self.texts:
            texts = [
                (number, text, len(sketch), sketch.tobytes())
                for text, (number, sketch) in self.texts.items()
            ]

            db.executemany("INSERT INTO copy_texts (number, text, size, sketch) VALUES (?, ?, ?, ?)", texts,)  # fmt: skip

        if self.declared:
            keys = [(key, text) for key, texts in self.declared.items() for text in texts]
            db.executemany(
                "INSERT OR IGNORE INTO copy_declared VALUES (?, ?)",
                keys,
            )

        if self.members:
            db.executemany(
                _INSERT_MEMBER,
                self._member_rows(compressor),
            )

        if self.records:
            db.executemany(
                "INSERT INTO copy_records VALUES (?, ?, ?, ?, ?)",
                self.records.values(),
            )

    def _member_rows(
        self, compressor: zstandard.ZstdCompressor
    ) -> Iterable[tuple[str, str, str | None, bytes]]:
        for speech in self.members.values():
            line = self.lines.get(speech.id) or to_line(speech)
            record = self.records_of.get(speech.id)
            yield speech.id, speech.content_hash, record, compressor.compress(line)


@dataclass(slots=True)
class Absent:
    """What is in no table, as one query has said for all that is expected, until it comes."""

    members: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    records_of_members: set[str] = field(default_factory=set)  # records that no member is in
    member_texts: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)  # texts without any


def present(db: sqlite3.Connection, table: str, column: str, values: Iterable[str]) -> set[str]:
    """Those of the values that a table has in a column."""
    found: set[str] = set()
    rest = iter(values)

    while some := list(islice(rest, _NAMED_AT_ONCE)):
        marks = ",".join("?" * len(some))
        query = f"SELECT {column} FROM {table} WHERE {column} IN ({marks})"
        found |= {row[0] for row in db.execute(query, some)}

    return found
