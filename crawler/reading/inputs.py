"""Pages that are here already: local files, `raw/1` lines and the captures of a WARC, each to one `RawDocument`.

    for unit in units(["output/pages", "report.html", "others.jsonl"]):
        document = read(unit, site=None)       # RawDocument or Failure; pure but for opening the unit's own file

A *unit* is what one process reads by itself: a file, a run of lines, a capture. Units are found in the order of the
paths (folders sorted), and hold no more than one capture or some lines at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.archive import reader
from crawler.archive.reader import Capture
from crawler.reading import attachments, local_file, markdown_file, raw_lines
from crawler.reading.document import fetched_document
from crawler.reading.encodings import Unreadable, stated_charset
from crawler.reading.local_file import SITELESS, LocalFile
from crawler.reading.raw_lines import RawLines
from crawler.site import Site
from crawler.sites import site_of, sites
from pipelines.failures import failure
from pipelines.records import Failure, RawDocument
from pipelines.speech_files import SIDECARS

ENDINGS = (
    *local_file.MARKUP,
    *markdown_file.ENDINGS,
    *attachments.ENDINGS,
    ".txt",
    *reader.ENDINGS,
    ".jsonl",
)


Unit = LocalFile | RawLines | Capture | Failure


class NoSuchInput(Exception):
    """A path that is not there or cannot be read; the message is the line for the person."""


def units(paths: Sequence[str], without: str = "-") -> Iterator[Unit]:
    """All there is to read, in order; `without` is a file in a folder that is no input, as it will be written.
    Raises NoSuchInput before the first unit where a path is missing or there is no page in all of them."""
    output = os.path.realpath(without) if without != "-" else ""

    found = [
        file
        for path in paths
        for file in _files(path)
        if not output or file.path == path or os.path.realpath(file.path) != output
    ]
    if not found:
        raise NoSuchInput(f"no pages in {' '.join(paths)}")

    return (unit for file in found for unit in _units_of(file))


def read(unit: Unit, site: Site | None) -> Iterator[RawDocument | Failure]:
    """The documents of a unit as extraction gives them; `site` is the one that `--site` names."""
    if isinstance(unit, Failure):
        yield unit
    elif isinstance(unit, RawLines):
        yield from raw_lines.documents(unit, site)
    elif isinstance(unit, Capture):
        yield _captured_document(unit, site)
    else:
        yield local_file.document(unit, site)


def _captured_document(capture: Capture, site: Site | None) -> RawDocument | Failure:
    known = site or sites().get(capture.site) or site_of(capture.url) or SITELESS
    charset = stated_charset(capture.content_type)

    try:
        return fetched_document(capture.body, charset, capture.url, known, capture.when)[0]
    except Unreadable as error:
        return failure(capture.url, known.key, "read", error.error, str(error), capture.when)


def _units_of(file: LocalFile) -> Iterator[Unit]:
    name = file.path.lower()
    if name.endswith(reader.ENDINGS):
        yield from reader.captures(file.path, file.address)
    elif name.endswith(".jsonl"):
        yield from raw_lines.runs(file.path, file.address)
    else:
        yield file


def _files(path: str) -> list[LocalFile]:
    if os.path.isdir(path):
        return _files_of_folder(Path(path))
    if not os.path.exists(path):
        raise NoSuchInput(f"no such file or folder: {path}")
    if not os.access(path, os.R_OK):
        raise NoSuchInput(f"cannot be read: {path}")

    return [LocalFile(path, os.path.basename(path))]


def _files_of_folder(root: Path) -> list[LocalFile]:
    named = [
        path
        for path in sorted(root.rglob("*"))
        if path.name.lower().endswith(ENDINGS) and not path.name.endswith(SIDECARS)
    ]
    return [
        LocalFile(str(path), path.relative_to(root).as_posix()) for path in named if path.is_file()
    ]
