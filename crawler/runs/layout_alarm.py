"""The layout alarm: does a site still look as it did in its last runs?

Three measures of a run, each against the runs before: how often the site's own selectors matched, how long the bodies
are, and what share is gapped. Only a fall counts, and only one that chance does not bring: a run's pages are taken for a
sample of the site. Pages that somebody chose by hand are none, and are neither judged nor compared with. A site that changes
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
#: A fall of a share counts where a sample of the site as it was would show it less often than this.
CHANCE = 0.01
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

    own = round(today.own * today.pages)
    if today.own < BAND * past.own and _is_no_chance(own, today.pages, past.own, past.pages):
        return (
            f"the site's own selectors matched {today.own:.0%} of its pages, {past.own:.0%} before"
        )

    if min(today.documents, past.documents) < ENOUGH:
        return None
    if _is_shorter(today, past):
        return f"bodies have {today.length:.0f} characters, {past.length:.0f} before"

    gapped = round(today.gapped * today.documents)
    fell = today.gapped < BAND / 2 * past.gapped

    if fell and _is_no_chance(gapped, today.documents, past.gapped, past.documents):
        return f"{today.gapped:.0%} of the documents are gapped, {past.gapped:.0%} before: are the notices worded anew?"

    return None


def _is_shorter(today: Health, past: Health) -> bool:
    if today.length >= BAND * past.length:
        return False

    error = max(past.spread, 0.1) / math.sqrt(today.documents)
    fall = math.log(past.length / max(today.length, 1.0))

    return fall > STANDARD_ERRORS * error


def _is_no_chance(got: int, size: int, share: float, past_size: int) -> bool:
    """Whether a sample of `size` pages shows so few (or fewer) by chance less often than CHANCE, where `share` of `past_size`
    pages showed it before. The share is smoothed (Laplace): of five pages that all did, the sixth need not."""
    smoothed = (share * past_size + 1) / (past_size + 2)

    return _binomial_tail(got, size, smoothed) < CHANCE


def _binomial_tail(most: int, size: int, share: float) -> float:
    """The probability of at most so many successes.

    >>> round(_binomial_tail(1, 4, 0.5), 4)
    0.3125
    """
    said, not_said = math.log(share), math.log1p(-share)

    return sum(
        math.exp(_log_choose(size, n) + n * said + (size - n) * not_said) for n in range(most + 1)
    )


def _log_choose(size: int, n: int) -> float:
    return math.lgamma(size + 1) - math.lgamma(n + 1) - math.lgamma(size - n + 1)
