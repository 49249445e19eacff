"""What a layout alarm holds back: its files end in `.held` and its pages stay unseen until somebody decides.

release(Path("output"), "20260102T030405Z-1a2b3c4d")    # the records were right after all
discard(Path("output"), "20260102T030405Z-1a2b3c4d")    # they were not; the pages are asked again
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urldefrag

from crawler.runs.counts import Counts
from crawler.runs.ending import end_run
from crawler.runs.recovery import open_state
from crawler.runs.run_files import FILES, held, run_file
from crawler.runs.run_lock import Lock
from crawler.runs.run_table import RunState
from crawler.runs.state import Store
from pipelines.atomic_file import GrowingFile
from pipelines.errors import HarvestError
from pipelines.failures import iso
from pipelines.records import speech_from, trace_from

logger = logging.getLogger("harvest.runs")


class NotHeld(HarvestError):
    """There is no such run, or nothing of it is held back."""


def release(output: Path, name: str) -> int:
    """Let out what a layout alarm held back; returns the number of records. What was fetched again since stays away.

    Raises NotHeld, LockHeld, and what `open_state` raises.
    """
    with _held_run(output, name) as (store, run):
        with store.transaction():
            kept = _restored(store, output, run)
            sizes = {file.kind: file.committed for file in store.runs.files(run.number)}

            for kind, lines in kept.items():
                sizes[kind] = _written(run_file(output, run.site, run.run, kind), lines)

            counts = Counts.from_json(run.counts)
            counts.numbers["released"] = 1
            store.runs.commit(run.number, counts.to_json(), sizes)
            store.runs.turn(run.number, "ending")

        end_run(store, output, name)

    logger.info("%s: run %s is released", run.site, name)
    return len(kept["speeches"])


def discard(output: Path, name: str) -> None:
    """Delete what a layout alarm held back. Its pages are asked again. Raises as `release`."""
    with _held_run(output, name) as (store, run):
        with store.transaction():
            store.runs.turn(run.number, "discarded")

        for kind in FILES:
            held(run_file(output, run.site, run.run, kind)).unlink(missing_ok=True)

    logger.info("%s: run %s is discarded", run.site, name)


@contextmanager
def _held_run(output: Path, name: str) -> Iterator[tuple[Store, RunState]]:
    now = time.time()
    if not (output / "state.db").exists():
        raise NotHeld(f"no runs in {output}")

    with ExitStack() as locks:
        store, notices = open_state(output, locks, now)
        for notice in notices:
            logger.warning(notice)

        run = store.runs.named(name)
        if run is None or run.state != "held":
            others = [other.run for other in store.runs.all() if other.state == "held"]
            there = ", ".join(others) or "nothing"
            raise NotHeld(f"{name}: nothing is held back under this name; held: {there}")

        locks.enter_context(Lock(output / f".{run.site}.lock", iso(now)))
        yield store, run


def _restored(store: Store, output: Path, run: RunState) -> dict[str, list[bytes]]:
    """Take the held records into the state; the lines of those that nobody has fetched again, and of their traces."""
    speeches, fresh = [], set[str]()

    for line in _held_lines(output, run, "speeches"):
        speech = speech_from(line)
        if store.copies.member(speech.id) is not None:
            continue

        fresh.add(speech.id)
        speeches.append(line)
        store.documents.restore(speech)
        url = urldefrag(speech.url).url
        store.frontier.seen(run.site, url, run.number, int(time.time()))

    store.documents.reconnect()

    traces = _held_lines(output, run, "traces")

    return {
        "speeches": speeches,
        "traces": [line for line in traces if trace_from(line).id in fresh],
    }


def _held_lines(output: Path, run: RunState, kind: str) -> list[bytes]:
    path = held(run_file(output, run.site, run.run, kind))
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def _written(final: Path, lines: list[bytes]) -> int:
    """Write these lines under the working name of a file; their size in bytes."""
    growing = GrowingFile(final)
    growing.working.unlink(missing_ok=True)

    with growing:
        growing.append(b"".join(lines))
        growing.sync()

        return growing.size
