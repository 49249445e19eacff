"""PostgreSQL (14 or newer) as an index: `tsvector` columns of character pairs under a GIN index, asked by phrase.

PostgreSQL keeps at most 256 positions of a word in one `tsvector`, none above 16,383, refuses vectors over 1 MB, and
says nothing of the first two: phrase search over whole documents misses hits. So a document is indexed by passages, a
line or a window of a long line each, of at most 256 tokens, where no limit is ever met. Windows overlap by 64 tokens; a
phrase longer than that is looked for by its pieces, and what is found is then looked through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from pipelines.search.backoff import with_back_off
from pipelines.search.bigrams import RECIPE, scan, tokens
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

#: Tokens of one passage, PostgreSQL's limit of positions; and how many of them the next window repeats.
_PASSAGE, _OVERLAP = 256, 64

#: How much a passage of the title, a heading, the text counts.
_WEIGHTS = (8, 3, 1)

_LOCK = 0x68617276657374  # "harvest": one call at a time fills the index

_TABLES = (
    """CREATE TABLE harvest_documents (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, version integer NOT NULL,
        digest text NOT NULL, crawled_at text NOT NULL, buried integer NOT NULL, live boolean NOT NULL,
        site text, published text, completeness text, title text, url text, text text, sections text)""",
    """CREATE TABLE harvest_passages (
        document bigint NOT NULL REFERENCES harvest_documents (number) ON DELETE CASCADE,
        weight smallint NOT NULL, grams tsvector NOT NULL)""",
    "CREATE INDEX ON harvest_passages USING gin (grams)",
    "CREATE INDEX ON harvest_passages (document)",
    "CREATE INDEX ON harvest_documents (site, published) WHERE live",
    "CREATE TABLE harvest_files (path text PRIMARY KEY, size bigint NOT NULL, changed bigint NOT NULL)",
    f"CREATE TABLE harvest_recipe AS SELECT {RECIPE} AS recipe",
)


class PostgresqlSink:
    """`postgresql://USER@HOST:PORT/DATABASE`; the password comes from PGPASSWORD or a password file, never the target."""

    def __init__(self, target: str, create: bool = True, empty: bool = False) -> None:
        parts = urlsplit(target)
        if parts.password or "password=" in (parts.query or ""):
            raise SinkError(
                "the password belongs into the environment (PGPASSWORD), not into the target"
            )

        self._name = f"postgresql://{parts.hostname or ''}{parts.path}"
        try:
            self._db: psycopg.Connection[TupleRow] = with_back_off(
                lambda: psycopg.connect(
                    target,
                    connect_timeout=10,
                    autocommit=True,
                    application_name="harvest",
                ),
                lambda error: "starting up" in str(error) or "too many clients" in str(error),
            )

            self._open(create, empty)
        except (psycopg.Error, UnicodeError) as error:
            raise self._down(error) from error

    def _open(self, create: bool, empty: bool) -> None:
        with self._db.transaction():
            self._db.execute(
                "SELECT pg_advisory_xact_lock(%s)",
                [_LOCK + 1],
            )

            if empty:
                for table in ("passages", "documents", "files", "recipe"):
                    self._db.execute(f"DROP TABLE IF EXISTS harvest_{table}")

            if self._one("SELECT to_regclass('harvest_recipe') IS NULL"):
                if not create:
                    raise SinkError(
                        f"{self._name}: no index there; make one with scrapy index --to"
                    )

                for statement in _TABLES:
                    self._db.execute(statement)
            elif self._one("SELECT recipe FROM harvest_recipe") != RECIPE:
                raise SinkError(
                    f"{self._name}: not an index of this version; make it anew with scrapy index --rebuild"
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def stored(self, ids: Sequence[str]) -> dict[str, Known]:
        """What is known of these ids. From here on this session alone fills the index, until it ends."""
        try:
            self._db.execute(
                "SELECT pg_advisory_lock(%s) WHERE NOT pg_try_advisory_lock(%s)",
                [_LOCK, _LOCK],
            )

            rows = self._db.execute(
                "SELECT id, version, digest, crawled_at, buried, live FROM harvest_documents WHERE id = ANY(%s)",
                [list(ids)],
            )
            return {row[0]: Known(*row[1:]) for row in rows}
        except psycopg.Error as error:
            raise self._down(error) from error

    def write(self, documents: Sequence[Document], buried: dict[str, int]) -> None:
        """One transaction."""
        try:
            with self._db.transaction():
                self._put(documents)
                self._bury(buried, [d.speech.id for d in documents])
        except psycopg.Error as error:
            raise self._down(error) from error

    def _put(self, documents: Sequence[Document]) -> None:
        if not documents:
            return

        rows = [
            (s.id, s.version, d.digest, s.crawled_at or "", s.site, s.published, s.completeness, *_clean(s.title, s.url, s.text, packed(d.sections),),)
            for d in documents
            for s in (d.speech,)
        ]  # fmt: skip

        with self._db.cursor() as cursor:
            cursor.execute(
                "DELETE FROM harvest_passages USING harvest_documents WHERE document = number AND id = ANY(%s)",
                [[d.speech.id for d in documents]],
            )

            cursor.executemany(
                "INSERT INTO harvest_documents (id, version, digest, crawled_at, buried, live, site, published,"
                " completeness, title, url, text, sections) VALUES (%s, %s, %s, %s, 0, true, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET version = excluded.version, digest = excluded.digest, crawled_at ="
                " excluded.crawled_at, live = true, site = excluded.site, published = excluded.published, completeness ="
                " excluded.completeness, title = excluded.title, url = excluded.url, text = excluded.text, sections ="
                " excluded.sections",
                rows,
            )

            cursor.execute(
                "SELECT id, number FROM harvest_documents WHERE id = ANY(%s)",
                [[d.speech.id for d in documents]],
            )

            numbers: dict[str, int] = dict(cursor.fetchall())
            with cursor.copy("COPY harvest_passages (document, weight, grams) FROM STDIN") as copy:
                for document in documents:
                    for weight, grams in _passages(document):
                        copy.write_row((numbers[document.speech.id], weight, grams))

    def _bury(self, buried: dict[str, int], kept: Sequence[str]) -> None:
        if not buried:
            return

        self._db.execute(
            "WITH dead AS (UPDATE harvest_documents SET live = false, title = '', url = '', text = '', sections = '[]'"
            " WHERE id = ANY(%s) AND live RETURNING number) DELETE FROM harvest_passages USING dead WHERE document = dead.number",
            [list(buried.keys() - set(kept))],
        )

        self._db.execute(
            "INSERT INTO harvest_documents (id, version, digest, crawled_at, buried, live)"
            " SELECT id, 0, '', '', version, false FROM unnest(%s::text[], %s::integer[]) AS b (id, version)"
            " ON CONFLICT (id) DO UPDATE SET buried = excluded.buried",
            [list(buried), list(buried.values())],
        )

    def flush(self) -> None:
        """Every `write` is durable already; the planner learns what came."""
        try:
            self._db.execute("ANALYZE harvest_passages, harvest_documents")
        except psycopg.Error as error:
            raise self._down(error) from error

    def count(self) -> int:
        """How many documents there are."""
        try:
            return int(self._one("SELECT count(*) FROM harvest_documents WHERE live"))
        except psycopg.Error as error:
            raise self._down(error) from error

    def finished(self, file: Path) -> bool:
        """By path, size and time of change."""
        try:
            there = file.stat()
            row = self._db.execute(
                "SELECT size, changed FROM harvest_files WHERE path = %s",
                [str(file.resolve())],
            ).fetchone()

            return row == (there.st_size, there.st_mtime_ns)
        except psycopg.Error as error:
            raise self._down(error) from error
        except OSError as error:
            raise SinkError(f"{file}: {error.strerror or error}") from error

    def finish(self, file: Path) -> None:
        """Note that it was written to its end."""
        try:
            there = file.stat()
            self._db.execute(
                "INSERT INTO harvest_files VALUES (%s, %s, %s)"
                " ON CONFLICT (path) DO UPDATE SET size = excluded.size, changed = excluded.changed",
                [str(file.resolve()), there.st_size, there.st_mtime_ns],
            )
        except psycopg.Error as error:
            raise self._down(error) from error

    def search(self, query: Query, limit: int) -> Found:
        """Best first by the weights of the passages that hold a term, in proportion to the document's length."""
        if _long(query):
            wanted = list(self.matching(query))
            where, values = "WHERE d.id = ANY(%s)", [wanted]
        else:
            where, values = _where(query)

        scores = " + ".join(
            [
                "coalesce((SELECT sum(weight) FROM harvest_passages WHERE document = d.number AND grams @@ %s::tsquery), 0)"
            ]
            * len(query.terms)
        )

        try:
            total = self._one(
                f"SELECT count(*) FROM harvest_documents AS d {where}",
                values,
            )

            rows = self._db.execute(
                f"SELECT {HIT_COLUMNS}, ({scores}) / ln(50 + length(text)) AS score,"
                f" sections, text FROM harvest_documents AS d {where} ORDER BY score DESC, number LIMIT %s",
                [
                    *(
                        _tsquery(
                            t.tokens[:_OVERLAP],
                            t.prefix and len(t.tokens) <= _OVERLAP,
                        )
                        for t in query.terms
                    ),
                    *values,
                    limit,
                ],
            ).fetchall()
        except psycopg.Error as error:
            raise self._down(error) from error

        return Found(total, [hit(row, query.terms) for row in rows])

    def matching(self, query: Query) -> set[str]:
        """The ids of all documents that match."""
        where, values = _where(query)

        try:
            if not _long(query):
                return {
                    row[0]
                    for row in self._db.execute(
                        f"SELECT id FROM harvest_documents AS d {where}",
                        values,
                    )
                }

            found = self._db.execute(
                f"SELECT id, title, sections, text FROM harvest_documents AS d {where}",
                values,
            )
            return {row[0] for row in found if _holds(query, row[1], row[2], row[3])}
        except psycopg.Error as error:
            raise self._down(error) from error

    def _one(self, statement: str, values: Sequence[Any] = ()) -> Any:
        row = self._db.execute(statement, values).fetchone()
        return row[0] if row else None

    def _down(self, error: Exception) -> SinkError:
        if isinstance(error, errors.DiskFull):
            return SinkError(f"{self._name}: the server's disk is full")

        return SinkError(f"{self._name}: {' '.join(str(error).split())[:300]}")


