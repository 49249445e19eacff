"""Filling an empty state from the records under `speeches/`, the manifests, and what an older state still knows.

done = rebuild(new, Path("output"), older)
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urldefrag

from crawler.runs.agreement import record_files
from crawler.runs.apply import REFUSED, count_record
from crawler.runs.counts import Counts
from crawler.runs.ending import KILLED
from crawler.runs.manifest import make_manifest, manifest_file, manifest_line, write_manifest
from crawler.runs.outlines import write_outlines
from crawler.runs.parts import finish_parts
from crawler.runs.record_history import record_history
from crawler.runs.run_files import FILES, held, run_file
from crawler.runs.run_table import RunState
from crawler.runs.runs_on_disk import RunOnDisk, run_of, runs_on_disk
from crawler.runs.state import Store, StoreError
from pipelines.cleaning.ruleset import RULESET
from pipelines.failures import iso
from pipelines.records import BadRecord, Run, Speech, failure_from, run_from
from pipelines.speech_files import good_lines

logger = logging.getLogger("harvest.runs")

#: In the manifest of a run of which nobody knows how it was called.
UNKNOWN_COMMAND = "unknown"
#: Lines that are no records, shown in the log.
SHOWN_LINES = 20
#: Seconds since 1970 beyond which SQLite and the clock have no dates (the year 9999).
_LAST_SECOND = 253_402_300_799


class Rebuilt(NamedTuple):
    """What a state was made of."""

    documents: int
    bad_lines: int


def rebuild(store: Store, output: Path, known: Store | None = None) -> Rebuilt:
    """Fill an empty state; every run gets the names of its files, its outlines and a manifest. `known` is a sound state of
    another time than the records. No run may be under way.

    Raises OSError, StoreError.
    """
    finish_parts(output)
    earlier = {run.run: run for run in known.runs.all()} if known else {}
    runs = _one_of_each_name(output, runs_on_disk(output), earlier)

    for run in runs:
        _drop_what_is_released(output, run)

    with store.transaction():
        restored = _Records(store)
        restored.restore(output)

        for run in runs:
            _note_run(store, output, run, earlier.get(run.name), restored.counts_of(run))

        _note_runs_without_files(store, output, earlier)
        _note_other_files(store, output, runs)

        if known:
            _keep_what_is_known(store, known)

    for run in runs:
        speeches = run_file(output, run.site, run.name, "speeches")
        outlines = output / "outlines" / speeches.name

        if not outlines.exists():
            write_outlines(speeches, outlines)

    return Rebuilt(store.documents.count(), restored.bad_lines)


# Records


class _Records:
    """Restores the records, and counts them by run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counts = dict[tuple[str, str], Counts]()
        self._pages = defaultdict[tuple[str, str], set[int]](set)  # hashes of their URLs
        self.bad_lines = 0

    def restore(self, output: Path) -> None:
        """Within a transaction."""
        names = record_files(output)
        paths = [output / "speeches" / name for name in names if name.endswith(".jsonl")]

        for path, speech in record_history(paths, self._complain):
            try:
                with self._store.one_page():
                    self._restore_one(path, speech)
            except (OSError, StoreError):
                raise
            except Exception as error:  # a record from elsewhere may hold anything
                self._complain(f"{path}: record {speech.id} cannot be restored: {error!r}")

        self._store.documents.reconnect()

    def _complain(self, line: str) -> None:
        self.bad_lines += 1
        if self.bad_lines <= SHOWN_LINES:
            logger.warning(line)

    def _restore_one(self, path: Path, speech: Speech) -> None:
        run = run_of(path)
        url = urldefrag(speech.url).url
        self._store.documents.restore(speech)
        self._store.frontier.seen(run[0] if run else speech.site, url, 0, _asked_at(speech))

        if run:
            count_record(speech, self._counts.setdefault(run, Counts()))
            self._pages[run].add(hash(url))

    def counts_of(self, run: RunOnDisk) -> Counts:
        """What the records of a run say that it did."""
        name = run.site, run.name
        counts = self._counts.get(name, Counts())
        counts.pages["stored"] = len(self._pages[name])

        return counts


def _asked_at(speech: Speech) -> int:
    """When a record's page was asked, in seconds since 1970; 0 where nobody knows."""
    if speech.crawled_at is None:
        return 0

    try:
        asked = int(datetime.fromisoformat(speech.crawled_at).timestamp())
    except (ValueError, OverflowError):
        return 0

    return asked if 0 <= asked <= _LAST_SECOND else 0


# Runs


def _drop_what_is_released(output: Path, run: RunOnDisk) -> None:
    """What a release that was cut short did not come to delete."""
    if not run.held:
        for kind in FILES:
            held(run_file(output, run.site, run.name, kind)).unlink(missing_ok=True)


def _one_of_each_name(
    output: Path, runs: list[RunOnDisk], earlier: dict[str, RunState]
) -> list[RunOnDisk]:
    """Runs without those that bear the name of another one, as copies of files do that somebody named otherwise: the run is of the
    site that its manifest or the older state names."""
    chosen = dict[str, RunOnDisk]()

    for run in runs:
        manifest, known = _manifest(output, run.name), earlier.get(run.name)
        sites = {said.site for said in (manifest, known) if said}

        if run.name not in chosen or run.site in sites:
            chosen[run.name] = run

    return list(chosen.values())


