"""`scrapy newsite`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.newsite`."""

    summary = "Write the skeleton of a site and its test cases from saved pages"
