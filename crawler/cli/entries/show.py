"""`scrapy show`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.show`."""

    summary = "One document: its text with the gaps marked, outline, sources; or its raw text"
