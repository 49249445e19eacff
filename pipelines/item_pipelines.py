"""Adapters of a few lines between Scrapy and the stages; nobody imports this module, settings name it.

An item is one page. It is read and cleaned soon after it came; it is deduplicated and emitted together, when its batch
is committed: only under the state's write lock is it certain what is a copy, and only with the commit does the page
count as seen.
"""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured


class PageStages(Protocol):
    """What a run does with its pages."""

    async def open(self) -> None:
        """The event loop runs."""

    async def close(self) -> None:
        """The event loop is about to end."""

    async def read(self, page: Any) -> None:
        """Read and clean a page."""

    def keep(self, page: Any) -> None:
        """Put a page into the journal."""


@runtime_checkable
class WithRun(Protocol):
    """A crawler that serves a run."""

    run: PageStages


class _Stage:
    def __init__(self, run: PageStages) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor. Raises NotConfigured under a command that has no run."""
        if not isinstance(crawler, WithRun):
            raise NotConfigured  # without a word: it is no fault under another command

        return cls(crawler.run)


class Read(_Stage):
    """A page as it was fetched -> speeches with their traces, links, or a failure."""

    async def open_spider(self) -> None:
        """Before the first page."""
        await self._run.open()

    async def close_spider(self) -> None:
        """After the last page."""
        await self._run.close()

    async def process_item(self, item: Any) -> Any:
        """What a page does, it does to itself; other pages go on."""
        await self._run.read(item)

        return item


class Keep(_Stage):
    """Deduplicate and emit: into the journal, which folds and writes with its next commit."""

    def process_item(self, item: Any) -> Any:
        """Hand the page to the journal."""
        self._run.keep(item)

        return item
