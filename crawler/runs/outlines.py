"""The outlines of what a run stored: made while its records are in memory, written when it ends.

Reading the records back at the end would cost half as much again. An outline can be made at any time (`scrapy outline`):
one that fails is logged and left out, and the run ends well.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from pipelines.atomic_file import GrowingFile
from pipelines.outline import outline_of
from pipelines.records import Speech, speech_from, to_line

logger = logging.getLogger("harvest.outlines")

#: Lines that are read back and outlined at a time.
_AT_ONCE = 200


class RunOutlines:
    """The outlines of the records that a run has committed so far, in a file without a name: a killed run leaves none, and
    whoever ends it makes them from its records."""

    def __init__(self, output: Path) -> None:
        self._folder = output
        self._file: IO[bytes] | None = None
        #: Bytes of the run's speeches whose outlines are here.
        self.covers = 0

    def add(self, lines: Sequence[bytes], speeches: Sequence[Speech], covers: int) -> None:
        """Outline the records of these lines; the run's speeches have `covers` bytes with them. Raises OSError."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (open to the end of the run)

        for line, speech in zip(lines, speeches, strict=True):
            self._file.write(outline_line(line, speech))

        self.covers = covers

    def chunks(self) -> Iterator[bytes]:
        """All of it, in order."""
        if self._file is not None:
            self._file.seek(0)
            yield from iter(partial(self._file.read, 1 << 20), b"")

    def close(self) -> None:
        """Forget them."""
        if self._file is not None:
            self._file.close()


def write_outlines(speeches: Path, outlines: Path, made: RunOutlines | None = None) -> None:
    """Write the outlines of a file of records, if it is there: those that were `made` on the way where they are of the very
    file that stands, else from its lines. Raises OSError."""
    if not speeches.exists():
        return

    growing = GrowingFile(outlines)
    growing.working.unlink(missing_ok=True)

    with speeches.open("rb") as file, growing:
        complete = made is not None and made.covers == speeches.stat().st_size
        chunks = made.chunks() if made is not None and complete else _read_back(file)

        for chunk in chunks:
            growing.append(chunk)

        growing.sync()
        growing.appear()


def _read_back(file: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(file)
    while batch := list(islice(lines, _AT_ONCE)):
        yield b"".join(map(outline_line, batch))


def outline_line(line: bytes, speech: Speech | None = None) -> bytes:
    """The outline of a record's line, or of the `speech` that it was written from; nothing where none can be made."""
    try:
        return to_line(outline_of(speech or speech_from(line)))
    except Exception:
        shown = line.decode("utf-8", "replace")
        logger.warning("no outline for %.120s…", shown, exc_info=True)

        return b""
