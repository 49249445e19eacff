"""The one spider; a class of it is made for every site, and `web` for any host.

It asks for the pages that the run's source hands out and judges responses by their status and address. What a page
holds is read in the page worker; nothing is remembered here that a kill could lose.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as Trouble

from crawler.crawl_run import ArrivedPage, CrawlRun, run_of
from crawler.fetching.errors import fetch_error
from crawler.reading.fetched_page import WEB, FetchedPage
from crawler.runs.apply import Visit
from crawler.runs.frontier import Entry
from crawler.runs.journal import OutputBroken
from crawler.site import Site
from crawler.sites import sites
from pipelines.failures import failure, iso
from pipelines.records import Failure

#: With a delay between requests, pages in flight at once: more would only wait, and hold up the end of a run.
IN_FLIGHT_WITH_DELAY = 2


class SpeechSpider(Spider):
    """Asks what the run says is due."""

    site: Site

    def __init__(self, run: CrawlRun, *, delay: float, concurrent: int) -> None:
        super().__init__()
        self.run = run
        self.asked = run.asked
        self.site = run.asked.site
        self._most_on_their_way = IN_FLIGHT_WITH_DELAY if delay else concurrent
        self._starts = frozenset(run.source.starts)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, **__: Any) -> Self:
        """Scrapy's constructor. Raises NotConfigured outside of `scrapy crawl`."""
        settings = crawler.settings

        spider = cls(
            run_of(crawler),
            delay=settings.getfloat("DOWNLOAD_DELAY"),
            concurrent=settings.getint("CONCURRENT_REQUESTS"),
        )

        spider._set_crawler(crawler)
        return spider

    # -- asking ---------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: pages come through the scheduler."""
        nothing: tuple[Request, ...] = ()

        for request in nothing:
            yield request

    def next_page(self) -> Request | None:
        """The next page to ask, if there is one just now. A page counts until it is kept: what it turns out to be (a wall)
        may end the run."""
        if self.run.on_their_way >= self._most_on_their_way:
            return None

        try:
            entry = self.run.source.next_page()
        except OutputBroken as error:
            self.run.stop(str(error))
            return None

        return self._request(entry) if entry else None

    def _request(self, entry: Entry) -> Request:
        headers = {}
        if entry.known and not self.asked.url and self.asked.again != "all":
            if entry.etag:
                headers["If-None-Match"] = entry.etag

            if entry.modified:
                headers["If-Modified-Since"] = entry.modified

        self.run.on_their_way += 1
        return Request(
            self.asked.address(entry.url),
            headers=headers or None,
            meta={"entry": entry},
            errback=self.trouble,
            callback=self.parse,
        )

    # -- what comes back ------------------------------------------------------------------------------------------

    def parse(self, response: Response, **_: Any) -> list[ArrivedPage]:
        """A response has come."""
        self.run.reached += response.status < 500
        entry: Entry = response.meta["entry"]
        visit = Visit(entry, redirects=len(response.meta.get("redirect_urls", ())))
        when = iso(time.time())
        url = self._landed(response, visit)
        page = ArrivedPage(visit, response, url or entry.url, when)

        if response.status == 304 and entry.known:
            visit.not_modified = True
        elif problem := self._problem(response, url, entry):
            visit.failure = self._failure(entry, *problem)
        else:
            page.content = self._content(response, entry, page.url, when)
            visit.etag = _header(response, "ETag")
            visit.modified = _header(response, "Last-Modified")

        return [page]

    def trouble(self, trouble: Trouble) -> list[ArrivedPage]:
        """A page could not be fetched at all."""
        request = cast(Request, trouble.request)  # type: ignore[attr-defined]  # Scrapy sets it
        entry: Entry = request.meta["entry"]
        error = trouble.value or TimeoutError()
        detail = str(error) or type(error).__name__
        failed = self._failure(entry, fetch_error(error), detail)

        return [ArrivedPage(Visit(entry, failure=failed))]

    def _problem(self, response: Response, url: str | None, entry: Entry) -> tuple[str, str] | None:
        """Why a response is no page to read: the error and its detail."""
        partial = response.status == 206  # nobody asked for a range

        if not 200 <= response.status < 300 or partial:
            return f"http_{response.status}", response.url
        if url is None:
            return "redirect", f"leads to {response.url}, another host"
        if url != entry.url and url in self._starts:
            return "soft_404", f"leads to the start page {url}"

        return None

    def _landed(self, response: Response, visit: Visit) -> str | None:
        """The canonical URL of what came: the asked one, or where a redirect led if that is a document or a start page.
        `None` for another host."""
        asked = visit.entry.url

        if visit.entry.kind != "document" or not visit.redirects:
            return asked

        landed = self.asked.real(response.url)
        if landed is None or landed in self._starts or self.site.is_document(landed):
            return landed

        return asked

    def _content(self, response: Response, entry: Entry, url: str, when: str) -> FetchedPage:
        return FetchedPage(
            kind=entry.kind,
            body=response.body,
            content_type=_header(response, "Content-Type") or "",
            url=url,
            asked=entry.url,
            address=response.url,
            depth=entry.depth,
            when=when,
        )

    def _failure(self, entry: Entry, error: str, detail: str) -> Failure:
        return failure(entry.url, self.site.key, "fetch", error, detail, iso(time.time()))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


for _site in (*sites().values(), WEB):
    globals()[f"Speeches_{_site.key}"] = type(
        f"Speeches_{_site.key}",
        (SpeechSpider,),
        {
            "name": _site.key,
            "site": _site,
            "__module__": __name__,
            "__doc__": f"{_site.key}: {' '.join(_site.hosts)}",
        },
    )
