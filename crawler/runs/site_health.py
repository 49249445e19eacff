"""What the last runs of a site say of it: for people, for monitoring, and what somebody should look at.

found = site_health("wm114", store.runs.of_site("wm114", …), now=time.time(), days=None)
found.troubles      ["last run 2026…: 12 of 40 pages could not be fetched (http_500 12)", …]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median

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


def site_health(
    site: str, runs: Sequence[RunState], now: float, days: float | None = None
) -> SiteHealth:
    """The health of a site by its runs, oldest first. `days`: how long ago its last run may have begun; by default as long as
    its habit allows."""
    found = SiteHealth(site, held=[run.run for run in runs if run.state == "held"])
    for name in found.held:
        found.troubles.append(
            f"run {name} is held back: scrapy doctor --release {name}, or --discard {name}"
        )

    ended = [(run, _manifest(run)) for run in runs if run.state == "finished"]
    whole = [(run, manifest) for run, manifest in ended if manifest is not None]
    if not whole:
        return found
    last, manifest = whole[-1]
    counts = Counts.from_json(last.counts)
    found.last_run, found.started, found.exit = last.run, manifest.started, manifest.exit
    found.pages = {name: getattr(manifest.pages, name) for name in manifest.pages.__slots__}
    found.failures = dict(manifest.failures)
    found.said = describe(health([counts]), manifest, counts)

    earlier = [Counts.from_json(run.counts) for run, _ in whole[:-1]]
    compared = [c for c in earlier if c.extraction and not c.numbers["named"]][-LOOK_BACK:]
    found.before = _read(health(compared)) if compared else None

    found.troubles += [f"last run {last.run}: {why}" for why in _troubles(manifest, counts)]
    started = [_seconds(manifest.started) for _, manifest in whole]
    found.days_ago = max(0.0, (now - started[-1]) / DAY)
    limit = _longest_wait(started) if days is None else days
    if found.days_ago > limit:
        found.troubles.append(
            f"no run for {found.days_ago:.0f} days: is its cron job or timer still there?"
        )
    return found


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


def _troubles(manifest: Run, counts: Counts) -> Iterator[str]:
    if manifest.exit in STOPPED:
        yield f"it was {STOPPED[manifest.exit]} (exit {manifest.exit}): run it again"
    elif manifest.exit and not counts.numbers["released"]:
        yield f"exit {manifest.exit}, see failures/{manifest.site}-{manifest.run}.jsonl"

    asked, failures = manifest.pages.asked, manifest.failures
    groups = {
        "pages were lost": [e for e in failures if e in LOSSES],
        "pages could not be fetched": _fetch_errors(failures),
        "pages were refused": [e for e in failures if e in REFUSED],
        "pages were walls": [e for e in failures if e in WALLS],
    }
    for what, errors in groups.items():
        number = sum(failures[error] for error in errors)
        floor = 1 if errors and errors[0] in LOSSES else FAILED_FLOOR
        if number > FAILED_SHARE * asked and (number >= floor or number == asked):
            said = ", ".join(f"{error} {failures[error]}" for error in errors)
            yield f"{number} of {asked} {what} ({said})"
    if (
        not asked
        and not counts.numbers["met"]
        and not manifest.exit
        and not counts.numbers["named"]
    ):
        yield "nothing was asked, no document was met"


def _fetch_errors(failures: dict[str, int]) -> list[str]:
    others = {*LOSSES, *RECOGNISED, *REFUSED, *GONE}
    return [error for error in failures if error not in others]


def _manifest(run: RunState) -> Run | None:
    try:
        return run_from(run.manifest) if run.manifest else None
    except BadRecord:
        return None


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
