"""The layout alarm: does a site still look as it did in its last runs?

Three measures of a run, each against the runs before: how often the site's own selectors matched, how long the bodies
are, and what share is gapped. Only a fall counts, and only one that is no accident of a few pages. A site that changes
its markup makes the first fall, one that shortens its previews or hides them the second, and one that words its
notices anew the third: that one would be silent gaps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from crawler.runs.counts import Counts

#: Document pages that a run must have read to be compared, and to compare with.
ENOUGH = 5
#: Runs looked back on.
LOOK_BACK = 8
#: The band: a measure below this share of what it was is a fall.
BAND = 0.5
#: Lengths vary by themselves: the fall must also be so many standard errors of the mean of their logarithms.
STANDARD_ERRORS = 3.0


class Health(NamedTuple):
    """The measures of a run (or of several). `length` is the geometric mean of `counted_chars`, `spread` the standard
    deviation of its logarithm."""

    pages: int
    own: float
    length: float
    spread: float
    documents: int
    gapped: float


def health(runs: Sequence[Counts]) -> Health:
    """The measures over these runs together."""
    own = sum(c.extraction["own"] for c in runs)
    pages = own + sum(c.extraction["generic"] for c in runs)
    documents = sum(c.documents["new"] + c.documents["upgraded"] for c in runs)
    if not documents:
        return Health(pages, _share(own, pages), 0.0, 0.0, 0, 0.0)

    gapped = sum(c.documents["gapped"] + c.documents["cut_off"] for c in runs)
    mean = sum(c.lengths["log"] for c in runs) / documents
    mean_square = sum(c.lengths["log_squared"] for c in runs) / documents
    variance = max(0.0, mean_square - mean * mean)
    return Health(
        pages=pages,
        own=_share(own, pages),
        length=math.exp(mean),
        spread=math.sqrt(variance),
        documents=documents,
        gapped=gapped / documents,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def layout_alarm(now: Counts, before: Sequence[Counts]) -> str | None:
    """What fell below its band, in words, or `None`. `before` are the site's finished runs, in any order."""
    today, past = health([now]), health(before)
    if min(today.pages, past.pages) < ENOUGH:
        return None
    if today.own < BAND * past.own:
        return (
            f"the site's own selectors matched {today.own:.0%} of its pages, {past.own:.0%} before"
        )

    if min(today.documents, past.documents) < ENOUGH:
        return None
    if _is_shorter(today, past):
        return f"bodies have {today.length:.0f} characters, {past.length:.0f} before"
    if today.gapped < BAND / 2 * past.gapped and today.documents * past.gapped >= ENOUGH:
        return f"{today.gapped:.0%} of the documents are gapped, {past.gapped:.0%} before: are the notices worded anew?"
    return None


def _is_shorter(today: Health, past: Health) -> bool:
    if today.length >= BAND * past.length:
        return False
    error = max(past.spread, 0.1) / math.sqrt(today.documents)
    fall = math.log(past.length / max(today.length, 1.0))
    return fall > STANDARD_ERRORS * error
