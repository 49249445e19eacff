"""Pages read and cleaned in several page workers, in the order of the input, each page under its bound.

    with PagePool(jobs=4, work=cleaned_results, bounds=Bounds()) as pool:
        for lines in pool.results(batches(units)):
            write(lines)

A batch that a page of it makes too slow is taken again page by page: that page becomes a failure (`too_slow`,
`too_large`), its neighbours are cleaned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat
from queue import SimpleQueue
from typing import Generic, Self, TypeVar

from crawler.archive.reader import Capture
from crawler.page_worker import Bounds, PageLost, PageWorker, restart_clock
from crawler.reading.inputs import Unit, read
from crawler.reading.local_file import LocalFile
from crawler.reading.raw_lines import RawLines
from crawler.sites import site_names, sites
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.failures import failure
from pipelines.records import BadRecord, Failure, raw_from

Result = TypeVar("Result")

#: Batches in flight for each worker: enough that none waits for the one that writes.
IN_FLIGHT = 3
#: UTF-8 bytes of a Chinese character, to give a document of that many characters its time.
_CHARACTER = 3


def cleaned(batch: Iterable[Unit], site: str | None) -> Iterator[tuple[str, Cleaned | Failure]]:
    """Read and clean units, in order; `site` is the key that `--site` gave. In a worker, each document has its own time.

    Yields the name of the input for people (empty where the URL names it) and what came of it.
    """
    known = sites()[site] if site else None
    names = site_names()

    for unit in batch:
        restart_clock(_size(unit))
        for document, origin in zip(read(unit, known), _origins(unit), strict=False):
            if isinstance(document, Failure):
                yield origin, document
                continue

            restart_clock(_CHARACTER * len(document.text))
            for found in clean(document, names, document.crawled_at):
                yield origin, found


def _origins(unit: Unit) -> Iterator[str]:
    """A name for the person for each of a unit's documents; empty where they name themselves by their URL."""
    if isinstance(unit, LocalFile):
        return repeat(unit.path)

    if isinstance(unit, RawLines):
        numbered = enumerate(unit.lines, unit.first)
        filled = (number for number, line in numbered if line is None or line.strip())

        return (f"{unit.address}#{number}" for number in filled)

    return repeat("")


class PagePool(Generic[Result]):
    """`jobs` page workers, forked when this is made. `work` turns a batch of units into what is written of it."""

    def __init__(
        self, jobs: int, work: Callable[[list[Unit]], Result], bounds: Bounds | None = None
    ) -> None:
        self._jobs = jobs
        self._workers = [PageWorker(work, bounds) for _ in range(jobs)]
        self._idle: SimpleQueue[PageWorker[list[Unit], Result]] = SimpleQueue()

        for worker in self._workers:
            self._idle.put(worker)

        self._threads = ThreadPoolExecutor(jobs)

    def results(self, batches: Iterable[list[Unit]]) -> Iterator[Result]:
        """What `work` makes of each batch, in order; several results of a batch that was taken again. Raises WorkerBroken."""
        waiting: deque[Future[list[Result]]] = deque()

        for batch in batches:
            waiting.append(self._threads.submit(self._in_turn, batch))
            if len(waiting) >= self._jobs * IN_FLIGHT:
                yield from waiting.popleft().result()

        while waiting:
            yield from waiting.popleft().result()

    def _in_turn(self, batch: list[Unit]) -> list[Result]:
        worker = self._idle.get()
        try:
            return _worked_off(worker, batch)
        finally:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.close()

        self._threads.shutdown(wait=True, cancel_futures=True)


def _worked_off(worker: PageWorker[list[Unit], Result], batch: list[Unit]) -> list[Result]:
    try:
        return [worker.call(batch)]
    except PageLost as lost:
        pieces = [piece for unit in batch for piece in _pieces(unit)]
        if len(pieces) <= 1:
            return [worker.call([_lost(unit, lost)]) for unit in pieces]

    return [result for piece in pieces for result in _worked_off(worker, [piece])]


def _pieces(unit: Unit) -> list[Unit]:
    """A unit in the smallest units that there are."""
    if not isinstance(unit, RawLines):
        return [unit]

    return [
        RawLines(unit.address, number, (line,))
        for number, line in enumerate(unit.lines, unit.first)
    ]


def _lost(unit: Unit, lost: PageLost) -> Failure:
    """The failure of a unit that is a single page."""
    if isinstance(unit, Failure):
        return unit

    url, site, when = _named(unit)
    return failure(url, site, "read", lost.error, str(lost), when)


def _named(unit: LocalFile | RawLines | Capture) -> tuple[str, str, str | None]:
    """URL, site key and time of a unit that is a single page, as far as they are known."""
    if isinstance(unit, LocalFile):
        return unit.address, "unknown", None
    if isinstance(unit, Capture):
        return unit.url, unit.site or "unknown", unit.when

    try:
        document = raw_from(unit.lines[0] or b"")
    except BadRecord:
        return f"{unit.address}#{unit.first}", "unknown", None

    return document.url, document.site, document.crawled_at


def _size(unit: Unit) -> int:
    """Bytes that have to be read of a unit before its first document is known; little where that is not known."""
    if isinstance(unit, Capture):
        return len(unit.body)
    if isinstance(unit, RawLines):
        return sum(len(line or b"") for line in unit.lines)

    return unit.size() if isinstance(unit, LocalFile) else 0
