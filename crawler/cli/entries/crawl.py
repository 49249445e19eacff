"""`scrapy crawl`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.crawl`."""

    summary = "Fetch a site: new documents, and known ones that are due"
