"""Filling an index: what has to be written is decided here, once, for every engine.

    with open_sink("sqlite:///output/index.db") as sink:
        filled = fill(sink, speech_files([Path("output/speeches")]), say=print)

The same records give the same index in whatever order they come, and a second call writes nothing: the highest version
of an `id` wins, and a record that another one `supersedes` stays away unless it was captured again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from pipelines.sinks.documents import Document, Found, Line, Outlines, Query, SinkError, lines

#: Records looked up and written together.
BATCH = 500


class Stored(NamedTuple):
    """What an index knows of an id. `buried_at` is the capture time of the newest record that supersedes it; a stored
    id with `live` false is only that note."""

    version: int
    digest: str
    crawled_at: str
    buried_at: str
    live: bool


class Sink(Protocol):
    """One engine. Every method may raise SinkError; what `write` returned from is kept, whatever happens later."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """What is known of these ids."""

    def write(self, documents: Sequence[Document], buried: dict[str, str]) -> None:
        """Put documents in place of what has their ids, and bury ids (id -> capture time of what supersedes them)."""

    def flush(self) -> None:
        """Make everything written durable and visible."""

    def count(self) -> int:
        """How many documents there are."""

    def finished(self, file: Path) -> bool:
        """Whether this very file (path, size, time) was written to its end before."""

    def finish(self, file: Path) -> None:
        """Note that it was."""

    def search(self, query: Query, limit: int) -> Found:
        """The best `limit` documents and how many there are."""

    def matching(self, query: Query) -> set[str]:
        """The ids of all documents that match, unranked."""


@dataclass(slots=True)
class Filled:
    """What a call did."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    buried: int = 0
    bad: int = 0
    files: int = 0
    skipped_files: int = 0
    total: int = 0


def default_index(output: Path) -> str:
    """The target that commands use where none is named."""
    return f"sqlite:///{output / 'index.db'}"


def open_sink(target: str, create: bool = True, empty: bool = False) -> Sink:
    """The sink of a target: `sqlite:///PATH` or a bare path, `postgresql://…`, `opensearch://…`, `opensearch+https://…`.

    An index that is not there is made with `create` and an error without; with `empty` it is emptied first.
    Raises SinkError for an engine that is not there or a scheme that is not known.
    """
    scheme = target.partition("://")[0] if "://" in target else "sqlite"
    if scheme == "sqlite":
        from pipelines.sinks.sqlite import SqliteSink

        return SqliteSink(Path(target.removeprefix("sqlite:///").removeprefix("sqlite://")), create, empty)
    if scheme in ("postgresql", "postgres"):
        from pipelines.sinks.postgresql import PostgresqlSink

        return PostgresqlSink(target, create, empty)
    if scheme in ("opensearch", "opensearch+https"):
        from pipelines.sinks.opensearch import OpenSearchSink

        return OpenSearchSink(target, create, empty)
    raise SinkError(f"{scheme}: no such kind of index; there are sqlite:///, postgresql:// and opensearch://")


def fill(sink: Sink, files: Iterable[Path], say: Callable[[str], None]) -> Filled:
    """Bring an index up to date with speech files. Returns what was done; raises SinkError where it could not be.

    Files that were written to their end before are not read again. At the end the engine is asked how many documents
    it holds, and that must be what was there and what came.
    """
    done = Filled()
    expected = sink.count()

    def bad(why: str) -> None:
        done.bad += 1
        say(f"warning: {why}")

    for file in files:
        if sink.finished(file):
            done.skipped_files += 1
            continue
        done.files += 1
        before = done.bad
        outlines = Outlines(file)
        try:
            records = lines(file, bad)
            while batch := list(islice(records, BATCH)):
                expected += _write(sink, batch, outlines, done)
        finally:
            outlines.close()
        if done.bad == before:
            sink.finish(file)
    sink.flush()
    done.total = sink.count()
    if done.total < expected:
        raise SinkError(f"the index holds {done.total} documents where {expected} were written; fill it again")
    return done


def _write(sink: Sink, batch: Sequence[Line], outlines: Outlines, done: Filled) -> int:
    """Write what a batch changes; returns by how many documents the index grew."""
    burials: dict[str, str] = {}
    for record in batch:
        for other in record.speech.supersedes:
            if other != record.speech.id:
                burials[other] = max(burials.get(other, ""), record.speech.crawled_at or _END_OF_TIME)
    newest: dict[str, Line] = {}
    for record in batch:
        known = newest.get(record.speech.id)
        if known is None or _age(record) >= _age(known):
            newest[record.speech.id] = record
    there = sink.stored([*newest, *(b for b in burials if b not in newest)])
    grown = 0
    documents: list[Document] = []
    for key, record in newest.items():
        stored = there.get(key)
        buried_at = max(stored.buried_at if stored else "", burials.get(key, ""))
        if buried_at and (record.speech.crawled_at or "") <= buried_at:
            done.unchanged += 1
            continue
        if stored and stored.live and not _replaces(record, stored):
            done.unchanged += 1
            continue
        documents.append(Document(record.speech, record.digest, outlines.sections(record.speech)))
        if stored and stored.live:
            done.replaced += 1
        else:
            done.new += 1
            grown += 1
    written = {d.speech.id for d in documents}
    buried = {}
    for key, at in burials.items():
        stored = there.get(key)
        if stored and stored.buried_at >= at:
            continue
        buried[key] = at
        if stored and stored.live and key not in written and stored.crawled_at <= at:
            done.buried += 1
            grown -= 1
    if documents or buried:
        sink.write(documents, buried)
    return grown


_END_OF_TIME = "9999"


def _age(record: Line) -> tuple[int, str]:
    return record.speech.version, record.speech.crawled_at or ""


def _replaces(record: Line, stored: Stored) -> bool:
    return record.digest != stored.digest and _age(record) >= (stored.version, stored.crawled_at)
