"""Where outlines go: standard output, one file of lines, or one file for each document."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crawler.cli.command import CannotBeDone, Command
from pipelines.atomic_file import AtomicFile, is_special
from pipelines.failures import failure, iso
from pipelines.records import to_line


class FailureLog:
    """The failures beside the output; no file where there are none, unless an older one would mislead."""

    def __init__(self, path: Path | None, stage: str) -> None:
        self.path, self.stage, self.count = path, stage, 0
        self.file: AtomicFile | None = None

    def __enter__(self) -> FailureLog:
        if self.path:
            self.file = AtomicFile(self.path)

        return self

    def write(self, url: str, error: str, detail: str) -> None:
        """Report one failure."""
        self.count += 1
        Command.say(f"{error}: {url}: {detail}")

        if self.file:
            record = failure(url, "unknown", self.stage, error, detail, iso(time.time()))
            self.file.write(to_line(record))

    def keep(self) -> None:
        """All is well: make the file appear, if there is something to say."""
        if self.file and self.path and (self.count or self.path.exists()):
            self.file.keep()
            self.file = None

    def __exit__(self, *_: object) -> None:
        if self.file:
            self.file.__exit__()


class Sink:
    """Where rendered documents go; the base writes nowhere (`--explain` alone)."""

    def __init__(self, output: str | None, ending: str) -> None:
        self.output, self.ending = output, ending

    def __enter__(self) -> Sink:
        return self

    def write(self, id_: str, data: bytes) -> None:
        """One more document."""

    def keep(self) -> None:
        """All is well: make it appear."""

    def __exit__(self, *_: object) -> None:
        """Drop what was not kept."""


class _Standard(Sink):
    """Standard output; formats of one document a file must not follow one another there."""

    def __init__(self, output: str | None, ending: str) -> None:
        super().__init__(output, ending)
        self.single = ending in ("opml", "html")
        self.held: bytes | None = None

    def write(self, id_: str, data: bytes) -> None:
        if self.single and self.held is not None:
            detail = f"several speeches, and {self.ending} holds one: name a folder with -o"
            raise CannotBeDone(detail)

        self.held = data
        if not self.single:
            sys.stdout.buffer.write(data)

    def keep(self) -> None:
        if self.single and self.held is not None:
            sys.stdout.buffer.write(self.held)

        sys.stdout.buffer.flush()


class _Lines(Sink):
    """One JSONL file."""

    def __enter__(self) -> _Lines:
        self.file: AtomicFile | None = AtomicFile(Path(self.output or ""))
        return self

    def write(self, id_: str, data: bytes) -> None:
        assert self.file is not None
        self.file.write(data)

    def keep(self) -> None:
        assert self.file is not None
        self.file.keep()
        self.file = None

    def __exit__(self, *_: object) -> None:
        if self.file:
            self.file.__exit__()


class _Documents(Sink):
    """One file for one document, a folder of `ID.ending` for several (or where FILE is a folder already)."""

    def __enter__(self) -> _Documents:
        self.path = Path(self.output or "")
        try:
            made = tempfile.mkdtemp(
                prefix=f".{self.path.name[:80]}.", suffix=".part", dir=self.path.parent
            )
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None

        self.folder = Path(made)
        self.count = 0

        return self

    def write(self, id_: str, data: bytes) -> None:
        self.count += 1
        if self.count == 2 and self.path.exists() and not self.path.is_dir():
            raise CannotBeDone(f"several speeches need a folder, and this is a file: {self.path}")

        self.last = self.folder / f"{file_name(id_)}.{self.ending}"
        self.last.write_bytes(data)

    def keep(self) -> None:
        try:
            self._appear()
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None

    def _appear(self) -> None:
        if self.path.is_dir():
            for part in self.folder.iterdir():
                part.replace(self.path / part.name)
        elif self.count == 1:
            self.last.replace(self.path)
        elif self.count:
            self.folder.chmod(0o755)
            self.folder.replace(self.path)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def file_name(id_: str) -> str:
    """An id as a file name; ids are hex, but the file came from outside.

    >>> file_name("../a b")
    '___a_b'
    """
    safe = [c if (c.isascii() and c.isalnum()) or c == "-" else "_" for c in id_]

    return "".join(safe)[:100] or "_"


def sink(output: str | None, ending: str) -> Sink:
    """Where documents of a format go. Raises CannotBeDone for what is neither a file nor a folder."""
    if not output:
        return Sink(output, ending)
    if output == "-":
        return _Standard(output, ending)
    if ending != "jsonl" and is_special(Path(output)):
        raise CannotBeDone(f"neither a file nor a folder: {output}")

    maker: Callable[[str | None, str], Sink] = _Lines if ending == "jsonl" else _Documents
    return maker(output, ending)