def _note_other_files(store: Store, output: Path, runs: list[RunOnDisk]) -> None:
    """Record files that are of no run."""
    ours = {run_file(output, run.site, run.name, "speeches").name for run in runs}

    for name, size in record_files(output).items():
        if name.endswith(".jsonl") and name not in ours:
            store.runs.put_other_file(name, size)


def _note_run(
    store: Store, output: Path, run: RunOnDisk, earlier: RunState | None, counts: Counts
) -> None:
    if run.held:
        counts = _held_counts(output, run)

    for error in _failures(output, run):
        counts.failures[error] += 1
        counts.pages["refused" if error in REFUSED else "failed"] += 1

    counts.pages["asked"] = sum(counts.pages.values())

    command = earlier.command if earlier else UNKNOWN_COMMAND
    manifest = _manifest(output, run.name)

    if manifest is None:
        manifest = _killed(output, run.name, run.site, command, run.started, counts)

    kept = earlier.counts if earlier else _counts_from(manifest, counts).to_json()

    number = store.runs.begin(run.name, run.site, manifest.command, manifest.started)
    store.runs.commit(number, kept, run.sizes)
    store.runs.turn(number, "held" if run.held else "finished", manifest_line(manifest))


def _note_runs_without_files(store: Store, output: Path, earlier: dict[str, RunState]) -> None:
    """Runs that stored nothing: of them there is the manifest, or what the older state knows."""
    for run in earlier.values():
        if store.runs.named(run.run) is None and _manifest(output, run.run) is None:
            counts = Counts.from_json(run.counts)
            _killed(output, run.run, run.site, run.command, run.started, counts)

    for path in sorted((output / "runs").glob("*.json")):
        manifest = _manifest(output, path.stem)
        if manifest is None or store.runs.named(manifest.run):
            continue

        known = earlier.get(manifest.run)
        kept = known.counts if known else _counts_from(manifest, Counts()).to_json()
        number = store.runs.begin(manifest.run, manifest.site, manifest.command, manifest.started)
        store.runs.commit(number, kept, {})
        store.runs.turn(number, "finished", manifest_line(manifest))


def _killed(output: Path, run: str, site: str, command: str, started: str, counts: Counts) -> Run:
    """Write the manifest of a run that did not come to write its own."""
    logger.info("%s: run %s has no manifest; it gets one", site, run)
    versions = {"ruleset": RULESET}
    finished = iso(time.time())
    manifest = make_manifest(run, site, command, started, finished, KILLED, counts, versions)
    write_manifest(output, manifest)

    return manifest


def _manifest(output: Path, name: str) -> Run | None:
    with suppress(BadRecord, OSError):
        manifest = run_from(manifest_file(output, name).read_bytes())
        return manifest if manifest.run == name else None

    return None


def _held_counts(output: Path, run: RunOnDisk) -> Counts:
    counts, pages = Counts(), set[int]()
    path = held(run_file(output, run.site, run.name, "speeches"))

    if path.exists():
        for line in good_lines(path, logger.warning):
            count_record(line.speech, counts)
            pages.add(hash(urldefrag(line.speech.url).url))

    counts.pages["stored"] = len(pages)
    return counts


def _failures(output: Path, run: RunOnDisk) -> Iterator[str]:
    """The error of each failure of a run."""
    path = run_file(output, run.site, run.name, "failures")
    path = held(path) if run.held else path

    if not path.exists():
        return

    with path.open("rb") as file:
        for line in file:
            with suppress(BadRecord):
                yield failure_from(line).error


def _counts_from(manifest: Run, counted: Counts) -> Counts:
    """The counts behind a manifest; lengths, of which it says nothing, are those of the records that are there."""
    counts = Counts()
    counts.gone.extend(manifest.gone)
    counts.failures.update(manifest.failures)
    counts.rules.update(manifest.rules)

    for kept, said in (
        (counts.pages, manifest.pages),
        (counts.other, manifest.other_requests),
        (counts.extraction, manifest.extraction),
    ):
        kept.update({name: getattr(said, name) for name in said.__slots__})

    counts.documents.update(counted.documents)
    counts.lengths.update(counted.lengths)
    counts.numbers["withheld_chars"] = manifest.withheld_chars

    return counts


# What an older state still knows


def _keep_what_is_known(store: Store, known: Store) -> None:
    """Pages that were found and not asked, and the last number of documents whose later versions are lost."""
    lost = set[str]()

    for record, version, url in known.documents.versions():
        there = store.copies.record(record)
        if there is None or there.version < version:
            store.documents.keep_number(record, version)
            if url:
                lost.add(urldefrag(url).url)

    for site, found in known.frontier.documents():
        store.frontier.discover(site, [found])
        if found.url in lost:
            store.frontier.ask_again(site, [found.url], -1)
