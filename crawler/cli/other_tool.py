"""Commands of Scrapy's that have no meaning here: each says what to use in its place, and exits 2."""

from __future__ import annotations

import argparse
from typing import ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError


class OtherTool(ScrapyCommand):
    """A command that refers to another; `instead` names it and says what it does."""

    requires_crawler_process = False
    instead: ClassVar[str] = ""

    def short_desc(self) -> str:
        """For the list of commands."""
        return f"Not of this project: {self.instead}"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's entry point."""
        raise UsageError(self.short_desc(), print_help=False)
