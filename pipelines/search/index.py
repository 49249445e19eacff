"""Filling an index: what has to be written is decided here, once, for every engine.

    with open_sink("sqlite:///output/index.db") as sink:
        filled = fill(sink, speech_files([Path("output/speeches")]), say=print)

A second call writes nothing. The highest version of an `id` wins; a record that another one `supersedes` goes, and stays
away unless it comes again in a higher version, which a crawl gives it when it turns out to be a document of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from pipelines.search.document import Document, Found, Line, Outlines, Query, SinkError, lines

#: Records looked up and written together.
BATCH = 500


class Stored(NamedTuple):
    """What an index knows of an id. `buried` is the highest version that was superseded, 0 where none was; where `live` is
    false, that is all there is."""

    version: int
    digest: str
    crawled_at: str
    buried: int
    live: bool


#: What is known of an id that never came.
NOTHING = Stored(0, "", "", 0, False)


class Sink(Protocol):
    """One engine. Every method may raise SinkError; what `write` returned from is kept, whatever happens later."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """What is known of these ids."""

    def write(self, documents: Sequence[Document], buried: dict[str, int]) -> None:
        """Put documents in place of what has their ids, and note up to which version ids are superseded: of those, what
        is there goes unless it is among the documents."""

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
        from pipelines.search.sqlite import SqliteSink

        return SqliteSink(
            Path(target.removeprefix("sqlite:///").removeprefix("sqlite://")), create, empty
        )
    if scheme in ("postgresql", "postgres"):
        from pipelines.search.postgresql import PostgresqlSink

        return PostgresqlSink(target, create, empty)
    if scheme in ("opensearch", "opensearch+https"):
        from pipelines.search.opensearch import OpenSearchSink

        return OpenSearchSink(target, create, empty)
    raise SinkError(
        f"{scheme}: no such kind of index; there are sqlite:///, postgresql:// and opensearch://"
    )


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
        raise SinkError(
            f"the index holds {done.total} documents where {expected} were written; fill it again"
        )
    return done


def _write(sink: Sink, batch: Sequence[Line], outlines: Outlines, done: Filled) -> int:
    """Write what a batch changes; returns by how many documents the index grew."""
    wanted = {key for line in batch for key in (line.speech.id, *line.speech.supersedes)}
    there = sink.stored(list(wanted))
    now = dict(there)
    chosen: dict[str, Line] = {}
    buried: dict[str, int] = {}
    for line in batch:
        speech, known = line.speech, now.get(line.speech.id, NOTHING)
        new = speech.version > known.buried and (not known.live or _replaces(line, known))
        if new:
            chosen[speech.id] = line
            now[speech.id] = Stored(
                speech.version, line.digest, speech.crawled_at or "", known.buried, True
            )
        else:
            done.unchanged += 1
        for other in speech.supersedes:
            known = now.get(other, NOTHING)
            if other != speech.id and (
                not known.buried or (new and known.live)
            ):  # what is read again buries nothing again
                chosen.pop(other, None)
                buried[other] = max(known.version, known.buried, 1)
                now[other] = known._replace(buried=buried[other], live=False)
    documents = [
        Document(line.speech, line.digest, outlines.sections(line.speech))
        for line in chosen.values()
    ]
    if documents or buried:
        sink.write(documents, buried)
    was = {key for key, known in there.items() if known.live}
    gone = len([key for key in was if not now[key].live])
    replaced = len(was & chosen.keys())
    done.replaced += replaced
    done.new += len(documents) - replaced
    done.buried += gone
    return len(documents) - replaced - gone


def _replaces(line: Line, known: Stored) -> bool:
    age = line.speech.version, line.speech.crawled_at or ""
    return line.digest != known.digest and age >= (known.version, known.crawled_at)
