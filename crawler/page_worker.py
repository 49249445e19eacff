"""A function that runs in a process of its own, every call under a bound of CPU time and memory.

    with PageWorker(read_page, Bounds(cpu_seconds=4)) as worker:
        answer = worker.call(page)                 # blocking; or in an event loop, many at a time:
        answer = await worker.ask(page)            # answered in the order in which they were asked

A page may hang in any code: a pattern that backtracks for years, a parser in C, an allocation without end. Nothing in
the same process can end that, so pages are read in another one, and the kernel ends it: the timer of `ITIMER_PROF`
counts the CPU time of the worker and its default action is to kill. The caller sees `PageLost`, the pages behind it
are read by a fresh worker, and the caller's event loop never waits.

Two processes are forked: a supervisor, which does nothing but wait, and under it the worker. The supervisor has
no threads and holds no files, so it can replace a dead worker at any time, which the caller, in the middle of a
crawl, could not do safely. Fork before threads, event loops and locks exist. Both end when the caller's end of the
socket closes, also by `kill -9`.
"""

from __future__ import annotations

import asyncio
import gc
import mmap
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Self, TypeVar

from pipelines.errors import HarvestError

Task = TypeVar("Task")
Answer = TypeVar("Answer")

#: Frame on the socket: length of the content in bytes, kind of the frame.
_HEAD = struct.Struct("!IB")
_TASK, _ANSWER, _RAISED, _MEMORY, _KILLED = range(5)
#: What the worker is doing, in a byte that it shares with the supervisor.
_IDLE, _RECEIVING, _WORKING, _SENDING = range(4)
#: Exit status of a worker that wants to be replaced, its memory being exhausted.
_REPLACE = 3
#: Workers that die one after another without having been given work: something is wrong with the machine.
_IDLE_DEATHS = 5
#: New objects before the collector of cycles looks at them: those of some hundred pages.
_YOUNG = 20_000
#: Seconds that a worker without work gets to end by itself.
_GRACE = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may use.

    `cpu_seconds` holds for a task of up to `per_bytes` bytes (pickled), a larger one gets proportionally more.
    `wall_seconds` ends a call that waits for ever without computing. `memory` is in bytes, on top of what the process has
    when it starts. Of the texts of `make hostile`, cleaned a third of a million characters
    at a time (0.3 to 1 MB), nine of fourteen kinds took less than 3 s, that of short lines 15 s: such a page is given up.
    """

    cpu_seconds: float = 4.0
    per_bytes: int = 1 << 20
    wall_seconds: float = 600.0
    memory: int = 1 << 30


class PageLost(Exception):
    """No answer for one task: `error` is from the closed list of `failure/1`, the text says why."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class WorkerBroken(HarvestError):
    """The worker is gone and cannot be replaced; no task can be done any more."""


# -- in the worker ------------------------------------------------------------------------------------------------------

#: The bounds of the process that this is, if it is a worker.
_bounds: Bounds | None = None


def restart_clock(size: int) -> None:
    """Begin a new allowance of time, for a document of `size` bytes: for calls that hold several documents. Does nothing
    outside a worker."""
    if _bounds is None:
        return

    share = max(1.0, size / _bounds.per_bytes)
    signal.setitimer(signal.ITIMER_PROF, _bounds.cpu_seconds * share)
    signal.setitimer(signal.ITIMER_REAL, _bounds.wall_seconds * share)


def _stop_clock() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _supervise(link: socket.socket, work: Callable[[Any], Any], bounds: Bounds) -> NoReturn:
    """Keep one worker alive until the caller has gone."""
    state = mmap.mmap(-1, 1)
    # Modules and tables stay: the collector need not look through them, nor memory shared with the caller be copied for it.
    gc.freeze()
    gc.set_threshold(_YOUNG)
    idle_deaths = 0

    while idle_deaths < _IDLE_DEATHS:
        pid = os.fork()
        if pid == 0:
            _serve(link, work, bounds, state)

        exit_code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if exit_code == 0:
            os._exit(0)

        if exit_code == _REPLACE:
            continue

        if state[0] == _WORKING:
            number = -exit_code if exit_code < 0 else 0
            link.sendall(_HEAD.pack(1, _KILLED) + bytes((number,)))
            idle_deaths = 0
        elif state[0] == _IDLE:
            idle_deaths += 1
        else:
            break  # half a frame stands on the socket: there is no going on

    os._exit(1)


