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


class Descent:
    """One run's. A batch of pages that is taken again is noted once: `begin` forgets what was not kept."""

    def __init__(self, frontier: Frontier, site: str) -> None:
        self._frontier, self._site = frontier, site
        self._last_before, self._unread = frontier.last(), frontier.unread_lists(site)
        self._met: set[int] = (
            set()
        )  # hashes of the addresses, known before this run, that it has met on lists
        self._repeats = Counter[str]()  # by list: pages in a row that showed nothing else
        self.begin()

    def begin(self) -> None:
        """A batch begins."""
        self._new: set[int] = set()
        self._counted = self._repeats.copy()

    def keep(self) -> None:
        """The batch is committed."""
        self._met |= self._new
        self._repeats = self._counted

    def goes_on(self, url: str, documents: Sequence[Found], new: Sequence[bool]) -> bool:
        """Whether the next pages are wanted of a list that shows these documents; of each, whether the frontier has just got
        it."""
        name = numberless(url)
        since = self._frontier.noted_after(
            self._last_before, self._site, [f.url for f in documents]
        )
        known = {hash(f.url) for f, late in zip(documents, since, strict=True) if not late}
        again = not any(new) and all(h in self._met or h in self._new for h in known)
        self._counted[name] = self._counted[name] + 1 if again else 0
        self._new |= known
        if self._counted[name] > REPEATS:
            return False
        return self._unread is None or name in self._unread or any(since)
