"""`scrapy bench`: see `crawler.cli.other_tool`."""

from __future__ import annotations

from crawler.cli.other_tool import OtherTool


class Command(OtherTool):
    """Scrapy finds the command by this name."""

    instead = "benchmarks/crawl_speed.py measures a crawl"
