"""`scrapy chunks SPEECHES… -o FILE`: speeches in chunks along their sections, for indexes that hold passages.

scrapy chunks output/speeches -o output/all.chunks.jsonl --size 400
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

from crawler.cli.command import Command
from crawler.cli.outline_outputs import FailureLog, sink
from crawler.cli.outputs import apart, beside
from pipelines.outline import outline_of
from pipelines.outline.chunks import LEAST_SIZE, SIZE, chunks_of
from pipelines.records import Speech, to_line
from pipelines.speech_files import Line, found_files, read_speeches
from pipelines.usual_size import excess


class ChunksCommand(Command):
    """Speeches to chunks, one speech in memory at a time."""

    def syntax(self) -> str:
        """What stands behind `scrapy chunks`."""
        return "SPEECHES… -o FILE [--size N]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "Speeches in chunks along their sections (chunk/1)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of this command."""
        super().add_options(parser)

        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write; - is standard output"
        )

        parser.add_argument(
            "--size", type=int, default=SIZE, help=f"longest chunk in code points (default {SIZE})"
        )

        parser.add_argument(
            "--failures", metavar="FILE", help="lines that are no speech, default: beside FILE"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 3 where a line was no speech."""
        if not args or not opts.output:
            self.usage("name speech files or folders of them, and with -o where to write")

        if opts.size < LEAST_SIZE:
            self.usage(f"--size {opts.size} is too small: at least {LEAST_SIZE}")

        sidecar = beside(opts.output, opts.failures, "failures")
        apart(opts.output, sidecar, inputs=args)

        count = 0

        with contextlib.ExitStack() as stack:
            failures = stack.enter_context(FailureLog(sidecar, "chunks"))
            out = stack.enter_context(sink(opts.output, "jsonl"))

            for path in found_files([Path(arg) for arg in args]):
                for speech in _speeches(path, failures):
                    for chunk in chunks_of(speech, outline_of(speech), opts.size):
                        out.write(chunk.id, to_line(chunk))
                        count += 1

            out.keep()
            failures.keep()

        self.say(f"{count} chunks, {failures.count} failures")
        return 3 if failures.count else 0


def _speeches(path: Path, failures: FailureLog) -> Iterator[Speech]:
    """The speeches of a file; what is none, or longer than any, is a failure."""
    for line in read_speeches(path):
        if not isinstance(line, Line):
            where = f"file:{line.path}" + (f"#{line.number}" if line.number else "")
            failures.write(where, line.error, line.detail)
        elif size := excess(line.speech.text):
            failures.write(line.speech.url, "too_large", size)
        else:
            yield line.speech
