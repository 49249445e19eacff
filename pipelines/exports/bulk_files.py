"""Speeches for other programs: JSON Lines, CSV, Parquet, and the bulk files of Elasticsearch/OpenSearch, Meilisearch and
Typesense.

    export("parquet", speech_files([Path("output/speeches")]), Path("speeches.parquet"), bad=print)

An export holds the current documents only, by the same rules as an index: of each id the highest version, and nothing
that another record supersedes. Files are read twice, and one batch of records is in memory at a time. Beside a bulk
file goes what the engine has to be told first (`FILE.settings.json`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import orjson

from pipelines.atomic_file import AtomicFile, write_whole
from pipelines.errors import OutputError, needs_extra
from pipelines.records import Speech, to_line
from pipelines.search.document import Outlines, Section
from pipelines.speech_files import Line, current_lines

#: Records in one row group of a Parquet file: some 10 MB of text.
ROW_GROUP = 2_000

FORMATS = ("jsonl", "csv", "parquet", "elasticsearch", "opensearch", "meilisearch", "typesense")

#: A record with the file it stands in.
Found = tuple[Path, Line]


def export(kind: str, files: Sequence[Path], target: Path, bad: Callable[[str], None]) -> int:
    """Write the current documents of speech files in a format of FORMATS; returns how many there were.

    `bad` is told of every line that is no record. The target appears whole or not at all. Raises OutputError, InputError.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be written: {target} ({error.strerror})") from None

    lines = current_lines(files, bad)
    with AtomicFile(target) as out:
        count = _WRITERS[kind](lines, out) if kind in _WRITERS else _bulk(kind, lines, out)
        if settings := _SETTINGS.get(kind):
            beside = target.with_name(target.name + ".settings.json")
            write_whole(beside, orjson.dumps(settings, option=orjson.OPT_INDENT_2))

        out.keep()

    return count


def _jsonl(lines: Iterator[Found], out: AtomicFile) -> int:
    """The records as they are."""
    count = 0

    for _, line in lines:
        out.write(to_line(line.speech))
        count += 1

    return count


def _csv(lines: Iterator[Found], out: AtomicFile) -> int:
    """One row a document (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need); lists and objects are JSON."""
    names = [field.name for field in fields(Speech)]
    count = 0
    out.write("\ufeff".encode() + _csv_row(names))

    for _, line in lines:
        record = orjson.loads(to_line(line.speech))
        out.write(_csv_row([_csv_value(record[name]) for name in names]))
        count += 1

    return count


def _csv_value(value: Any) -> str:
    """A cell. One that a spreadsheet would take for a formula is led by an apostrophe.

    >>> _csv_value(None), _csv_value(3), _csv_value([]), _csv_value("=1+1")
    ('', '3', '[]', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()

    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _csv_row(values: Sequence[str]) -> bytes:
    row = io.StringIO()
    csv.writer(row).writerow(values)

    return row.getvalue().encode("utf-8", "replace")


def _parquet(lines: Iterator[Found], out: AtomicFile) -> int:
    with needs_extra("Parquet", "parquet", "pyarrow"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        from pipelines.schema import arrow_schema

    schema = arrow_schema("speech-1")
    count = 0

    try:
        with out.stream() as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
            while group := list(islice(lines, ROW_GROUP)):
                rows = [orjson.loads(to_line(line.speech)) for _, line in group]
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
                count += len(rows)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot be written: {out.path} ({error})") from None

    return count


_WRITERS: dict[str, Callable[[Iterator[Found], AtomicFile], int]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
}


def _bulk(kind: str, lines: Iterator[Found], out: AtomicFile) -> int:
    count = 0
    for path, found in groupby(lines, key=lambda line: line[0]):
        outlines = Outlines(path)
        try:
            for _, line in found:
                out.write(_BULK[kind](line.speech, outlines.sections(line.speech)))
                count += 1
        finally:
            outlines.close()

    return count


def _record(speech: Speech, sections: Sequence[Section]) -> dict[str, Any]:
    """The record itself, and its sections: title, level and span of each."""
    return {**orjson.loads(to_line(speech)), "sections": [s._asdict() for s in sections]}


def _ndjson(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _elasticsearch(speech: Speech, sections: Sequence[Section]) -> bytes:
    """Two lines for the `_bulk` API: what to do, and the document."""
    return _ndjson({"index": {"_id": speech.id}}) + _ndjson(_record(speech, sections))


def _meilisearch(speech: Speech, sections: Sequence[Section]) -> bytes:
    """A line for `POST /indexes/X/documents` with `application/x-ndjson`; the primary key is `id`."""
    return _ndjson({**_record(speech, sections), "day": _day(speech)})


def _typesense(speech: Speech, sections: Sequence[Section]) -> bytes:
    """A line for `documents/import?action=upsert`."""
    return _ndjson(
        {
            **_record(speech, sections),
            "section_titles": [s.label for s in sections],
            "day": _day(speech),
        }
    )


def _day(speech: Speech) -> int:
    """`published` as a number, as these two engines can only compare numbers: 20260228, 0 where it is not known."""
    digits = (speech.published or "").replace("-", "")

    return int(digits) if re.fullmatch(r"[0-9]{8}", digits) else 0


_BULK: dict[str, Callable[[Speech, Sequence[Section]], bytes]] = {
    "elasticsearch": _elasticsearch,
    "opensearch": _elasticsearch,
    "meilisearch": _meilisearch,
    "typesense": _typesense,
}

# Both engines ship an analyzer of overlapping pairs (`cjk`), which finds phrases of Chinese; words it breaks are pairs too.
_TEXT, _KEYWORD, _NUMBER = (
    {"type": "text", "analyzer": "cjk"},
    {"type": "keyword"},
    {"type": "integer"},
)
_LUCENE = {
    "mappings": {
        "dynamic": False,
        "properties": {
            "id": _KEYWORD, "version": _NUMBER, "site": _KEYWORD, "url": _KEYWORD, "completeness": _KEYWORD,
            "published": {"type": "date", "format": "strict_date", "ignore_malformed": True},
            "crawled_at": {"type": "date", "ignore_malformed": True},
            "category": _KEYWORD, "cluster": _KEYWORD, "family": _KEYWORD, "counted_chars": _NUMBER, "warnings": _KEYWORD,
            "title": _TEXT, "text": _TEXT, "sections": {"properties": {"label": _TEXT}},
        },
    }
}  # fmt: skip
_SETTINGS: dict[str, dict[str, Any]] = {
    "elasticsearch": _LUCENE,
    "opensearch": _LUCENE,
    "meilisearch": {
        "searchableAttributes": ["title", "sections.label", "text"],
        "filterableAttributes": ["site", "day", "completeness", "category", "cluster", "warnings"],
        "sortableAttributes": ["day", "crawled_at", "counted_chars"],
        "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["cmn"]}],
    },
    "typesense": {
        "name": "speeches",
        "enable_nested_fields": True,
        "default_sorting_field": "day",
        "fields": [
            {"name": "title", "type": "string", "locale": "zh"},
            {"name": "section_titles", "type": "string[]", "locale": "zh"},
            {"name": "text", "type": "string", "locale": "zh"},
            {"name": "site", "type": "string", "facet": True},
            {"name": "completeness", "type": "string", "facet": True},
            {"name": "category", "type": "string", "facet": True, "optional": True},
            {"name": "published", "type": "string", "optional": True},
            {"name": "day", "type": "int32"},
        ],
    },
}
