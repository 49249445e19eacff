"""`scrapy export`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.export`."""

    summary = (
        "Write the current documents as JSON Lines, CSV, Parquet or a search engine's bulk file"
    )
