"""`scrapy demo`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.demo`."""

    summary = "Run all of it on this machine, on the bundled replica sites"
