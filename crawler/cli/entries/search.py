"""`scrapy search`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.search`."""

    summary = "Search the index: exact phrases, with the section each hit stands in"