def _clean(*fields: str) -> list[str]:
    """PostgreSQL's texts hold no NUL."""
    return [f.replace("\0", "") for f in fields]


def _passages(document: Document) -> Iterator[tuple[int, str]]:
    """Weight and `tsvector` of every line of a document, long ones in windows."""
    s = document.speech

    fields = [
        s.title,
        *[p.label for p in document.sections],
        *s.text.split("\n"),
    ]

    weights = [_WEIGHTS[0], *[_WEIGHTS[1]] * len(document.sections)]
    for n, line in enumerate(tokens(fields)):
        words = line.split()
        for start in range(
            0,
            max(1, len(words) - _OVERLAP),
            _PASSAGE - _OVERLAP,
        ):
            window = words[start : start + _PASSAGE]
            if window:
                yield (
                    weights[n] if n < len(weights) else _WEIGHTS[2],
                    " ".join([f"'{w}':{at}" for at, w in enumerate(window, 1)]),
                )


def _long(query: Query) -> bool:
    return any(len(t.tokens) > _OVERLAP for t in query.terms)


def _holds(query: Query, title: str, sections: str, text: str) -> bool:
    fields = (title, *[s.label for s in unpacked(sections)], text)
    return all(any(scan(field, term) for field in fields) for term in query.terms)


def _where(query: Query) -> tuple[str, list[Any]]:
    parts, values = ["WHERE live"], list[Any]()
    for term in query.terms:
        for start in range(0, len(term.tokens), _OVERLAP):
            piece = term.tokens[start : start + _OVERLAP]
            parts.append(
                "number IN (SELECT document FROM harvest_passages WHERE grams @@ %s::tsquery)"
            )

            values.append(
                _tsquery(
                    piece,
                    term.prefix and start + _OVERLAP >= len(term.tokens),
                )
            )

    for column, wanted in (("site", query.sites), ("completeness", query.completeness)):
        if wanted:
            parts.append(f"{column} = ANY(%s)")
            values.append(list(wanted))

    if query.since:
        parts.append("published >= %s")
        values.append(query.since)

    if query.until:
        parts.append("published <= %s")
        values.append(query.until)

    return " AND ".join(parts), values


def _tsquery(words: Sequence[str], prefix: bool) -> str:
    return " <-> ".join([f"'{w}'" for w in words]) + (":*" if prefix else "")
