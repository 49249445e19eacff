"""`scrapy clean PATH… -o FILE`: archived or local pages to speeches, without a network and without a state.

scrapy clean output/pages -o speeches.jsonl -j 4      # and speeches.traces.jsonl, speeches.failures.jsonl beside it
scrapy clean page.html --site wm114 -o -
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crawler.archive.reader import Capture
from crawler.cli.atomic_file import Staged, apart, beside
from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.reading.inputs import NoSuchInput, Unit, read, units
from crawler.sites import site_names, sites
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import LOSSES, Failure, to_line

#: Units handed to a process at a time, and batches in flight per process: order is kept and memory stays flat.
BATCH, IN_FLIGHT = 16, 3


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
    known = sites()[site] if site else None
    names = site_names()
    for unit in batch:
        for document in read(unit, known):
            for result in (
                (document,)
                if isinstance(document, Failure)
                else clean(document, names, document.crawled_at)
            ):
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
        sidecars = (
            beside(opts.output, opts.traces, "traces"),
            beside(opts.output, opts.failures, "failures"),
        )
        apart(opts.output, *sidecars, inputs=args)
        counts: Counter[str] = Counter()
        with ExitStack() as stack:
            traces, failures = (
                stack.enter_context(Staged(path)) if path else None for path in sidecars
            )
            speeches = (
                None if opts.output == "-" else stack.enter_context(Staged(Path(opts.output)))
            )
            for lines in _results(work, opts.site, opts.jobs):
                if speeches:
                    speeches.write(lines.speeches)
                else:
                    sys.stdout.buffer.write(lines.speeches)
                if traces:
                    traces.write(lines.traces)
                if failures:
                    failures.write(lines.failures)
                counts.update(lines.counts)
            sys.stdout.buffer.flush()
            for file in (traces, failures, speeches):
                if file:
                    file.keep()
        self.say(_told(counts))
        return 3 if any(counts[f"failure:{error}"] for error in LOSSES) else 0


def _results(work: Iterator[Unit], site: str | None, jobs: int) -> Iterator[Lines]:
    """The batches' results in the order of the input, from one process or several."""
    batches = _batches(work)
    if jobs == 1:
        for batch in batches:
            yield cleaned_lines(batch, site)
        return
    # spawn: a process that Scrapy has started in may hold threads, which fork does not carry over
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[Lines]] = deque()
        try:
            for batch in batches:
                with _uninterrupted():
                    waiting.append(pool.submit(cleaned_lines, batch, site))
                if len(waiting) >= jobs * IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise CannotBeDone(
                "a process ended before its work (out of memory?): try fewer with -j"
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes started within never see Ctrl-C, which reaches a whole group: the first one ends the others."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _batches(work: Iterator[Unit]) -> Iterator[list[Unit]]:
    """Units in runs; a capture of many megabytes goes alone."""
    while batch := list(islice(work, 1)):
        size = _size(batch[0])
        while len(batch) < BATCH and size < 1 << 20 and (more := list(islice(work, 1))):
            size += _size(more[0])
            batch += more
        yield batch


def _size(unit: Unit) -> int:
    return len(unit.body) if isinstance(unit, Capture) else 1 << 14


def _told(counts: Counter[str]) -> str:
    """The counts in one line."""
    kinds = [
        f"{counts[name]} {name}"
        for name in ("full", "gapped", "cut_off", "unknown")
        if counts[name]
    ]
    errors = [
        f"{number} {name.partition(':')[2]}"
        for name, number in sorted(counts.items())
        if ":" in name
    ]
    return (
        f"{counts['speeches']} speeches{' (' + ', '.join(kinds) + ')' if kinds else ''}, "
        f"{counts['failures']} failures{' (' + ', '.join(errors) + ')' if errors else ''}"
    )
