"""Compressed bodies, inflated under the size limit, each in one call.

    Content-Encoding: gzip, br, zstd, deflate; also several after one another

A bomb (10 MB of gzip that hold 10 GB) stops at the limit with `too_large`. A stream that ends early is a page that
did not arrive: `connection`. What is no such stream at all is taken as it is where it can be read as text (servers
do announce gzip and send none), else it is `undecodable`.

Scrapy's own middleware makes the response anew by `replace`, which first asks the compressed response for its
encoding, so that a charset is guessed from noise: 0.36 of the speed on gzipped pages without a charset header. Here
the response is built directly.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Self

import brotli
import zstandard
from isal import isal_zlib
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from crawler.fetching.errors import Refused
from crawler.gzip_members import GzipMembers

LAYERS = 3  # codings after one another that are undone
MOST_MEMBERS = 10_000  # a server writes one, a compressor in blocks of 64 KB 512 for 32 MiB
ZSTD_BITE = 256  # bytes
ZSTD_WINDOW = 2**23  # RFC 9659: what a browser supports, and so what a server may use
ACCEPTED = b"gzip, deflate, br, zstd"


class Compression:
    """Downloader middleware in the place of HttpCompressionMiddleware."""

    def __init__(self, crawler: Crawler) -> None:
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Say what is understood."""
        request.headers.setdefault(b"Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response with its body inflated and without a Content-Encoding. Raises Refused."""
        stated = response.headers.getlist(b"Content-Encoding")

        if not stated or not response.body:
            return response

        codings = [
            c.strip().lower()
            for c in b",".join(stated).split(b",")
            if c.strip() not in (b"", b"identity")
        ]
        if len(codings) > LAYERS:
            raise Refused("undecodable", f"{len(codings)} content codings after one another")

        body = response.body
        for coding in reversed(codings):
            body = inflate(body, coding.decode("latin-1"), self._limit)

        headers = response.headers.copy()
        del headers[b"Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)

        return kind(
            url=response.url, status=response.status, headers=headers, body=body, flags=response.flags,
            request=response.request, certificate=response.certificate, ip_address=response.ip_address,
            protocol=response.protocol,
        )  # fmt: skip


def inflate(body: bytes, coding: str, limit: int) -> bytes:
    """Undo one content coding (RFC 9110 8.4). Raises Refused with `too_large`, `connection` or `undecodable`."""
    inflater = INFLATERS.get(coding)

    if inflater is None:
        raise Refused("undecodable", f"unknown content coding {coding[:40]!r}")

    try:
        inflated = inflater(body, limit)
    except _Wrong:
        if b"\0" in body[:1024] or body[:2] == b"\x1f\x8b":
            raise Refused("undecodable", f"the body is no {coding}") from None

        return body

    if len(inflated) > limit:
        raise Refused(
            "too_large", f"more than {limit} bytes after inflating {len(body)} bytes of {coding}"
        )

    return inflated


class _Wrong(Exception):
    """The bytes are not of the coding that was announced."""


def _early(coding: str) -> Refused:
    return Refused("connection", f"the {coding} stream ends early")


def _gzip(body: bytes, limit: int, window: int = zlib.MAX_WBITS | 16) -> bytes:
    """One whole stream, as nearly every body is, by ISA-L (33 KB: 30 µs, zlib 75); all else by zlib, which says what it is."""
    fast = isal_zlib.decompressobj(window)

    try:
        inflated = fast.decompress(body, limit + 1)
        if len(inflated) > limit or (fast.eof and not fast.unused_data):
            return inflated
    except isal_zlib.error:  # type: ignore[misc]  # an exception that its stub does not know for one
        pass

    return _members(body, limit, window)


def _members(body: bytes, limit: int, window: int) -> bytes:
    """One member after another; what stands behind the last whole one and is none does not count."""
    packed = iter((body,))
    members = GzipMembers(lambda: next(packed, b""), window)
    inflated = bytearray()

    while piece := members.read(limit + 1 - len(inflated)):
        inflated += piece
        if len(inflated) > limit:
            return bytes(inflated)
        if members.members > MOST_MEMBERS:
            raise Refused("undecodable", f"more than {MOST_MEMBERS} gzip members")

    if members.end == "early":
        raise _early("gzip")

    if members.end == "wrong":
        if not members.members:
            raise _Wrong

        del inflated[members.whole :]

    return bytes(inflated)


def _deflate(body: bytes, limit: int) -> bytes:
    """zlib's format as the standard has it, or the bare stream that some servers send."""
    try:
        return _gzip(body, limit, zlib.MAX_WBITS)
    except _Wrong:
        return _gzip(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    try:
        inflated: bytes = stream.process(body, output_buffer_limit=limit + 1)
        while len(inflated) <= limit and not stream.is_finished():
            more = stream.process(b"", output_buffer_limit=limit + 1 - len(inflated))
            if not more:
                raise _early("brotli")

            inflated += more
    except brotli.error as error:
        raise _Wrong from error

    return inflated


def _zstandard(body: bytes, limit: int) -> bytes:
    """In small bites: zstd cannot be told how much to give out, and 256 bytes of it hold 11 MB at most."""
    inflated = bytearray()
    packed = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    start = whole = 0

    try:
        while start < len(body):
            stream = packed.decompressobj()
            while not stream.eof and start < len(body):
                inflated += stream.decompress(body[start : start + ZSTD_BITE])
                start += ZSTD_BITE

                if len(inflated) > limit:
                    return bytes(inflated)

            if not stream.eof:
                raise _early("zstd")

            start = min(start, len(body)) - len(stream.unused_data)
            whole = len(inflated)
    except zstandard.ZstdError as error:
        if not whole:
            raise _Wrong from error

        del inflated[whole:]  # bytes behind the last frame

    return bytes(inflated)


INFLATERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
