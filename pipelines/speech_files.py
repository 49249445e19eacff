"""Files of speeches: which files of a folder they are, how their lines are read, and which version of a document is current.

    current = CurrentVersions()
    for path in speech_files([Path("output/speeches")]):     # oldest first
        for line in read_speeches(path):
            if isinstance(line, Line):
                current.add(line)

Index, export, report, feeds, deduplication, outlines and recovery all read through this module, so they agree on what there is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import xxhash

from pipelines.errors import InputError
from pipelines.records import SIZE_LIMIT, BadRecord, Speech, speech_from

#: Endings of the files that commands write beside speeches.
SIDECARS = (
    ".traces.jsonl",
    ".failures.jsonl",
    ".outlines.jsonl",
    ".chunks.jsonl",
    ".feed.jsonl",
)

#: Records of ours that are no speeches; a file of a folder that opens with one is another kind of file.
OTHER_RECORDS = ("trace/1", "failure/1", "outline/1", "chunk/1", "run/1")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: Bytes that are looked at to tell what a file is.
HEAD = 8192

#: When a run began, in the name of its files.
_RUN = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ID = re.compile(r"[0-9a-f]{32}")
_SCHEMA = re.compile(rb'"schema"\s{0,9}:\s{0,9}"(?P<name>[a-z]{1,20}/[0-9]{1,3})"')


class Line(NamedTuple):
    """A record as it was read, and the digest of its line (32 hex characters)."""

    speech: Speech
    digest: str


class BadLine(NamedTuple):
    """A line that is no speech, or (number 0) a file that holds none. `error` is one of `failure/1`."""

    path: Path
    number: int
    error: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.number}" if self.number else str(self.path)
        return f"{place}: no speech/1 record: {self.detail}"


# Which files


def found_files(paths: Sequence[Path]) -> list[Path]:
    """The speech files of the given files and folders in the order given, each once; folders give theirs by name.

    A file that is named counts whatever it is called. Raises InputError for one that is missing or cannot be read.
    """
    found: dict[Path, None] = {}

    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_inside(path)))
        elif not path.exists():
            raise InputError(f"{path}: no such file or folder")
        elif not os.access(path, os.R_OK):
            raise InputError(f"{path}: cannot be read")
        else:
            found[path] = None

    return list(found)


def speech_files(paths: Sequence[Path]) -> list[Path]:
    """The same files, oldest first: a record that supersedes others comes after them.

    A file is as old as the run in its name (`SITE-20260102T030405Z-….jsonl`), without one as its last change.
    """
    return sorted(found_files(paths), key=lambda path: (_age(path), path.name))


def is_speech_file(path: Path) -> bool:
    """Whether a `.jsonl` file of a folder holds speeches: no sidecar by its name, no other record by its first line."""
    if path.name.startswith(".") or path.name.endswith(SIDECARS) or not path.is_file():
        return False

    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:  # reading it will say so
        return True

    first_line = head.lstrip(BYTE_ORDER_MARK + b" \t\r\n").partition(b"\n")[0]
    named = _SCHEMA.search(first_line[:200])

    return named is None or named["name"].decode() not in OTHER_RECORDS


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.jsonl")):
        if is_speech_file(path):
            yield path


def _age(path: Path) -> float:
    run = _RUN.search(path.name)
    if run:
        with suppress(ValueError):
            return datetime.strptime(run[0], "%Y%m%dT%H%M%S%z").timestamp()

    try:
        return path.stat().st_mtime
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


# Reading lines


def is_binary(head: bytes) -> bool:
    """Whether what should be JSON lines is something else altogether: NUL bytes, and no line that opens an object.
    One bad line among good ones is not meant.

    >>> is_binary(bytes(9)), is_binary(b'{"a": 1}' + bytes(9)), is_binary(b"no JSON either")
    (True, False, False)
    """
    if b"\0" not in head:
        return False

    lines = head.split(b"\n")
    return not any(line.lstrip(BYTE_ORDER_MARK + b" \t").startswith(b'{"') for line in lines)


def bounded_lines(stream: BufferedReader) -> Iterator[bytes | None]:
    """The lines of a file with their ends, the byte order mark taken off; `None` for one over SIZE_LIMIT bytes.

    No more of such a line than the limit is ever in memory.
    """
    first = True

    while line := stream.readline(SIZE_LIMIT + 2):
        if first:
            line = line.removeprefix(BYTE_ORDER_MARK)
            first = False

        if len(line.rstrip(b"\r\n")) <= SIZE_LIMIT:
            yield line
            continue

        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)

        yield None


def read_speeches(path: Path, stream: BufferedReader | None = None) -> Iterator[Line | BadLine]:
    """The records of a file, one line in memory at a time, and a BadLine for every line that is none.

    `stream` is read instead of the file where it is given. Blank lines are passed over. Raises InputError.
    """
    try:
        if stream is not None:
            yield from _read(path, stream)
            return

        with path.open("rb") as file:
            yield from _read(path, file)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def good_lines(path: Path, bad: Callable[[str], None]) -> Iterator[Line]:
    """The records of a file; `bad` is told of every line that is none. An empty file has nothing bad in it."""
    for line in read_speeches(path):
        if isinstance(line, Line):
            yield line
        elif line.error != "empty":
            bad(str(line))


def _read(path: Path, stream: BufferedReader) -> Iterator[Line | BadLine]:
    if is_binary(stream.peek(HEAD)[:HEAD]):
        yield BadLine(path, 0, "not_text", "no lines of JSON, and NUL bytes")
        return

    empty = True
    for number, line in enumerate(bounded_lines(stream), 1):
        if line is None:
            yield BadLine(path, number, "too_large", f"over {SIZE_LIMIT} bytes")
        elif not line.strip():
            continue
        else:
            try:
                yield Line(checked_speech(line), xxhash.xxh3_128_hexdigest(line.rstrip()))
            except BadRecord as error:
                yield BadLine(path, number, "bad_record", str(error))

        empty = False

    if empty:
        yield BadLine(path, 0, "empty", "no line in it")


def checked_speech(line: bytes) -> Speech:
    """A line's speech. Raises BadRecord, also where its id, its time or its offsets cannot be worked with."""
    speech = speech_from(line)

    if not _ID.fullmatch(speech.id):
        raise BadRecord(f"id: {speech.id[:40]!r} is not 32 lower-case hex characters")

    if speech.crawled_at is not None:
        _check_time(speech.crawled_at)

    size = len(speech.text)
    if any(not 0 <= gap.at <= size for gap in speech.gaps):
        raise BadRecord(f"gaps: an offset outside the text of {size} code points")

    if speech.provenance:
        _check_tiles(speech, size)

    return speech


