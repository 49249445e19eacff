"""`scrapy clean`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.clean`."""

    summary = "Clean archived or local pages: speeches, traces, failures"
