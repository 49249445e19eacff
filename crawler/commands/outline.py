"""`scrapy outline SPEECHES… -o FILE`: the outline of every speech, one at a time.

scrapy outline output/speeches/wm114-1.jsonl -o wm114.outlines.jsonl
scrapy outline one.jsonl -o map.html
scrapy outline one.jsonl --explain
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.outputs import apart, beside
from pipelines.atomic_file import AtomicFile, is_special
from pipelines.failures import failure, iso
from pipelines.outline import Decision, decisions, outline_of
from pipelines.outline.render import FORMATS
from pipelines.records import Outline, Speech, to_line
from pipelines.speech_files import Line, found_files, read_speeches


class Command(Base):
    """Speeches to outlines; memory does not grow with the file."""

    def syntax(self) -> str:
        return "SPEECHES… -o FILE [--format jsonl|md|opml|html] [--explain]"

    def short_desc(self) -> str:
        return "Outlines of speeches: JSONL, Markdown, OPML or a mind map"

    def long_desc(self) -> str:
        return (
            "Reads speech/1 lines (files, folders of .jsonl, - for standard input) and writes their outlines. "
            "Where there are several and the format holds one, FILE is a folder of ID.md, ID.opml or ID.html."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write; - is standard output"
        )
        parser.add_argument(
            "--format", choices=sorted(FORMATS), help="default: by FILE's ending, else jsonl"
        )
        parser.add_argument(
            "--failures", metavar="FILE", help="lines that are no speech, default: beside FILE"
        )
        parser.add_argument(
            "--explain",
            action="store_true",
            help="say of every candidate why it is or is no heading",
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            self.usage("name at least one file of speeches")
        if not opts.output and not opts.explain:
            self.usage("-o FILE says where to write (- is standard output)")
        ending = Path(opts.output or "").suffix[1:]
        format_ = opts.format or (ending if ending in FORMATS else "jsonl")
        files = [path for arg in args for path in _files(arg)]
        if not files:
            raise CannotBeDone(f"no .jsonl files in {' '.join(args)}")
        counts = {"outlines": 0, "failures": 0}
        sidecar = beside(opts.output, opts.failures, "failures", [f".{name}" for name in FORMATS])
        apart(opts.output, sidecar, inputs=args)
        with contextlib.ExitStack() as stack:
            failures = stack.enter_context(_Failures(sidecar))
            sink = stack.enter_context(_sink(opts.output, format_))
            report = sys.stderr if opts.output == "-" else sys.stdout
            for speech in _speeches(files, failures):
                if opts.explain:
                    _explain(speech, report)
                sink.write(outline_of(speech))
                counts["outlines"] += 1
            sink.keep()
            failures.keep()
            counts["failures"] = failures.count
        self.say(", ".join(f"{number} {name}" for name, number in counts.items()))
        return 3 if counts["failures"] else 0


def _explain(speech: Speech, report: IO[str]) -> None:
    print(f"{speech.id}  {speech.title}", file=report)
    for d in decisions(speech):
        print(_line(d), file=report)


def _line(d: Decision) -> str:
    return (
        f"  {d.start:>7}  {'+' if d.heading else '-'}  {d.kind:<5} {d.marker}\t{d.why}\t{d.context}"
    )


def _files(arg: str) -> list[Path | None]:
    """The files an argument names; `None` is standard input."""
    return [None] if arg == "-" else list(found_files([Path(arg)]))


def _speeches(files: list[Path | None], failures: _Failures) -> Iterator[Speech]:
    for path in files:
        standard_input = cast(BufferedReader, sys.stdin.buffer) if path is None else None
        for line in read_speeches(path or Path("-"), standard_input):
            if isinstance(line, Line):
                yield line.speech
            elif line.number:
                where, detail = (
                    f"file:{line.path}#{line.number}",
                    f"line {line.number}: {line.detail}",
                )
                failures.write(where, line.error, detail)
            else:
                failures.write(f"file:{line.path}", line.error, line.detail)


class _Failures:
    """The failures beside the output; no file where there are none, unless an older one would mislead."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.count = path, 0
        self.staged: AtomicFile | None = None

    def __enter__(self) -> _Failures:
        if self.path:
            self.staged = AtomicFile(self.path)
        return self

    def write(self, url: str, error: str, detail: str) -> None:
        self.count += 1
        Base.say(f"{error}: {url}: {detail}")
        if self.staged:
            record = failure(url, "unknown", "outline", error, detail, iso(time.time()))
            self.staged.write(to_line(record))

    def keep(self) -> None:
        if self.staged and self.path and (self.count or self.path.exists()):
            self.staged.keep()
            self.staged = None

    def __exit__(self, *_: object) -> None:
        if self.staged:
            self.staged.__exit__()


