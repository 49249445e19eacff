"""Chunks of the current documents for other programs: JSON Lines, Parquet, and the bulk files of search engines.

    export_chunks("parquet", speech_files([Path("output/speeches")]), Path("chunks.parquet"), bad=print)

Beside the chunk's own fields a bulk file has `context`: title and headings in one line, to be searched with the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from pipelines.atomic_file import AtomicFile, write_whole
from pipelines.errors import MissingExtra, OutputError
from pipelines.outline import outline_of
from pipelines.outline.chunks import SIZE, chunks_of, context
from pipelines.records import Chunk, to_line
from pipelines.speech_files import current_lines

FORMATS = ("jsonl", "parquet", "elasticsearch", "opensearch", "meilisearch", "typesense")
#: Chunks in one row group of a Parquet file: some 10 MB of text.
ROW_GROUP = 8_000

_TEXT = {"type": "text", "analyzer": "cjk"}
_KEYWORD = {"type": "keyword"}
_NUMBER = {"type": "integer"}
_LUCENE = {
    "mappings": {
        "dynamic": False,
        "properties": {
            "id": _KEYWORD,
            "speech": _KEYWORD,
            "level": _NUMBER,
            "title": _TEXT,
            "context": _TEXT,
            "text": _TEXT,
        },
    }
}
_MEILISEARCH = {
    "searchableAttributes": ["context", "text"],
    "filterableAttributes": ["speech", "level", "gap"],
}
_TYPESENSE = {
    "name": "chunks",
    "fields": [
        {"name": "context", "type": "string", "locale": "zh"},
        {"name": "text", "type": "string", "locale": "zh"},
        {"name": "speech", "type": "string", "facet": True},
        {"name": "level", "type": "int32"},
        {"name": "gap", "type": "bool"},
    ],
}
#: What each engine has to be told first.
_SETTINGS: dict[str, dict[str, Any]] = {
    "elasticsearch": _LUCENE,
    "opensearch": _LUCENE,
    "meilisearch": _MEILISEARCH,
    "typesense": _TYPESENSE,
}


def export_chunks(
    kind: str, files: Sequence[Path], target: Path, bad: Callable[[str], None], size: int = SIZE
) -> int:
    """Write the chunks of the current documents in a format of FORMATS; returns how many there were.

    `bad` is told of every line that is no record. The target appears whole or not at all. Raises OutputError, InputError.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be written: {target} ({error.strerror})") from None

    chunks = current_chunks(files, bad, size)
    with AtomicFile(target) as out:
        count = _parquet(chunks, out) if kind == "parquet" else _lines(kind, chunks, out)
        if settings := _SETTINGS.get(kind):
            beside = target.with_name(target.name + ".settings.json")
            write_whole(beside, orjson.dumps(settings, option=orjson.OPT_INDENT_2))

        out.keep()

    return count


def current_chunks(
    files: Sequence[Path], bad: Callable[[str], None], size: int = SIZE
) -> Iterator[Chunk]:
    """The chunks of the current documents of speech files, one document in memory at a time."""
    for _, line in current_lines(files, bad):
        yield from chunks_of(line.speech, outline_of(line.speech), size)


def _lines(kind: str, chunks: Iterator[Chunk], out: AtomicFile) -> int:
    count = 0
    for chunk in chunks:
        out.write(to_line(chunk) if kind == "jsonl" else _bulk(kind, chunk))
        count += 1

    return count


def _bulk(kind: str, chunk: Chunk) -> bytes:
    record = {**orjson.loads(to_line(chunk)), "context": context(chunk)}
    line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)

    if kind in ("meilisearch", "typesense"):
        return line

    return orjson.dumps({"index": {"_id": chunk.id}}, option=orjson.OPT_APPEND_NEWLINE) + line


def _parquet(chunks: Iterator[Chunk], out: AtomicFile) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from pipelines.schema import arrow_schema
    except ImportError:
        raise MissingExtra("Parquet", "parquet") from None

    schema = arrow_schema("chunk-1")
    count = 0

    try:
        with out.stream() as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
            while group := list(islice(chunks, ROW_GROUP)):
                rows = [orjson.loads(to_line(chunk)) for chunk in group]
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
                count += len(rows)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot be written: {out.path} ({error})") from None

    return count
