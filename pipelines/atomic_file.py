"""Files that grow under a working name, are cut back to what is committed, and appear whole under their final name.

growing = GrowingFile(Path("output/speeches/wm114-R.jsonl"))   # works in speeches/wm114-R.jsonl.part
growing.append(line); growing.sync(); growing.appear()
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

#: Behind the final name while a run is under way: no reader's glob of `*.jsonl` or `*.warc.gz` meets it.
WORKING = ".part"


class GrowingFile:
    """One file of a run. It is created with the first byte, so a run that stores nothing leaves nothing."""

    def __init__(self, final: Path) -> None:
        self.final = final
        self.working = final.with_name(final.name + WORKING)
        self.size = 0
        self._fd: int | None = None

    def append(self, data: bytes) -> None:
        """Write at the end, in full. Raises OSError; what was written of it stays beyond `size`."""
        if not data:
            return
        if self._fd is None:
            self.final.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.working, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            sync_folder(self.final.parent)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        self.size += len(data)

    def sync(self) -> None:
        """What was appended is on the disk when this returns."""
        if self._fd is not None:
            os.fsync(self._fd)

    def cut(self, size: int) -> None:
        """Take back what stands beyond `size` bytes."""
        if self._fd is not None:
            os.ftruncate(self._fd, size)
        self.size = size

    def appear(self) -> None:
        """Give the file its final name."""
        self.close()
        if self.size:
            appear(self.working, self.final)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def appear(working: Path, final: Path) -> None:
    """Rename, and see to it that the new name outlives a loss of power."""
    os.replace(working, final)
    sync_folder(final.parent)


def write_whole(final: Path, data: bytes) -> None:
    """Write a small file at once: whole under its final name, or not at all."""
    final.parent.mkdir(parents=True, exist_ok=True)
    working = final.with_name(final.name + WORKING)
    fd = os.open(working, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)
    appear(working, final)


def cut_file(path: Path, size: int) -> None:
    """Cut a file that nobody has open back to `size` bytes."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(fd, size)
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
