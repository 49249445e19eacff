"""uvloop, with the one thing that Twisted needs and it does not do: go on reading a socket after a reset.

A reset that arrives behind unread data makes libuv give up the socket's poll handle. uvloop then lets the reader run
once, which gets the data, and never again: the reset goes unseen, and a page that a server broke off in its headers
ends as a timeout half a minute later (30 of 30 tries; none with this loop). Here the reader of a socket in error is
run on until it has met the error and leaves.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any

import uvloop

MOST_READS = 1_000  # of 64 KiB: more than any page may have


class Loop(uvloop.Loop):
    """`ASYNCIO_EVENT_LOOP`. Twisted's reactor watches its sockets through `add_reader`."""

    def __init__(self) -> None:
        super().__init__()
        self._watched: set[Any] = set()
        self._in_error = select.poll()

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Watch a descriptor, and remember that it is watched."""
        super().add_reader(fd, self._read, fd, callback, args)
        self._watched.add(fd)

    def remove_reader(self, fd: Any) -> None:  # type: ignore[override]
        """Watch it no longer."""
        self._watched.discard(fd)
        super().remove_reader(fd)

    def _read(self, fd: Any, callback: Callable[..., Any], args: tuple[Any, ...]) -> None:
        callback(*args)
        for _ in range(MOST_READS):
            if fd not in self._watched or not self._broken(fd):
                break
            callback(*args)

    def _broken(self, fd: Any) -> bool:
        """Whether an error waits on the descriptor: 1.5 µs."""
        try:
            self._in_error.register(fd, 0)  # errors are told without being asked for
        except (ValueError, OSError):
            return False
        try:
            return any(event & select.POLLERR for _, event in self._in_error.poll(0))
        finally:
            self._in_error.unregister(fd)
