"""Runs of named pages, laid by hand: which document has which text, when, and where the run breaks off."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from crawler.found import Found
from crawler.runs.apply import Visit
from crawler.runs.journal import Journal
from pipelines.cleaning.clean import clean
from tests.faults.pages import capture, lines, raw, url

#: The text of a document: its lines.
Text = Sequence[str]
STATE = ("state.db", "state.db-wal", "state.db-shm")


def visit(
    output: Path,
    texts: Mapping[int, Text],
    *,
    every: int = 3,
    shift: float = 0.0,
    finish: bool = True,
    hold: bool = False,
    after_commit: Callable[[], object] = lambda: None,
) -> list[str]:
    """Ask these documents whatever their age; commit every few of them. `shift`: how wrong the clock is, in seconds.

    Without `finish` the run is left as a kill leaves it. Returns the notices of the journal.
    """
    with Journal.open(output, "wm114", "test", lambda: time.time() + shift) as journal:
        found = [Found(url(n), "document") for n in texts]
        entries = journal.plan(found, again=True)
        for done, entry in enumerate(entries, 1):
            n = int(entry.url.rpartition("/")[2].removesuffix(".html"))
            journal.add(Visit(entry, capture(n), results=clean(raw(n, texts[n]), {})))
            if done % every == 0:
                journal.commit()
                after_commit()
        journal.commit()
        after_commit()
        if finish:
            journal.finish(0, hold=hold)
        return journal.notices


def keep_state(output: Path, copy: Path, *, log: bool = True) -> None:
    """Copy the state as it stands, with or without its write-ahead log."""
    copy.mkdir(parents=True, exist_ok=True)
    for name in STATE if log else STATE[:1]:
        if (output / name).exists():
            shutil.copy(output / name, copy / name)


def put_state(output: Path, copy: Path | None) -> None:
    """Put a kept state in place of the one that is there, or take that away."""
    for name in STATE:
        (output / name).unlink(missing_ok=True)
        if copy and (copy / name).exists():
            shutil.copy(copy / name, output / name)


def doubled(output: Path) -> dict[tuple[str, int], int]:
    """Versions of documents that stand more than once."""
    count = Counter((s["id"], s["version"]) for s in lines(output / "speeches"))
    return {version: times for version, times in count.items() if times > 1}


def versions(output: Path, n: int) -> list[int]:
    """The versions of a document that stand."""
    return [s["version"] for s in lines(output / "speeches") if s["url"] == url(n)]


def unfinished(output: Path) -> list[str]:
    """What a run that ended well leaves nowhere: working files, records without outlines, record files without a manifest."""
    parts = [str(path) for path in output.rglob("*.part")]
    outlined = {(o["id"], o["version"]) for o in lines(output / "outlines")}
    written = {(s["id"], s["version"]): s["url"] for s in lines(output / "speeches")}
    bare = [f"no outline of {page}" for key, page in written.items() if key not in outlined]
    runs = [path.stem.partition("-")[2] for path in (output / "speeches").glob("*.jsonl")]
    unsaid = [f"no manifest of {run}" for run in runs if not (output / f"runs/{run}.json").exists()]
    return parts + bare + unsaid
