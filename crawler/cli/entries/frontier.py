"""`scrapy frontier`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.frontier`."""

    summary = "Show what a site's next run asks: due pages, when, and what failed"
