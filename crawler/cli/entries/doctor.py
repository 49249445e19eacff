"""`scrapy doctor`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.doctor`."""

    summary = "Check installation, state and the sites' health; release or discard what an alarm holds back"
