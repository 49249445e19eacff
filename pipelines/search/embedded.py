"""The index that needs no server: tantivy, one folder.

The text is indexed as the tokens of `pipelines.search.bigrams`: two characters are one term, more are a phrase. What a hit shows,
superseded ids and the files that were read are in the same index, so a commit holds all of it or nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import tantivy

from pipelines.search.backoff import with_back_off
from pipelines.search.bigrams import RECIPE, tokens
from pipelines.search.document import Document, Found, Query, SinkError, hit, packed
from pipelines.search.embedded_query import (
    SPEECH,
    WEIGHTS,
    asked_of,
    day_number,
    index_schema,
    split_at_spaces,
    term_query,
)
from pipelines.speech_files import NOTHING, Known

#: Documents in one commit, and bytes that tantivy gathers in memory before it writes a segment.
TRANSACTION = 10_000
_GATHERED = 128 << 20
#: Documents in one call of `tokens`: what they need stays within the processor's cache.
_TOGETHER = 20
#: Ids asked for in one query.
_ASKED_AT_ONCE = 500

#: The file that says that a folder is an index of ours, and with which recipe of tokens it was made.
_MARK = "harvest-index.json"
_FIRST_MARK = {"index": "harvest", "recipe": RECIPE}
_BURIED, _FILE = "buried", "file"


@dataclass(slots=True)
class _Pending:
    """What has been written since the last commit, by id, and whether anything has."""

    known: dict[str, Known] = field(default_factory=dict)
    writes: int = 0


class EmbeddedSink:
    """`tantivy:///PATH`. Without `create` a folder that is not there is an error; with `empty` it is emptied first."""

    def __init__(self, path: Path, create: bool = True, empty: bool = False) -> None:
        self.path = path
        self._pending = _Pending()
        self._writer: Any = None

        with self._told():
            self._prepare_folder(create, empty)
            self._index = tantivy.Index(index_schema(), path=str(path))
            self._index.register_tokenizer("tokens", split_at_spaces())
            self._index.reload()

    def _prepare_folder(self, create: bool, empty: bool) -> None:
        """Make sure that the folder is an index of ours. Raises SinkError, OSError."""
        if _is_older_index(self.path):
            if not create:
                raise SinkError(
                    f"{self.path}: an index of an earlier version; fill it anew with scrapy index"
                )

            for ending in ("", "-wal", "-shm"):
                Path(f"{self.path}{ending}").unlink(missing_ok=True)

        if not create and not self.path.exists():
            raise SinkError(f"{self.path}: no index there; make one with scrapy index")
        if self.path.exists() and not self.path.is_dir():
            raise SinkError(f"{self.path}: not an index")

        mark = self.path / _MARK
        if not mark.is_file():
            if self.path.is_dir() and any(self.path.iterdir()):
                raise SinkError(f"{self.path}: a folder with other files, not an index")
            if not create:
                raise SinkError(f"{self.path}: no index there; make one with scrapy index")

            self._make_folder(mark)
        elif empty:
            shutil.rmtree(self.path)
            self._make_folder(mark)
        elif orjson.loads(mark.read_bytes()) != _FIRST_MARK:
            raise SinkError(
                f"{self.path}: not an index of this version; make it anew with scrapy index --rebuild"
            )

    def _make_folder(self, mark: Path) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        mark.write_bytes(orjson.dumps(_FIRST_MARK))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.flush()
            if self._writer is not None:
                with self._told():
                    self._writer.wait_merging_threads()
        except SinkError:
            if error is None:
                raise
        finally:
            self._writer = None

    # Writing

    def stored(self, ids: Sequence[str]) -> dict[str, Known]:
        """Takes the index's lock, which `write` goes on with, so that nobody writes between the two."""
        self._begin()
        pending = self._pending.known
        asked = [key for key in ids if key not in pending]
        found = {key: pending[key] for key in ids if key in pending}

        with self._told():
            for record in self._records("id", asked):
                found[record["id"]] = Known(*record["known"])

        return found

    def write(self, documents: Sequence[Document], buried: dict[str, int]) -> None:
        """One commit for many calls; `flush` and leaving the sink commit what is left."""
        written = {document.speech.id: document for document in documents}
        before = self.stored([*written, *buried])

        with self._told():
            for start in range(0, len(documents), _TOGETHER):
                self._put(
                    documents[start : start + _TOGETHER],
                    before,
                    buried,
                )

            for key, version in buried.items():
                if key not in written:
                    gone = before.get(key, NOTHING)._replace(
                        buried=version,
                        live=False,
                    )

                    self._replace(_BURIED, key, gone, {})

        if self._pending.writes >= TRANSACTION:
            self.flush()

    def _put(
        self, documents: Sequence[Document], before: dict[str, Known], buried: dict[str, int]
    ) -> None:
        made = tokens([text for document in documents for text in _texts(document)])
        for number, document in enumerate(documents):
            speech = document.speech
            old = before.get(speech.id, NOTHING)

            known = Known(
                version=speech.version,
                digest=document.digest,
                crawled_at=speech.crawled_at or "",
                buried=buried.get(speech.id, old.buried),
                live=True,
            )

            texts = dict(
                zip(
                    WEIGHTS,
                    made[3 * number : 3 * number + 3],
                    strict=True,
                )
            )

            self._replace(
                SPEECH,
                speech.id,
                known,
                _shown(document),
                document,
                texts,
            )

    def _replace(
        self,
        kind: str,
        key: str,
        known: Known,
        shown: dict[str, Any],
        document: Document | None = None,
        texts: dict[str, str] | None = None,
    ) -> None:
        """Put something in place of what has its id."""
        new = tantivy.Document()
        new.add_text("id", key)
        new.add_text("kind", kind)

        new.add_bytes(
            "record",
            orjson.dumps({"id": key, "known": list(known), **shown}),
        )

        if document is not None and texts is not None:
            _add_words(new, document, texts)

        self._writer.delete_documents_by_term("id", key)
        self._writer.add_document(new)
        self._pending.known[key] = known
        self._pending.writes += 1

    def _begin(self) -> None:
        """Open the writer, which one process at a time can have."""
        if self._writer is not None:
            return

        with self._told():
            self._writer = with_back_off(
                lambda: self._index.writer(_GATHERED, 1),
                _is_locked,
            )

            self._index.reload()

    def flush(self) -> None:
        """Commit."""
        if self._writer is None or not self._pending.writes:
            return

        with self._told():
            self._writer.commit()
            self._index.reload()

        self._pending = _Pending()

    def finished(self, file: Path) -> bool:
        """By path, size and time of change."""
        there = _size_and_change(file)
        key = _file_key(file)

        with self._told():
            known = [record["file"] for record in self._records("id", [key])]

        return known == [there]

    def finish(self, file: Path) -> None:
        """Committed together with the file's last documents."""
        self._begin()

        with self._told():
            shown = {"file": _size_and_change(file)}
            self._replace(
                _FILE,
                _file_key(file),
                NOTHING,
                shown,
            )

    # Asking

    def count(self) -> int:
        """How many documents there are."""
        self.flush()

        with self._told():
            return self._count(term_query(self._index.schema, "kind", SPEECH))

    def search(self, query: Query, limit: int) -> Found:
        """Best first by BM25."""
        with self._told():
            asked = asked_of(self._index.schema, query)
            total = self._count(asked)

            if not total:
                return Found(0, [])

            searcher = self._index.searcher()
            best = searcher.search(
                asked,
                limit=limit,
                count=False,
            ).hits

            rows = [(score, self._record(searcher, address)) for score, address in best]

        hits = [hit((*_columns(record), score, *_body(record)), query.terms,) for score, record in rows]  # fmt: skip
        return Found(
            total,
            sorted(hits, key=lambda found: (-found.score, found.id)),
        )

    def matching(self, query: Query) -> set[str]:
        """The ids of all documents that match."""
        with self._told():
            asked = asked_of(self._index.schema, query)
            return {record["id"] for record in self._all(asked)}

    def _count(self, query: Any) -> int:
        """How many match. Without a score it is counted several times as fast."""
        unscored = tantivy.Query.const_score_query(query, 1.0)

        found: Any = self._index.searcher().search(
            unscored,
            limit=1,
            count=True,
        )
        return int(found.count)

    def _records(self, name: str, values: list[str]) -> Iterator[dict[str, Any]]:
        """What is stored where a field has one of these values."""
        for start in range(0, len(values), _ASKED_AT_ONCE):
            some = values[start : start + _ASKED_AT_ONCE]
            yield from self._all(
                tantivy.Query.term_set_query(
                    self._index.schema,
                    name,
                    some,
                )
            )

    def _all(self, query: Any) -> Iterator[dict[str, Any]]:
        searcher = self._index.searcher()
        most = max(1, searcher.num_docs)
        unscored = tantivy.Query.const_score_query(query, 1.0)

        for _, address in searcher.search(
            unscored,
            limit=most,
            count=False,
        ).hits:
            yield self._record(searcher, address)

    def _record(self, searcher: Any, address: Any) -> dict[str, Any]:
        (stored,) = searcher.doc(address)["record"]
        record: dict[str, Any] = orjson.loads(bytes(stored))

        return record

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the engine as one line."""
        try:
            yield
        except SinkError:
            raise
        except (ValueError, TypeError, OSError, RuntimeError, SystemError) as error:
            raise self._down(error) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of pyo3, and no Exception
                raise

            raise self._down(error) from error

    def _down(self, error: BaseException) -> SinkError:
        lines = str(error).splitlines() or [type(error).__name__]
        return SinkError(f"{self.path}: {lines[0]}")


def _texts(document: Document) -> tuple[str, str, str]:
    return document.speech.title, document.section_titles, document.speech.text


def _add_words(new: Any, document: Document, texts: dict[str, str]) -> None:
    """What a document is found by."""
    speech = document.speech
    new.add_text("site", speech.site)
    new.add_text("completeness", speech.completeness)

    if speech.published:
        with suppress(ValueError):  # no day: no filter by day finds it
            new.add_unsigned("day", day_number(speech.published))

    for name, words in texts.items():
        new.add_text(name, words)

    characters = {token[0] for words in texts.values() for token in words.split(" ") if token}
    new.add_text("characters", " ".join(sorted(characters)))


def _shown(document: Document) -> dict[str, Any]:
    """What is stored of a document."""
    speech = document.speech

    return {
        "site": speech.site,
        "url": speech.url,
        "title": speech.title,
        "published": speech.published,
        "completeness": speech.completeness,
        "sections": packed(document.sections),
        "text": speech.text,
    }


def _columns(record: dict[str, Any]) -> tuple[Any, ...]:
    """The columns of a hit; see document.HIT_COLUMNS."""
    names = ("site", "url", "title", "published", "completeness")
    version = Known(*record["known"]).version

    return record["id"], version, *(record[name] for name in names)


def _body(record: dict[str, Any]) -> tuple[str, str]:
    return record["sections"], record["text"]


def _file_key(file: Path) -> str:
    return f"file:{file.resolve()}"


def _size_and_change(file: Path) -> list[int]:
    """Size in bytes and time of change in nanoseconds. Raises SinkError."""
    try:
        there = file.stat()
    except OSError as error:
        raise SinkError(f"{file}: {error.strerror or error}") from error

    return [there.st_size, there.st_mtime_ns]


def _is_locked(error: Exception) -> bool:
    return "lock" in str(error).lower()


def _is_older_index(path: Path) -> bool:
    """Whether a file is the SQLite index that earlier versions made."""
    if not path.is_file():
        return False

    address = f"{path.resolve().as_uri()}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as db:
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        return {"documents", "texts", "files", "grams"} <= names

    return False
