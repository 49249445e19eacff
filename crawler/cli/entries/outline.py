"""`scrapy outline`."""

from crawler.cli.lazy_command import LazyCommand


class Entry(LazyCommand):
    """Listed here, implemented in `crawler.commands.outline`."""

    summary = "Outlines of speeches and texts: JSONL, Markdown, OPML or a mind map"
