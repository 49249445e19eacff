"""The journal of one run of a site: what came of its pages becomes durable here, all of it or nothing.

    with Journal.open(Path("output"), "wm114", "scrapy crawl wm114") as journal:
        for entry in journal.due(16):
            journal.add(Visit(entry, results=clean(...), capture=...))   # commits every so often
        journal.finish(exit_status)

Records grow in files with a working name. One commit folds a batch of pages into what is known, writes and fsyncs
their lines, then moves the frontier, the documents and the files' committed lengths in one SQLite transaction.
Whatever is in the files beyond those lengths does not count: the next run of the site cuts it back, gives the dead
run's files their final names, and goes on with the frontier. So a kill at any instant loses nothing and doubles
nothing.
"""

from __future__ import annotations

import logging
import math
import os
import shlex
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, Self
from urllib.parse import urldefrag

import orjson

from crawler.found import Found
from crawler.runs.counts import Counts
from crawler.runs.frontier import Entry
from crawler.runs.layout_alarm import LOOK_BACK
from crawler.runs.list_paging import Descent
from crawler.runs.recovery import clear, has_records, rebuild, set_aside
from crawler.runs.run_lock import Lock
from crawler.runs.run_table import RunState
from crawler.runs.schema import StateDamaged
from crawler.runs.state import Store, StoreError
from pipelines.atomic_file import WORKING, Growing, appear, cut_file, write_whole
from pipelines.cleaning.clean import Cleaned
from pipelines.cleaning.ruleset import RULESET
from pipelines.dedup.fold import fold_in
from pipelines.failures import broken_stage, iso
from pipelines.outline import outline_of
from pipelines.records import (
    LOSSES,
    BadRecord,
    DocumentCounts,
    ExtractionCounts,
    Failure,
    OtherRequests,
    PageCounts,
    Run,
    Source,
    Speech,
    run_from,
    speech_from,
    to_line,
    trace_from,
)

logger = logging.getLogger(__name__)

#: A batch is committed when it has this many pages, or when its first page is this many seconds old. A commit costs
#: four fsyncs of 3 ms (measured on a virtual disk), so 200 pages of 5 ms CPU each give them 1 % of the time; a kill costs at
#: most a second's fetching.
BATCH_PAGES, BATCH_SECONDS = 200, 1.0

#: The files of a run, by kind: folder and ending of their names.
FILES = {
    "speeches": ("speeches", ".jsonl"),
    "traces": ("traces", ".jsonl"),
    "failures": ("failures", ".jsonl"),
    "pages": ("pages", ".warc.gz"),
}
HELD = ".held"

#: Exit status in the manifest of a run that was killed (as a shell shows SIGKILL).
KILLED = 137


class OutputBroken(Exception):
    """The output cannot be written any more (full disk, lost folder, read-only): the run ends, what is committed stays."""


@dataclass(slots=True)
class Visit:
    """What came of asking one page.

    Of a document: `results` as cleaned, or `failure`, or `not_modified`. Of a list: `found`. `capture` is the archive's
    record of the response, as one or more gzip members.
    """

    entry: Entry
    capture: bytes = b""
    results: Sequence[Cleaned | Failure] = ()
    failure: Failure | None = None
    found: Sequence[Found] = ()
    not_modified: bool = False
    generic: bool = False
    too_old: bool = False
    etag: str | None = None
    modified: str | None = None
    published: str | None = None
    redirects: int = 0


class _Lines(NamedTuple):
    """What pages add to the files; `emitted` are the records of the lines in `speeches`."""

    speeches: list[bytes]
    traces: list[bytes]
    failures: list[bytes]
    pages: list[bytes]
    emitted: list[Any]  # Speech; so all are lists of one type to mypy


