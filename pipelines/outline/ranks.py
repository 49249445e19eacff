"""How the kinds of markers nest in this document: the custom, corrected by what the numbering shows.

`2.` that counts on across `(一) (二)` stands above them, though by custom it stands below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipelines.outline.bare import PLAIN, PLAIN_KINDS, rank_of_bare, rank_of_stated
from pipelines.outline.candidate import CUSTOM, LINE, SENTENCE, UNITS, Candidate

#: A line longer than this may hold several paragraphs (code points; the longest paragraph of the development set has 547).
_PARAGRAPH = 900
#: The custom's ranks. A heading without marker that only the contents block knows stands under whatever it follows.
#: There is room between two ranks: a heading without marker may stand there.
_CUSTOM = {kind: 20 * rank for rank, kind in enumerate((*CUSTOM, "plain"))}


#: 一是 一要 首先 count clauses: they never stand above these.
_CLAUSES = frozenset(("seq", "shi", "yao"))
_SECTIONS = frozenset(("formal", "cn", "pcn"))


class _Votes:
    """What the numbering says of pairs of kinds: how often the first stands above the second."""

    def __init__(self) -> None:
        self.above: dict[tuple[str, str], int] = defaultdict(int)
        self.both: dict[tuple[str, str], int] = defaultdict(int)
        self.count: dict[str, int] = defaultdict(int)
        self.last: dict[str, int] = {}
        #: kind -> other kind -> its first ordinal since the last marker of the kind
        self.first_since: dict[str, dict[str, int]] = defaultdict(dict)
        self.opener: Candidate | None = None  # the marker that the paragraph begins with

    def take(self, c: Candidate) -> None:
        """Count one more marker."""
        self._by_paragraph(c)
        self._by_numbering(c)

        for seen in self.last:
            if seen != c.kind:
                self.first_since[seen].setdefault(c.kind, c.ordinal)

        self.last[c.kind] = c.ordinal
        self.count[c.kind] += 1
        self.first_since[c.kind].clear()

    def _by_paragraph(self, c: Candidate) -> None:
        """A kind that opens the paragraph in which another begins stands above it."""
        opener = self.opener

        if c.before == LINE:
            self.opener = c
            return

        if opener is None or c.ordinal != 1 or opener.kind == c.kind:
            return

        if c.start < opener.line_end < opener.start + _PARAGRAPH:
            self.above[opener.kind, c.kind] += 2

    def _by_numbering(self, c: Candidate) -> None:
        """A kind that counts on while another began anew stands above it."""
        kind = c.kind

        if c.ordinal > 1 and c.ordinal == self.last.get(kind, 0) + 1:
            for other, began in self.first_since[kind].items():
                votes = self.above if began == 1 else self.both
                votes[kind, other] += 1
        elif c.ordinal == 1 and kind in self.last:
            for other, began in self.first_since[kind].items():
                if began > 1:
                    self.above[other, kind] += 1

    def settled(self) -> dict[tuple[str, str], int]:
        """All votes; where both kinds count on (`二、 第三条 三、 第四条`), the rarer one stands above."""
        for (kind, other), votes in self.both.items():
            if self.count[kind] < self.count[other]:
                self.above[kind, other] += votes

        return self.above


def ranks(
    lines: Sequence[Candidate],
    found: Sequence[Candidate],
    stated: Mapping[int, int | None] = MappingProxyType({}),
) -> dict[str, int]:
    """Rank of every kind in this document, 0 the highest, as the contents block and the text show it.

    A kind that counts on (`2.`) across a run of another that began anew (`(一) (二)`) stands above it. So does one that
    counts on where the other restarts, or that opens the paragraph in which the other begins.
    """
    votes = _Votes()

    for c in (*lines, *found):
        if not c.why and c.before >= SENTENCE and c.kind not in PLAIN_KINDS:
            votes.take(c)

    above = votes.settled()
    usual = [kind for kind in CUSTOM if kind in votes.last]
    present = _sorted_by(above, usual)
    slots = [_CUSTOM[kind] for kind in usual]
    order = _CUSTOM | dict(zip(present, slots, strict=True))

    for sequence in (lines, found):
        bare = rank_of_bare(sequence, order)
        if bare is not None:
            order[PLAIN] = bare
            break

    if stated:
        order |= rank_of_stated(found, stated, order)

    # A preface stands beside the highest sections; only above chapters, as published laws are set.
    order[""] = order[present[0]] if present and present[0] not in UNITS else -1
    return order


def _sorted_by(above: dict[tuple[str, str], int], usual: list[str]) -> list[str]:
    """The kinds in the custom's order, neighbours exchanged where the votes clearly say so."""
    present = usual.copy()

    for _ in usual:
        for i in range(len(present) - 1):
            first, second = present[i], present[i + 1]
            if second in _CLAUSES and first in _SECTIONS:
                continue

            needed = 2 * above[first, second] + (first != "art")
            if above[second, first] > needed and first not in UNITS[:-1]:
                present[i], present[i + 1] = second, first

    return present
