"""`scrapy report`: browsable HTML of what is there."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.command import Command
from pipelines.exports.report import write_report


class ReportCommand(Command):
    """Sites, runs, documents with their gaps and outlines, as pages that need no server."""

    def syntax(self) -> str:
        """What stands behind `scrapy report`."""
        return "[-o FOLDER]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "Write browsable HTML of what is there: sites, runs, documents with their gaps and outlines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of this command."""
        super().add_options(parser)

        parser.add_argument(
            "-o", "--output", metavar="FOLDER", help="where to write it (default: output/report)"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 3 where something there did not read."""
        if args:
            self.usage(f"unexpected argument: {args[0]}")

        output = self.output
        folder = Path(opts.output) if opts.output else output / "report"
        bad = 0

        def tell(why: str) -> None:
            nonlocal bad
            bad += 1
            self.say(f"warning: {why}")

        count = write_report(output, folder, tell)
        self.say(f"{count} documents in {folder / 'index.html'}")

        return 3 if bad else 0
