"""`scrapy outline FILE… -o FILE`: the outline of every speech, or of any text, one at a time.

scrapy outline output/speeches/wm114-1.jsonl -o wm114.outlines.jsonl
scrapy outline one.jsonl -o map.html
scrapy outline report.docx --explain
scrapy outline flat.md --format md -o levels.md
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import IO, NamedTuple, cast

from crawler.cli.command import Command as Base
from crawler.cli.outline_outputs import FailureLog, sink
from crawler.cli.outputs import apart, beside
from crawler.reading.encodings import Unreadable
from crawler.reading.flat_file import ENDINGS, FlatSpeech, flat_file
from crawler.sites import site_names
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.errors import InputError
from pipelines.outline import Decision, decisions, outline_of
from pipelines.outline.flat_text import FlatText, plain_lines, with_levels
from pipelines.outline.render import FORMATS
from pipelines.records import SIZE_LIMIT, Outline, Speech
from pipelines.speech_files import BYTE_ORDER_MARK, Line, found_files, read_speeches
from pipelines.usual_size import excess


class _Input(NamedTuple):
    """A speech to outline; of a text file also its lines and what its format states of headings."""

    speech: Speech
    flat: FlatText | None = None
    stated: Mapping[int, int | None] = {}


class Command(Base):
    """Speeches and texts to outlines; memory does not grow with a file of speeches."""

    def syntax(self) -> str:
        return "FILE… -o FILE [--format jsonl|md|opml|html] [--clean] [--explain]"

    def short_desc(self) -> str:
        return "Outlines of speeches and texts: JSONL, Markdown, OPML or a mind map"

    def long_desc(self) -> str:
        return (
            "Reads speech/1 lines (files, folders of .jsonl) and texts (.txt, .md, .docx, .pdf); - is standard input, either of them. "
            "A text is read as it is, --clean cleans it first; --format md writes the levels into it as #. "
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

        parser.add_argument("--clean", action="store_true", help="clean texts first")
        parser.add_argument(
            "--failures", metavar="FILE", help="what could not be read, default: beside FILE"
        )

        parser.add_argument(
            "--explain",
            action="store_true",
            help="say of every candidate why it is or is no heading",
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            self.usage("name at least one file")

        if not opts.output and not opts.explain:
            self.usage("-o FILE says where to write (- is standard output)")

        files = [path for arg in args for path in _files(arg)]
        if not files:
            raise InputError(f"no .jsonl files in {' '.join(args)}")

        format_ = _format(opts)
        sidecar = beside(opts.output, opts.failures, "failures", [f".{name}" for name in FORMATS])
        apart(opts.output, sidecar, inputs=args)
        report = sys.stderr if opts.output == "-" else sys.stdout
        count = 0

        with contextlib.ExitStack() as stack:
            failures = stack.enter_context(FailureLog(sidecar, "outline"))
            out = stack.enter_context(sink(opts.output, FORMATS[format_][0]))

            for given in _of_usual_size(_inputs(files, opts.clean, failures), failures):
                if opts.explain:
                    _explain(given, report)

                outline = outline_of(given.speech, given.stated)
                out.write(outline.id, _rendered(given, outline, format_))
                count += 1

            out.keep()
            failures.keep()

        self.say(f"{count} outlines, {failures.count} failures")
        return 3 if failures.count else 0


def _format(opts: argparse.Namespace) -> str:
    """The format that is named, else that of the output's ending."""
    ending = Path(opts.output or "").suffix[1:]

    return str(opts.format or (ending if ending in FORMATS else "jsonl"))


def _rendered(given: _Input, outline: Outline, format_: str) -> bytes:
    if given.flat is not None and format_ == "md":
        return with_levels(given.flat, outline).encode("utf-8", "replace")

    return FORMATS[format_][1](outline)


def _explain(given: _Input, report: IO[str]) -> None:
    print(f"{given.speech.id}  {given.speech.title}", file=report)
    for d in decisions(given.speech, given.stated):
        print(_line(d), file=report)


def _line(d: Decision) -> str:
    sign = "+" if d.heading else "-"
    return f"  {d.start:>7}  {sign}  {d.kind:<5} {d.marker}\t{d.why}\t{d.context}"


# Reading


def _files(arg: str) -> list[Path | None]:
    """The files an argument names; `None` is standard input."""
    return [None] if arg == "-" else list(found_files([Path(arg)]))


def _inputs(files: list[Path | None], cleaned: bool, failures: FailureLog) -> Iterator[_Input]:
    for path in files:
        if path is None:
            yield from _from_standard_input(cleaned, failures)
        elif path.name.lower().endswith(ENDINGS):
            with path.open("rb") as file:
                data = file.read(SIZE_LIMIT + 1)

            yield from _texts(str(path), data, cleaned, failures)
        else:
            yield from _records(path, None, failures)


def _of_usual_size(given: Iterator[_Input], failures: FailureLog) -> Iterator[_Input]:
    for one in given:
        if size := excess(one.speech.text):
            failures.write(one.speech.url, "too_large", size)
        else:
            yield one


def _from_standard_input(cleaned: bool, failures: FailureLog) -> Iterator[_Input]:
    """Records if the first line opens an object (or nothing readable comes), a text otherwise."""
    stream = cast(BufferedReader, sys.stdin.buffer)
    head = stream.peek(64)[:64].removeprefix(BYTE_ORDER_MARK).lstrip()

    if not head or head.startswith((b"{", b"[")) or b"\0" in head:
        yield from _records(Path("-"), stream, failures)
        return

    yield from _texts("-", stream.read(SIZE_LIMIT + 1), cleaned, failures)


def _records(path: Path, stream: BufferedReader | None, failures: FailureLog) -> Iterator[_Input]:
    for line in read_speeches(path, stream):
        if isinstance(line, Line):
            yield _Input(line.speech)
        elif line.number:
            where = f"file:{line.path}#{line.number}"
            failures.write(where, line.error, f"line {line.number}: {line.detail}")
        else:
            failures.write(f"file:{line.path}", line.error, line.detail)


def _texts(name: str, data: bytes, cleaned: bool, failures: FailureLog) -> Iterator[_Input]:
    """The speech of a text file; cleaning may make several of it, or none."""
    try:
        if len(data) > SIZE_LIMIT:
            raise Unreadable("too_large", f"over {SIZE_LIMIT} bytes")

        read = flat_file(name, data)
        if not read.flat.text.strip():
            raise Unreadable("empty", "no text in it")
    except Unreadable as error:
        failures.write(f"file:{name}", error.error, str(error))
        return

    if cleaned:
        yield from _cleaned(read, failures)
    else:
        yield _Input(read.speech, read.flat, read.flat.stated_offsets())


def _cleaned(read: FlatSpeech, failures: FailureLog) -> Iterator[_Input]:
    for document in clean(read.raw, site_names()):
        if isinstance(document, Cleaned):
            speech = document.speech
            yield _Input(speech, plain_lines(speech.text))
        else:
            failures.write(document.url, document.error, document.detail)
