"""Filling an index: what has to be written is decided here, once, for every engine.

    with open_sink("tantivy:///output/index.db") as sink:
        filled = fill(sink, speech_files([Path("output/speeches")]), say=print)

A second call writes nothing. Which records are current is decided by `speech_files.CurrentVersions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pipelines.errors import needs_extra
from pipelines.search.document import Document, Found, Outlines, Query, SinkError
from pipelines.speech_files import CurrentVersions, Known, Line, good_lines
from pipelines.usual_size import excess

#: Endings of a bare path that is taken for an index.
ENDINGS = (".db", ".index", ".sqlite", ".sqlite3")
#: Schemes of the index that needs no server; earlier versions kept it in SQLite.
EMBEDDED = ("tantivy", "sqlite")
KINDS = "tantivy:///PATH (or a PATH.db), postgresql://… and opensearch://…"

#: Records looked up and written together, and code points of their texts.
BATCH, BATCH_CHARACTERS = 500, 4_000_000


class Sink(Protocol):
    """One engine. Every method may raise SinkError; what `write` returned from is kept, whatever happens later."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def stored(self, ids: Sequence[str]) -> dict[str, Known]:
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
    return f"tantivy:///{output / 'index.db'}"


def open_sink(target: str, create: bool = True, empty: bool = False) -> Sink:
    """The sink of a target: `tantivy:///PATH` or a bare path (`sqlite:///PATH` is the same), `postgresql://…`, `opensearch://…`, `opensearch+https://…`.

    An index that is not there is made with `create` and an error without; with `empty` it is emptied first.
    Raises SinkError for an engine that is not there or a scheme that is not known.
    """
    scheme = target.partition("://")[0] if "://" in target else EMBEDDED[0]

    if scheme in EMBEDDED:
        from pipelines.search.embedded import EmbeddedSink

        return EmbeddedSink(
            _embedded_path(target, scheme),
            create,
            empty,
        )

    if scheme in ("postgresql", "postgres"):
        with needs_extra(
            "PostgreSQL",
            "postgres",
            "psycopg",
        ):
            from pipelines.search.postgresql import PostgresqlSink

        return PostgresqlSink(target, create, empty)

    if scheme in ("opensearch", "opensearch+https"):
        with needs_extra(
            "OpenSearch",
            "opensearch",
            "opensearchpy",
        ):
            from pipelines.search.opensearch import OpenSearchSink

        return OpenSearchSink(target, create, empty)

    raise SinkError(f"{scheme}: no such kind of index; there are {KINDS}")


def _embedded_path(target: str, scheme: str) -> Path:
    """The folder of a target. A bare word that names nothing of ours is more likely mistyped than meant as a new folder."""
    if "://" in target:
        path = target.removeprefix(f"{scheme}:///")
        if not path or path == target:
            raise SinkError(f"{target}: write {scheme}:///PATH ({scheme}:////PATH from the root)")

        return Path(path)

    bare = Path(target)
    is_path = bare.suffix in ENDINGS or "/" in target or bare.exists()

    if not is_path:
        raise SinkError(f"{target}: no such kind of index; there are {KINDS}")

    return bare


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
            records = _of_usual_size(
                good_lines(file, bad),
                file,
                bad,
            )

            for batch in _batches(records):
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


def _of_usual_size(
    records: Iterable[Line], file: Path, bad: Callable[[str], None]
) -> Iterator[Line]:
    """The records without those that are too large; `bad` is told of each."""
    for line in records:
        if size := excess(line.speech.text):
            bad(f"{file}: record {line.speech.id} is too large to be indexed: {size}")
            continue

        yield line


def _batches(records: Iterable[Line]) -> Iterator[list[Line]]:
    """The records, so many at a time as are written together."""
    batch: list[Line] = []
    characters = 0

    for line in records:
        batch.append(line)
        characters += len(line.speech.text)

        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0

    if batch:
        yield batch


def _write(sink: Sink, batch: Sequence[Line], outlines: Outlines, done: Filled) -> int:
    """Write what a batch changes; returns by how many documents the index grew."""
    wanted = {key for line in batch for key in (line.speech.id, *line.speech.supersedes)}
    there = sink.stored(list(wanted))
    current = CurrentVersions(there)
    chosen: dict[str, Line] = {}

    for line in batch:
        if current.add(line):
            chosen[line.speech.id] = line
        else:
            done.unchanged += 1

    documents = [
        Document(
            line.speech,
            line.digest,
            outlines.sections(line.speech),
        )
        for line in chosen.values()
        if current.is_current(line)
    ]

    if documents or current.buried:
        sink.write(documents, current.buried)

    was = {key for key, known in there.items() if known.live}
    gone = len([key for key in was if not current.known[key].live])
    replaced = len(was & {document.speech.id for document in documents})
    done.replaced += replaced
    done.new += len(documents) - replaced
    done.buried += gone

    return len(documents) - replaced - gone
