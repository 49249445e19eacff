"""The index that needs no server: SQLite with FTS5, one file.

The text is indexed as the tokens of `pipelines.search.bigrams`; FTS5 keeps their positions and nothing else
(`content=''`), the documents stand beside it. FTS5's `ascii` tokenizer only splits at spaces there, as every other
character of a token is above U+007F or a letter or digit.

SQLite 3.40 cannot delete from such a table by row, only by the tokens that went in: they are made again from the text
that is stored, so an index made with another token recipe is refused and must be made anew (`scrapy index --rebuild`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from pipelines.search.bigrams import RECIPE, Phrase, hinted, hints
from pipelines.search.document import (
    HIT_COLUMNS,
    Document,
    Found,
    Query,
    SinkError,
    hit,
    packed,
    unpacked,
)
from pipelines.speech_files import Known

#: Documents in one transaction, and bytes that FTS5 gathers in memory before it writes a segment. Its hash table is asked
#: once a token: one that fits the processor's cache is worth the merging of more segments. Over 40,000 texts of 1,000
#: characters, in turn in one run, 451 us a text with 64 MB, 358 with 8; phrases as fast (2.7 ms in the median).
#: With up to 64 segments left unmerged it is 321 us, and phrases take twice as long.
_TRANSACTION = 10_000
_GATHERED = 8 * 1024 * 1024

#: Documents in one call of `hints`: what they need stays within the processor's cache (25 us a text of 1,000 characters
#: with 10 to 30, 64 with 1, 49 with 300).
_TOGETHER = 20

#: How much more a word in the title or a heading counts than in the text.
_WEIGHTS = "8.0, 3.0, 1.0"

_TABLES = f"""
CREATE TABLE documents (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, digest TEXT NOT NULL,
    crawled_at TEXT NOT NULL, buried INTEGER NOT NULL, live INTEGER NOT NULL,
    site TEXT, published TEXT, completeness TEXT, title TEXT, url TEXT);
