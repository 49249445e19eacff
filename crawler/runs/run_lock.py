"""One run of a site at a time: a lock that ends with its process, however that ends.

The kernel holds it (`flock`), so a kill, a reboot or a reused pid leaves no stale lock behind; what the file says is
for people: who holds it, and since when.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import orjson

from pipelines.errors import HarvestError


class Holder(NamedTuple):
    """Who holds a lock. `born` is the process's start in clock ticks since boot, `boot` names the boot."""

    pid: int
    born: int
    boot: str
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


class LockHeld(HarvestError):
    """Another run has the lock; the message says who and since when."""

    exit_status = 4


class Lock:
    """The lock of a site. Held from creation until `release` or the end of the process."""

    def __init__(self, path: Path, since: str, *, shared: bool = False) -> None:
        """Take it, alone or with others. Raises LockHeld, and OSError where the file cannot be written."""
        # A link that somebody laid in a shared folder is not followed: its target would be emptied.
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)

        try:
            try:
                fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockHeld(f"{path.name} is held by {_described(self._fd)}") from None

            #: The holder that did not come to release it: killed, or its machine went down.
            self.died = _read(self._fd)
            if not shared:
                me = Holder(os.getpid(), _born(os.getpid()), _boot(), os.uname().nodename, since)
                _write(self._fd, orjson.dumps(me._asdict()))
        except BaseException:
            os.close(self._fd)
            raise

    def release(self) -> None:
        """Let the next one in."""
        if self._fd >= 0:
            with suppress(OSError):
                _write(self._fd, b"")

            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def live_holder(path: Path) -> Holder | None:
    """Who holds a lock on this machine, if the process lives; the lock itself is not touched."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return None

    try:
        holder = _read(fd)
    finally:
        os.close(fd)

    return holder if holder and (holder.boot, holder.born) == (_boot(), _born(holder.pid)) else None


def _described(fd: int) -> str:
    holder = _read(fd)
    if holder is None:
        return "a process that is just starting"
    if holder.host == os.uname().nodename and (holder.boot, holder.born) != (
        _boot(),
        _born(holder.pid),
    ):
        return f"another process than the one it names ({holder})"

    return str(holder)


def _read(fd: int) -> Holder | None:
    try:
        return Holder(**orjson.loads(os.pread(fd, 4096, 0)))
    except (TypeError, ValueError):
        return None


def _write(fd: int, data: bytes) -> None:
    os.ftruncate(fd, 0)
    os.pwrite(fd, data, 0)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _born(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0

    return int(stat.rpartition(b")")[2].split()[19])
