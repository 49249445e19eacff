"""Too many walls in a row stop the crawl: a site that shows only log-in forms and captchas has noticed us.

Asking on would be rude and bring nothing. What was not asked yet stays due for the next run, and this one exits 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.crawler import Crawler

from crawler.runs.apply import Visit
from pipelines.records import Failure

if TYPE_CHECKING:
    from crawler.spiders.speeches import SpeechSpider

#: Pages that are read, then cleaned, then kept together, at the most: a page that comes alone finds the
#: processor's caches full of other code, and costs an eighth more (4.8 ms of CPU against 4.2; 64 at a time: 4.2).
TOGETHER = 16
WALLS = frozenset(("login_wall", "captcha"))

#: Signal: a page went into the journal (`visit`).
page_kept = object()


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
        crawler.signals.connect(extension.judged, page_kept)
        return extension

    def judged(self, visit: Visit) -> None:
        """A page is done; its failure, or its results, say what it was."""
        if visit.entry.kind != "document":
            return
        errors = {
            r.error for r in (visit.failure, *visit.results) if isinstance(r, Failure)
        } & WALLS
        spider: SpeechSpider = self._crawler.spider  # type: ignore[assignment]
        spider.together = (
            1 if errors else min(TOGETHER, spider.together + 1)
        )  # where walls are met each page is judged at once
        self._streak = self._streak + 1 if errors else 0
        if self._streak == self._most:
            spider.cut_short = f"{self._streak} walls in a row ({', '.join(sorted(errors))}): what was not asked is due again"
            spider.stop("walls")
