"""`scrapy clean PATH… -o FILE`: archived or local pages to speeches, without a network and without a state.

scrapy clean output/pages -o speeches.jsonl -j 4      # and speeches.traces.jsonl, speeches.failures.jsonl beside it
scrapy clean page.html --site wm114 -o -
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crawler.archive.reader import Capture
from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.outputs import apart, beside
from crawler.cli.process_pool import ProcessPool
from crawler.reading.inputs import NoSuchInput, Unit, read, units
from crawler.sites import site_names, sites
from pipelines.atomic_file import AtomicFile
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import LOSSES, Failure, to_line

#: Units handed to a process at a time, and the bytes after which a batch is full.
BATCH, BATCH_BYTES = 16, 1 << 20


class Lines(NamedTuple):
    """What a batch came to: JSON lines of each kind, and counts by name."""

    speeches: bytes
    traces: bytes
    failures: bytes
    counts: Counter[str]


def cleaned_lines(batch: list[Unit], site: str | None) -> Lines:
    """Read and clean a batch of units, in order. `site` is the key that `--site` gave."""
    speeches: list[bytes] = []
    traces: list[bytes] = []
    failures: list[bytes] = []
    counts: Counter[str] = Counter()
    for result in _cleaned(batch, site):
        if isinstance(result, Cleaned):
            speeches.append(to_line(result.speech))
            traces.append(to_line(result.trace))
            counts["speeches"] += 1
            counts[result.speech.completeness] += 1
        else:
            failures.append(to_line(result))
            counts["failures"] += 1
            counts[f"failure:{result.error}"] += 1
    return Lines(b"".join(speeches), b"".join(traces), b"".join(failures), counts)


def _cleaned(batch: list[Unit], site: str | None) -> Iterator[Cleaned | Failure]:
    known = sites()[site] if site else None
    names = site_names()
    for unit in batch:
        for document in read(unit, known):
            if isinstance(document, Failure):
                yield document
            else:
                yield from clean(document, names, document.crawled_at)


class Command(Base):
    """See the module."""

    def syntax(self) -> str:
        return "PATH… [--site S] [-j N] -o FILE"

    def short_desc(self) -> str:
        return "Clean archived or local pages: speeches, traces, failures"

    def long_desc(self) -> str:
        return (
            "Reads .html, .txt, .warc, .warc.gz, raw/1 .jsonl and folders of them. FILE.jsonl gets the speeches, "
            "FILE.traces.jsonl and FILE.failures.jsonl appear beside it; with -o - only where --traces and --failures ask."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write; - is standard output"
        )
        parser.add_argument(
            "--site", metavar="S", help="the site all pages are of, whatever they say"
        )
        parser.add_argument(
            "-j", "--jobs", metavar="N", type=int, default=1, help="processes (default 1)"
        )
        parser.add_argument(
            "--traces", metavar="FILE", help="where traces go (default: beside FILE)"
        )
        parser.add_argument(
            "--failures", metavar="FILE", help="where failures go (default: beside FILE)"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            self.usage("name at least one page, archive or folder")
        if not opts.output:
            self.usage("-o FILE says where to write (- is standard output)")
        if opts.jobs < 1:
            self.usage("-j N: at least one process")
        if opts.site is not None and opts.site not in sites():
            self.usage(f"--site {opts.site}: no such site; there are {', '.join(sites())}")
        try:
            work = units(args, without=opts.output)
        except NoSuchInput as error:
            raise CannotBeDone(str(error)) from None
        files = {
            "speeches": None if opts.output == "-" else Path(opts.output),
            "traces": beside(opts.output, opts.traces, "traces"),
            "failures": beside(opts.output, opts.failures, "failures"),
        }
        apart(*files.values(), inputs=args)
        counts = _write(files, work, opts.site, opts.jobs)
        self.say(_told(counts))
        return 3 if any(counts[f"failure:{error}"] for error in LOSSES) else 0


def _write(
    files: dict[str, Path | None], work: Iterator[Unit], site: str | None, jobs: int
) -> Counter[str]:
    """Clean and write everything; speeches without a file go to standard output. Returns the counts by name."""
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        opened = {
            kind: stack.enter_context(AtomicFile(path)) for kind, path in files.items() if path
        }
        pool = stack.enter_context(ProcessPool(jobs))
        batches = ((batch, site) for batch in _batches(work))
        for lines in pool.results(cleaned_lines, batches):
            if "speeches" not in opened:
                sys.stdout.buffer.write(lines.speeches)
            for kind, file in opened.items():
                file.write(getattr(lines, kind))
            counts.update(lines.counts)
        sys.stdout.buffer.flush()
        for kind in ("traces", "failures", "speeches"):
            if kind in opened:
                opened[kind].keep()
    return counts


def _batches(work: Iterator[Unit]) -> Iterator[list[Unit]]:
    """Units in runs; a capture of many megabytes goes alone."""
    while batch := list(islice(work, 1)):
        size = _size(batch[0])
        while len(batch) < BATCH and size < BATCH_BYTES and (more := list(islice(work, 1))):
            size += _size(more[0])
            batch += more
        yield batch


def _size(unit: Unit) -> int:
    return len(unit.body) if isinstance(unit, Capture) else 1 << 14


def _told(counts: Counter[str]) -> str:
    """The counts in one line."""
    kinds = [(name, counts[name]) for name in ("full", "gapped", "cut_off", "unknown")]
    errors = [(name.partition(":")[2], counts[name]) for name in sorted(counts) if ":" in name]
    return (
        f"{counts['speeches']} speeches{_in_brackets(kinds)}, "
        f"{counts['failures']} failures{_in_brackets(errors)}"
    )


def _in_brackets(counts: list[tuple[str, int]]) -> str:
    shown = [f"{number} {name}" for name, number in counts if number]
    return f" ({', '.join(shown)})" if shown else ""
