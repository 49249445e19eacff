"""Too many walls in a row stop the crawl: a site that shows only log-in forms and captchas has noticed us.

Asking on would be rude and bring nothing. What was not asked yet stays due for the next run, and this one exits 3.
"""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.crawl_run import CrawlRun, page_kept, run_of
from crawler.runs.apply import Visit
from crawler.runs.frontier import Entry
from pipelines.records import Failure

WALLS = frozenset(("login_wall", "captcha"))


class WallStreak:
    """Scrapy extension; `WALLS_IN_A_ROW` document pages that are walls, without one that is none between, end the run."""

    def __init__(self, run: CrawlRun, most: int) -> None:
        self._run = run
        self._most = most
        self._streak: list[Entry] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        extension = cls(run_of(crawler), crawler.settings.getint("WALLS_IN_A_ROW"))
        crawler.signals.connect(extension.judged, page_kept)

        return extension

    def judged(self, visit: Visit) -> None:
        """A page is done; its failure, or its results, say what it was."""
        if visit.entry.kind != "document":
            return

        results = (visit.failure, *visit.results)
        walls = {r.error for r in results if isinstance(r, Failure)} & WALLS
        self._streak = [*self._streak, visit.entry] if walls else []

        if len(self._streak) < self._most:
            return

        if len(self._streak) > self._most:  # it was in flight when the run was ended
            self._run.stay_due([visit.entry])
            return

        self._run.stay_due(self._streak)
        kinds = ", ".join(sorted(walls))
        self._run.cut_short = f"{self._most} walls in a row ({kinds}): they and what was not asked are due again, ask more slowly or later"
        self._run.stop("walls")
