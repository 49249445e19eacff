"""`scrapy feed`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.feed`."""

    summary = "An Atom feed of the newest documents of all sites, or of those that a query finds"
