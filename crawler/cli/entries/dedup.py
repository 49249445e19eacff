"""`scrapy dedup`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.dedup`."""

    summary = "Fold exact and near copies of a collection together"
