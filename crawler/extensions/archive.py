"""The archive: every response as it was answered, in WARC (ISO 28500:2017, WARC 1.1).

A record says, besides what WARC asks: `WARC-Target-URI` the canonical URL (of the real site, with `-a base=` too),
`X-Harvest-Site` the site's key, `X-Harvest-Kind` what was asked for (document, list, sitemap, robots). The body
stands decompressed, so the headers name no content coding; its bytes are otherwise as they came.

Records are compressed one by one at level 1: level 6 takes as long as fetching the page, for 12 % less (measured on
33 KB pages: 0.21 ms and 0.62 ms, 11.9 KB and 10.4 KB).
"""

from __future__ import annotations

import io
import zlib
from http import HTTPStatus

from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

#: Headers that tell of the transfer and no longer hold for the body as it is kept.
_OF_THE_TRANSFER = frozenset((b"content-encoding", b"transfer-encoding", b"content-length", b"connection"))


def captured(response: Response, url: str, site: str, kind: str, when: str) -> bytes:
    """One gzip member that holds the response's WARC record. `when` is ISO 8601 in UTC."""
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        if name.lower() not in _OF_THE_TRANSFER
        for value in values
    ]
    headers.append(("Content-Length", str(len(response.body))))
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    writer.write_record(
        writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(response.body),
            length=len(response.body),
            http_headers=StatusAndHeaders(f"{response.status} {phrase}", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": when, "X-Harvest-Site": site, "X-Harvest-Kind": kind},
        )
    )
    return _member(out.getvalue())


def opening(software: str) -> bytes:
    """The record that opens a file: who wrote it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("", {"software": software, "format": "WARC file version 1.1"}))
    return _member(out.getvalue())


def _member(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()
