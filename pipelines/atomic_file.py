"""Files that appear whole under their final name, or not at all.

with AtomicFile(Path("speeches.jsonl")) as out:            # one that is written in one go
    out.write(line)
    out.keep()                                             # without it, nothing is left behind

growing = GrowingFile(Path("output/speeches/wm114-R.jsonl"))   # one that is committed piece by piece
growing.append(line); growing.sync(); growing.appear()
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

from pipelines.errors import OutputError

#: Behind the final name while a run is under way: no reader's glob of `*.jsonl` or `*.warc.gz` meets it.
WORKING = ".part"

#: The end of an atomic file's working name, which begins with a dot: `.speeches.jsonl.5c1f02ab.harvest.part`.
PRIVATE_WORKING = ".harvest.part"


class AtomicFile:
    """A file that is written beside its name and renamed by `keep`. All methods raise OutputError.

    A device or a pipe (`/dev/null`) is written to and never replaced; a link is followed. The working file has always the
    same name, so what a killed process left of it is written over.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._working: Path | None = None
        self._kept = False

        try:
            self._open()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
            raise self._error(error) from None

    def _open(self) -> None:
        if self.path.is_dir():
            raise OSError(0, "it is a folder")

        if is_special(self.path):
            self._fd = os.open(self.path, os.O_WRONLY)
            return

        self._target = self.path.resolve()
        self._working, self._fd = _working_file(self._target)

    def write(self, data: bytes) -> None:
        """Append, in full."""
        try:
            _write_all(self._fd, data)
        except OSError as error:
            raise self._error(error) from None

    def stream(self) -> BinaryIO:
        """The file for libraries that write by themselves; close it before `keep`."""
        return os.fdopen(self._fd, "wb", closefd=False)

    def keep(self) -> None:
        """Let it appear, durable, with the permissions of any new file."""
        try:
            if self._working:
                os.fsync(self._fd)
                if not os.path.samestat(os.fstat(self._fd), self._working.lstat()):
                    raise OSError(0, "another process writes it")

                os.replace(self._working, self._target)
                sync_folder(self._target.parent)

            self._kept = True
            os.close(self._fd)
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: Exception) -> OutputError:
        why = getattr(error, "strerror", None) or error
        return OutputError(f"cannot be written: {self.path} ({why})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept:
            return

        with suppress(OSError):  # what could not be written is told already
            os.close(self._fd)

        if self._working:
            with suppress(OSError):
                self._working.unlink()


def write_whole(final: Path, data: bytes) -> None:
    """Write a small file at once; its folder is made where it is missing. Raises OSError."""
    final.parent.mkdir(parents=True, exist_ok=True)

    with AtomicFile(final) as out:
        out.write(data)
        out.keep()


def is_special(path: Path) -> bool:
    """Whether a path is there and neither a file nor a folder: a device, a pipe, a socket. Raises OSError."""
    if not path.exists() or path.is_dir():
        return False

    return not path.is_file() or str(path.parent) in ("/dev", "/dev/fd", "/proc/self/fd")


def _working_file(target: Path) -> tuple[Path, int]:
    """An empty file of ours beside the target, locked while it is open, with the permissions of any new file."""
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:8]
    name = f".{target.name[:40]}.{digest}"
    usual = target.with_name(name + PRIVATE_WORKING)
    remove_dead(usual)

    try:
        return usual, _created(usual)
    except FileExistsError:  # another process writes the same target
        other = target.with_name(f"{name}.{secrets.token_hex(4)}{PRIVATE_WORKING}")
        return other, _created(other)


def _created(path: Path) -> int:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    return fd


def remove_dead(working: Path) -> None:
    """Remove a working file whose writer was killed; one that is locked is being written."""
    try:
        if stat.S_ISREG(working.lstat().st_mode):
            fd = os.open(working, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally:
                os.close(fd)

        working.unlink()
    except OSError:  # not there, or not ours to remove: another name is taken
        return


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

        _write_all(self._fd, data)
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


def _write_all(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
