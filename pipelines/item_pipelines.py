"""Adapters of a few lines between Scrapy and the stages; nobody imports this module, settings name it.

A page is cleaned soon after it came. It is deduplicated and emitted together, when its batch is committed: only under the
state's write lock is it certain what is a copy, and only with the commit does the page count as seen.
"""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.failures import broken_stage


class _Stage:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)


class Clean(_Stage):
    """Raw document -> speeches with their traces, or failures. What is no document passes as it is."""

    def process_item(self, item: Any) -> Any:
        """Cleans in place; a rule that raises costs its page, not the run."""
        sites = self._crawler.spider.site_names  # type: ignore[union-attr]
        for page in item.pages:
            if page.raw is None:
                continue
            try:
                page.visit.results = clean(page.raw, sites, page.raw.crawled_at)
                page.visit.published = next(
                    (r.speech.published for r in page.visit.results if isinstance(r, Cleaned)), None
                )
            except Exception as error:
                page.visit.failure = broken_stage(page.raw.url, page.raw.site, "clean", error)
        return item


class Keep(_Stage):
    """Deduplicate and emit: into the journal, which folds and writes with its next commit."""

    def process_item(self, item: Any) -> Any:
        """Hands the pages to the journal."""
        for page in item.pages:
            self._crawler.spider.keep(page.visit)  # type: ignore[union-attr]
        return item
