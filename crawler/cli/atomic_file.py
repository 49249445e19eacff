"""Output files that appear whole under their final name, or not at all.

    with Staged(Path("speeches.jsonl")) as out:
        out.write(line)
        out.keep()          # without it, nothing is left behind

A device or a pipe (`-o /dev/null`) is written to and never replaced; a link is followed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from crawler.cli.command import CannotBeDone


class Staged:
    """A file that is written beside its name and renamed on `keep`. Raises CannotBeDone where it cannot be made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept = False
        self._part: Path | None = None
        try:
            if path.is_dir():
                raise CannotBeDone(f"is a folder, not a file: {path}")
            if is_special(path):
                self._file = path.open("wb")
                return
            self._target = path.resolve()
            handle, name = tempfile.mkstemp(
                prefix=f".{path.name[:40]}.", suffix=".part", dir=self._target.parent
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise CannotBeDone(
                f"cannot be written: {path} ({getattr(error, 'strerror', None) or error})"
            ) from None
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")

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
            if self._part is None:
                self._file.close()
                self._kept = True
                return
            os.fsync(self._file.fileno())
            self._file.close()
            mask = os.umask(0)
            os.umask(mask)
            self._part.chmod(0o666 & ~mask)
            self._part.replace(self._target)
        except OSError as error:
            raise CannotBeDone(f"cannot be written: {self.path} ({error.strerror})") from None
        self._kept = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._kept:
            with suppress(OSError):  # what could not be written is told already
                self._file.close()
            if self._part:
                self._part.unlink(missing_ok=True)


def is_special(path: Path) -> bool:
    """Whether a path is there and neither a file nor a folder: a device, a pipe, a socket. Raises OSError."""
    return (
        path.exists()
        and not path.is_dir()
        and (not path.is_file() or str(path.parent) in ("/dev", "/dev/fd", "/proc/self/fd"))
    )


def beside(
    output: str | None, named: str | None, kind: str, endings: Sequence[str] = (".jsonl",)
) -> Path | None:
    """Where a sidecar goes: where it was asked for, else beside the output, else nowhere.

    >>> beside("out/x.jsonl", None, "traces"), beside("-", None, "traces"), beside("/dev/null", None, "traces")
    (PosixPath('out/x.traces.jsonl'), None, None)
    """
    if named:
        return Path(named)
    if not output or output == "-":
        return None
    path = Path(output)
    try:
        if is_special(path):
            return None
    except OSError as error:
        raise CannotBeDone(f"cannot be written: {path} ({error.strerror})") from None
    stem = next(
        (path.name.removesuffix(e) for e in endings if path.name.endswith(e) and path.name != e),
        path.name,
    )
    return path.with_name(f"{stem}.{kind}.jsonl") if path.name else None


def apart(*outputs: str | Path | None, inputs: Sequence[str] = ()) -> None:
    """Refuse to write two outputs into one file, or over an input that was named. Raises CannotBeDone."""
    seen = {os.path.realpath(name) for name in inputs if os.path.isfile(name)}
    for output in outputs:
        if output is None or str(output) == "-":
            continue
        place = os.path.realpath(output)
        if place in seen and not place.startswith("/dev/"):
            raise CannotBeDone(f"would be written over an input or another output: {output}")
        seen.add(place)
