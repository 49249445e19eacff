"""`scrapy index [SPEECHES…] [--to TARGET]`: bring a downstream index up to date with speech files."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.command import Command
from pipelines.search.index import default_index, fill, open_sink
from pipelines.speech_files import speech_files


class IndexCommand(Command):
    """Without arguments, everything in `output/speeches` goes to `output/index.db`."""

    def syntax(self) -> str:
        """What stands behind `scrapy index`."""
        return "[SPEECHES…] [--to TARGET]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "Fill a search index: output/index.db, or PostgreSQL, or OpenSearch"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of this command."""
        super().add_options(parser)

        parser.add_argument(
            "--to",
            metavar="TARGET",
            help="tantivy:///PATH, postgresql://USER@HOST/DATABASE or opensearch://HOST:PORT/INDEX; "
            "passwords come from PGPASSWORD and OPENSEARCH_PASSWORD",
        )

        parser.add_argument(
            "--rebuild", action="store_true", help="empty the index first and read everything again"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 3 where a line was no record."""
        output = self.output
        target = opts.to or default_index(output)
        paths = [Path(a) for a in args] or [output / "speeches"]
        files = speech_files(paths)

        with open_sink(target, empty=opts.rebuild) as sink:
            done = fill(sink, files, self.say)

        self.say(
            f"{done.new} new, {done.replaced} replaced, {done.unchanged} unchanged, {done.buried} superseded; "
            f"{done.skipped_files} of {done.files + done.skipped_files} files were known; the index holds {done.total} documents"
        )
        return 3 if done.bad else 0