class _Outlined:
    """The outlines of the records that a run has committed so far, made while those are in memory: reading them back at the end
    would cost half as much again. They wait in a file without a name, so a killed run leaves none; whoever ends it reads back.
    """

    def __init__(self, output: Path) -> None:
        self._folder = output
        self._file: IO[bytes] | None = None
        self.covers = 0  # bytes of the run's speeches whose outlines are here

    def add(self, lines: Iterable[bytes], covers: int) -> None:
        """Raises OSError."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (open to the end of the run)
        self._file.write(b"".join(lines))
        self.covers = covers

    def chunks(self) -> Iterator[bytes]:
        """All of it, in order."""
        if self._file is not None:
            self._file.seek(0)
            yield from iter(partial(self._file.read, 1 << 20), b"")

    def close(self) -> None:
        """Forget them."""
        if self._file is not None:
            self._file.close()


class Journal:
    """An open run. Not for several threads."""

    def __init__(self, output: Path, site: str, command: str, store: Store, started: float) -> None:
        self.output, self.site, self.command, self.store = output, site, command, store
        self.started = started
        self.run = f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}-{int(started % 1 * 0xFFFF):04x}{os.urandom(2).hex()}"
        self.counts = Counts()
        self.versions: dict[str, str] = {"ruleset": RULESET}
        self.broken: str | None = None
        #: What went wrong before and was made good, for people.
        self.notices: list[str] = []
        self._held = ExitStack()
        place = (output / "state.db").stat()
        self._place = (place.st_dev, place.st_ino)
        self._batch: list[Visit] = []
        self._batch_since = 0.0
        self._files = {kind: Growing(_final(output, site, self.run, kind)) for kind in FILES}
        self._outlined = _Outlined(output)
        with store.transaction():
            self.number = store.runs.begin(self.run, site, command, iso(started))
            store.frontier.mend_clock(site, int(started))
        self._descent = Descent(store.frontier, site)
        self.known_before = store.frontier.count_known(site)
        self.handed_out: set[int] = set()

    @classmethod
    def open(
        cls,
        output: Path,
        site: str,
        command: str | Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Take the site's lock, finish what a dead run left, begin a run.

        Raises Held, StateDamaged, StateTooNew; OSError and StoreError where the output cannot be written.
        """
        started = clock()
        output.mkdir(parents=True, exist_ok=True)
        with ExitStack() as held:
            held.enter_context(Lock(output / f".{site}.lock", iso(started)))
            store, notices = _opened(output, held, started)
            finish_dead(store, output, site)
            words = command if isinstance(command, str) else shlex.join(command)
            journal = cls(output, site, words, store, started)
            journal.notices = notices
            journal._held = held.pop_all()
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
        wanted = list(found)
        with self._writing(), self.store.transaction():
            self.store.frontier.discover(self.site, wanted)
        entries = self.store.frontier.entries(self.site, [f.url for f in wanted])
        if not again:
            due = [
                e
                for e in entries
                if self.store.frontier.is_due(e.id, int(self.started), self.number)
            ]
            self.counts.numbers["met"] += sum(e.known for e in entries if e not in due)
            entries = due
        entries = [e for e in entries if e.id not in self.handed_out]
        self.handed_out.update(e.id for e in entries)
        return entries

    def start(self, found: Iterable[Found]) -> None:
        """Note where discovery begins: due in every run."""
        wanted = list(found)
        with self._writing(), self.store.transaction():
            self.store.frontier.discover(self.site, wanted)
            self.store.frontier.ask_again(self.site, [f.url for f in wanted], self.number)

    # -- what came of the pages ----------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Pages that are not committed yet."""
        return len(self._batch)

    def add(self, visit: Visit) -> None:
        """Take what came of a page, and commit where that is due. Raises OutputBroken."""
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
            self._committed(batch, self._settle)
        except OutputBroken:
            raise
        except Exception:  # of some page; nothing of the batch has happened
            try:
                self._committed(batch, self._settle_alone)
            except OutputBroken:
                raise
            except Exception as error:  # of no page: the batch cannot be kept, and stays due
                self.broken = f"{type(error).__name__}: {error}"
                raise OutputBroken(self.broken) from error
        self.handed_out.difference_update(visit.entry.id for visit in batch)

    def _committed(
        self, batch: Sequence[Visit], settle: Callable[[Visit, _Lines, Counts], None]
    ) -> None:
        """One transaction, in which each page is settled in its turn."""
        counts = self.counts.copy()
        self._descent.begin()
        with self._writing(), self.store.transaction():
            self._must_be_here()
            added = _Lines([], [], [], [], [])
            self.store.copies.expect(
                result.speech
                for visit in batch
                for result in visit.results
                if isinstance(result, Cleaned)
            )
            for visit in batch:
                settle(visit, added, counts)
            self.store.flush()
            written = {kind: b"".join(chunks) for kind in FILES if (chunks := getattr(added, kind))}
            noted_down = counts.to_json()
            # Up to here a batch that fails can be taken again; from here on only disk and state can fail, which ends the run.
            for kind, data in written.items():
                self._files[kind].append(data)
                self._files[kind].sync()
            self.store.runs.commit(
                self.number, noted_down, {kind: f.size for kind, f in self._files.items() if f.size}
            )
        self.counts = counts
        self._descent.keep()
        with self._writing():
            self._outlined.add(
                map(_outline, added.speeches, added.emitted), self._files["speeches"].size
            )

    def _must_be_here(self) -> None:
        """SQLite goes on writing to a state that was moved away; our records would then grow elsewhere."""
        try:
            there = (self.output / "state.db").stat()
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != self._place:
            raise OSError(f"state.db was moved away or replaced while run {self.run} was under way")

    def _writing(self) -> _Breaking:
        return _Breaking(self)

    def _settle_alone(self, visit: Visit, added: _Lines, counts: Counts) -> None:
        """As `_settle`; a page that cannot be folded is a loss on file, and is asked again by the next run."""
        lines, noted = _Lines([], [], [], [], []), Counts()
        try:
            with self.store.one_page():
                self._settle(visit, lines, noted)
        except (OSError, StoreError):
            raise
        except Exception as error:
            lost = Visit(
                visit.entry,
                visit.capture,
                failure=broken_stage(visit.entry.url, self.site, "deduplicate", error),
            )
            self._settle(lost, added, counts)
            return
        counts.add(noted)
        for have, more in zip(added, lines, strict=True):
            have.extend(more)

    def _settle(self, visit: Visit, lines: _Lines, counts: Counts) -> None:
        """What a page does to the state; adds to lines and counts, which are worth nothing where it raises."""
        if visit.capture:
            lines.pages.append(visit.capture)
        if visit.entry.kind == "document":
            outcome = self._document(visit, lines, counts)
        elif visit.entry.kind == "robots":
            counts.other["robots"] += 1
            self.store.frontier.discover(self.site, visit.found)
            self.store.frontier.ask_again(self.site, [f.url for f in visit.found], self.number)
            return
        else:
            outcome = self._list(visit, lines, counts)
        counts.other["redirects"] += visit.redirects
        good = outcome in ("stored", "duplicate", "unchanged")
        gone = self.store.frontier.settle(
            visit.entry,
            run=self.number,
            now=int(time.time()),
            outcome=outcome,
            etag=(visit.etag or (visit.entry.etag if visit.not_modified else None))
            if good
            else None,
            modified=(visit.modified or (visit.entry.modified if visit.not_modified else None))
            if good
            else None,
            published=visit.published,
        )
        if gone:
            counts.gone.append(visit.entry.url)

    def _document(self, visit: Visit, lines: _Lines, counts: Counts) -> str:
        counts.pages["asked"] += 1
        failures = [r for r in visit.results if isinstance(r, Failure)]
        if visit.failure:
            failures = [visit.failure]
        lines.failures.extend(map(to_line, failures))
        counts.numbers["losses"] += sum(f.error in LOSSES for f in failures)
        outcomes = {
            self._fold(r, visit.entry, lines, counts)
            for r in visit.results
            if isinstance(r, Cleaned)
        }
        if visit.found:
            counts.numbers["met"] += len(visit.found) - sum(
                self.store.frontier.discover(self.site, visit.found)
            )
        if visit.results and not visit.too_old:
            counts.extraction["generic" if visit.generic else "own"] += 1
        if visit.not_modified or visit.too_old:
            outcomes = {"unchanged"}
        if not outcomes:
            error = failures[0].error if failures else "empty"
            counts.failures[error] += 1
            counts.pages["refused" if error in ("robots", "refused_address") else "failed"] += 1
            return error
        outcome = next(o for o in ("stored", "duplicate", "unchanged") if o in outcomes)
        counts.pages[outcome] += 1
        return "too_old" if visit.too_old else outcome

    def _fold(self, cleaned: Cleaned, entry: Entry, lines: _Lines, counts: Counts) -> str:
        """What a document does to the collection; the records that are written because of it."""
        folded = fold_in(cleaned.speech, self.store.copies)
        if folded.outcome != "unchanged":
            self.store.documents.note(cleaned.speech.id, list(folded.emitted), self.number)
        lines.speeches.extend(map(self.store.copies.line, folded.emitted))
        lines.emitted.extend(folded.emitted)
        if folded.outcome != "unchanged":
            lines.traces.append(to_line(cleaned.trace))
        for speech in folded.emitted:
            counts.documents["new" if speech.version == 1 else "upgraded"] += 1
            counts.documents["gapped"] += speech.completeness == "gapped"
            counts.documents["cut_off"] += speech.completeness == "cut_off"
            counts.numbers["withheld_chars"] += sum(gap.chars or 0 for gap in speech.gaps)
            length = math.log(max(1, speech.counted_chars))
            counts.lengths["log"] += length
            counts.lengths["log_squared"] += length * length
        for removed in cleaned.speech.removed:
            counts.rules[removed.rule] += removed.count
        if folded.emitted and folded.outcome != "duplicate":
            return "stored"
        return "unchanged" if entry.known else "duplicate"

    def _list(self, visit: Visit, lines: _Lines, counts: Counts) -> str:
        counts.other["lists"] += 1
        if visit.failure:
            lines.failures.append(to_line(visit.failure))
            counts.numbers["lists_failed"] += 1
            return visit.failure.error
        documents = [f for f in visit.found if f.kind == "document"]
        further = [f for f in visit.found if f.kind != "document"]
        new = self.store.frontier.discover(self.site, documents)
        counts.numbers["met"] += len(new) - sum(new)
        if visit.entry.depth == 0 or self._descent.goes_on(visit.entry.url, documents, new):
            self.store.frontier.discover(self.site, further)
            self.store.frontier.ask_again(self.site, [f.url for f in further], self.number)
        return "listed" if documents or visit.entry.depth == 0 else "bare"

    def before(self) -> list[Counts]:
        """What the site's last runs did that read pages at all, this one not among them."""
        done = [
            Counts.from_json(run.counts) for run in self.store.runs.of_site(self.site, "finished")
        ]
        return [counts for counts in done if counts.extraction][-LOOK_BACK:]

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self, exit_status: int, *, hold: bool = False) -> Run:
        """Commit what is left, give the files their final names (`.held` behind them with `hold`), write the manifest.

        With `hold` the pages stay unseen. Raises OutputBroken.
        """
        self.commit()
        manifest = _manifest(
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
            for growing in self._files.values():
                growing.close()
            with self.store.transaction():
                self.store.runs.turn(self.number, "ending", orjson.dumps(manifest).decode())
                if hold:
                    self.store.runs.turn(self.number, "held")
                    forget(self.store, self.number)
            _end(self.store, self.output, self.store.runs.named(self.run), self._outlined)
        return manifest

    def close(self) -> None:
        """Let go of files, state and lock; what is not committed is forgotten."""
        for growing in self._files.values():
            growing.close()
        self._outlined.close()
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Breaking:
    """Turns an error of disk or state into OutputBroken, and remembers it: nothing is written after it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, (OSError, StoreError)):
            self._journal.broken = f"{self._journal.output}: {error}"
            raise OutputBroken(self._journal.broken) from error


def _opened(output: Path, held: ExitStack, started: float) -> tuple[Store, list[str]]:
    """The state, made anew where it is damaged or gone. Other runs may share it, but not while it is made anew."""
    state = output / "state.db"
    lost = rebuild_needed(output)
    if not lost:
        sharing = Lock(output / ".state.lock", iso(started), shared=True)
        try:
            store = Store.open(state)
        except StateDamaged as error:
            sharing.release()
            lost = str(error)
        except BaseException:
            sharing.release()
            raise
        else:
            held.enter_context(sharing)
            held.enter_context(store)
            return store, []
    with Lock(output / ".state.lock", iso(started)):
        new = state.with_name(state.name + ".new")
        clear(new)
        with Store.open(new) as store:
            documents = rebuild(store, output)
        aside = set_aside(state, f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}")
        appear(new, state)
    notice = f"{lost}; made anew from {documents} records" + (
        f", the old one is {aside.name}" if aside.exists() else ""
    )
    held.enter_context(Lock(output / ".state.lock", iso(started), shared=True))
    return held.enter_context(Store.open(state)), [notice]


def rebuild_needed(output: Path) -> str | None:
    """Why the state has to be made anew, where that shows before it is opened: it is gone or empty, and records are not."""
    state = output / "state.db"
    if has_records(output) and not (state.exists() and state.stat().st_size):
        return f"{state} is {'empty' if state.exists() else 'gone'}"
    return None


def finish_dead(store: Store, output: Path, site: str) -> list[str]:
    """Finish the runs of a site that were killed. Returns their names. The caller holds the site's lock."""
    dead = store.runs.of_site(site, "open", "ending")
    dead += [
        run
        for run in store.runs.of_site(site, "held")
        if any((output / "speeches").glob(f"*-{run.run}.jsonl{WORKING}"))
    ]
    for run in dead:
        if run.state == "open":
            counts = Counts.from_json(run.counts)
            manifest = _manifest(
                run.run,
                site,
                run.command,
                run.started,
                iso(time.time()),
                KILLED,
                counts,
                {"ruleset": RULESET},
            )
            with store.transaction():
                store.runs.turn(run.number, "ending", orjson.dumps(manifest).decode())
        _end(store, output, store.runs.named(run.run))
    return [run.run for run in dead]


def release(output: Path, name: str) -> int:
    """Let out what a layout alarm held back; returns the number of records. What was fetched again since stays away.

    Raises NotHeld, Held, and what `Journal.open` raises.
    """
    with _held_run(output, name) as (store, run):
        kept: dict[str, list[bytes]] = {"speeches": [], "traces": []}
        with store.transaction():
            fresh = set()
            for line in _held_lines(output, run, "speeches"):
                speech = speech_from(line)
                if store.copies.member(speech.id) is None:
                    fresh.add(speech.id)
                    kept["speeches"].append(line)
                    store.documents.restore(speech)
                    store.frontier.seen(
                        run.site, urldefrag(speech.url).url, run.number, int(time.time())
                    )
            store.documents.reconnect()
            kept["traces"] = [
                line for line in _held_lines(output, run, "traces") if trace_from(line).id in fresh
            ]
            sizes = {f.kind: f.committed for f in store.runs.files(run.number)}
            for kind, lines in kept.items():
                working = Growing(_final(output, run.site, run.run, kind))
                working.working.unlink(missing_ok=True)
                with working:
                    working.append(b"".join(lines))
                    working.sync()
                    sizes[kind] = working.size
            store.runs.commit(run.number, run.counts, sizes)
            store.runs.turn(run.number, "ending")
        _end(store, output, store.runs.named(name))
    return len(kept["speeches"])


def discard(output: Path, name: str) -> None:
    """Delete what a layout alarm held back. Its pages are asked again. Raises as `release`."""
    with _held_run(output, name) as (store, run):
        with store.transaction():
            store.runs.turn(run.number, "discarded")
        for kind in FILES:
            final = _final(output, run.site, run.run, kind)
            final.with_name(final.name + HELD).unlink(missing_ok=True)


class NotHeld(Exception):
    """There is no such run, or nothing of it is held back."""


@contextmanager
def _held_run(output: Path, name: str) -> Iterator[tuple[Store, RunState]]:
    now = time.time()
    if not (output / "state.db").exists():
        raise NotHeld(f"no runs in {output}")
    with ExitStack() as held:
        store, _ = _opened(output, held, now)
        run = store.runs.named(name)
        if run is None or run.state != "held":
            waiting = [r.run for r in store.runs.all() if r.state == "held"]
            raise NotHeld(
                f"{name}: nothing is held back under this name; held: {', '.join(waiting) or 'nothing'}"
            )
        held.enter_context(Lock(output / f".{run.site}.lock", iso(now)))
        yield store, run


def _held_lines(output: Path, run: RunState, kind: str) -> list[bytes]:
    path = _final(output, run.site, run.run, kind)
    path = path.with_name(path.name + HELD)
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def forget(store: Store, number: int) -> None:
    """Make all that a run settled unseen (within a transaction)."""
    store.frontier.forget_run(number)
    store.documents.forget_run(number)


def _end(
    store: Store, output: Path, run: RunState | None, outlined: _Outlined | None = None
) -> None:
    """Give a run's files their final names and write its manifest; may be done again after a kill. `outlined`: see there."""
    assert run is not None
    assert run.manifest is not None
    behind = HELD if run.state == "held" else ""
    committed = {f.kind: f.committed for f in store.runs.files(run.number)}
    for kind in FILES:
        final = _final(output, run.site, run.run, kind)
        working, held = final.with_name(final.name + WORKING), final.with_name(final.name + HELD)
        final = final.with_name(final.name + behind)
        size = committed.get(kind, 0)
        there = next((p for p in (final, working, held) if p.exists()), None)
        have = there.stat().st_size if there else 0
        if have < size:
            _lost(store, run, there, kind == "speeches")
        elif there and have > size:
            cut_file(there, size)
        if there and there != final:
            if size:
                appear(there, final)
            else:
                there.unlink()
        for left in {working, held} - {final}:
            left.unlink(missing_ok=True)
    if run.state != "held":
        _write_outlines(output, run, outlined)
    manifest = run_from(run.manifest)
    write_whole(
        output / "runs" / f"{run.run}.json",
        orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
    )
    if run.state != "held":
        with store.transaction():
            store.runs.turn(run.number, "finished")


def _write_outlines(output: Path, run: RunState, outlined: _Outlined | None) -> None:
    """The outlines of what a run stored: those that were `outlined` on the way, where they are of the very file that stands."""
    speeches = _final(output, run.site, run.run, "speeches")
    if not speeches.exists():
        return
    outlines = Growing(output / "outlines" / speeches.name)
    outlines.working.unlink(missing_ok=True)
    with speeches.open("rb") as file, outlines:
        there = outlined is not None and outlined.covers == speeches.stat().st_size
        for chunk in outlined.chunks() if outlined and there else _outlines(file):
            outlines.append(chunk)
        outlines.sync()
        outlines.appear()


def _outlines(file: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(file)
    while batch := list(islice(lines, BATCH_PAGES)):
        yield b"".join(map(_outline, batch))


def _outline(line: bytes, speech: Speech | None = None) -> bytes:
    """The outline of a line, or of the `speech` that it was written from.

    It can be made at any time (`scrapy outline`): one that fails is said and left out, the run ends well.
    """
    try:
        return to_line(outline_of(speech or speech_from(line)))
    except Exception:
        logger.warning("no outline for %.120s…", line.decode("utf-8", "replace"), exc_info=True)
        return b""


def _lost(store: Store, run: RunState, left: Path | None, speeches: bool) -> None:
    """A file is shorter than what was committed: somebody took it. Its pages are asked again, but for the records that
    are still there."""
    if not speeches:
        return  # a trace or a capture can be made again from what is left, a record is only believed where it stands
    with store.transaction():
        forget(store, run.number)
        if left is None:
            return
        whole = left.read_bytes()
        whole = whole[: whole.rfind(b"\n") + 1]
        for line in whole.splitlines():
            with suppress(BadRecord):
                store.documents.restore(speech_from(line))
        store.documents.reconnect()
        store.runs.commit(run.number, run.counts, {"speeches": len(whole)})
    cut_file(left, len(whole))


def _final(output: Path, site: str, run: str, kind: str) -> Path:
    folder, ending = FILES[kind]
    if kind == "pages":
        return output / folder / site / f"{run}{ending}"
    return output / folder / f"{site}-{run}{ending}"


def _manifest(
    run: str,
    site: str,
    command: str,
    started: str,
    finished: str,
    exit_status: int,
    counts: Counts,
    versions: dict[str, str],
) -> Run:
    def only(names: Iterable[str], counter: Counter[str]) -> dict[str, Any]:
        return {name: counter[name] for name in names}

    return Run(
        run=run,
        site=site,
        command=command,
        started=started,
        finished=finished,
        exit=exit_status,
        pages=PageCounts(**only(PageCounts.__slots__, counts.pages)),
        failures=dict(sorted(counts.failures.items())),
        other_requests=OtherRequests(**only(OtherRequests.__slots__, counts.other)),
        documents=DocumentCounts(**only(DocumentCounts.__slots__, counts.documents)),
        withheld_chars=counts.numbers["withheld_chars"],
        rules=dict(sorted(counts.rules.items())),
        extraction=ExtractionCounts(**only(ExtractionCounts.__slots__, counts.extraction)),
        gone=tuple(counts.gone),
        versions=versions,
    )


__all__ = ["Counts", "Journal", "OutputBroken", "Source", "Speech", "Visit", "finish_dead", "iso"]
