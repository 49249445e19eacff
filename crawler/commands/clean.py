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
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crawler.archive.reader import Capture
from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.outputs import apart, beside
from crawler.cli.page_bounds import page_bounds
from crawler.cli.page_pool import PagePool, cleaned
from crawler.reading.inputs import NoSuchInput, Unit, units
from crawler.sites import sites
from pipelines.atomic_file import AtomicFile
from pipelines.cleaning.clean import Cleaned
from pipelines.failures import failure
from pipelines.records import LOSSES, Failure, speech_from, to_line

#: Units handed to a process at a time, and the bytes after which a batch is full.
BATCH, BATCH_BYTES = 16, 1 << 20


class Result(NamedTuple):
    """One record as it is written: a speech with its trace, or a failure. `origin` names the input for the person."""

    origin: str
    record: Failure | None
    id: str
    content_hash: str
    crawled_at: str | None
    completeness: str
    line: bytes
    trace: bytes


def cleaned_results(batch: list[Unit], site: str | None) -> list[Result]:
    """Read and clean a batch of units, in order. `site` is the key that `--site` gave."""
    return [
        _failed(found, origin) if isinstance(found, Failure) else _stored(found, origin)
        for origin, found in cleaned(batch, site)
    ]


def _failed(failure: Failure, origin: str) -> Result:
    return Result(origin or failure.url, failure, "", "", None, "", to_line(failure), b"")


def _stored(found: Cleaned, origin: str) -> Result:
    speech = found.speech
    return Result(
        origin or speech.url,
        None,
        speech.id,
        speech.content_hash,
        speech.crawled_at,
        speech.completeness,
        to_line(speech),
        to_line(found.trace),
    )


class TakenIds:
    """Finds records of one run that share an id and are not the same text: one of them would be lost by every reader.

    Two captures of one page at different times are versions of it, and no fault.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str | None, str]] = {}

    def checked(self, result: Result) -> Result:
        """The result, or a failure `id_taken` in its place that names both inputs."""
        if result.record is not None:
            return result

        text, captured = result.content_hash, result.crawled_at
        first = self._known.setdefault(result.id, (text, captured, result.origin))
        are_versions = captured is not None and first[1] is not None and captured != first[1]

        if first[0] == text or are_versions:
            return result

        speech = speech_from(result.line)
        detail = f"{result.origin} has the id of {first[2]} ({result.id}), and another text"
        taken = failure(speech.url, speech.site, "clean", "id_taken", detail, result.crawled_at)

        return _failed(taken, result.origin)


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
        try:
            bounds = page_bounds(self.settings)
        except ValueError as error:
            raise CannotBeDone(f"bad setting: {error}") from None

        with PagePool(opts.jobs, partial(cleaned_results, site=opts.site), bounds) as pool:
            counts = _write(files, pool.results(_batches(work)))

        self.say(_told(counts))
        return 3 if any(counts[f"failure:{error}"] for error in LOSSES) else 0


def _write(files: dict[str, Path | None], batches: Iterator[list[Result]]) -> Counter[str]:
    """Clean and write everything; speeches without a file go to standard output. Returns the counts by name."""
    counts: Counter[str] = Counter()
    ids = TakenIds()

    with ExitStack() as stack:
        opened = {
            kind: stack.enter_context(AtomicFile(path)) for kind, path in files.items() if path
        }

        for results in batches:
            checked = [ids.checked(result) for result in results]
            _write_results(checked, opened)
            counts.update(name for result in checked for name in _counted(result))

        sys.stdout.buffer.flush()
        for kind in ("traces", "failures", "speeches"):
            if kind in opened:
                opened[kind].keep()

    return counts


def _write_results(results: list[Result], files: dict[str, AtomicFile]) -> None:
    stored = [result for result in results if result.record is None]
    speeches = b"".join(result.line for result in stored)

    if "speeches" in files:
        files["speeches"].write(speeches)
    else:
        sys.stdout.buffer.write(speeches)

    if "traces" in files:
        files["traces"].write(b"".join(result.trace for result in stored))

    if "failures" in files:
        failed = [result.line for result in results if result.record is not None]
        files["failures"].write(b"".join(failed))


def _counted(result: Result) -> tuple[str, str]:
    if result.record is None:
        return "speeches", result.completeness

    return "failures", f"failure:{result.record.error}"


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
