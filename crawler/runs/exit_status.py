"""The exit status of a crawl, from what the run did (docs/FORMAT, *Exit status*), with the reason and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.runs.apply import REFUSED
from crawler.runs.counts import Counts
from pipelines.records import LOSSES, RECOGNISED

#: More failed fetches than this share of the asked pages is more than bad luck.
FAILED_SHARE = 0.10
#: Fewer failed fetches say nothing where others came: of six new pages one is a sixth.
FAILED_FLOOR = 5
#: More dead links than this share of the asked pages: the site has moved its documents.
DEAD_LINKS_SHARE = 0.50

Verdict = tuple[object, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the counts of a run do not say.

    `known_before`: the site's documents before the run; `reached`: answers that came from the site at all. `named`: only
    pages that somebody named were asked; `start_named`: somebody named the page to begin with; `numbered`: a range of numbers.
    `cut_short`: why the site was left before all was asked.
    """

    known_before: int = 0
    reached: int = 0
    named: bool = False
    start_named: bool = False
    numbered: bool = False
    cut_short: str | None = None


def exit_status(counts: Counts, run: Circumstances) -> tuple[int, str | None]:
    """0, or 3 and why."""
    for verdicts in (_losses, _not_reached, _failed_fetches, _lost_lists, _nothing_met):
        for is_bad, why in verdicts(counts, run):
            if is_bad:
                return 3, why

    return 0, None


def _losses(counts: Counts, run: Circumstances) -> Iterator[Verdict]:
    yield run.cut_short, run.cut_short or ""
    lost = sum(counts.failures[error] for error in LOSSES) or counts.numbers["losses"]

    yield (
        lost,
        f"{lost} pages were lost ({_errors(counts, LOSSES)}): the program's fault, see the failures",
    )


def _not_reached(counts: Counts, run: Circumstances) -> Iterator[Verdict]:
    # Where all was known and nothing due, nothing was tried.
    tried = counts.pages["asked"] or not counts.numbers["met"]
    yield not run.reached and tried, "nothing of the site was reached: is it up, is the network?"


def _lost_lists(counts: Counts, run: Circumstances) -> Iterator[Verdict]:
    starts, lists = counts.numbers["starts_lost"], counts.numbers["lists_lost"]
    yield starts, "a start page could not be read: new documents may be missing, see the failures"
    too_many = lists > FAILED_SHARE * counts.other["lists"]
    yield too_many, f"{lists} of {counts.other['lists']} lists could not be read, see the failures"


def _failed_fetches(counts: Counts, run: Circumstances) -> Iterator[Verdict]:
    asked, dead = counts.pages["asked"], counts.numbers["dead_links"]
    errors = _fetch_errors(counts, run)
    failed = sum(counts.failures[error] for error in errors) - dead
    nothing_came = failed + dead == asked
    counts_at_all = failed >= FAILED_FLOOR or run.named or run.start_named or nothing_came
    said = f"{failed} of {asked} pages could not be fetched ({_errors(counts, errors)})"
    yield counts_at_all and failed > FAILED_SHARE * asked, f"{said}: the next run asks again"

    moved = dead >= FAILED_FLOOR and dead > DEAD_LINKS_SHARE * asked

    yield (
        moved,
        f"{dead} of {asked} found pages are not there: does the site name them otherwise now?",
    )


def _fetch_errors(counts: Counts, run: Circumstances) -> list[str]:
    """The errors of pages that could not be fetched; a range of numbers has holes."""
    others = {*LOSSES, *RECOGNISED, *REFUSED}

    if run.numbered:
        others.add("http_404")

    return [error for error in counts.failures if error not in others]


def _nothing_met(counts: Counts, run: Circumstances) -> Iterator[Verdict]:
    pages, known_met = counts.pages, counts.numbers["met"]
    met = pages["stored"] + pages["duplicate"] + pages["unchanged"] + known_met
    yield run.start_named and not met, "the named start page gave no document: is it the right one?"

    if met or run.named or run.numbered:
        return

    before = run.known_before
    yield before, f"no document was met, where there were {before} before: has the site changed?"
    yield not pages["asked"], "no document was found: has the site changed?"


def _errors(counts: Counts, errors: list[str] | tuple[str, ...]) -> str:
    """Errors with their numbers, the most frequent first."""
    there = [(counts.failures[error], error) for error in errors if counts.failures[error]]

    return (
        ", ".join(f"{error} {number}" for number, error in sorted(there, reverse=True))
        or "see there"
    )
