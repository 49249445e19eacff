"""Output files that appear whole under their final name, or not at all.

    with Staged(Path("speeches.jsonl")) as out:
        out.write(line)
        out.keep()          # without it, nothing is left behind
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Self

from crawler.command import CannotBeDone


class Staged:
    """A file that is written beside its name and renamed on `keep`. Raises CannotBeDone where it cannot be made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            raise CannotBeDone(f"is a folder, not a file: {path}")
        try:
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {path} ({error.strerror})") from None
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._kept = False

    def write(self, data: bytes) -> None:
        """Append. Raises CannotBeDone where the disk is full or the like."""
        try:
            self._file.write(data)
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None

    def keep(self) -> None:
        """All is well: make it appear, durable, with the permissions that a new file has here."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            mask = os.umask(0)
            os.umask(mask)
            self._part.chmod(0o666 & ~mask)
            self._part.replace(self.path)
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None
        self._kept = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._kept:
            self._file.close()
            self._part.unlink(missing_ok=True)