CREATE INDEX living ON documents (live, site);
CREATE TABLE texts (rowid INTEGER PRIMARY KEY, text TEXT NOT NULL, sections TEXT NOT NULL);
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE grams USING fts5(title, sections, text, content='', tokenize='ascii');
INSERT INTO grams (grams, rank) VALUES ('hashsize', {_GATHERED});
INSERT INTO grams (grams, rank) VALUES ('automerge', 16);
PRAGMA user_version = {RECIPE};
"""


class SqliteSink:
    """`sqlite:///PATH`. Without `create` a file that is not there is an error; with `empty` a new one takes its place."""

    def __init__(self, path: Path, create: bool = True, empty: bool = False) -> None:
        self.path = path
        self._waiting = 0
        if not create and not path.is_file():
            raise SinkError(f"{path}: no index there; make one with scrapy index")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if empty:
                for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                    file.unlink(missing_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.execute(
                "PRAGMA page_size = 16384"
            )  # 6 % faster than 4096: a text of 3 KB needs no page of its own
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA cache_size = -65536")
            self._open()
        except (sqlite3.Error, OSError) as error:
            raise self._down(error) from error

    def _open(self) -> None:
        recipe = self._one("PRAGMA user_version")
        if recipe == 0 and not self._one("SELECT count(*) FROM sqlite_master"):
            self._db.execute("BEGIN IMMEDIATE")
            if not self._one("SELECT count(*) FROM sqlite_master"):
                for statement in _TABLES.split(";\n"):
                    self._db.execute(statement)
            self._db.execute("COMMIT")
        elif recipe != RECIPE:
            raise SinkError(
                f"{self.path}: not an index of this version; make it anew with scrapy index --rebuild"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
            self._db.close()
        except sqlite3.Error as failure:
            if error is None:
                raise self._down(failure) from failure

    def stored(self, ids: Sequence[str]) -> dict[str, Known]:
        """Opens the transaction that `write` goes on with, so that nobody writes between the two."""
        try:
            self._begin()
            rows = self._db.execute(
                "SELECT d.id, version, digest, crawled_at, buried, live FROM json_each(?) AS wanted"
                " JOIN documents AS d ON d.id = wanted.value",
                [orjson.dumps(ids).decode()],
            )
            return {
                key: Known(v, digest, at, buried, bool(live))
                for key, v, digest, at, buried, live in rows
            }
        except sqlite3.Error as error:
            raise self._down(error) from error

    def write(self, documents: Sequence[Document], buried: dict[str, int]) -> None:
        """One transaction for many calls; `flush` and leaving the sink commit it."""
        try:
            self._begin()
            self._forget([d.speech.id for d in documents])
            if documents:
                self._put(documents)
            self._bury(buried, [d.speech.id for d in documents])
            self._waiting += len(documents) + len(buried)
            if self._waiting >= _TRANSACTION:
                self.flush()
        except sqlite3.Error as error:
            raise self._down(error) from error

    def _put(self, documents: Sequence[Document]) -> None:
        known = dict(
            self._db.execute(
                "SELECT d.id, d.rowid FROM json_each(?) AS wanted JOIN documents AS d ON d.id = wanted.value",
                [orjson.dumps([d.speech.id for d in documents]).decode()],
            )
        )
        unused = (self._one("SELECT max(rowid) FROM documents") or 0) + 1
        rows = []
        for row, document in enumerate(documents, unused):
            s = document.speech
            rows.append(
                (known.get(s.id, row), s.id, s.version, document.digest, s.crawled_at or "", s.site, s.published, s.completeness,
                 s.title, s.url)
            )  # fmt: skip
        rowids = [row[0] for row in rows]
        self._db.executemany(
            "INSERT INTO documents (rowid, id, version, digest, crawled_at, buried, live, site, published, completeness,"
            " title, url) VALUES (?, ?, ?, ?, ?, 0, 1, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version ="
            " excluded.version, digest = excluded.digest, crawled_at = excluded.crawled_at, live = 1, site ="
            " excluded.site, published = excluded.published, completeness = excluded.completeness, title ="
            " excluded.title, url = excluded.url",
            rows,
        )
        self._db.executemany(
            "INSERT INTO texts (rowid, text, sections) VALUES (?, ?, ?)",
            [
                (r, d.speech.text, packed(d.sections))
                for r, d in zip(rowids, documents, strict=True)
            ],
        )
        for start in range(0, len(documents), _TOGETHER):
            fields = [
                (d.speech.title, d.section_titles, d.speech.text)
                for d in documents[start : start + _TOGETHER]
            ]
            self._db.executemany(
                "INSERT INTO grams (rowid, title, sections, text) VALUES (?, ?, ?, ?)",
                _rows(rowids[start : start + _TOGETHER], fields),
            )

    def _forget(self, ids: Sequence[str]) -> None:
        """Take what is indexed under these ids out of the index; the rows of `documents` stay."""
        old = self._db.execute(
            "SELECT d.rowid, title, sections, text FROM json_each(?) AS wanted JOIN documents AS d ON d.id = wanted.value"
            " JOIN texts AS t ON t.rowid = d.rowid WHERE live",
            [orjson.dumps(ids).decode()],
        ).fetchall()
        if old:
            fields = [
                (title, "\n".join([s.label for s in unpacked(parts)]), text)
                for _, title, parts, text in old
            ]
            self._db.executemany(
                "INSERT INTO grams (grams, rowid, title, sections, text) VALUES ('delete', ?, ?, ?, ?)",
                _rows([o[0] for o in old], fields),
            )
            self._db.executemany("DELETE FROM texts WHERE rowid = ?", [(o[0],) for o in old])

    def _bury(self, buried: dict[str, int], kept: Sequence[str]) -> None:
        if not buried:
            return
        dead = list(buried.keys() - set(kept))
        self._forget(dead)
        self._db.executemany(
            "UPDATE documents SET live = 0, title = '', url = '' WHERE id = ?",
            [(key,) for key in dead],
        )
        self._db.executemany(
            "INSERT INTO documents (id, version, digest, crawled_at, buried, live) VALUES (?, 0, '', '', ?, 0)"
            " ON CONFLICT (id) DO UPDATE SET buried = excluded.buried",
            list(buried.items()),
        )

    def flush(self) -> None:
        """Commit."""
        try:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
            self._waiting = 0
        except sqlite3.Error as error:
            raise self._down(error) from error

    def count(self) -> int:
        """How many documents there are."""
        try:
            return int(self._one("SELECT count(*) FROM documents WHERE live = 1"))
        except sqlite3.Error as error:
            raise self._down(error) from error

    def finished(self, file: Path) -> bool:
        """By path, size and time of change."""
        try:
            known = self._db.execute(
                "SELECT size, changed FROM files WHERE path = ?", [str(file.resolve())]
            ).fetchone()
            there = file.stat()
        except sqlite3.Error as error:
            raise self._down(error) from error
        except OSError as error:
            raise SinkError(f"{file}: {error.strerror or error}") from error
        return bool(known == (there.st_size, there.st_mtime_ns))

    def finish(self, file: Path) -> None:
        """Committed together with the file's last documents."""
        try:
            there = file.stat()
            self._begin()
            self._db.execute(
                "INSERT OR REPLACE INTO files (path, size, changed) VALUES (?, ?, ?)",
                [str(file.resolve()), there.st_size, there.st_mtime_ns],
            )
        except sqlite3.Error as error:
            raise self._down(error) from error

    def search(self, query: Query, limit: int) -> Found:
        """Best first by BM25."""
        where, values = _where(query)
        try:
            rows = self._db.execute(
                f"WITH found AS MATERIALIZED (SELECT grams.rowid AS row, bm25(grams, {_WEIGHTS}) AS score {_FROM} {where}),"
                " best AS MATERIALIZED (SELECT * FROM found ORDER BY score, row LIMIT ?)"
                f" SELECT (SELECT count(*) FROM found), {HIT_COLUMNS}, -score, sections, text FROM best"
                " JOIN documents AS d ON d.rowid = best.row JOIN texts AS t ON t.rowid = best.row ORDER BY score, d.rowid",
                [*values, limit],
            ).fetchall()
        except sqlite3.Error as error:
            raise self._down(error) from error
        return Found(rows[0][0] if rows else 0, [hit(row[1:], query.terms) for row in rows])

    def matching(self, query: Query) -> set[str]:
        """The ids of all documents that match."""
        where, values = _where(query)
        try:
            return {row[0] for row in self._db.execute(f"SELECT d.id {_FROM} {where}", values)}
        except sqlite3.Error as error:
            raise self._down(error) from error

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def _one(self, statement: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(statement, values).fetchone()[0]

    def _down(self, error: Exception) -> SinkError:
        return SinkError(f"{self.path}: {error}")


_FROM = "FROM grams JOIN documents AS d ON d.rowid = grams.rowid"


def _rows(
    rowids: Sequence[int], fields: Sequence[tuple[str, str, str]]
) -> list[tuple[int, str, str, str]]:
    made = hints([field for three in fields for field in three])
    return list(zip(rowids, made[0::3], made[1::3], made[2::3], strict=True))


def _where(query: Query) -> tuple[str, list[Any]]:
    parts, values = ["WHERE grams MATCH ?"], [" AND ".join([_match(term) for term in query.terms])]
    for column, wanted in (("site", query.sites), ("completeness", query.completeness)):
        if wanted:
            parts.append(f"d.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if query.since:
        parts.append("d.published >= ?")
        values.append(query.since)
    if query.until:
        parts.append("d.published <= ?")
        values.append(query.until)
    return " AND ".join(parts), values


def _match(term: Phrase) -> str:
    """A phrase in FTS5's query language; a token holds no space, and a double quote comes full-width."""
    words, prefix = hinted(term)
    return f'"{words}"' + (" *" if prefix else "")
