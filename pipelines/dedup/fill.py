"""What to put in a place where two copies of a document differ: which reading stays, what fills a gap, what is an edit.

    here    …… 一、总体情况 [omitted 300] 三、下一步打算 ……
    there   …… 一、总体情况 …… 二、存在问题 …… 三、下一步打算 ……        `there` fills the gap

In doubt `here` stays: a merged text never gives up shown words for other words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from pipelines.dedup.draft import (
    Item,
    Items,
    Place,
    counted_in,
    lines_in,
    overlapping,
    stands_elsewhere,
)
from pipelines.dedup.fingerprint import SHINGLE

#: Canonical characters that only one copy shows, in a place where the other says that nothing is missing, from which on
#: they are taken over as text that the other silently lacks. Shorter ones are edits.
SILENT = 12
#: The same at the very beginning or end of a text, where being cut off needs no second boundary.
SILENT_END = 6
#: A stretch this long against an eighth of it is a silent gap with a torn edge, not a different reading.
_TORN, _TORN_RATIO = 40, 8
#: Where one text says that it is cut off and the other goes on with this much other text to its end, the other has left out,
#: without a notice, what the first still shows.
PARTED = 24
#: Characters by which a stated count may be off and the gap be filled all the same.
_FILLED = 2
#: Characters that a copy must show more than `here` to fill its gap.
_MORE = 2


class Sides(NamedTuple):
    """Where a place lies. `sure`: what stands on both its sides is equal for long enough to be no chance."""

    first: bool
    last: bool
    sure: bool

    @property
    def edge(self) -> bool:
        """Whether it is the beginning or the end of the text."""
        return self.first or self.last


def better(here: Place, there: Place, sides: Sides) -> Items | None:
    """What to put in the place of `here`, or None where it stays. `there` holds at least one character."""
    if here.gaps:
        return _into_gap(here, there, sides)
    if here.chars == 0:
        return _into_nothing(here, there, sides)

    return _over_text(here, there, sides)


def _into_nothing(here: Place, there: Place, sides: Sides) -> Items | None:
    """`here` shows nothing and says that nothing is missing."""
    if not sides.edge and not there.gaps and here.is_joint:
        # No copy shows these two sides together, and this one shows what stands between.
        return there.whole

    least = SILENT_END if sides.edge else SILENT
    if not sides.sure or there.chars < least:
        return None

    return None if stands_elsewhere(there, here.draft) else there.whole


def _over_text(here: Place, there: Place, sides: Sides) -> Items | None:
    """`here` shows other text, without a gap."""
    if sides.edge and there.has_inner_gap(sides.first):
        # At an edge, a copy that begins later or ends earlier is as good as gapped there.
        return _composed(
            here.as_if_cut(sides.first),
            there,
            sides.last,
        )
    if sides.last and there.gaps and min(here.chars, there.chars) > PARTED:
        return _composed(
            here.as_if_cut(True),
            there,
            last=False,
        )

    torn = there.chars >= _TORN and there.chars >= _TORN_RATIO * here.chars
    if not sides.sure or there.gaps or not torn:
        return None

    return None if stands_elsewhere(there, here.draft) else there.whole


def _into_gap(here: Place, there: Place, sides: Sides) -> Items | None:
    """`here` says that something is missing."""
    if there.gaps:
        return _composed(here, there, sides.last)
    if sides.edge and here.has_inner_gap(sides.first):
        return _composed(
            here,
            there.as_if_cut(sides.first),
            sides.last,
        )
    if sides.last and min(here.chars, there.chars) > PARTED:
        return _composed(
            here,
            there.as_if_cut(True),
            last=False,
        )

    more = there.chars - here.chars
    if sides.last and here.breaks[1] == 0:
        return there.whole if more >= _MORE else None

    fills = more >= _enough(here) and here.chars <= PARTED
    return there.whole if fills else None


def _enough(here: Place) -> float:
    """How many characters more another copy must show to be taken for what the gaps withhold."""
    stated = [gap.chars for gap in here.gaps if gap.chars is not None]

    if len(stated) < len(here.gaps):
        return _MORE

    return max(_MORE, 0.5 * sum(stated))


def _composed(here: Place, there: Place, last: bool) -> Items | None:
    """Both have a gap: the longer front, then what is still missing, then the longer back.

    More than a torn edge of what `here` shows is never given up for other words.
    """
    front = there.breaks[0] > here.breaks[0] + 1 and here.breaks[0] <= PARTED
    back = there.breaks[1] > here.breaks[1] + 1 and here.breaks[1] <= PARTED

    if not front and not back:
        return None
    if front and back and len(here.gaps) == 1:
        return there.whole

    stays, goes = _gap_owner(here, there, last)
    middle = stays.middle
    ahead = (there if front else here).front
    behind = (there if back else here).back

    if len(stays.gaps) == 1:
        new_front = (stays is here) == front
        new_back = (stays is here) == back

        left = _still_missing(
            stays,
            goes,
            new_front,
            new_back,
        )

        common, met = overlapping(ahead, behind)
        explained = left is not None and common and abs(left + common) <= _FILLED

        if common >= SHINGLE or explained:
            return met

        nothing_missing = left is not None and left <= _FILLED  # by the site's own word
        middle = () if nothing_missing else (replace(stays.gaps[0], chars=left),)

    composed = (*ahead, *middle, *behind)
    return None if _repeats_a_line(composed, here, there) else composed


def _gap_owner(here: Place, there: Place, last: bool) -> tuple[Place, Place]:
    """Whose gap is kept between the two pieces, and the other place."""
    both_cut_off = last and len(here.gaps) == 1 and here.breaks[1] == there.breaks[1] == 0

    if both_cut_off or not here.is_noted:
        return there, here

    return here, there


def _still_missing(stays: Place, goes: Place, new_front: bool, new_back: bool) -> int | None:
    """What is left of the count that a gap states, when the other copy's front or back takes the place of its own."""
    stated = stays.gaps[0].chars

    if stated is None:
        return None

    added = (goes.front if new_front else ()) + (goes.back if new_back else ())
    replaced = (stays.front if new_front else ()) + (stays.back if new_back else ())

    return stated - counted_in(added) + counted_in(replaced)


def _repeats_a_line(composed: Iterable[Item], here: Place, there: Place) -> bool:
    """Whether a line stands twice that neither copy shows twice there: the pieces are not in the order that was thought."""
    shown = lines_in(here.whole, SILENT) | lines_in(there.whole, SILENT)
    repeats = lines_in(composed, SILENT)

    return any(count > max(1, shown[line]) for line, count in repeats.items())
