"""The documents that records were written for, by identity and by content."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NamedTuple

import orjson

from pipelines.records import Source, Speech


class Known(NamedTuple):
    """What the state keeps of a document: of its last version."""

    id: str
    site: str
    url: str
    content_hash: str
    face: str
    version: int
    cluster: str
    counted_chars: int
    run: int


_COLUMNS = ", ".join(Known._fields)


def face(speech: Speech) -> str:
    """A hash of all that makes a new version where it changes: text, title, gaps and stated facts."""
    s = speech
    what = (
        s.title, s.text, s.gaps, s.completeness, s.declared_chars, s.shown_chars, s.toc, s.category, s.published,
        s.uploader, s.format, s.size, s.pages,
    )
    return hashlib.sha256(orjson.dumps(what)).hexdigest()[:32]


class Documents:
    """The documents of all sites."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def by_id(self, identity: str) -> Known | None:
        """The document of that id."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", (identity,)).fetchone()
        return Known._make(row) if row else None

    def by_content(self, content_hash: str) -> Known | None:
        """The document with that canonical text; of several the smallest id."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE content_hash = ? ORDER BY id LIMIT 1", (content_hash,)
        ).fetchone()
        return Known._make(row) if row else None

    def copy_of(self, identity: str) -> str | None:
        """The id of the document that this id was found to be a copy of."""
        row = self._db.execute("SELECT of FROM copies WHERE id = ?", (identity,)).fetchone()
        return row[0] if row else None

    def copies(self, identity: str) -> list[Source]:
        """The copies noted for a document, by id."""
        return [
            Source(*row)
            for row in self._db.execute(
                "SELECT id, url, site, content_hash, counted_chars FROM copies WHERE of = ? ORDER BY id", (identity,)
            )
        ]

    def put(self, speech: Speech, run: int) -> None:
        """Note a record that is being written."""
        self._db.execute(
            f"INSERT OR REPLACE INTO documents ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                speech.id, speech.site, speech.url, speech.content_hash, face(speech), speech.version, speech.cluster,
                speech.counted_chars, run,
            ),
        )
        self._db.execute("DELETE FROM copies WHERE id = ?", (speech.id,))

    def put_copy(self, copy: Source, of: str, run: int) -> None:
        """Note a copy that gives no record of its own."""
        self._db.execute(
            "INSERT OR REPLACE INTO copies (id, of, url, site, content_hash, counted_chars, run) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (copy.id, of, copy.url, copy.site, copy.content_hash, copy.counted_chars, run),
        )

    def count(self, site: str | None = None) -> int:
        """Documents of a site, or of all."""
        where, values = ("WHERE site = ?", (site,)) if site else ("", ())
        return int(self._db.execute(f"SELECT count(*) FROM documents {where}", values).fetchone()[0])

    def forget_run(self, run: int) -> None:
        """Undo what a run noted. A document it wrote a later version of keeps its number, and is written again."""
        self._db.execute("DELETE FROM documents WHERE run = ? AND version = 1", (run,))
        self._db.execute("UPDATE documents SET face = '' WHERE run = ?", (run,))
        self._db.execute("DELETE FROM copies WHERE run = ? OR of NOT IN (SELECT id FROM documents)", (run,))