def _serve(
    link: socket.socket, work: Callable[[Any], Any], bounds: Bounds, state: mmap.mmap
) -> NoReturn:
    """Answer one task after another."""
    global _bounds
    code = 1

    try:
        _bounds = bounds
        _limit_memory(bounds.memory)
        state[0] = _IDLE

        while (task := _received(link, state)) is not None:
            state[0] = _WORKING
            kind, content = _answered(work, task)
            state[0] = _SENDING
            link.sendall(_HEAD.pack(len(content), kind) + content)
            state[0] = _IDLE

            if kind == _MEMORY:
                os._exit(_REPLACE)

        code = 0
    except (BrokenPipeError, ConnectionResetError):
        code = 0  # the caller has gone
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _answered(work: Callable[[Any], Any], task: bytearray) -> tuple[int, bytes]:
    restart_clock(len(task))
    try:
        return _ANSWER, pickle.dumps(work(pickle.loads(task)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return _MEMORY, b""
    except Exception as error:
        return _RAISED, f"{type(error).__name__}: {error}"[:2000].encode("utf-8", "replace")
    finally:
        _stop_clock()


def _received(link: socket.socket, state: mmap.mmap) -> bytearray | None:
    """The next task, and not a byte more: what follows is for whoever comes after this worker. `None` at the end."""
    head = link.recv(_HEAD.size, socket.MSG_PEEK)

    if not head:
        return None

    state[0] = _RECEIVING
    length, _ = _HEAD.unpack(_exactly(link, _HEAD.size))

    return _exactly(link, length)


def _exactly(link: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)

    while view:
        count = link.recv_into(view)
        if not count:
            raise ConnectionResetError("the other end has gone")

        view = view[count:]

    return content


def _limit_memory(memory: int) -> None:
    """Bound what the process may allocate, on top of what it has."""
    with suppress(OSError, ValueError, StopIteration):
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmData:"))

        limit = int(line.split()[1]) * 1024 + memory
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)

        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _become_worker(link: socket.socket) -> None:
    """Let go of what belongs to the caller: its files, its signals, its process group."""
    os.setpgid(0, 0)
    keep = link.fileno()
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.closerange(3, keep)
    os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    signal.set_wakeup_fd(-1)

    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):  # the caller hears them, and ends us
        signal.signal(number, signal.SIG_IGN)


# -- in the caller --------------------------------------------------------------------------------------------------------


class PageWorker(Generic[Task, Answer]):
    """One worker and its supervisor. `work` and what it reaches are as they are at this moment."""

    def __init__(self, work: Callable[[Task], Answer], bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._link, theirs = socket.socketpair()
        self._transport: asyncio.Transport | None = None
        self._answers = _Answers(self._bounds)
        self._calling = False
        sys.stdout.flush()
        sys.stderr.flush()

        with warnings.catch_warnings():
            # Newer Pythons warn of threads: those of numeric libraries, which stop before a fork.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()

        if self._pid == 0:
            try:
                _become_worker(theirs)
                _supervise(theirs, work, self._bounds)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)

        theirs.close()
        with suppress(OSError):  # the child does the same; whoever comes first
            os.setpgid(self._pid, self._pid)

    def call(self, task: Task) -> Answer:
        """Wait for the answer. Raises PageLost, WorkerBroken."""
        self._calling = True

        try:
            self._link.sendall(_framed(task))
            length, kind = _HEAD.unpack(_exactly(self._link, _HEAD.size))
            content = _exactly(self._link, length)
        except OSError:
            raise _broken() from None

        self._calling = False
        return self._answers.read(kind, content)  # type: ignore[no-any-return]

    async def connect(self) -> None:
        """Hand the socket to the running event loop; from here on `ask` is used."""
        self._link.setblocking(False)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self._answers, sock=self._link)

    async def ask(self, task: Task) -> Answer:
        """The answer, while other work goes on. Raises PageLost, WorkerBroken."""
        if self._transport is None or self._answers.lost:
            raise _broken()

        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers.waiting.append(answer)
        self._transport.write(_framed(task))

        return await answer

    async def disconnect(self) -> None:
        """Take the socket from the event loop, before that ends."""
        if self._transport is not None:
            self._transport.abort()
            await asyncio.sleep(0)

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        pid, self._pid = self._pid, 0

        if not pid:
            return

        with suppress(OSError):
            self._link.shutdown(
                socket.SHUT_RDWR
            )  # at once, whether or not the event loop still runs

        if self._transport is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._transport.abort()

        self._link.close()
        end = time.monotonic() + (0.0 if self._calling or self._answers.waiting else _GRACE)

        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() >= end:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

                os.waitpid(pid, 0)
                return

            time.sleep(0.002)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _framed(task: object) -> bytes:
    content = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(content), _TASK) + content


def _broken() -> WorkerBroken:
    return WorkerBroken("the process that reads pages has gone (killed, or out of memory)")


class _Answers(asyncio.Protocol):
    """Answers as they arrive, each for whoever waits longest."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._received = bytearray()
        self.waiting: deque[asyncio.Future[Any]] = deque()
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._received)
            end = _HEAD.size + length

            if len(self._received) < end:
                return

            content = self._received[_HEAD.size : end]
            del self._received[:end]
            self._deliver(kind, content)

    def _deliver(self, kind: int, content: bytearray) -> None:
        answer = self.waiting.popleft()
        if answer.done():  # nobody waits any more
            return

        try:
            answer.set_result(self.read(kind, content))
        except PageLost as error:
            answer.set_exception(error)

    def read(self, kind: int, content: bytearray) -> Any:
        """The answer in a frame. Raises PageLost."""
        if kind == _ANSWER:
            return pickle.loads(content)
        if kind == _MEMORY:
            raise PageLost("too_large", f"more than {self._bounds.memory >> 20} MB of memory")
        if kind == _RAISED:
            raise PageLost("rule_error", content.decode("utf-8", "replace"))

        number = content[0]
        if number == signal.SIGPROF:
            raise PageLost("too_slow", f"more than {self._bounds.cpu_seconds:g} s of CPU")
        if number == signal.SIGALRM:
            raise PageLost("too_slow", f"no end in {self._bounds.wall_seconds:g} s")

        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        raise PageLost("rule_error", f"the process that read it was ended by {name}")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        for answer in self.waiting:
            if not answer.done():
                answer.set_exception(_broken())

        self.waiting.clear()
