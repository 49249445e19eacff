"""The archive: every response as it was answered, in WARC (ISO 28500:2017, WARC 1.1).

A record says, besides what WARC asks: `WARC-Target-URI` the canonical URL (of the real site, with `-a base=` too),
`X-Harvest-Site` the site's key, `X-Harvest-Kind` what was asked for (document, list, sitemap, robots). The body
stands decompressed, so the headers name no content coding; its bytes are otherwise as they came.

Records are compressed one by one, by ISA-L at level 1: the pages of 33 KB of `benchmarks/crawl_speed.py` take 0.05 ms each
and 7.5 KB (zlib's level 1: 0.18 ms and 7.8 KB, its level 6: 0.49 ms and 6.8 KB). The record is written here in 0.04 ms more;
warcio's writer takes 0.17 ms for it. warcio reads it. Of the two digests that WARC allows, the payload's stands in it, by
which copies are known; the block's would take 0.02 ms more, and gzip has a check sum of its own.
"""

from __future__ import annotations

import base64
import hashlib
import io
from http import HTTPStatus
from uuid import uuid4

from isal import isal_zlib as igzip
from scrapy.http import Response
from warcio.warcwriter import WARCWriter

from crawler.archive import headers

#: Headers that tell of the transfer and no longer hold for the body as it is kept.
_OF_THE_TRANSFER = frozenset(
    (b"content-encoding", b"transfer-encoding", b"content-length", b"connection")
)


def captured(response: Response, url: str, site: str, kind: str, when: str) -> bytes:
    """One gzip member that holds the response's WARC record. `when` is ISO 8601 in UTC."""
    body = response.body

    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"

    lines = [
        b"%b: %b\r\n" % (name, value)
        for name, values in response.headers.items()
        if name.lower() not in _OF_THE_TRANSFER
        for value in values
    ]

    http = b"HTTP/1.1 %d %b\r\n%bContent-Length: %d\r\n\r\n" % (
        response.status,
        phrase.encode(),
        b"".join(lines),
        len(body),
    )

    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n{headers.TARGET}: {url}\r\n"
        f"{headers.DATE}: {when}\r\n{headers.SITE}: {site}\r\n{headers.KIND}: {kind}\r\nWARC-Payload-Digest: {_digest(body)}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http) + len(body)}\r\n\r\n"
    )
    return _member(b"".join((head.encode("utf-8"), http, body, b"\r\n\r\n")))


def _digest(data: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def opening(software: str) -> bytes:
    """The record that opens a file: who wrote it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")

    writer.write_record(
        writer.create_warcinfo_record("", {"software": software, "format": "WARC file version 1.1"})
    )
    return _member(out.getvalue())


def _member(data: bytes) -> bytes:
    return igzip.compress(data, 1, wbits=igzip.MAX_WBITS | 16)
