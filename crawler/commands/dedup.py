"""`scrapy dedup SPEECHES… -o FILE`: fold the exact and near copies of a collection together.

scrapy dedup output/speeches -o collection.jsonl        # and collection.failures.jsonl beside it
scrapy dedup a.jsonl b.jsonl -o - | head
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.outputs import apart, beside
from pipelines.atomic_file import AtomicFile
from pipelines.dedup.bulk import Bad, Collection
from pipelines.failures import failure
from pipelines.records import Failure, to_line
from pipelines.speech_files import found_files


class Command(Base):
    """See the module."""

    def syntax(self) -> str:
        return "SPEECHES… [-j N] -o FILE"

    def short_desc(self) -> str:
        return "Fold exact and near copies of a collection together"

    def long_desc(self) -> str:
        return (
            "Reads speech/1 lines (files, folders of .jsonl, - for standard input) and writes one record for each document, by "
            "id: copies are merged under the smallest id, what is withheld in one is filled from another. Lines that are no "
            "speech go to FILE.failures.jsonl beside it; with -o - only where --failures asks."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write; - is standard output"
        )

        parser.add_argument(
            "-j",
            "--jobs",
            metavar="N",
            type=int,
            default=os.cpu_count() or 1,
            help="processes (default: all cores)",
        )

        parser.add_argument(
            "--failures", metavar="FILE", help="lines that are no speech (default: beside FILE)"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            self.usage("name at least one file of speeches")

        if not opts.output:
            self.usage("-o FILE says where to write (- is standard output)")

        if opts.jobs < 1:
            self.usage("-j N: at least one process")

        with ExitStack() as stack:
            scratch = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="harvest-dedup-"))
            )

            files = _files(args, scratch)
            sidecar = beside(opts.output, opts.failures, "failures")
            apart(opts.output, sidecar)
            failures = stack.enter_context(AtomicFile(sidecar)) if sidecar else None

            records = (
                None if opts.output == "-" else stack.enter_context(AtomicFile(Path(opts.output)))
            )

            try:
                collection = stack.enter_context(Collection(files, scratch, opts.jobs))
                _write_records(collection, records)
            except BrokenPipeError:
                raise
            except OSError as error:
                raise CannotBeDone(
                    f"{error.strerror or error}: {error.filename or scratch}"
                ) from None

            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

            lost = [*_empty(files), *collection.bad]

            if failures:
                for bad in lost:
                    failures.write(to_line(_failure(bad, now)))

                failures.keep()

            if records:
                records.keep()

        self.say(_told(collection, len(lost)))
        return 3 if lost else 0


def _write_records(collection: Collection, records: AtomicFile | None) -> None:
    """Write what the collection became, to standard output where no file is named."""
    for lines in collection.records():
        if records:
            records.write(lines)
        else:
            sys.stdout.buffer.write(lines)

    sys.stdout.buffer.flush()


def _empty(files: list[Path]) -> list[Bad]:
    return [Bad(file, 0, "empty", "no line in it") for file in files if not file.stat().st_size]


def _files(args: list[str], scratch: Path) -> list[Path]:
    """The files that are meant; a folder stands for its .jsonl files."""
    files: list[Path] = []

    for arg in args:
        path = Path(arg)
        if arg == "-":
            path = scratch / "stdin"
            with path.open("wb") as spool:
                shutil.copyfileobj(sys.stdin.buffer, spool)

            files.append(path)
        else:
            files += found_files([path])

    if not files:
        raise CannotBeDone(f"no .jsonl files in {' '.join(args)}")

    return files


def _failure(bad: Bad, now: str) -> Failure:
    place = f"#{bad.line}" if bad.line else ""
    detail = f"line {bad.line}: {bad.detail}" if bad.line else bad.detail

    return failure(f"file:{bad.path}{place}", "unknown", "dedup", bad.error, detail, now)


def _told(collection: Collection, lost: int) -> str:
    """The counts in one line."""
    older = f" ({collection.older} older versions)" if collection.older else ""

    return (
        f"{collection.speeches} speeches{older}, {collection.texts} distinct texts, {collection.merged} merged records, "
        f"{collection.families} families, {lost} failures"
    )
