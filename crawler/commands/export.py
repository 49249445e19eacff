"""`scrapy export SPEECHES… --format F -o FILE`: speeches for other engines."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.command import CannotBeDone, Command
from crawler.cli.outputs import apart
from pipelines.atomic_file import is_special
from pipelines.exports.bulk_files import FORMATS, export
from pipelines.speech_files import speech_files


class ExportCommand(Command):
    """The current documents of speech files, in one file."""

    def syntax(self) -> str:
        """What stands behind `scrapy export`."""
        return "SPEECHES… --format F -o FILE"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return (
            "Write the current documents as JSON Lines, CSV, Parquet or a search engine's bulk file"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of this command."""
        super().add_options(parser)
        parser.add_argument("--format", choices=FORMATS, required=True, help="what to write")
        parser.add_argument(
            "-o", "--output", metavar="FILE", required=True, help="where to write it"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 3 where a line was no record."""
        if not args:
            self.usage("name speech files, or folders of them")
        target = Path(opts.output)
        if opts.output in ("", "-"):
            self.usage("-o FILE: export writes a file")
        if target.is_dir() or is_special(target):
            raise CannotBeDone(f"is no file: {target}")
        apart(target, inputs=args)
        bad = 0

        def tell(why: str) -> None:
            nonlocal bad
            bad += 1
            self.say(f"warning: {why}")

        count = export(opts.format, speech_files([Path(a) for a in args]), target, tell)
        self.say(f"{count} documents in {opts.output}")
        return 3 if bad else 0
