"""The end of a run, by itself or by the next run of its site: its files get their names, its outlines and manifest are
written, and only then the state calls it finished. Every step may be done again after a kill.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path

from crawler.runs.counts import Counts
from crawler.runs.manifest import make_manifest, manifest_line, write_manifest
from crawler.runs.outlines import RunOutlines, write_outlines
from crawler.runs.run_files import FILES, name_file, run_file, standing, working
from crawler.runs.run_table import RunState
from crawler.runs.state import Store
from pipelines.atomic_file import cut_file
from pipelines.cleaning.ruleset import RULESET
from pipelines.failures import iso
from pipelines.records import BadRecord, run_from, speech_from

logger = logging.getLogger("harvest.runs")

#: Exit status in the manifest of a run that was killed (as a shell shows SIGKILL).
KILLED = 137


def finish_dead_runs(store: Store, output: Path, site: str) -> list[str]:
    """Finish the runs of a site that were killed. Returns their names. The caller holds the site's lock."""
    dead = store.runs.of_site(site, "open", "ending")

    for run in store.runs.of_site(site, "held"):
        if working(run_file(output, site, run.run, "speeches")).exists():  # killed in its release
            dead.append(run)

    for run in dead:
        logger.info("%s: run %s was cut short; it is finished now", site, run.run)
        if run.state == "open":
            _begin_end_of_killed(store, run)

        end_run(store, output, run.run)

    return [run.run for run in dead]


def _begin_end_of_killed(store: Store, run: RunState) -> None:
    manifest = make_manifest(
        run.run,
        run.site,
        run.command,
        run.started,
        iso(time.time()),
        KILLED,
        Counts.from_json(run.counts),
        {"ruleset": RULESET},
    )

    with store.transaction():
        store.runs.turn(run.number, "ending", manifest_line(manifest))


def end_run(store: Store, output: Path, name: str, outlines: RunOutlines | None = None) -> None:
    """Give a run's files their final names and write its outlines and manifest. `outlines` are those made on the way.

    Raises OSError, StoreError.
    """
    run = store.runs.named(name)

    if run is None or run.manifest is None:
        raise ValueError(f"run {name} has not come to its end")

    hold = run.state == "held"

    committed = {file.kind: file.committed for file in store.runs.files(run.number)}

    for kind in FILES:
        final = run_file(output, run.site, run.run, kind)
        size = committed.get(kind, 0)

        if kind == "speeches":
            _notice_loss(store, run, standing(final, hold=hold), size)

        name_file(final, size, hold=hold)

    if not hold:
        speeches = run_file(output, run.site, run.run, "speeches")
        write_outlines(speeches, output / "outlines" / speeches.name, outlines)

    write_manifest(output, run_from(run.manifest))
    if not hold:
        with store.transaction():
            store.runs.turn(run.number, "finished")

    logger.info(
        "%s: run %s has ended, its files are %s", run.site, name, "held" if hold else "named"
    )


def forget_run(store: Store, number: int) -> None:
    """Make all that a run settled unseen (within a transaction)."""
    store.frontier.forget_run(number)
    store.documents.forget_run(number)


def _notice_loss(store: Store, run: RunState, left: Path | None, committed: int) -> None:
    """Where a record file is shorter than what was committed, somebody took it: its pages are asked again, but for the records
    that are still there. A trace or a capture can be made again, a record is only believed where it stands."""
    if (left.stat().st_size if left else 0) >= committed:
        return

    logger.warning("%s: records of run %s are gone; their pages are asked again", run.site, run.run)
    with store.transaction():
        forget_run(store, run.number)
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
