"""Pages that are here already: local files, `raw/1` lines and the captures of a WARC, each to one `RawDocument`.

    for unit in units(["output/pages", "report.html", "others.jsonl"]):
        document = read(unit, site=None)       # RawDocument or Failure; pure but for opening the unit's own file

A *unit* is what one process reads by itself: a file, a run of lines, a capture. Units are found in the order of the
paths (folders sorted), and hold no more than one capture or some lines at a time.
"""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator

from crawler.reading.document import fetched_document, read_document
from crawler.reading.encodings import Unreadable, decode, stated_charset
from crawler.reading.frame import site_in_frame
from crawler.reading.page import Page
from crawler.site import Site
from crawler.sites import site_of, sites
from pipelines.failures import failure
from pipelines.records import SIZE_LIMIT, BadRecord, Failure, RawDocument, raw_from
from pipelines.speech_files import SIDECARS, bounded_lines, is_binary

MARKUP = (".html", ".htm", ".xhtml", ".shtml", ".shtm")
ENDINGS = (*MARKUP, ".txt", ".warc", ".warc.gz", ".jsonl")
#: Lines of one unit: enough to be worth handing to another process.
LINES, LINES_BYTES = 64, 1 << 20

SITELESS = Site(key="unknown", hosts=())
CANONICAL = re.compile(
    r"""<(?:link|meta)\b(?=[^>]{0,300}(?:rel=["']?canonical|property=["']?og:url))[^>]{0,300}?(?:href|content)=["']?(?P<url>https?://[^\s"'<>]{4,300})""",
    re.IGNORECASE,
)


