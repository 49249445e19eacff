"""How a run is getting on, for the person who watches: a live line on a terminal, a plain one a minute otherwise.

    wm114  ━━━━━━━━━━━╸━━━━━━━━━  312 asked  298 stored  2 failed  0:05:11

Nothing is said with `-q`.
"""

from __future__ import annotations

import sys
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from crawler.crawl_run import run_of

#: Seconds between two looks.
LIVE, PLAIN = 0.5, 60.0


class ShowProgress:
    """Reads the journal's counts; `PROGRESS` (set by `-q`) turns it off."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured

        self._run = run_of(crawler)
        self._name = self._run.asked.site.key
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._look = create_looping_call(self._show)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def opened(self) -> None:
        """Begin to show."""
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[said]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )

            self._bar.start()
            self._task = self._bar.add_task(self._name, total=self._run.asked.limit, said="")

        self._look.start(LIVE if self._bar else PLAIN, now=False)

    def closed(self) -> None:
        """Leave the screen as it was."""
        if self._look.running:
            self._look.stop()

        if self._bar:
            self._bar.stop()

    def _show(self) -> None:
        pages = self._run.journal.counts.pages
        asked, stored = pages["asked"], pages["stored"]
        failed = pages["failed"] + pages["refused"]
        said = f"{asked} asked  {stored} stored  {failed} failed"

        if self._bar:
            self._bar.update(self._task, completed=asked, said=said)
        else:
            print(f"{self._name}: {said}", file=sys.stderr, flush=True)
