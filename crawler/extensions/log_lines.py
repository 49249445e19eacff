"""Which of Scrapy's lines are written: not one for every page and every item, which the manifest counts anyway."""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult


class LogLines(LogFormatter):
    """Scrapy's lines but for those about single pages and items: a DEBUG line that nobody reads costs 8 µs,
    and a page has two."""

    def crawled(self, *_: Any) -> LogFormatterResult | None:  # type: ignore[override]
        """No line."""
        return None

    def scraped(self, *_: Any) -> LogFormatterResult | None:  # type: ignore[override]
        """No line."""
        return None
