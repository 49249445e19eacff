"""`scrapy report`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.report`."""

    summary = (
        "Write browsable HTML of what is there: sites, runs, documents with their gaps and outlines"
    )
