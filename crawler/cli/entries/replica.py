"""`scrapy replica`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.replica`."""

    summary = "Serve the replica sites on this machine until interrupted, to try a crawl on"
