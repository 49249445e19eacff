"""What a run does besides its pages: the clock of commits, and the robots.txt that came by.

robots.txt is asked by the middleware that obeys it; here it is archived, counted, and read for the sitemaps it names.
"""

from __future__ import annotations

import re
import time
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call

from crawler.archive.writer import captured
from crawler.crawl_run import run_of
from crawler.found import Found
from crawler.reading.link_address import canonical_target
from crawler.runs.journal import BATCH_SECONDS
from pipelines.failures import iso

_SITEMAP = re.compile(
    rb"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2083})", re.IGNORECASE | re.MULTILINE
)


class RunManifest:
    """Commits by the clock; notes robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self._run = run_of(crawler)
        self._clock = create_looping_call(self._run.commit)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.received, signals.response_received)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def opened(self) -> None:
        """Start the clock."""
        self._clock.start(BATCH_SECONDS, now=False)

    def closed(self) -> None:
        """Stop it."""
        if self._clock.running:
            self._clock.stop()

    def received(self, response: Response, request: Request) -> None:
        """A response; only robots.txt is of interest here."""
        if "entry" in request.meta or urlsplit(response.url).path != "/robots.txt":
            return

        asked = self._run.asked
        url = f"{self._run.source.home}/robots.txt"
        capture = captured(response, url, asked.site.key, "robots", iso(time.time()))
        discovers = not asked.url and not asked.ids
        found = self._sitemaps(response) if response.status == 200 and discovers else []
        self._run.note_robots(url, capture, found)

    def _sitemaps(self, response: Response) -> list[Found]:
        stated = [m[1].decode("latin-1") for m in _SITEMAP.finditer(response.body)]
        real = self._run.asked.real
        named = {canonical_target(response.url, address, real) for address in stated}

        return [Found(url, "sitemap") for url in sorted(url for url in named if url)]
