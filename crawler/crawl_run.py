"""What one `scrapy crawl` shares between its spider, pipelines, middlewares and extensions.

    run = run_of(crawler)          # typed; NotConfigured under Scrapy's other commands, where there is no run
    run.asked, run.source, run.journal

A page goes its way as one item: the spider makes an `ArrivedPage` of a response, `read` has its content read in the page
worker, `keep` puts it into the journal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro

from crawler.archive.writer import captured
from crawler.found import Found
from crawler.left_links import LeftLinks
from crawler.page_source import PageSource
from crawler.page_worker import PageLost, PageWorker, WorkerBroken
from crawler.reading.fetched_page import FetchedPage, PageContent
from crawler.runs.apply import Visit
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.runs.frontier import Entry, robots_entry
from crawler.runs.journal import Journal, OutputBroken
from pipelines.failures import broken_stage, failure, iso

logger = logging.getLogger("harvest.crawl")

#: Signal: a page went into the journal (`visit`).
page_kept = object()

Reader = PageWorker[FetchedPage, PageContent]


@dataclass(slots=True)
class ArrivedPage:
    """Scrapy's item: one page. `content` is what is to be read of it, `response` what is to be archived (as a page of
    `url`); both are missing where nothing came."""

    visit: Visit
    response: Response | None = None
    url: str = ""
    when: str = ""
    content: FetchedPage | None = None


class CrawlRun:
    """One run of a site, while Scrapy runs."""

    def __init__(self, journal: Journal, asked: CrawlArguments, worker: Reader) -> None:
        self.journal = journal
        self.asked = asked
        self.source = PageSource(journal, asked)
        #: Links that are not followed, as they would go on for ever.
        self.left = LeftLinks()
        #: Pages that were asked and are not kept yet.
        self.on_their_way = 0
        #: Answers that came from the site at all.
        self.reached = 0
        #: Why the run ended before its work was done, in words.
        self.cut_short: str | None = None
        #: Why the run could not go on, in words.
        self.broken: str | None = None
        self._worker = worker
        self._crawler: RunCrawler | None = None

    def belongs_to(self, crawler: RunCrawler) -> None:
        """Scrapy's crawler that carries this run."""
        self._crawler = crawler

    async def open(self) -> None:
        """The event loop runs."""
        await self._worker.connect()

    async def close(self) -> None:
        """The event loop is about to end."""
        await self._worker.disconnect()

    async def read(self, page: ArrivedPage) -> None:
        """Read what came, then archive it as what it turned out to be."""
        visit = page.visit

        if page.content is not None:
            await self._read_content(page.content, visit)

        if page.response is None:
            return

        site = self.asked.site.key
        try:
            visit.capture = captured(page.response, page.url, site, visit.entry.kind, page.when)
        except Exception as error:
            visit.failure = broken_stage(visit.entry.url, site, "read", error)
            visit.results, visit.found = (), ()

    async def _read_content(self, page: FetchedPage, visit: Visit) -> None:
        try:
            content = await self._worker.ask(page)
        except PageLost as error:
            site = self.asked.site.key
            logger.info("%s: %s: %s", page.asked, error.error, error)

            visit.failure = failure(
                page.asked, site, "read", error.error, str(error), iso(time.time())
            )
            return
        except WorkerBroken as error:
            self.broken = str(error)
            self.stop(str(error))
            raise

        self.left.note(content.left)
        visit.results = content.results
        visit.found = content.found
        visit.failure = content.failure
        visit.generic = content.generic
        visit.published = content.published

        if content.kind != visit.entry.kind:
            visit.entry = visit.entry._replace(kind=content.kind)
            self.source.was_list()

    def keep(self, page: ArrivedPage) -> None:
        """Hand a page to the journal."""
        self.on_their_way -= 1
        self.keep_visit(page.visit)

    def keep_visit(self, visit: Visit) -> None:
        """Hand the result of a page to the journal; where that is broken, the run ends."""
        try:
            if visit.found:
                self.source.more_found()

            if family := self.source.traps.note(visit):
                logger.warning(
                    "%s: pages of this kind bring nothing new again and again, they are left",
                    family,
                )

            since = self.asked.since
            if since and visit.published and visit.published < since:
                visit.too_old, visit.results = True, ()

            self.journal.add(visit)
            if self._crawler is not None:
                self._crawler.signals.send_catch_log(page_kept, visit=visit)
        except OutputBroken as error:
            self.stop(str(error))

    def stay_due(self, entries: Sequence[Entry]) -> None:
        """These pages are asked again by the next run."""
        try:
            self.journal.stay_due(entries)
        except OutputBroken as error:
            self.stop(str(error))

    def note_robots(self, url: str, capture: bytes, found: list[Found]) -> None:
        """robots.txt was fetched, and names these sitemaps."""
        self.keep_visit(Visit(robots_entry(url), capture, found=found))

    def tell_what_is_left(self) -> None:
        """Warn of the links that would go on for ever, if there are any that the run did not meet elsewhere."""
        frontier, site = self.journal.store.frontier, self.asked.site.key

        if line := self.left.warning(lambda urls: {e.url for e in frontier.entries(site, urls)}):
            logger.warning("%s: %s", site, line)

    def commit(self) -> None:
        """Make durable what has been kept."""
        try:
            self.journal.commit()
        except OutputBroken as error:
            self.stop(str(error))

    def stop(self, reason: str) -> None:
        """End the run: no further page is asked."""
        self.source.end()

        if self._crawler is not None:
            deferred_from_coro(self._crawler.engine.close_spider_async(reason=reason))


class RunCrawler(Crawler):
    """Scrapy's crawler with the run that it serves."""

    def __init__(self, spider: type[Spider], settings: Settings, run: CrawlRun) -> None:
        super().__init__(spider, settings)
        self.run = run
        run.belongs_to(self)


def run_of(crawler: Crawler) -> CrawlRun:
    """The run that a crawler serves. Raises NotConfigured where there is none (`scrapy shell`, `scrapy fetch`)."""
    if isinstance(crawler, RunCrawler):
        return crawler.run

    raise NotConfigured  # without a word: it is no fault under another command
