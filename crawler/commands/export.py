"""`scrapy export SPEECHES… --format F -o FILE`: speeches for other engines."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.command import CannotBeDone, Command
from crawler.cli.outputs import apart
from pipelines.atomic_file import is_special
from pipelines.exports.bulk_files import FORMATS, export
from pipelines.exports.chunk_files import FORMATS as CHUNK_FORMATS
from pipelines.exports.chunk_files import export_chunks
from pipelines.outline.chunks import LEAST_SIZE, SIZE
from pipelines.speech_files import speech_files


class ExportCommand(Command):
    """The current documents of speech files, in one file."""

    def syntax(self) -> str:
        """What stands behind `scrapy export`."""
        return "SPEECHES… --format F -o FILE [--chunks [--size N]]"

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

        parser.add_argument(
            "--chunks", action="store_true", help="pieces along the sections instead of documents"
        )

        parser.add_argument(
            "--size", type=int, default=SIZE, help=f"longest chunk in code points (default {SIZE})"
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
        if opts.chunks and (opts.format not in CHUNK_FORMATS or opts.size < LEAST_SIZE):
            formats = ", ".join(CHUNK_FORMATS)
            self.usage(f"--chunks: formats are {formats}; --size is at least {LEAST_SIZE}")

        bad = 0

        def tell(why: str) -> None:
            nonlocal bad
            bad += 1
            self.say(f"warning: {why}")

        files = speech_files([Path(a) for a in args])
        if opts.chunks:
            count = export_chunks(opts.format, files, target, tell, opts.size)
        else:
            count = export(opts.format, files, target, tell)

        self.say(f"{count} {'chunks' if opts.chunks else 'documents'} in {opts.output}")
        return 3 if bad else 0