class _Sink:
    """Where outlines go; the base writes nowhere (`--explain` alone)."""

    def __init__(self, output: str | None, format_: str) -> None:
        self.output = output
        self.ending, self.render = FORMATS[format_]

    def __enter__(self) -> _Sink:
        return self

    def write(self, outline: Outline) -> None:
        """One more outline."""

    def keep(self) -> None:
        """All is well: make it appear."""

    def __exit__(self, *_: object) -> None:
        """Drop what was not kept."""


class _Standard(_Sink):
    """Standard output; formats of one document a file must not follow one another there."""

    def __init__(self, output: str | None, format_: str) -> None:
        super().__init__(output, format_)
        self.single = format_ in ("opml", "html")
        self.held: bytes | None = None

    def write(self, outline: Outline) -> None:
        if self.single and self.held is not None:
            raise CannotBeDone(
                f"several speeches, and {self.ending} holds one: name a folder with -o"
            )
        self.held = self.render(outline)
        if not self.single:
            sys.stdout.buffer.write(self.held)

    def keep(self) -> None:
        if self.single and self.held is not None:
            sys.stdout.buffer.write(self.held)
        sys.stdout.buffer.flush()


class _Lines(_Sink):
    """One JSONL file."""

    def __enter__(self) -> _Lines:
        self.staged: AtomicFile | None = AtomicFile(Path(self.output or ""))
        return self

    def write(self, outline: Outline) -> None:
        assert self.staged is not None
        self.staged.write(self.render(outline))

    def keep(self) -> None:
        assert self.staged is not None
        self.staged.keep()
        self.staged = None

    def __exit__(self, *_: object) -> None:
        if self.staged:
            self.staged.__exit__()


class _Documents(_Sink):
    """One file for one speech, a folder of `ID.ending` for several (or where FILE is a folder already)."""

    def __enter__(self) -> _Documents:
        self.path = Path(self.output or "")
        try:
            self.folder = Path(
                tempfile.mkdtemp(
                    prefix=f".{self.path.name[:80]}.", suffix=".part", dir=self.path.parent
                )
            )
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None
        self.count = 0
        return self

    def write(self, outline: Outline) -> None:
        self.count += 1
        if self.count == 2 and self.path.exists() and not self.path.is_dir():
            raise CannotBeDone(f"several speeches need a folder, and this is a file: {self.path}")
        self.last = self.folder / f"{_file_name(outline.id)}.{self.ending}"
        self.last.write_bytes(self.render(outline))

    def keep(self) -> None:
        try:
            if self.path.is_dir():
                for part in self.folder.iterdir():
                    part.replace(self.path / part.name)
            elif self.count == 1:
                self.last.replace(self.path)
            elif self.count:
                self.folder.chmod(0o755)
                self.folder.replace(self.path)
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _file_name(id_: str) -> str:
    """An id as a file name; ids are hex, but the file came from outside.

    >>> _file_name("../a b")
    '___a_b'
    """
    return (
        "".join(c if (c.isascii() and c.isalnum()) or c == "-" else "_" for c in id_)[:100] or "_"
    )


def _sink(output: str | None, format_: str) -> _Sink:
    if not output:
        return _Sink(output, format_)
    if output != "-" and format_ != "jsonl" and is_special(Path(output)):
        raise CannotBeDone(f"neither a file nor a folder: {output}")
    makers: dict[bool, Callable[[str | None, str], _Sink]] = {True: _Lines, False: _Documents}
    return (
        _Standard(output, format_) if output == "-" else makers[format_ == "jsonl"](output, format_)
    )
