"""Whether all is in place under an output folder: state, record files, sites. Looks only, changes nothing.

found = examine(Path("output"), now=time.time())
found.troubles, found.sites["wm114"].said
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from crawler.runs.agreement import disagreement, record_files
from crawler.runs.recovery import rebuild_needed
from crawler.runs.run_lock import live_holder
from crawler.runs.run_table import RunState
from crawler.runs.site_health import SiteHealth, site_health
from crawler.runs.state import Store

#: Free space below which a crawl may not end well, bytes.
LITTLE = 1 << 30


@dataclass(slots=True)
class Examination:
    """What was found. `records` are lines under their final names, `documents` what the state knows; `None` where there is no
    state. `troubles` are what somebody should look at, each in one line."""

    output: str
    free: int | None = None
    files: int = 0
    records: int = 0
    documents: int | None = None
    runs: int | None = None
    sites: dict[str, SiteHealth] = field(default_factory=dict)
    under_way: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def examine(output: Path, now: float, days: float | None = None) -> Examination:
    """Look at everything. Raises StateDamaged, StateTooNew, StoreError, OSError."""
    found = Examination(str(output))

    if not output.is_dir():
        found.troubles.append(f"{output} is missing: no crawl has run, or OUTPUT_DIR is another")
        return found

    _look_at_folder(found, output)
    _count_lines(found, output)

    state = output / "state.db"

    if lost := rebuild_needed(output):
        found.troubles.append(f"{lost}: the next run makes it anew from the records")
    elif state.exists():
        with Store.open(state, thorough=True) as store:
            _look_at_state(found, store, output, now, days)
    else:
        found.notes.append(f"state: no runs in {output} yet")

    return found


def _look_at_folder(found: Examination, output: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=output):
            pass
    except OSError as error:
        found.troubles.append(f"{output} cannot be written: {error.strerror}")

    found.free = shutil.disk_usage(output).free
    if found.free < LITTLE:
        found.troubles.append(f"{output} has only {found.free >> 20} MiB left")


def _count_lines(found: Examination, output: Path) -> None:
    for name in record_files(output):
        if not name.endswith(".jsonl"):
            continue

        counted = _lines(output / "speeches" / name)
        found.files += 1
        found.records += counted.lines

        if counted.torn:
            found.troubles.append(f"speeches/{name}: its last line is torn")


class _Lines(NamedTuple):
    lines: int
    torn: bool


def _lines(path: Path) -> _Lines:
    lines, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]

    return _Lines(lines, torn=last != b"\n")


def _look_at_state(
    found: Examination, store: Store, output: Path, now: float, days: float | None
) -> None:
    runs = store.runs.all()
    found.runs = len(runs)
    found.documents = store.documents.count()

    if differs := disagreement(store, output):
        found.troubles.append(
            f"the state does not agree with the records ({differs}): the next run makes it anew"
        )

    is_quiet = all(run.state not in ("open", "ending") for run in runs)
    if is_quiet and found.documents > found.records:
        found.troubles.append(
            f"the state knows {found.documents} documents, but only {found.records} records stand"
        )

    for site in sorted({run.site for run in runs}):
        its_runs = [run for run in runs if run.site == site]
        found.sites[site] = site_health(site, its_runs, now, days)
        found.troubles += [f"{site}: {trouble}" for trouble in found.sites[site].troubles]
        _note_unfinished(found, output, site, its_runs)


def _note_unfinished(found: Examination, output: Path, site: str, runs: list[RunState]) -> None:
    if not any(run.state in ("open", "ending") for run in runs):
        return

    holder = live_holder(output / f".{site}.lock")
    if holder:
        found.under_way[site] = str(holder)
        found.notes.append(f"{site}: a run is under way ({holder})")
    else:
        found.troubles.append(f"{site}: a run was killed; the next one finishes it")
