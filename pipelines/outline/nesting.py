"""Which markers are numbered as headings, and how their kinds nest in this document.

`二、` after `一、` fits, `（三）` after `（一）` does not, unless a gap between them may have swallowed `（二）`. A marker at the beginning of
a line may be a misprint; one that is glued to the words before it must fit exactly (`二、扩大消费（一）推动…`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.outline.markers import CUSTOM, GLUED, INSIDE, LINE, SENTENCE, SPACE, UNITS, Candidate

#: A line longer than this may hold several paragraphs (code points; the longest paragraph of the development set has 547).
_PARAGRAPH = 900
#: How far from a parent's marker its first child may stand glued or alone, its title being between (code points).
_TITLE_BETWEEN = 60
_ENDED = re.compile("[。！？；;!?：:\n]")
_NO_SECOND = "no second one follows"
#: The custom's ranks. A heading without marker that only the contents block knows stands under whatever it follows.
_CUSTOM = {kind: rank for rank, kind in enumerate((*CUSTOM, "plain"))}


class Siblings(NamedTuple):
    """A list of one kind under one parent (`None`: the document)."""

    kind: str
    parent: Candidate | None
    members: list[Candidate]


def ranks(found: Iterable[Candidate]) -> dict[str, int]:
    """Rank of every kind in this document, 0 the highest: the custom, corrected by what the numbering shows.

    A kind that counts on (`2.`) across a run of another that began anew (`(一) (二)`) stands above it. So does one that
    counts on where the other restarts, or that opens the paragraph in which the other begins. Where both count on
    (`二、 第三条 三、 第四条`), the rarer one stands above.
    """
    votes: dict[tuple[str, str], int] = defaultdict(int)
    both: dict[tuple[str, str], int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    last: dict[str, int] = {}
    first_since: dict[str, dict[str, int]] = defaultdict(
        dict
    )  # kind -> other kind -> its first ordinal since
    opener: Candidate | None = None  # the marker that the paragraph begins with
    for c in found:
        if c.why or c.before < SENTENCE:
            continue
        kind, n = c.kind, c.ordinal
        if c.before == LINE:
            opener = c
        elif (
            n == 1
            and opener
            and opener.kind != kind
            and c.start < opener.line_end < opener.start + _PARAGRAPH
        ):
            votes[opener.kind, kind] += 2
        if n > 1 and n == last.get(kind, 0) + 1:
            for other, began in first_since[kind].items():
                if began == 1:
                    votes[kind, other] += 1
                else:
                    both[kind, other] += 1
        elif n == 1 and kind in last:
            for other, began in first_since[kind].items():
                if began > 1:
                    votes[other, kind] += 1
        for seen in last:
            if seen != kind:
                first_since[seen].setdefault(kind, n)
        last[kind] = n
        count[kind] += 1
        first_since[kind].clear()
    for (above, below), n in both.items():
        votes[above, below] += n if count[above] < count[below] else 0
    usual = [kind for kind in CUSTOM if kind in last]
    present = usual.copy()
    for _ in present:
        for i in range(len(present) - 1):
            above, below = present[i], present[i + 1]
            if (
                votes[below, above] > 2 * votes[above, below] + (above != "art")
                and above not in UNITS[:-1]
            ):
                present[i], present[i + 1] = below, above
    order = _CUSTOM | {kind: _CUSTOM[slot] for kind, slot in zip(present, usual, strict=True)}
    # A preface stands beside the highest sections; only above chapters, as published laws are set.
    order[""] = order[present[0]] if present and present[0] not in UNITS else -1
    return order


class _Level:
    """An open section while the numbering is followed."""

    __slots__ = ("list_of", "owner", "rank")

    def __init__(self, owner: Candidate | None, rank: int) -> None:
        self.owner, self.rank = owner, rank
        self.list_of: dict[str, list[Candidate]] = {}


def accept(
    text: str, found: Sequence[Candidate], order: dict[str, int], gaps: Sequence[int]
) -> list[Siblings]:
    """Follow the numbering; candidates that do not fit get their `why`. Returns the lists of siblings."""
    lists: list[Siblings] = []
    stack = [_Level(None, -2)]
    counted: dict[str, Candidate] = {}  # the last one of each kind, whatever its parent
    for c in found:
        if c.why:
            continue
        rank = order[c.kind]
        depth = len(stack)
        while stack[depth - 1].rank >= rank:
            depth -= 1
        parent = stack[depth - 1]
        members = parent.list_of.get(c.kind)
        before = members[-1] if members else None
        c.why = _misfit(c, before, counted.get(c.kind), gaps)
        if c.why and c.why != INSIDE and opens(text, parent.owner, c):
            so_far = counted.get(c.kind)
            if c.ordinal == 1 or (so_far and c.ordinal == so_far.ordinal + 1):
                c.why = ""
        if c.why == _NO_SECOND and cut_short(c, gaps):
            c.why = ""
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


def _misfit(
    c: Candidate, before: Candidate | None, counted: Candidate | None, gaps: Sequence[int]
) -> str:
    """Why the number of `c` does not fit here, or nothing."""
    n, last = c.ordinal, before.ordinal if before else 0
    next_fits = c.following is not None and c.following.ordinal == n + 1
    if c.kind == "seq":
        return "" if n == 1 or n > last > 0 else "no 首先 before it"
    strong = c.before >= SENTENCE
    if n == last + 1 and last:
        return ""
    if c.kind in ("shi", "yao") and c.before == GLUED:
        return (
            _NO_SECOND if next_fits and c.following and c.following.before >= SENTENCE else INSIDE
        )
    if n == 1:
        if strong or (next_fits and last != 1) or (c.before == SPACE and c.kind == "cn"):
            return ""
        return _NO_SECOND
    if (
        not last
        and counted
        and n == counted.ordinal + 1
        and (strong or next_fits or c.before == SPACE)
    ):
        return ""
    # A gap may have swallowed those between, or all above it: 6. is the first 1. or （一） that is seen.
    since = before.start if before else counted.start if counted else -1
    if strong and bisect_right(gaps, c.start) > bisect_right(gaps, since):
        return ""
    if n == last + 2 and last and next_fits:
        return ""  # one was lost on the way
    if c.kind in UNITS and strong and 0 < n - last <= 10:
        return ""
    if (
        c.before == LINE
        and (last or c.kind in UNITS or c.kind in ("cn", "pcn"))
        and abs(n - last) <= 5
    ):
        return ""
    return "the number does not fit"


def opens(text: str, parent: Candidate | None, c: Candidate) -> bool:
    """Whether `c` stands where the parent's title ends: `一、重要意义 （一）是必然选择`."""
    return (
        parent is not None
        and c.start - parent.after <= _TITLE_BETWEEN
        and not _ENDED.search(text, parent.after, c.start)
    )


def cut_short(c: Candidate, gaps: Sequence[int]) -> bool:
    """Whether a second one may have stood in a gap: one lies before the next of the kind. Glued signs prove nothing."""
    reach = c.following.start if c.following else c.line_end
    return c.before > GLUED and bisect_right(gaps, reach) > bisect_right(gaps, c.start)
