"""How far a run goes down the pages of a list.

A list shows the newest documents first, so a page on which all is known ends it, unless an earlier run did not get to its
end: new documents push down what was never read, and it is then met behind pages that are all known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crawler.found import Found
from crawler.runs.frontier import Frontier, numberless

#: Pages of a list in a row that may repeat what the run has met: a list that grows while it is read pushes a page or two of
#: it onto the next ones; a list without end repeats itself for ever.
REPEATS = 5


class ListPaging:
    """One run's. What a batch of pages brings is buffered: `begin`, then `keep` or `undo`."""

    def __init__(self, frontier: Frontier, site: str) -> None:
        self._frontier = frontier
        self._site = site
        self._last_before = frontier.last()
        self._unread = frontier.unread_lists(site)
        #: Hashes of the addresses, known before this run, that it has met on lists.
        self._met = set[int]()
        #: By list: pages in a row that showed nothing else.
        self._repeats = Counter[str]()
        self.begin()

    def begin(self) -> None:
        """A batch begins."""
        self._new = set[int]()
        self._counted = self._repeats.copy()

    def keep(self) -> None:
        """The batch is committed."""
        self._met |= self._new
        self._repeats = self._counted

    def undo(self) -> None:
        """The batch is rolled back."""
        self.begin()

    def goes_on(self, url: str, documents: Sequence[Found], new: Sequence[bool]) -> bool:
        """Whether the next pages are wanted of a list that shows these documents; `new` says of each whether the frontier
        has just got it."""
        name = numberless(url)
        urls = [found.url for found in documents]
        late = self._frontier.noted_after(self._last_before, self._site, urls)
        known = {hash(u) for u, is_late in zip(urls, late, strict=True) if not is_late}

        repeats = not any(new) and known <= self._met | self._new
        self._counted[name] = self._counted[name] + 1 if repeats else 0
        self._new |= known

        if self._counted[name] > REPEATS:
            return False

        return self._unread is None or name in self._unread or any(late)
