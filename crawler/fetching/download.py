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
from contextlib import suppress
from functools import cached_property
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
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
from scrapy.responsetypes import responsetypes
from yarl import URL

from crawler.fetching.addresses import Allowed, PublicOnly
from crawler.fetching.errors import Refused
from crawler.fetching.proxy import Proxies, is_inside

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
        self._reads_itself = hasattr(crawler, "run")  # crawler.crawl_run.RunCrawler
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._connections = settings.getint("CONCURRENT_REQUESTS")
        self._connections_per_host = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._allowed = Allowed(settings.getlist("ALLOW_PRIVATE_HOSTS"))
        self._proxies = Proxies.of_environment()
        self._open_session: aiohttp.ClientSession | None = None

    @cached_property
    def _names(self) -> AbstractResolver:
        """Made with the first request, as the session: they belong to the event loop, which `scrapy shell` starts later."""
        return ThreadedResolver()

    @cached_property
    def _addresses(self) -> PublicOnly:
        return PublicOnly(self._allowed, self._names)

    def _session(self) -> aiohttp.ClientSession:
        if self._open_session is None:
            allowed = self._allowed.and_these(self._proxies.hosts())
            self._open_session = aiohttp.ClientSession(
                connector=_Connections(
                    resolver=PublicOnly(allowed, self._names),
                    ssl=ssl.create_default_context(),
                    limit=self._connections,
                    limit_per_host=self._connections_per_host,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_OURS,
                max_line_size=HEADER_LINE,
                max_field_size=HEADER_LINE,
            )

        return self._open_session

    async def _route(self, url: URL) -> str | None:
        """The proxy by which a URL is asked, if any. Raises Refused for a private address, by whatever name."""
        host, port = url.host or "", url.port or 0
        self._addresses.check(host, port)

        if self._allowed(host, port):
            return None

        proxy = self._proxies.for_url(url.scheme, host)
        if proxy is None:
            if f"{host}:{port}" in self._proxies.hosts():
                await self._addresses.resolve(host, port)

            return None  # checked where the connection is made

        if is_inside(host):
            raise Refused("refused_address", f"{host} is a name of the inside")

        with suppress(OSError):  # a name that only the proxy knows
            await self._addresses.resolve(host, port)

        return proxy

    async def download_request(self, request: Request) -> Response:
        """Fetch one page, whole, its body as it was sent."""
        timeout = aiohttp.ClientTimeout(total=request.meta.get("download_timeout", self._timeout))
        headers = request.headers.to_tuple_list()
        begun = time.monotonic()

        try:
            url = URL(request.url, encoded=True)  # asked as it is written
            proxy = await self._route(url)

            async with self._session().request(
                request.method,
                url,
                data=request.body or None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                proxy=proxy,
            ) as response:
                request.meta["download_latency"] = time.monotonic() - begun
                body = await self._body(response)
                headers_read = Headers(response.raw_headers)
                kind = self._kind_of_response(request.url, headers_read, body)

                return kind(request.url, response.status, headers_read, body)
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

    def _kind_of_response(self, url: str, headers: Headers, body: bytes) -> type[Response]:
        """Plain for a crawl, which reads pages itself; what `scrapy shell` and `fetch` expect otherwise."""
        if self._reads_itself:
            return Response

        return responsetypes.from_args(headers=headers, url=url, body=body)

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
        if self._open_session is not None:
            await self._open_session.close()
