"""The one spider; a class of it is made for every site, and `web` for any host.

It draws pages from the run's journal, reads what comes and hands it to the item pipelines. Nothing is remembered here
that a kill could lose.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure as Trouble

from crawler.archive.writer import captured
from crawler.extensions.wall_streak import page_kept
from crawler.fetching.errors import fetch_error
from crawler.found import Found
from crawler.reading.document import fetched_document
from crawler.reading.encodings import Unreadable, decode, stated_charset
from crawler.reading.links import FILES, list_links, sitemap_links
from crawler.reading.main_text import is_list
from crawler.runs.apply import Visit
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.runs.frontier import Entry, robots_entry
from crawler.runs.journal import Journal, OutputBroken
from crawler.site import Site
from crawler.sites import site_names, site_of, sites
from pipelines.failures import broken_stage, failure, iso
from pipelines.records import Failure, RawDocument

#: Pages drawn from the frontier at a time.
DRAW = 64
#: With a delay between requests, pages in flight at once: more would only wait, and hold up the end of a run.
IN_FLIGHT_WITH_DELAY = 2

_PRIVATE = re.compile(
    r"/(?:log-?in|log-?out|register|regist|reg|signup|passport|member|user|cart|pay|vip|admin)(?:[/.?]|\Z)",
    re.I,
)


@dataclass(slots=True)
class Fetched:
    """What came of a page; `raw` is a document's text before it is cleaned."""

    visit: Visit
    raw: RawDocument | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Scrapy's item: pages that go through the item pipelines together, in the order in which they came."""

    pages: Sequence[Fetched]


