"""Which page is asked next: drawn from the run's journal, or planned by the arguments of the crawl.

    source = PageSource(journal, asked)
    while source.has_more(): entry = source.next_page()

Nothing is remembered here that a kill could lose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from crawler.found import Found
from crawler.reading.fetched_page import WEB
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.runs.frontier import Entry
from crawler.runs.journal import Journal
from crawler.traps import Traps

#: Pages drawn from the frontier at a time.
DRAW = 64


class PageSource:
    """The pages of one run, each once."""

    def __init__(self, journal: Journal, asked: CrawlArguments) -> None:
        self._journal = journal
        self._asked = asked
        self._site = asked.site
        #: What this run leaves alone, because it goes on for ever.
        self.traps = Traps()
        self._discovers = not asked.ids and (not asked.url or asked.site.key == WEB.key)
        #: Document pages handed out so far, for `-a limit=`.
        self.documents = 0
        self._drawn: deque[Entry] = deque()
        self._dry = False
        self._ended = False
        self._plan: Iterator[list[Entry]] | None = None
        self._begun = False

    @property
    def home(self) -> str:
        """Scheme and host of the site."""
        return f"{self._site.scheme}://{self._site.hosts[0]}"

    @property
    def starts(self) -> list[str]:
        """Canonical URLs of the pages where discovery begins."""
        return [self._site.canonical(self.home + path) for path in self._site.starts]

    def has_more(self) -> bool:
        """Whether there may be pages to ask (or the run is over but for what is in flight)."""
        return not self._enough() and (bool(self._drawn) or not self._dry)

    def next_page(self) -> Entry | None:
        """The next page to ask, if there is one just now. Raises OutputBroken."""
        while not self._enough() and (self._drawn or self._draw()):
            entry = self._drawn.popleft()
            if self._discovers and self.traps.is_closed(entry):
                continue

            self.documents += entry.kind == "document"
            return entry

        return None

    def was_list(self) -> None:
        """A page that was handed out as a document is a list: it does not count."""
        self.documents -= 1

    def more_found(self) -> None:
        """A page brought links: there may be more to draw."""
        self._dry = self._ended

    def end(self) -> None:
        """Hand out no further page."""
        self._ended = self._dry = True
        self._drawn.clear()

    def _enough(self) -> bool:
        limit = self._asked.limit
        reached = limit is not None and self.documents >= limit

        return self._ended or bool(self._journal.broken) or reached

    def _begin(self) -> None:
        self._begun = True
        asked = self._asked

        if asked.url and self._site.key != WEB.key:
            self._plan = iter([self._journal.plan(self._named(), again=True)])
        elif asked.url:
            self._journal.start(self._named())
        elif asked.ids:
            self._plan = self._numbered(*asked.ids)
        else:
            self._journal.start([Found(url, "list") for url in self.starts])

    def _named(self) -> list[Found]:
        urls = [self._asked.real(address) for address in self._asked.url]
        return [Found(url, "document") for url in urls if url]

    def _numbered(self, first: int, last: int) -> Iterator[list[Entry]]:
        path_of = self._site.numbered
        if path_of is None:  # checked with the arguments
            return

        paths = (path_of(number) for number in range(first, last + 1))
        while chunk := list(islice(paths, DRAW)):
            found = [Found(self._site.canonical(self.home + path), "document") for path in chunk]
            yield self._journal.plan(found, again=False)

    def _draw(self) -> bool:
        if not self._begun:
            self._begin()

        if self._dry:
            return False

        chunk = self._next_chunk()
        self._dry = not chunk
        self._drawn.extend(chunk)

        return bool(chunk)

    def _next_chunk(self) -> list[Entry]:
        if self._plan is not None:
            return next((chunk for chunk in self._plan if chunk), [])

        self._journal.commit()  # what lists have brought is in the frontier from here on
        return self._journal.due(DRAW, self._asked.since)
