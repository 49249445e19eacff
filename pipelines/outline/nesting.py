"""Which markers are numbered as headings.

`二、` after `一、` fits, `（三）` after `（一）` does not, unless a gap between them may have swallowed `（二）`. A marker at the beginning of
a line may be a misprint; one that is glued to the words before it must fit exactly (`二、扩大消费（一）推动…`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipelines.outline.bare import PLAIN_KINDS
from pipelines.outline.candidate import GLUED, LINE, SENTENCE, SPACE, UNITS, Candidate
from pipelines.outline.documents import document_of
from pipelines.outline.reasons import INSIDE, NO_FIRST, NO_SECOND, NUMBER

#: How far from a parent's marker its first child may stand glued or alone, its title being between (code points).
_TITLE_BETWEEN = 60
#: Reasons beside those of the table below.
OPENS = "stands where the parent's title ends"
CUT_SHORT = "a gap may hold the second one"
#: With which kinds an excerpt may begin, and the longest line and highest number of its first heading.
_TOP_KINDS = frozenset(("part", "chap", "sect", "formal", "cn", "pcn"))
_EXCERPT_TITLE = 40
_EXCERPT_NUMBER = 30
_ENDED = re.compile("[。！？；;!?：:\n]")


class Siblings(NamedTuple):
    """A list of one kind under one parent (`None`: the document)."""

    kind: str
    parent: Candidate | None
    members: list[Candidate]


class _Level:
    """An open section while the numbering is followed."""

    __slots__ = ("list_of", "owner", "rank")

    def __init__(self, owner: Candidate | None, rank: int) -> None:
        self.owner, self.rank = owner, rank
        self.list_of: dict[str, list[Candidate]] = {}


def accept(
    text: str,
    found: Sequence[Candidate],
    order: dict[str, int],
    gaps: Sequence[int],
    starts: Sequence[int] = (),
) -> list[Siblings]:
    """Follow the numbering; candidates that do not fit get their `why`. Returns the lists of siblings.

    At each of `starts` another document begins, and with it the numbering.
    """
    lists: list[Siblings] = []
    stack = [_Level(None, -2)]
    counted: dict[str, Candidate] = {}  # the last one of each kind, whatever its parent
    document = 0

    for c in found:
        if c.why:
            continue

        if document_of(starts, c.start) != document:
            document = document_of(starts, c.start)
            stack = [_Level(None, -2)]
            counted.clear()

        rank = order[c.kind]
        depth = len(stack)

        while stack[depth - 1].rank >= rank:
            depth -= 1

        parent = stack[depth - 1]
        members = parent.list_of.get(c.kind)
        before = members[-1] if members else None
        c.why = _misfit(text, c, _Place(c, before, counted.get(c.kind), gaps), parent.owner)

        if c.why:
            continue

        del stack[depth:]
        if members is None or (before and c.ordinal <= before.ordinal):
            members = parent.list_of[c.kind] = []
            lists.append(Siblings(c.kind, parent.owner, members))

        members.append(c)
        counted[c.kind] = c
        stack.append(_Level(c, rank))

    return lists


class _Place:
    """A candidate's number among those before it."""

    __slots__ = ("before", "c", "counted", "gaps", "last", "n", "next_fits", "strong")

    def __init__(
        self,
        c: Candidate,
        before: Candidate | None,
        counted: Candidate | None,
        gaps: Sequence[int],
    ) -> None:
        self.c, self.before, self.counted, self.gaps = c, before, counted, gaps
        self.n = c.ordinal
        self.last = before.ordinal if before else 0
        self.next_fits = c.following is not None and c.following.ordinal == c.ordinal + 1
        self.strong = c.before >= SENTENCE

    def counts_on(self) -> bool:
        return self.last > 0 and self.n == self.last + 1

    def counts_on_under_the_next_parent(self) -> bool:
        if self.last or not self.counted or self.n != self.counted.ordinal + 1:
            return False

        return self.strong or self.next_fits or self.c.before == SPACE

    def is_clause_inside(self) -> bool:
        """一是 glued to what stands before it, with nothing to say that a list begins."""
        return self.c.kind in ("shi", "yao") and self.c.before == GLUED

    def second_begins_a_sentence(self) -> bool:
        following = self.c.following
        return self.next_fits and following is not None and following.before >= SENTENCE

    def begins_a_list(self) -> bool:
        if self.n != 1:
            return False

        return (
            self.strong
            or (self.next_fits and self.last != 1)
            or (self.c.before == SPACE and self.c.kind == "cn")
        )

    def gap_may_hold_those_between(self) -> bool:
        """A gap may have swallowed those between, or all above: 6. is the first 1. or （一） that is seen."""
        since = self.before or self.counted
        start = since.start if since else -1

        return self.strong and _gap_between(self.gaps, start, self.c.start)

    def one_number_is_lost(self) -> bool:
        return self.last > 0 and self.n == self.last + 2 and self.next_fits

    def is_unit_further_on(self) -> bool:
        """A unit counts on from one before it; the first that is seen needs a next one."""
        if self.c.kind not in UNITS or not self.strong or not 0 < self.n - self.last <= 10:
            return False

        return self.last > 0 or self.next_fits

    def begins_an_excerpt(self) -> bool:
        """The first of its kind in the document, a short line: `八、推动文化繁荣` of a longer work."""
        c = self.c

        if self.before or self.counted or c.before != LINE or c.kind not in _TOP_KINDS:
            return False

        return c.line_end - c.after <= _EXCERPT_TITLE and self.n <= _EXCERPT_NUMBER

    def is_misprint_on_its_line(self) -> bool:
        if self.c.before != LINE or abs(self.n - self.last) > 5:
            return False

        return self.last > 0 or self.c.kind in ("cn", "pcn")


