"""What a run does besides its pages: the clock of commits, and the robots.txt that came by.

robots.txt is asked by the middleware that obeys it; here it is archived, counted, and read for the sitemaps it names.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call

from crawler.archive.writer import captured
from crawler.found import Found
from crawler.runs.journal import BATCH_SECONDS, OutputBroken
from pipelines.failures import iso

if TYPE_CHECKING:
    from crawler.spiders.speeches import SpeechSpider

_SITEMAP = re.compile(
    rb"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2083})", re.IGNORECASE | re.MULTILINE
)


class RunManifest:
    """Commits by the clock; notes robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._clock = create_looping_call(self._commit)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.received, signals.response_received)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    @property
    def _spider(self) -> SpeechSpider:
        return self._crawler.spider  # type: ignore[return-value]

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
        spider = self._spider
        url = f"{spider.site.scheme}://{spider.site.hosts[0]}/robots.txt"
        capture = captured(response, url, spider.site.key, "robots", iso(time.time()))
        found = []
        if response.status == 200 and not spider.asked.url and not spider.asked.ids:
            named = {
                spider.asked.real(m[1].decode("latin-1")) for m in _SITEMAP.finditer(response.body)
            }
            found = [Found(u, "sitemap") for u in sorted(filter(None, named))]
        spider.note_robots(url, capture, found)

    def _commit(self) -> None:
        """Once a second: what waits for slower pages is read, what was read is committed."""
        self._spider.flush()
        try:
            self._spider.journal.commit()
        except OutputBroken as error:
            self._spider.stop(str(error))
