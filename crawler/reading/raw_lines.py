"""`raw/1` files: runs of lines, and the documents in them.

for run in runs("others.jsonl", "others.jsonl"):      # RawLines, or a Failure for the file as a whole
    documents = documents(run, site=None)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.site import Site
from crawler.sites import site_of
from pipelines.failures import failure
from pipelines.records import SIZE_LIMIT, BadRecord, Failure, RawDocument, raw_from
from pipelines.speech_files import bounded_lines, is_binary

#: Lines of one run: enough to be worth handing to another process.
LINES, LINES_BYTES = 64, 1 << 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class RawLines:
    """Some lines of a `raw/1` file, the first of them number `first`. `address` names the file. A line that was too long
    is `None`."""

    address: str
    first: int
    lines: tuple[bytes | None, ...]


def runs(path: str, address: str) -> Iterator[RawLines | Failure]:
    """A file in runs of lines; one that holds none, or is no text at all, is a failure as a whole."""
    try:
        stream = open(path, "rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        yield _failure(address, "undecodable", f"cannot be read: {error.strerror}")
        return

    with stream:
        if is_binary(stream.peek(8192)):
            yield _failure(address, "not_text", "no lines of JSON, and NUL bytes")
            return

        any_line = False
        for run in _runs(bounded_lines(stream), address):
            any_line = any_line or any(line is None or line.strip() for line in run.lines)
            yield run

    if not any_line:
        yield _failure(address, "empty", "no line in it")


def _runs(lines: Iterator[bytes | None], address: str) -> Iterator[RawLines]:
    batch: list[bytes | None] = []
    size, first = 0, 1

    for line in lines:
        batch.append(line)
        size += len(line or b"")

        if len(batch) >= LINES or size >= LINES_BYTES:
            yield RawLines(address, first, tuple(batch))
            first += len(batch)
            batch, size = [], 0

    if batch:
        yield RawLines(address, first, tuple(batch))


def documents(run: RawLines, site: Site | None) -> Iterator[RawDocument | Failure]:
    """The documents of a run; `site` is the one that `--site` names."""
    for number, line in enumerate(run.lines, run.first):
        where = f"{run.address}#{number}"
        if line is None:
            detail = f"line {number} is over {SIZE_LIMIT} bytes"
            yield _failure(where, "too_large", detail)
            continue

        if number == 1:
            line = line.removeprefix(_BOM)

        if not line.strip():
            continue

        try:
            document = raw_from(line)
        except BadRecord as error:
            yield _failure(where, "bad_record", f"line {number}: {error}")
            continue

        yield _placed(document, site)


def _placed(document: RawDocument, site: Site | None) -> RawDocument:
    """The document with its site's key and number: as named, as the record says, by its address."""
    host = site_of(document.url)
    by_host = host.key if host else "unknown"
    stated = document.site if document.site not in ("", "unknown") else by_host
    number = host.number(document.url) if host else None
    key = site.key if site else stated

    return replace(document, site=key, doc_id=document.doc_id or number)


def _failure(url: str, error: str, detail: str) -> Failure:
    return failure(url, "unknown", "read", error, detail, None)
