"""Every effect of a run on disk and state, counted, and a fault at the one that was chosen.

`faults(Fault("kill", at=7))` makes the process kill itself (SIGKILL) before its eighth effect: a write, fsync, truncate,
rename or unlink of our files, or a BEGIN or COMMIT of the state. Other faults raise what the system would raise there.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.runs import schema
from pipelines import atomic_file as jsonl

#: Calls of `os` that change what is on the disk.
CALLS = ("open", "write", "fsync", "ftruncate", "replace", "unlink")
STATEMENTS = ("BEGIN", "COMMIT")

#: `make faults` runs all of it; the tests of a change run a share (every kill between two effects is in either).
WHOLE = "FAULT_KILLS" in os.environ
STRIDE = 1 if WHOLE else 3


@dataclass
class Fault:
    """`what`: kill, or the name of an errno, raised at effect number `at` and (`lasting`) all later ones of these kinds.

    `half`: a failing write writes half of its bytes first, as a full disk does.
    """

    what: str = "none"
    at: int = 1 << 60
    kinds: tuple[str, ...] = (*CALLS, *STATEMENTS)
    lasting: bool = False
    half: bool = False
    seen: list[str] = field(default_factory=list)

    def meet(self, kind: str, write: Callable[[], object] | None = None) -> None:
        """An effect is about to happen."""
        if kind not in self.kinds:
            return
        number = len(self.seen)
        self.seen.append(kind)
        if number < self.at or (number > self.at and not self.lasting):
            return
        if self.half and write is not None:
            write()
        if self.what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.what == "none":
            return
        if kind in STATEMENTS:
            raise sqlite3.OperationalError(
                {"ENOSPC": "database or disk is full"}.get(self.what, "disk I/O error")
            )
        number_of = getattr(errno, self.what)
        raise OSError(number_of, os.strerror(number_of))


class _Os:
    """`os` with the fault in its way."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def met(*args: Any, **more: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return real(*args, **more)
            half = (
                (lambda: os.write(args[0], bytes(args[1])[: len(args[1]) // 2]))
                if name == "write"
                else None
            )
            self._fault.meet(name, half)
            if (
                name == "fsync"
            ):  # a killed process leaves the page cache behind; only a loss of power needs the platter
                return None
            return real(*args, **more)

        return met


@contextmanager
def faults(fault: Fault) -> Iterator[Fault]:
    """Put the fault in the way of files and state; take it out again."""

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            word = sql.split(None, 1)[0]
            if word in STATEMENTS:
                fault.meet(word)
            return super().execute(sql, *more)

    class Driver:
        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite3, name)

        @staticmethod
        def connect(*args: Any, **more: Any) -> sqlite3.Connection:
            return sqlite3.connect(*args, factory=Connection, **more)

    real_unlink = Path.unlink

    def unlink(path: Path, *args: Any, **more: Any) -> None:
        fault.meet("unlink")
        real_unlink(path, *args, **more)

    jsonl.os, schema.sqlite3 = _Os(fault), Driver()  # type: ignore[assignment]
    Path.unlink = unlink  # type: ignore[method-assign]
    try:
        yield fault
    finally:
        jsonl.os, schema.sqlite3 = os, sqlite3
        Path.unlink = real_unlink  # type: ignore[method-assign]