class SpeechSpider(Spider):
    """Asks what the journal says is due. Made with `journal=` and `asked=` by `scrapy crawl`."""

    site: Site
    journal: Journal
    asked: CrawlArguments

    def __init__(self, *, journal: Journal, asked: CrawlArguments, **_: Any) -> None:
        super().__init__(journal=journal, asked=asked)
        self.site = asked.site
        self.handed_out = 0
        self.in_flight = 0
        self.reached = 0
        #: How many pages may wait for one another; more than one while the site shows documents (see WallStreak).
        self.together = 1
        self._arrived: list[Response | Visit] = []
        #: Why the run ended before its work was done, in words.
        self.cut_short: str | None = None
        self._drawn: deque[Entry] = deque()
        self._dry = False
        self._plan: Iterator[list[Entry]] | None = None
        self._begun = False
        self._never = [re.compile(p) for p in self.site.never]
        self.site_names = site_names()
        self._starts = {self.site.canonical(self._home + path) for path in self.site.starts}

    def _begin(self) -> None:
        self._begun = True
        asked = self.asked
        if asked.url and self.site.key != WEB.key:
            self._plan = iter([self.journal.plan(self._named(), again=True)])
        elif asked.url:
            self.journal.start(self._named())
        elif asked.ids:
            self._plan = self._numbered(*asked.ids)
        else:
            self.journal.start(
                [Found(self.site.canonical(self._home + path), "list") for path in self.site.starts]
            )

    @property
    def _home(self) -> str:
        return f"{self.site.scheme}://{self.site.hosts[0]}"

    def _named(self) -> list[Found]:
        return [Found(url, "document") for u in self.asked.url if (url := self.asked.real(u))]

    def _numbered(self, first: int, last: int) -> Iterator[list[Entry]]:
        assert self.site.numbered is not None
        paths = (self.site.numbered(n) for n in range(first, last + 1))
        while chunk := list(islice(paths, DRAW)):
            yield self.journal.plan(
                [Found(self.site.canonical(self._home + path), "document") for path in chunk],
                again=False,
            )

    # -- asking ---------------------------------------------------------------------------------------------------

    async def start(self) -> Any:
        """Nothing: pages come through the scheduler."""
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    def has_more(self) -> bool:
        """Whether there may be pages to ask (or the run is over but for what is in flight)."""
        return not self._enough() and (bool(self._drawn) or not self._dry)

    def next_page(self) -> Request | None:
        """The next page to ask, if there is one just now."""
        delay = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        if delay and self.in_flight >= IN_FLIGHT_WITH_DELAY:
            return None
        try:
            while not self._enough() and (self._drawn or self._draw()):
                return self._request(self._drawn.popleft())
        except OutputBroken as error:
            self.stop(str(error))
        return None

    def _enough(self) -> bool:
        return bool(self.journal.broken) or (
            self.asked.limit is not None and self.handed_out >= self.asked.limit
        )

    def _draw(self) -> bool:
        if not self._begun:
            self._begin()
        if self._dry:
            return False
        if self._plan is not None:
            chunk = next(self._plan, None)
            while chunk == []:
                chunk = next(self._plan, None)
        else:
            self.journal.commit()  # what lists have brought is in the frontier from here on
            chunk = self.journal.due(DRAW, self.asked.since)
        self._dry = not chunk
        self._drawn.extend(chunk or ())
        return bool(chunk)

    def _request(self, entry: Entry) -> Request:
        headers = {}
        if entry.known and not self.asked.url:
            if entry.etag:
                headers["If-None-Match"] = entry.etag
            if entry.modified:
                headers["If-Modified-Since"] = entry.modified
        self.handed_out += entry.kind == "document"
        self.in_flight += 1
        return Request(
            self.asked.address(entry.url),
            headers=headers or None,
            meta={"entry": entry},
            errback=self.trouble,
            callback=self.parse,
        )

    # -- reading --------------------------------------------------------------------------------------------------

    def parse(self, response: Response, **_: Any) -> list[Together]:
        """A response has come; it is read with those that came before it."""
        self.reached += response.status < 500
        return self._came(response)

    def trouble(self, trouble: Trouble) -> list[Together]:
        """A page could not be fetched at all."""
        entry: Entry = trouble.request.meta["entry"]  # type: ignore[attr-defined]
        error = trouble.value or TimeoutError()
        detail = str(error) or type(error).__name__
        return self._came(
            Visit(entry, failure=self._failure(entry, "fetch", fetch_error(error), detail))
        )

    def _came(self, page: Response | Visit) -> list[Together]:
        """Wait for more only where more are on their way."""
        self.in_flight -= 1
        self._arrived.append(page)
        going_on = not self._dry and self.crawler.engine is not None and self.crawler.engine.running
        return (
            []
            if going_on and self.in_flight and len(self._arrived) < self.together
            else [self.read_arrived()]
        )

    def flush(self) -> None:
        """Send on what waits: the clock calls this, so that nothing waits for a slow server, and whoever ends the run."""
        if self._arrived and self.crawler.engine is not None:
            deferred_from_coro(
                self.crawler.engine.scraper.start_itemproc_async(self.read_arrived(), response=None)
            )

    def read_arrived(self) -> Together:
        """Read what has come."""
        arrived, self._arrived = self._arrived, []
        return Together(
            [Fetched(page) if isinstance(page, Visit) else self._fetched(page) for page in arrived]
        )

    def _fetched(self, response: Response) -> Fetched:
        entry: Entry = response.meta["entry"]
        visit = Visit(entry, redirects=len(response.meta.get("redirect_urls", ())))
        try:
            return Fetched(visit, self._look_at(response, visit, iso(time.time())))
        except Exception as error:
            visit.failure = broken_stage(entry.url, self.site.key, "read", error)
            return Fetched(visit)

    def _look_at(self, response: Response, visit: Visit, when: str) -> RawDocument | None:
        """Judge a response and archive it, as what it turned out to be."""
        url = self._landed(response, visit)
        try:
            return self._judged(response, url, visit, when)
        finally:
            visit.capture = captured(
                response, url or visit.entry.url, self.site.key, visit.entry.kind, when
            )

    def _judged(
        self, response: Response, url: str | None, visit: Visit, when: str
    ) -> RawDocument | None:
        """Judge a response by its status; what is a page is read."""
        entry = visit.entry
        if response.status == 304 and entry.known:
            visit.not_modified = True
        elif not 200 <= response.status < 300:
            visit.failure = self._failure(entry, "fetch", f"http_{response.status}", response.url)
        elif url is None:
            visit.failure = self._failure(
                entry, "fetch", "redirect", f"leads to {response.url}, another host"
            )
        elif url != entry.url and url in self._starts:
            visit.failure = self._failure(
                entry, "fetch", "soft_404", f"leads to the start page {url}"
            )
        else:
            try:
                return self._read(response, url, visit, when)
            except Unreadable as error:
                visit.failure = self._failure(entry, "read", error.error, str(error))
        return None

    def _landed(self, response: Response, visit: Visit) -> str | None:
        """The canonical URL of what came: the asked one, or where a redirect led if that is a document or a start page.
        `None` for another host."""
        asked = visit.entry.url
        if visit.entry.kind != "document" or not visit.redirects:
            return asked
        landed = self.asked.real(response.url)
        return (
            landed
            if landed is None or landed in self._starts or self.site.is_document(landed)
            else asked
        )

    def _read(self, response: Response, url: str, visit: Visit, when: str) -> RawDocument | None:
        entry = visit.entry
        charset = stated_charset(_header(response, "Content-Type") or "")
        if entry.kind == "document":
            return self._document(response, charset, url, visit, when)
        html = decode(response.body, charset).text
        if entry.kind == "sitemap":
            visit.found = list(sitemap_links(html, self.asked.real, self.site.is_document))
        else:
            visit.found = self._links(html, response.url, entry.url, entry.depth)
        return None

    def _links(self, html: str, address: str, url: str, depth: int) -> list[Found]:
        links = list_links(html, address, url, depth, self.asked.real, self.site.is_document)
        return [f for f in links if f.kind == "document" or not self._is_private(f.url)]

    def _document(
        self, response: Response, charset: str | None, url: str, visit: Visit, when: str
    ) -> RawDocument | None:
        raw, page = fetched_document(response.body, charset, url, self.site, when)
        if self.site.key == WEB.key:
            visit.found = [
                f
                for f in self._links(page.html, response.url, url, 0)
                if f.kind == "document" and not self._is_private(f.url)
            ]
            if visit.found and is_list(page):
                visit.entry = visit.entry._replace(kind="list")
                self.handed_out -= 1
                return None
            raw = replace(raw, site=known.key if (known := site_of(url)) else "unknown")
        visit.generic = "generic_extraction" in raw.warnings
        visit.published = raw.published
        visit.etag = _header(response, "ETag")
        visit.modified = _header(response, "Last-Modified")
        return raw

    def _failure(self, entry: Entry, stage: str, error: str, detail: str) -> Failure:
        return failure(entry.url, self.site.key, stage, error, detail, iso(time.time()))

    def _is_private(self, url: str) -> bool:
        path = url.removeprefix(self._home)
        return bool(_PRIVATE.search(path)) or any(p.fullmatch(path) for p in self._never)

    # -- keeping --------------------------------------------------------------------------------------------------

    def keep(self, visit: Visit) -> None:
        """Hand a page to the journal; where that is broken, the run ends."""
        try:
            if visit.found:
                self._dry = False
            if self.asked.since and visit.published and visit.published < self.asked.since:
                visit.too_old, visit.results = True, ()
            self.journal.add(visit)
            self.crawler.signals.send_catch_log(page_kept, visit=visit)
        except OutputBroken as error:
            self.stop(str(error))

    def note_robots(self, url: str, capture: bytes, found: list[Found]) -> None:
        """robots.txt came by, and names these sitemaps."""
        self.keep(Visit(robots_entry(url), capture, found=found))

    def stop(self, reason: str) -> None:
        """End the run: no further page is asked."""
        self._dry = True
        self._drawn.clear()
        self.flush()
        deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


#: Any host: generic extraction only; begins at `-a url=` and stays on that host. What is a document and what a list is seen
#: when it is there.
WEB = Site(key="web", hosts=(), documents=(r"/.*",), never=(FILES + r"(?:\?.*)?",))

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
