"""AutoThrottle that never goes below what the settings and robots.txt ask for.

Scrapy's own lowers a Crawl-delay of ten seconds back to one as soon as the host answers fast. Where `DOWNLOAD_DELAY`
is 0 (the demo, on loopback) it is off; a Crawl-delay holds there too.
"""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from crawler.fetching.pace import floor


class Throttle(AutoThrottle):
    """Scrapy extension."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getfloat("DOWNLOAD_DELAY"):
            raise NotConfigured

        super().__init__(crawler)

    def _start_delay(self) -> float:
        return self.mindelay

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)

        if key is not None and slot is not None:
            slot.delay = max(slot.delay, floor(self.crawler, key))
