"""What the last runs of a site say of it: for people, for monitoring, and what somebody should look at.

found = site_health("wm114", store.runs.of_site("wm114", …), now=time.time(), days=None)
found.troubles      ["last run 2026…: 12 of 40 pages could not be fetched (http_500 12)", …]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from crawler.runs.apply import GONE, REFUSED
from crawler.runs.counts import Counts
from crawler.runs.exit_status import FAILED_FLOOR, FAILED_SHARE
from crawler.runs.layout_alarm import LOOK_BACK, Health, health
from crawler.runs.run_table import RunState
from pipelines.records import LOSSES, RECOGNISED, BadRecord, Run, run_from

DAY = 86_400
#: Without a habit to compare with, a site was not run for too long after so many days: once a week and a day of grace.
USUAL_DAYS = 8
#: With a habit: after so many times the usual wait between two runs, but after two days at least.
MISSED_RUNS, LEAST_DAYS = 3, 2
WALLS = ("login_wall", "captcha")
#: Exit statuses of a run that was stopped from outside.
STOPPED = {130: "interrupted", 143: "terminated", 137: "killed"}


@dataclass(slots=True)
class SiteHealth:
    """One site. `exit`, `started` and `counts` are of the last run that ended; `said` describes what it read, `before` what those
    before it read."""

    site: str
    last_run: str | None = None
    started: str | None = None
    exit: int | None = None
    days_ago: float | None = None
    pages: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    said: str = "no run has ended yet"
    before: str | None = None
    held: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class _Ended(NamedTuple):
    """A run that ended, as the state has it."""

    name: str
    manifest: Run
    counts: Counts


def site_health(
    site: str, runs: Sequence[RunState], now: float, days: float | None = None
) -> SiteHealth:
    """The health of a site by its runs, oldest first. `days`: how long ago its last run may have begun; by default as long as
    its habit allows."""
    found = SiteHealth(site)
    _look_at_held(found, runs)
    ended = list(_ended(runs))

    if ended:
        _look_at_last(found, ended[-1])
        _compare(found, ended[:-1])
        _look_at_calendar(found, ended, now, days)

    return found


def _look_at_held(found: SiteHealth, runs: Sequence[RunState]) -> None:
    for run in runs:
        if run.state != "held":
            continue

        found.held.append(run.run)
        ways_out = f"scrapy doctor --release {run.run}, or --discard {run.run}"
        found.troubles.append(f"run {run.run} is held back: {ways_out}")


def _ended(runs: Sequence[RunState]) -> Iterator[_Ended]:
    for run in runs:
        if run.state != "finished" or not run.manifest:
            continue

        with suppress(BadRecord):
            yield _Ended(run.run, run_from(run.manifest), Counts.from_json(run.counts))


def _look_at_last(found: SiteHealth, last: _Ended) -> None:
    manifest = last.manifest
    found.last_run = last.name
    found.started = manifest.started
    found.exit = manifest.exit
    found.pages = _page_counts(manifest)
    found.failures = dict(manifest.failures)
    found.said = describe(health([last.counts]), manifest, last.counts)

    for why in (*_ill_end(last), *_bad_shares(manifest)):
        found.troubles.append(f"last run {last.name}: {why}")


def _page_counts(manifest: Run) -> dict[str, int]:
    pages = manifest.pages
    return {name: getattr(pages, name) for name in pages.__slots__}


def _compare(found: SiteHealth, earlier: Sequence[_Ended]) -> None:
    every = [run.counts for run in earlier]
    comparable = [c for c in every if c.extraction and not c.numbers["named"]]

    if comparable:
        found.before = _read(health(comparable[-LOOK_BACK:]))


def _look_at_calendar(
    found: SiteHealth, ended: Sequence[_Ended], now: float, days: float | None
) -> None:
    started = [_seconds(run.manifest.started) for run in ended]
    found.days_ago = max(0.0, (now - started[-1]) / DAY)
    limit = _longest_wait(started) if days is None else days

    if found.days_ago > limit:
        waited = f"no run for {found.days_ago:.0f} days"
        found.troubles.append(f"{waited}: is its cron job or timer still there?")


def describe(read: Health, manifest: Run, counts: Counts) -> str:
    """What a run read, in words."""
    if read.pages:
        return _read(read)

    if manifest.pages.asked:
        unchanged = manifest.pages.unchanged
        return f"{manifest.pages.asked} pages asked, {unchanged} unchanged, none read"

    if counts.numbers["met"]:
        return "nothing was due"

    return "nothing was asked, no document was met"


def _read(found: Health) -> str:
    return (
        f"{found.pages} pages read, {found.own:.0%} by the site's own selectors; {found.documents} documents of about "
        f"{found.length:.0f} characters, {found.gapped:.0%} gapped"
    )


def _ill_end(last: _Ended) -> Iterator[str]:
    manifest, counts = last.manifest, last.counts
    if manifest.exit in STOPPED:
        yield f"it was {STOPPED[manifest.exit]} (exit {manifest.exit}): run it again"
        return

    if manifest.exit and not counts.numbers["released"]:
        yield f"exit {manifest.exit}, see failures/{manifest.site}-{manifest.run}.jsonl"

    met_nothing = not manifest.pages.asked and not counts.numbers["met"]
    if met_nothing and not manifest.exit and not counts.numbers["named"]:
        yield "nothing was asked, no document was met"


def _bad_shares(manifest: Run) -> Iterator[str]:
    """Errors that more pages had than bad luck explains; a loss counts alone."""
    asked, failures = manifest.pages.asked, manifest.failures

    for what, floor, errors in (
        ("pages were lost", 1, LOSSES),
        ("pages could not be fetched", FAILED_FLOOR, _fetch_errors(failures)),
        ("pages were refused", FAILED_FLOOR, REFUSED),
        ("pages were walls", FAILED_FLOOR, WALLS),
    ):
        there = [error for error in errors if error in failures]
        number = sum(failures[error] for error in there)
        enough = number >= floor or number == asked

        if enough and number > FAILED_SHARE * asked:
            said = ", ".join(f"{error} {failures[error]}" for error in there)
            yield f"{number} of {asked} {what} ({said})"


def _fetch_errors(failures: dict[str, int]) -> list[str]:
    others = {*LOSSES, *RECOGNISED, *REFUSED, *GONE}
    return [error for error in failures if error not in others]


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _longest_wait(started: Sequence[float]) -> float:
    """How many days may go by without a run, by the waits between the last ones."""
    waits = [later - earlier for earlier, later in pairwise(started[-LOOK_BACK:])]

    if len(waits) < 2:
        return USUAL_DAYS

    return max(LEAST_DAYS, MISSED_RUNS * median(waits) / DAY)
