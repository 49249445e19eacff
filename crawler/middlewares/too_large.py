"""A page over `DOWNLOAD_MAXSIZE` is `too_large`, whether it said so beforehand or just went on.

In the second case Scrapy's error is a bare "cancelled", which nothing else raises: a timeout is turned into one of
its own before, and a crawl that is stopped waits for what is under way.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError

from crawler.middlewares.refusal import Refused


class TooLarge:
    """Downloader middleware."""

    def __init__(self, crawler: Crawler) -> None:
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises Refused in the place of "cancelled"."""
        if isinstance(exception, DownloadCancelledError):
            raise Refused("too_large", f"more than {self._limit} bytes") from exception
