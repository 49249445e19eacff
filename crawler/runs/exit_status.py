"""The exit status of a crawl, from what the run did (docs/FORMAT, *Exit status*)."""

from __future__ import annotations

from crawler.runs.counts import Counts
from pipelines.records import LOSSES, RECOGNISED

#: More failed fetches than this share of the asked pages is more than bad luck.
FAILED_SHARE = 0.10


def exit_status(
    counts: Counts,
    *,
    known_before: int,
    reached: int,
    named: bool,
    numbered: bool,
    cut_short: str | None = None,
) -> tuple[int, str | None]:
    """0, or 3 and why. `named`: only pages that somebody named were asked; `numbered`: a range of numbers.

    `reached` counts answers that came from the site at all, `known_before` its documents before the run; `cut_short` says
    why the site was left before all was asked.
    """
    if cut_short:
        return 3, cut_short
    pages = counts.pages
    lost = sum(counts.failures[error] for error in LOSSES) or counts.numbers["losses"]
    if lost:
        return 3, f"{lost} pages were lost (see failures)"
    fetches = sum(
        n
        for error, n in counts.failures.items()
        if error not in LOSSES
        and error not in RECOGNISED
        and error not in ("robots", "refused_address")
        and not (numbered and error == "http_404")
    )
    if fetches > FAILED_SHARE * pages["asked"]:
        return 3, f"{fetches} of {pages['asked']} pages could not be fetched"
    if not reached and (
        pages["asked"] or not counts.numbers["met"]
    ):  # where all was known and nothing due, nothing was tried
        return 3, "nothing of the site was reached"
    met = pages["stored"] + pages["duplicate"] + pages["unchanged"] + counts.numbers["met"]
    if not met and not named and not numbered:
        if known_before:
            return 3, f"no document was met, where there were {known_before} before"
        if not pages["asked"]:
            return 3, "no document was found"
    return 0, None
