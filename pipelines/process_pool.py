"""Tasks in several processes, their results in the order of the tasks.

    with ProcessPool(jobs=4) as pool:
        for result in pool.results(task, ((argument,) for argument in arguments)):
            write(result)

Few tasks are in flight at a time, so memory stays flat however many there are.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from pipelines.errors import HarvestError

#: Tasks in flight for each process: enough that none waits for the one that writes.
IN_FLIGHT = 3

_T = TypeVar("_T")


class WorkerDied(HarvestError):
    """A process ended before its work was done."""

    def __init__(self) -> None:
        super().__init__(
            "a process ended before its work was done (out of memory?): try fewer with -j"
        )


class ProcessPool:
    """`jobs` processes, started as tasks come; with one job everything happens in this process."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._executor: ProcessPoolExecutor | None = None

        if jobs > 1:
            # spawn: a process that Scrapy has started in may hold threads, which fork does not carry over
            spawn = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(jobs, mp_context=spawn)

    def results(
        self, task: Callable[..., _T], arguments: Iterable[tuple[Any, ...]]
    ) -> Iterator[_T]:
        """What `task(*given)` returns for each of the arguments, in order. Raises WorkerDied, and what a task raises."""
        if self._executor is None:
            for given in arguments:
                yield task(*given)

            return

        waiting: deque[Future[_T]] = deque()
        try:
            for given in arguments:
                with _uninterrupted():
                    waiting.append(self._executor.submit(task, *given))

                if len(waiting) >= self.jobs * IN_FLIGHT:
                    yield waiting.popleft().result()

            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise WorkerDied from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes started within never see Ctrl-C, which reaches a whole group: the first one ends the others."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
