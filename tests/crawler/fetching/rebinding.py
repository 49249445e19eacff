"""A fetcher for which one name moves: from 127.0.0.2, which stands for a public address here, after some look-ups to 127.0.0.1.

    scrapy crawl wm114 -a base=http://moving.example:8000 -s MOVES_AFTER=5 \
        -s 'DOWNLOAD_HANDLERS={"http": "tests.crawler.fetching.rebinding.Rebinding"}'
"""

from __future__ import annotations

import socket

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetching import addresses
from crawler.fetching.download import Download

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
_really = addresses.is_public


class _Moving(AbstractResolver):
    """What would ask a name server."""

    def __init__(self, after: int) -> None:
        self.left = after

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert host == "moving.example"
        self.left -= 1
        address = PUBLIC if self.left >= 0 else PRIVATE
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None


class Rebinding(Download):
    """The project's own, over that; with `FORGETS_NAMES` each request resolves the name, as one does after some time."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        addresses.is_public = lambda address: address == PUBLIC or _really(address)
        self._names = _Moving(crawler.settings.getint("MOVES_AFTER"))
        self._forgets = crawler.settings.getbool("FORGETS_NAMES")

    async def download_request(self, request: Request) -> Response:
        connector = self._session().connector
        if self._forgets and isinstance(connector, TCPConnector):
            connector.clear_dns_cache()
        return await super().download_request(request)