#: The first row whose test holds decides: an empty verdict accepts the number for the reason behind it, any other is why it does
#: not fit.
_NUMBERING: tuple[tuple[Callable[[_Place], bool], str, str], ...] = (
    (lambda p: p.c.kind in PLAIN_KINDS, "", "a line without marker"),
    (lambda p: p.c.stated, "", "the file's format states it"),
    (lambda p: p.c.kind == "seq" and (p.n == 1 or p.n > p.last > 0), "", "counts on"),
    (lambda p: p.c.kind == "seq", NO_FIRST, ""),
    (_Place.counts_on, "", "counts on"),
    (lambda p: p.is_clause_inside() and p.second_begins_a_sentence(), NO_SECOND, ""),
    (_Place.is_clause_inside, INSIDE, ""),
    (_Place.begins_a_list, "", "begins a list"),
    (lambda p: p.n == 1, NO_SECOND, ""),
    (_Place.counts_on_under_the_next_parent, "", "counts on under the next parent"),
    (_Place.gap_may_hold_those_between, "", "a gap may hold those between"),
    (_Place.one_number_is_lost, "", "counts on, one number is lost"),
    (_Place.is_unit_further_on, "", "a unit further on"),
    (_Place.is_misprint_on_its_line, "", "a misprint on a line of its own"),
    (_Place.begins_an_excerpt, "", "begins an excerpt"),
)


def _misfit(text: str, c: Candidate, place: _Place, parent: Candidate | None) -> str:
    """Why the number of `c` does not fit here, or nothing."""
    why, c.reason = next(
        ((why, says) for test, why, says in _NUMBERING if test(place)), (NUMBER, "")
    )

    if not why or why == INSIDE:
        return why

    counts_from = place.counted.ordinal if place.counted else 0
    first_or_next = c.ordinal == 1 or (counts_from and c.ordinal == counts_from + 1)

    if first_or_next and opens(text, parent, c):
        c.reason = OPENS
        return ""

    if why == NO_SECOND and cut_short(c, place.gaps):
        c.reason = CUT_SHORT
        return ""

    return why


def _gap_between(gaps: Sequence[int], start: int, end: int) -> bool:
    return bisect_right(gaps, end) > bisect_right(gaps, start)


def opens(text: str, parent: Candidate | None, c: Candidate) -> bool:
    """Whether `c` stands where the parent's title ends: `一、重要意义 （一）是必然选择`."""
    if parent is None or c.start - parent.after > _TITLE_BETWEEN:
        return False

    return not _ENDED.search(text, parent.after, c.start)


def cut_short(c: Candidate, gaps: Sequence[int]) -> bool:
    """Whether a second one may have stood in a gap: one lies before the next of the kind. Glued signs prove nothing."""
    reach = c.following.start if c.following else c.line_end

    return c.before > GLUED and _gap_between(gaps, c.start, reach)
