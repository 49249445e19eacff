"""How a page is fetched: HTTP/1.1 by aiohttp, in the place of Scrapy's handler on Twisted's client.

It takes half of the CPU (Scrapy with all of this project's settings and a spider that does nothing: 0.50 ms a page
instead of 0.85), sees a reset at once where Twisted on uvloop waits for the timeout, and lets the address be checked
where it is connected to (`crawler.fetching.addresses`). Certificates are verified, and there is no way not to.

What it raises: `Refused` (`refused_address`, `too_large`, `tls`), and Scrapy's exceptions for what failed on the way, which
its retries know.
"""

from __future__ import annotations

import ssl
import time
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from aiohttp.resolver import ThreadedResolver
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from yarl import URL

from crawler.fetching.addresses import Allowed, PublicOnly
from crawler.fetching.errors import Refused

#: Bytes of one header line; some servers put a cookie of a dozen KB into one (aiohttp's own limit is 8 KB).
HEADER_LINE = 1 << 16
#: These come from settings and middlewares; aiohttp adds none of its own.
_OURS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class _Connections(aiohttp.TCPConnector):
    """Connections that are kept, but for those on which something came that nobody asked for: aiohttp would take it for the
    answer to the next request, and every page after it would be stored under its neighbour's address."""

    async def _get(self, key: Any, traces: list[Any]) -> Connection | None:
        while (
            (kept := await super()._get(key, traces)) is not None
            and kept.protocol
            and kept.protocol.should_close
        ):
            kept.close()
        return kept


class Download(BaseDownloadHandler):
    """`DOWNLOAD_HANDLERS` for http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._addresses = PublicOnly(
            Allowed(settings.getlist("ALLOW_PRIVATE_HOSTS")), ThreadedResolver()
        )
        self._session = aiohttp.ClientSession(
            connector=_Connections(
                resolver=self._addresses, ssl=ssl.create_default_context(), limit=settings.getint("CONCURRENT_REQUESTS"),
                limit_per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            ),
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, skip_auto_headers=_OURS, max_line_size=HEADER_LINE,
            max_field_size=HEADER_LINE,
        )  # fmt: skip

    async def download_request(self, request: Request) -> Response:
        """Fetch one page, whole, its body as it was sent."""
        timeout = aiohttp.ClientTimeout(total=request.meta.get("download_timeout", self._timeout))
        headers = request.headers.to_tuple_list()
        begun = time.monotonic()
        try:
            url = URL(request.url, encoded=True)  # asked as it is written
            self._addresses.check(url.host or "", url.port or 0)
            async with self._session.request(
                request.method,
                url,
                data=request.body or None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                request.meta["download_latency"] = time.monotonic() - begun
                body = await self._body(response)
                return Response(request.url, response.status, Headers(response.raw_headers), body)
        except TimeoutError as error:
            raise DownloadTimeoutError(
                f"{request.url} took longer than {timeout.total:g} seconds"
            ) from error
        except (aiohttp.InvalidUrlClientError, aiohttp.NonHttpUrlClientError) as error:
            raise UnsupportedURLSchemeError(str(error)) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise ResponseDataLossError(str(error)) from error
        except aiohttp.ClientSSLError as error:
            raise Refused("tls", str(error)) from error
        except UnicodeError as error:  # a label of the host that no name can have
            raise CannotResolveHostError(f"{request.url}: {error}") from error
        except aiohttp.ClientConnectorError as error:
            raise DownloadConnectionRefusedError(str(error.os_error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise DownloadFailedError(
                " ".join(f"{type(error).__name__}: {error}".split())[:200]
            ) from error

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Raises Refused as soon as it is known to be too large."""
        announced = (
            None if response.status in (204, 304) else response.content_length
        )  # these two have no body
        left = self._limit - (announced or 0)
        pieces = []
        while left >= 0 and (piece := await response.content.readany()):
            pieces.append(piece)
            if announced is None:
                left -= len(piece)
        if left < 0:
            raise Refused("too_large", f"more than {self._limit} bytes")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def close(self) -> None:
        """Close what is open."""
        await self._session.close()
