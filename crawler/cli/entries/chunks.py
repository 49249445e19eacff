"""`scrapy chunks`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.chunks`."""

    summary = "Speeches in chunks along their sections (chunk/1)"
