"""The journal of one run of a site: the result of each page becomes durable here, all of it or nothing.

    with Journal.open(Path("output"), "wm114", "scrapy crawl wm114") as journal:
        for entry in journal.due(16):
            journal.add(Visit(entry, results=clean(...), capture=...))   # commits every so often
        journal.finish(exit_status)

Records grow in files with a working name. One commit applies a batch of pages to what is known, writes and fsyncs
their lines, then moves the frontier, the documents and the files' committed lengths in one SQLite transaction.
Whatever is in the files beyond those lengths does not count: the next run of the site cuts it back, gives the dead
run's files their final names, and goes on with the frontier. So a kill at any instant loses nothing and doubles
nothing.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from crawler.found import Found
from crawler.runs.apply import Application, Apply, Lines, Visit
from crawler.runs.counts import Counts
from crawler.runs.ending import end_run, finish_dead_runs, forget_run
from crawler.runs.frontier import Entry
from crawler.runs.layout_alarm import LOOK_BACK
from crawler.runs.list_paging import ListPaging
from crawler.runs.manifest import make_manifest, manifest_line
from crawler.runs.outlines import RunOutlines
from crawler.runs.recovery import open_state
from crawler.runs.run_files import FILES, run_file
from crawler.runs.run_lock import Lock
from crawler.runs.state import Store, StoreError
from pipelines.atomic_file import GrowingFile
from pipelines.cleaning.clean import Cleaned
from pipelines.cleaning.ruleset import RULESET
from pipelines.errors import HarvestError, OutputError
from pipelines.failures import iso
from pipelines.records import Run
from pipelines.redact import redact_line, redact_words

logger = logging.getLogger("harvest.runs")

#: A batch is committed when it has this many pages, or when its first page is this many seconds old. A commit costs
#: four fsyncs of 3 ms (measured on a virtual disk), so 200 pages of 5 ms CPU each give them 1 % of the time; a kill costs at
#: most a second's fetching.
BATCH_PAGES, BATCH_SECONDS = 200, 1.0


class OutputBroken(HarvestError):
    """The output cannot be written any more (full disk, lost folder, read-only): the run ends, what is committed stays."""


class Journal:
    """An open run. Not for several threads."""

    def __init__(self, output: Path, site: str, command: str, store: Store, started: float) -> None:
        self.output, self.site, self.command, self.store = output, site, command, store
        self.started = started
        self.run = _run_name(started)
        self.counts = Counts()
        self.versions: dict[str, str] = {"ruleset": RULESET}
        self.broken: str | None = None
        #: What went wrong before and was made good, for people.
        self.notices: list[str] = []
        self.handed_out: set[int] = set()

        self._locks = ExitStack()
        self._place = _place(output / "state.db")
        self._batch: list[Visit] = []
        self._batch_since = 0.0
        self._files = {kind: GrowingFile(run_file(output, site, self.run, kind)) for kind in FILES}
        self._outlines = RunOutlines(output)

        with store.transaction():
            self.number = store.runs.begin(self.run, site, command, iso(started))
            store.frontier.mend_clock(site, int(started))

        self._paging = ListPaging(store.frontier, site)
        self._apply = Apply(store, site, self.number, self._paging)
        self.known_before = store.frontier.count_known(site)

    @classmethod
    def open(
        cls,
        output: Path,
        site: str,
        command: str | Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Take the site's lock, finish what a dead run left, begin a run.

        Raises LockHeld, StateDamaged, StateTooNew; OSError and StoreError where the output cannot be written.
        """
        started = clock()
        output.mkdir(parents=True, exist_ok=True)

        with ExitStack() as locks:
            locks.enter_context(Lock(output / f".{site}.lock", iso(started)))
            store, notices = open_state(output, locks, started)
            finish_dead_runs(store, output, site)
            words = redact_line(command) if isinstance(command, str) else redact_words(command)
            journal = cls(output, site, words, store, started)
            journal.notices = notices
            journal._locks = locks.pop_all()

            return journal

    # -- the frontier, for the spider ---------------------------------------------------------------------------

    def due(self, want: int, since: str | None = None) -> list[Entry]:
        """Pages to ask now; each is handed out once a run."""
        entries = self.store.frontier.due(
            self.site,
            run=self.number,
            now=int(self.started),
            want=want,
            but=self.handed_out,
            since=since,
        )

        self.handed_out.update(e.id for e in entries)
        return entries

    def plan(self, found: Iterable[Found], *, again: bool) -> list[Entry]:
        """Note pages that somebody named and hand them out: all (`again`), or those that are due."""
        frontier = self.store.frontier
        self._apply.pages_were_found = False
        self.counts.numbers["named"] = int(again)
        wanted = list(found)

        with self._writing(), self.store.transaction():
            frontier.discover(self.site, wanted)

        entries = frontier.entries(self.site, [f.url for f in wanted])
        if not again:
            now = int(self.started)
            due = [e for e in entries if frontier.is_due(e.id, now, self.number)]
            self.counts.numbers["met"] += sum(e.known for e in entries if e not in due)
            entries = due

        entries = [e for e in entries if e.id not in self.handed_out]
        self.handed_out.update(e.id for e in entries)

        return entries

    def start(self, found: Iterable[Found]) -> None:
        """Note where discovery begins: due in every run."""
        wanted = list(found)
        urls = [f.url for f in wanted]

        with self._writing(), self.store.transaction():
            self.store.frontier.discover(self.site, wanted)
            self.store.frontier.ask_again(self.site, urls, self.number)

    def ask_again(self, which: str) -> None:
        """Make known pages due: those whose last visit `failed`, or `all`."""
        with self._writing(), self.store.transaction():
            count = self.store.frontier.ask_all_again(self.site, failed=which == "failed")

        logger.info("%s: %d known pages are asked again", self.site, count)

    def stay_due(self, entries: Iterable[Entry]) -> None:
        """Pages whose result says nothing of them: the next run asks them again. Raises OutputBroken."""
        pages = [entry.id for entry in entries]
        self.commit()

        with self._writing(), self.store.transaction():
            self.store.frontier.stay_due(pages)

    # -- the results of the pages --------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Pages that are not committed yet."""
        return len(self._batch)

    def add(self, visit: Visit) -> None:
        """Take the result of a page, and commit where that is due. Raises OutputBroken."""
        if not self._batch:
            self._batch_since = time.monotonic()

        self._batch.append(visit)
        if len(self._batch) >= BATCH_PAGES or time.monotonic() - self._batch_since >= BATCH_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Make the batch durable: lines first, then the state that says how many of them count. Raises OutputBroken."""
        batch, self._batch = self._batch, []

        if self.broken:
            raise OutputBroken(self.broken)
        if not batch:
            return

        try:
            self._commit(batch, self._apply.visit)
        except OutputBroken:
            raise
        except Exception as error:  # of some page; nothing of the batch has happened
            logger.info("%s: page by page, as a batch raised %r", self.site, error)
            self._commit_page_by_page(batch)

        self.handed_out.difference_update(visit.entry.id for visit in batch)

    def _commit_page_by_page(self, batch: Sequence[Visit]) -> None:
        try:
            self._commit(batch, self._apply.visit_alone)
        except OutputBroken:
            raise
        except Exception as error:  # of no page: the batch cannot be kept, and stays due
            self.broken = f"{type(error).__name__}: {error}"
            raise OutputBroken(self.broken) from error

    def _commit(self, batch: Sequence[Visit], apply: Application) -> None:
        """One transaction, in which each page is applied in its turn."""
        self._paging.begin()

        try:
            counts, lines = self._applied(batch, apply)
        except BaseException:
            self._paging.undo()
            raise

        self._paging.keep()
        self.counts = counts

        speeches = self._files["speeches"]

        with self._writing():
            self._outlines.add(lines.speeches, lines.emitted, speeches.size)

        logger.info("%s: committed %d pages, %d records", self.site, len(batch), len(lines.emitted))

    def _applied(self, batch: Sequence[Visit], apply: Application) -> tuple[Counts, Lines]:
        counts, lines = self.counts.copy(), Lines()
        with self._writing(), self.store.transaction():
            self._must_be_here()
            self.store.copies.expect(
                result.speech
                for visit in batch
                for result in visit.results
                if isinstance(result, Cleaned)
            )

            for visit in batch:
                apply(visit, lines, counts)

            self.store.flush()
            added = {kind: lines.of(kind) for kind in FILES}
            counted = counts.to_json()
            # Up to here a batch that fails can be taken again; from here on only disk and state can fail, which ends the run.
            self._write(added)
            sizes = {kind: file.size for kind, file in self._files.items() if file.size}
            self.store.runs.commit(self.number, counted, sizes)

        return counts, lines

    def _write(self, added: dict[str, bytes]) -> None:
        for kind, data in added.items():
            if data:
                self._files[kind].append(data)
                self._files[kind].sync()

    def _must_be_here(self) -> None:
        """SQLite goes on writing to a state that was moved away; our records would then grow elsewhere."""
        if _place(self.output / "state.db") != self._place:
            raise OSError(f"state.db was moved away or replaced while run {self.run} was under way")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turns an error of disk or state into OutputBroken, and remembers it: nothing is written after it."""
        try:
            yield
        except (OSError, OutputError, StoreError) as error:
            self.broken = f"{self.output}: {error}"
            raise OutputBroken(self.broken) from error

    def before(self) -> list[Counts]:
        """What the site's last runs did that read pages at all, this one not among them, nor those of pages that somebody
        chose."""
        finished = self.store.runs.of_site(self.site, "finished")
        done = [Counts.from_json(run.counts) for run in finished]
        comparable = [c for c in done if c.extraction and not c.numbers["named"]]

        return comparable[-LOOK_BACK:]

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self, exit_status: int, *, hold: bool = False) -> Run:
        """Commit what is left, give the files their final names (`.held` behind them with `hold`), write the manifest.

        With `hold` the pages stay unseen. Raises OutputBroken.
        """
        self.commit()

        manifest = make_manifest(
            self.run,
            self.site,
            self.command,
            iso(self.started),
            iso(time.time()),
            exit_status,
            self.counts,
            self.versions,
        )

        with self._writing():
            self._must_be_here()
            self._close_files()

            with self.store.transaction():
                self.store.runs.turn(self.number, "ending", manifest_line(manifest))
                if hold:
                    logger.info("%s: run %s is held back", self.site, self.run)
                    self.store.runs.turn(self.number, "held")
                    forget_run(self.store, self.number)

            end_run(self.store, self.output, self.run, self._outlines)

        return manifest

    def _close_files(self) -> None:
        for growing in self._files.values():
            growing.close()

    def close(self) -> None:
        """Let go of files, state and lock; what is not committed is forgotten."""
        self._close_files()
        self._outlines.close()
        self._locks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _run_name(started: float) -> str:
    """Runs are named by their beginning, and by chance where two begin in one second."""
    second = f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}"
    fraction = int(started % 1 * 0xFFFF)

    return f"{second}-{fraction:04x}{os.urandom(2).hex()}"


def _place(state: Path) -> tuple[int, int] | None:
    """Which file a path leads to: device and inode."""
    try:
        there = state.stat()
    except FileNotFoundError:
        return None

    return there.st_dev, there.st_ino