class NoSuchInput(Exception):
    """A path that is not there or cannot be read; the message is the line for the person."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A page or text file. `name` is its path relative to the folder argument, or its own name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class RawLines:
    """Some lines of a `raw/1` file, the first of them number `first`. A line that was too long is `None`."""

    name: str
    first: int
    lines: tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """A response out of a WARC: `url` canonical, `site` the key that the crawl wrote, empty where none did."""

    url: str
    site: str
    charset: str
    when: str | None
    body: bytes


Unit = LocalFile | RawLines | Capture | Failure


def units(paths: Sequence[str], without: str = "-") -> Iterator[Unit]:
    """All there is to read, in order; `without` is a file in a folder that is no input, as it will be written.
    Raises NoSuchInput before the first unit where a path is missing or there is no page in all of them."""
    own = os.path.realpath(without) if without != "-" else ""
    found = [
        file
        for path in paths
        for file in _files(path)
        if not own or file.path == path or os.path.realpath(file.path) != own
    ]
    if not found:
        raise NoSuchInput(f"no pages in {' '.join(paths)}")

    def walk() -> Iterator[Unit]:
        for file in found:
            name = file.path.lower()
            if name.endswith((".warc", ".warc.gz")):
                yield from _captures(file)
            elif name.endswith(".jsonl"):
                yield from _lines(file)
            else:
                yield file

    return walk()


def read(unit: Unit, site: Site | None) -> Iterator[RawDocument | Failure]:
    """The documents of a unit as extraction gives them; `site` is the one that `--site` names."""
    if isinstance(unit, Failure):
        yield unit
    elif isinstance(unit, RawLines):
        yield from _raw_lines(unit, site)
    elif isinstance(unit, Capture):
        known = site or sites().get(unit.site) or site_of(unit.url) or SITELESS
        yield page_document(unit.body, unit.charset, unit.url, known, unit.when)
    else:
        yield _local(unit, site)


def page_document(
    body: bytes, charset: str, url: str, site: Site, when: str | None
) -> RawDocument | Failure:
    """A fetched page as a document. `url` is canonical, `when` ISO 8601 UTC."""
    try:
        return fetched_document(body, charset or None, url, site, when)[0]
    except Unreadable as error:
        return _failure(url, site.key, error.error, str(error), when)


def _failure(url: str, site: str, error: str, detail: str, when: str | None = None) -> Failure:
    return failure(url, site, "read", error, detail, when)


def _files(path: str) -> list[LocalFile]:
    if os.path.isdir(path):
        root = Path(path)
        inside = sorted(
            p
            for p in root.rglob("*")
            if p.name.lower().endswith(ENDINGS) and not p.name.endswith(SIDECARS)
        )
        return [LocalFile(str(p), p.relative_to(root).as_posix()) for p in inside if p.is_file()]
    if not os.path.exists(path):
        raise NoSuchInput(f"no such file or folder: {path}")
    if not os.access(path, os.R_OK):
        raise NoSuchInput(f"cannot be read: {path}")
    return [LocalFile(path, os.path.basename(path))]


def _address(name: str) -> str:
    """The `file:` address of a local file."""
    return "file:" + name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _local(file: LocalFile, site: Site | None) -> RawDocument | Failure:
    url, key = _address(file.name), site.key if site else "unknown"
    try:
        with open(file.path, "rb") as stream:
            body = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        return _failure(url, key, "undecodable", f"cannot be read: {error.strerror}")
    if len(body) > SIZE_LIMIT:
        return _failure(url, key, "too_large", f"over {SIZE_LIMIT} bytes")
    try:
        decoded = decode(body)
    except Unreadable as error:
        return _failure(url, key, error.error, str(error))
    text = decoded.text
    if not (file.path.lower().endswith(MARKUP) or _is_markup(file.path, text)):
        return RawDocument(url=url, site=key, text=text)
    named = CANONICAL.search(text[:20_000])
    home = named["url"] if named else ""
    page = Page.parse(text, url, decoded.utf8)
    known = site or site_of(home) or site_in_frame(page) or SITELESS
    try:
        document = read_document(page, known, None)
    except Unreadable as error:
        return _failure(url, known.key, error.error, str(error))
    return replace(
        document, site=known.key, doc_id=document.doc_id or (known.number(home) if home else None)
    )


def _is_markup(path: str, text: str) -> bool:
    """Whether a file of another ending is a page all the same."""
    return not path.lower().endswith(".txt") and text[:400].lstrip(
        "\ufeff \t\r\n"
    ).lower().startswith(("<!doctype", "<html"))


def _lines(file: LocalFile) -> Iterator[Unit]:
    """A `raw/1` file in runs of lines; one that holds none, or is no text at all, is a failure as a whole."""
    batch: list[bytes | None] = []
    size, first, number, any_ = 0, 1, 0, False
    try:
        opened = open(file.path, "rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        yield _failure(
            _address(file.name), "unknown", "undecodable", f"cannot be read: {error.strerror}"
        )
        return
    with opened as stream:
        if is_binary(stream.peek(8192)):
            yield _failure(
                _address(file.name), "unknown", "not_text", "no lines of JSON, and NUL bytes"
            )
            return
        for line in bounded_lines(stream):
            number += 1
            any_ = any_ or line is None or bool(line.strip())
            batch.append(line)
            size += len(line or b"")
            if len(batch) >= LINES or size >= LINES_BYTES:
                yield RawLines(file.name, first, tuple(batch))
                batch, size, first = [], 0, number + 1
    if batch:
        yield RawLines(file.name, first, tuple(batch))
    if not any_:
        yield _failure(_address(file.name), "unknown", "empty", "no line in it")


def _raw_lines(unit: RawLines, site: Site | None) -> Iterator[RawDocument | Failure]:
    for number, line in enumerate(unit.lines, unit.first):
        where = f"{_address(unit.name)}#{number}"
        if line is None:
            yield _failure(
                where, "unknown", "too_large", f"line {number} is over {SIZE_LIMIT} bytes"
            )
            continue
        if not line.strip():
            continue
        try:
            document = raw_from(line)
        except BadRecord as error:
            yield _failure(where, "unknown", "bad_record", f"line {number}: {error}")
            continue
        host = site_of(document.url)
        key = (
            site.key
            if site
            else document.site
            if document.site not in ("", "unknown")
            else host.key
            if host
            else "unknown"
        )
        number_in_url = host.number(document.url) if host else None
        yield replace(document, site=key, doc_id=document.doc_id or number_in_url)


def _captures(file: LocalFile) -> Iterator[Unit]:
    """The documents of a WARC: answers with status 200 that the crawl asked for as documents, or, in a WARC of
    another program, that are pages (and documents by the site's own patterns, where the site is known)."""
    met = False
    try:
        with open(file.path, "rb") as packed:
            unzipped = Unzipped(packed)
            archive = ArchiveIterator(
                io.BufferedReader(unzipped) if packed.peek(2)[:2] == b"\x1f\x8b" else packed
            )
            for record in archive:
                met = True
                capture = _guarded_capture(record)
                if not _is_whole(record):
                    raise EOFError("it ends inside a record")
                if capture:
                    yield capture
            if unzipped.error or archive.next_line:  # a line that no record was read from
                raise EOFError(unzipped.error or "it ends inside the head of a record")
    except Exception as error:  # the archive reader raises whatever a hostile record leads it to
        yield _broken_off(file, error)
        return
    if not met:
        yield _failure(_address(file.name), "unknown", "empty", "no record in it")


class Unzipped(io.RawIOBase):
    """A gzip stream, of one member or many (an archive compressed as one piece is read too). Where it breaks off it ends,
    with all that came before delivered, and `error` tells why."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed, self._inner, self._ready = packed, zlib.decompressobj(31), b""
        self._begun, self.error = False, ""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, into: Any) -> int:
        """The next bytes; 0 at the end."""
        while not self._ready and not self.error:
            packed = self._inner.unconsumed_tail or self._inner.unused_data
            if self._inner.eof:
                self._inner, self._begun = zlib.decompressobj(31), False
            packed = packed or self._packed.read(1 << 16)
            if not packed:
                self.error = "its last member is not whole" if self._begun else ""
                break
            self._begun = True
            try:
                self._ready = self._inner.decompress(packed, 1 << 18)
            except zlib.error as error:
                self.error = str(error)
        given = self._ready[: len(into)]
        into[: len(given)], self._ready = given, self._ready[len(given) :]
        return len(given)


def _broken_off(file: LocalFile, error: Exception) -> Failure:
    return _failure(
        _address(file.name),
        "unknown",
        "bad_record",
        " ".join(f"the archive breaks off: {error}".split())[:300],
    )


def _is_whole(record: Any) -> bool:
    """Whether a record is as long as it says; what is left of it is read."""
    while record.raw_stream.read(1 << 16):
        pass
    return record.length is not None and not getattr(record.raw_stream, "limit", 0)


def _guarded_capture(record: Any) -> Capture | Failure | None:
    """The capture; where the record's body cannot be unpacked (`Content-Encoding`) that is a failure of its own."""
    try:
        return _capture(record)
    except Exception as error:  # the archive reader raises whatever a hostile record leads it to
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        return _failure(
            url,
            record.rec_headers.get_header("X-Harvest-Site") or "unknown",
            "undecodable",
            str(error),
        )


def _capture(record: Any) -> Capture | Failure | None:
    if (
        record.rec_type != "response"
        or record.http_headers is None
        or record.http_headers.get_statuscode() != "200"
    ):
        return None
    headers = record.rec_headers
    url = headers.get_header("WARC-Target-URI") or ""
    key = headers.get_header("X-Harvest-Site") or ""
    kind = headers.get_header("X-Harvest-Kind")
    type_ = record.http_headers.get_header("Content-Type") or ""
    known = sites().get(key) or site_of(url)
    if kind is not None:
        wanted = kind == "document"
    else:
        wanted = ("html" in type_ or not type_) and (known is None or known.is_document(url))
    if not wanted:
        return None
    when = _seconds(headers.get_header("WARC-Date"))
    body = record.content_stream().read(SIZE_LIMIT + 1)
    if len(body) > SIZE_LIMIT:
        return _failure(url, key or "unknown", "too_large", f"over {SIZE_LIMIT} bytes", when)
    return Capture(url, key, stated_charset(type_) or "", when, body)


def _seconds(when: str | None) -> str | None:
    """A WARC-Date as records carry it: whole seconds, UTC.

    >>> _seconds("2024-05-06T07:08:09.123456Z")
    '2024-05-06T07:08:09Z'
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z?", when or "")
    return f"{found[1]}Z" if found else None
