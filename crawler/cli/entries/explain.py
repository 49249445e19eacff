"""`scrapy explain`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.explain`."""

    summary = "What each cleaning rule changed in a page, where and why"