def _check_time(crawled_at: str) -> None:
    try:
        datetime.fromisoformat(crawled_at)
    except ValueError:
        raise BadRecord(f"crawled_at: {crawled_at[:40]!r} is no ISO 8601 time") from None


def _check_tiles(speech: Speech, size: int) -> None:
    starts = [tile.start for tile in speech.provenance]
    ends = [0, *(tile.end for tile in speech.provenance)]
    tiles = starts == ends[:-1] and ends[-1] == size

    if not tiles or any(start >= end for start, end in pairwise(ends)):
        raise BadRecord(f"provenance: the stretches do not tile the text of {size} code points")


# Which version counts


class Known(NamedTuple):
    """What is known of an id. `buried` is the highest version that was superseded, 0 where none was; where `live` is
    false, that is all there is."""

    version: int
    digest: str
    crawled_at: str
    buried: int
    live: bool


#: What is known of an id that never came.
NOTHING = Known(0, "", "", 0, False)


class CurrentVersions:
    """Decides which records are current, for every reader of speech files.

    The highest version of an `id` counts, of equal versions the later capture. A record that another one `supersedes` goes,
    and stays away unless it comes again in a higher version, which a crawl gives it when it turns out to be a document
    of its own. A record that is read again changes nothing.
    """

    def __init__(self, known: Mapping[str, Known] | None = None) -> None:
        """`known` is what was read before."""
        self.known: dict[str, Known] = dict(known or {})
        #: id -> up to which version it was superseded by what was added.
        self.buried: dict[str, int] = {}

    def add(self, line: Line) -> bool:
        """Take the next record into account; tells whether it is now the current one of its id."""
        speech = line.speech
        known = self.known.get(speech.id, NOTHING)
        is_new = self._is_new(line, known)

        if is_new:
            self.known[speech.id] = Known(
                speech.version, line.digest, speech.crawled_at or "", known.buried, True
            )

        for other in speech.supersedes:
            if other != speech.id:
                self._bury(other, is_new)

        return is_new

    def is_current(self, line: Line) -> bool:
        """Whether a record, added before, is the one that counts of its id."""
        known = self.known.get(line.speech.id, NOTHING)

        return known.live and known.digest == line.digest

    @staticmethod
    def _is_new(line: Line, known: Known) -> bool:
        if line.speech.version <= known.buried:
            return False
        if not known.live:
            return True

        age = line.speech.version, line.speech.crawled_at or ""
        return line.digest != known.digest and age >= (known.version, known.crawled_at)

    def _bury(self, other: str, by_new: bool) -> None:
        known = self.known.get(other, NOTHING)
        read_again = known.buried and not (by_new and known.live)

        if read_again:
            return

        self.buried[other] = max(known.version, known.buried, 1)
        self.known[other] = known._replace(buried=self.buried[other], live=False)


def current_lines(files: Sequence[Path], bad: Callable[[str], None]) -> Iterator[tuple[Path, Line]]:
    """The current records of speech files, each with its file and each once, in the files' order.

    The files are read twice; in memory are some hundred bytes a document. `bad` is told of lines that are no records.
    """
    current = CurrentVersions()

    for path in files:
        for line in good_lines(path, bad):
            current.add(line)

    given: set[str] = set()
    for path in files:
        for line in good_lines(path, lambda why: None):
            if current.is_current(line) and line.speech.id not in given:
                given.add(line.speech.id)
                yield path, line
