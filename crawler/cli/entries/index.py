"""`scrapy index`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.index`."""

    summary = "Fill a search index: output/index.db, or PostgreSQL, or OpenSearch"
