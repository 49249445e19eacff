"""Too many walls in a row stop the crawl: a site that shows only log-in forms and captchas has noticed us.

Asking on would be rude and bring nothing. What was not asked yet stays due for the next run.
"""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.defer import deferred_from_coro

from pipelines.records import Failure

WALLS = ("login_wall", "captcha")

logger = logging.getLogger(__name__)


class WallStreak:
    """Scrapy extension; `WALLS_IN_A_ROW` document pages that are walls, without one that is none between, end the run."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("WALLS_IN_A_ROW", 10)
        self._streak = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        extension = cls(crawler)
        crawler.signals.connect(extension.judged, signals.item_scraped)
        return extension

    def judged(self, item: Any, spider: Spider) -> None:
        """A document page went through the pipelines; `item.visit.results` says what it is."""
        results = item.visit.results or ()
        walls = [r for r in results if isinstance(r, Failure) and r.error in WALLS]
        self._streak = self._streak + 1 if walls else 0
        if self._streak == self._most:
            logger.error("%d walls in a row (%s): the crawl stops", self._streak, walls[0].error)
            assert self._crawler.engine is not None
            deferred_from_coro(self._crawler.engine.close_spider_async(reason="walls"))
