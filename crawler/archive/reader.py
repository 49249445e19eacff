"""The captures of a WARC that are documents, one by one.

    for found in captures("output/pages/wm114/20240506.warc.gz", "wm114/20240506.warc.gz"):   # Capture or Failure
        ...

An archive of the crawl says what was asked for as a document; of an archive of another program pages count, and
documents by the site's own patterns where the site is known. Where an archive breaks off, what came before is
delivered and the rest is one failure.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator

from crawler.archive import headers
from crawler.gzip_members import GzipMembers
from crawler.sites import site_of, sites
from pipelines.failures import failure
from pipelines.records import SIZE_LIMIT, Failure

ENDINGS = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class Capture:
    """A response out of a WARC: `url` canonical, `site` the key that the crawl wrote, empty where none did;
    `content_type` the header's value."""

    url: str
    site: str
    content_type: str
    when: str | None
    body: bytes


def captures(path: str, address: str) -> Iterator[Capture | Failure]:
    """The documents of a WARC: answers with status 200. `address` names the file in failures."""
    met = False

    try:
        with open(path, "rb") as packed:
            unzipped = Unzipped(packed)
            is_packed = packed.peek(2)[:2] == b"\x1f\x8b"
            archive = ArchiveIterator(io.BufferedReader(unzipped) if is_packed else packed)

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
        detail = " ".join(f"the archive breaks off: {error}".split())[:300]
        yield _failure(address, "unknown", "bad_record", detail)

        return

    if not met:
        yield _failure(address, "unknown", "empty", "no record in it")


class Unzipped(io.RawIOBase):
    """A gzip stream, of one member or many (an archive compressed as one piece is read too). Where it breaks off it ends,
    with all that came before delivered, and `error` tells why."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._members = GzipMembers(lambda: packed.read(1 << 16))
        self._ready = b""

    @property
    def error(self) -> str:
        """Why the stream broke off; empty where it did not."""
        if self._members.end == "early":
            return "its last member is not whole"

        return self._members.detail

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, into: Any) -> int:
        """The next bytes; 0 at the end."""
        if not self._ready:
            self._ready = self._members.read(1 << 18)

        given = self._ready[: len(into)]
        into[: len(given)], self._ready = given, self._ready[len(given) :]

        return len(given)


def _is_whole(record: Any) -> bool:
    """Whether a record is as long as it says; what is left of it is read."""
    while record.raw_stream.read(1 << 16):
        pass

    return record.length is not None and not getattr(record.raw_stream, "limit", 0)


def _guarded_capture(record: Any) -> Capture | Failure | None:
    """The capture; where the record's body cannot be unpacked (`Content-Encoding`) that is a failure of its own."""
    try:
        return _capture(record) if _is_answer(record) else None
    except Exception as error:  # the archive reader raises whatever a hostile record leads it to
        url = record.rec_headers.get_header(headers.TARGET) or ""
        site = record.rec_headers.get_header(headers.SITE) or "unknown"

        return _failure(url, site, "undecodable", str(error))


def _is_answer(record: Any) -> bool:
    is_response = record.rec_type == "response" and record.http_headers is not None
    return is_response and record.http_headers.get_statuscode() == "200"


def _capture(record: Any) -> Capture | Failure | None:
    about = record.rec_headers
    url = about.get_header(headers.TARGET) or ""
    key = about.get_header(headers.SITE) or ""
    content_type = record.http_headers.get_header("Content-Type") or ""

    if not _is_document(url, key, about.get_header(headers.KIND), content_type):
        return None

    when = _seconds(about.get_header(headers.DATE))
    body = record.content_stream().read(SIZE_LIMIT + 1)

    if len(body) > SIZE_LIMIT:
        return _failure(url, key or "unknown", "too_large", f"over {SIZE_LIMIT} bytes", when)

    return Capture(url, key, content_type, when, body)


def _is_document(url: str, key: str, kind: str | None, content_type: str) -> bool:
    """Whether a capture is a document: as the crawl wrote it, else by its type and the site's patterns."""
    if kind is not None:
        return kind == "document"
    if content_type and "html" not in content_type:
        return False

    known = sites().get(key) or site_of(url)
    return known is None or known.is_document(url)


def _seconds(when: str | None) -> str | None:
    """A WARC-Date as records carry it: whole seconds, UTC.

    >>> _seconds("2024-05-06T07:08:09.123456Z")
    '2024-05-06T07:08:09Z'
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z?", when or "")

    return f"{found[1]}Z" if found else None


def _failure(url: str, site: str, error: str, detail: str, when: str | None = None) -> Failure:
    return failure(url, site, "read", error, detail, when)
