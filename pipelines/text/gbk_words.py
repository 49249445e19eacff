"""What words say of a character in doubt: whether it belongs where it is read, and which one a hidden byte can be.

    Words("…").inferred(Cell(UNKNOWN, 0xA3), before="确", after="“三") -> "保"

A dictionary tells which characters stand side by side in words, the page itself which ones do so here. A character
is never chosen for its frequency alone.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import Final

from pipelines.text.characters import plain
from pipelines.text.gbk import in_row, ordinary
from pipelines.text.gbk_damage import UNKNOWN, Cell
from pipelines.text.lexicon import follows, rank, word
from pipelines.text.script import fold, is_simplified, only_simplified

#: A frequency of two characters in words that counts as support. (Of the true neighbours in 54 official texts 97 % have it
#: or stand side by side elsewhere in the text; of random common characters 4 %.)
SUPPORT: Final = 30
#: The frequency of the word that tells a hidden byte, and how far the next candidate must stay below.
_TELLING: Final = 60
_LEAD: Final = 20
#: The same where a full stop is the likeliest by far: of characters that end in its byte three in four are one.
_TELLING_AGAINST_STOP: Final = 600
#: The same where one of the commonest characters fits the bytes: 排放的 is no 放到.
_TELLING_AGAINST_COMMONEST: Final = 3000
#: Places by frequency within which a character may stand without a word: beside a mark or a particle, and between others.
_FREQUENT: Final = 1500
_MOST_FREQUENT: Final = 600

#: Characters that words seldom hold and that are hardly there by chance.
_PARTICLES = frozenset("的一是在和有了不为上下中我们来到要也都就与及等将把被从向于而或其之以对这")
_MARKS = frozenset("，。；：、！？“”‘’（）《》　")

#: The commonest characters of all: where one of them fits the bytes, a word must be a frequent one.
_COMMONEST = frozenset("的了是在和有不")
_STOPS = frozenset("，。；：、！？,;:!")
_QUOTE_ENDS = frozenset("”’」』")

_STOP = "。"
_STOP_TRAIL: Final = 0xA3
#: A heading's marker whose bracket is not closed: `（二`.
_OPEN_MARKER = re.compile("[（(][一二三四五六七八九十]")
_BRACKET = "）"
_BRACKET_LEAD: Final = 0xA3

_INDENT = "\u3000"
_INDENT_TRAIL: Final = 0xA1


class Words:
    """The words that a page and a dictionary know."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._hant = not is_simplified(text)
        self._told: dict[tuple[Cell, str, str], str | None] = {}  # readings of a run share cells

    @cached_property
    def _beside(self) -> frozenset[str]:
        """Pairs of characters that stand side by side at least twice on the page, Simplified."""
        seen = set[str]()
        twice = set[str]()

        for first, second in pairwise(fold(self._text)):
            both = first + second
            known = twice if both in seen else seen
            known.add(both)

        return frozenset(twice)

    def backing(self, left: str, character: str, right: str) -> float:
        """How well a character's neighbours, its frequency or its kind speak for it: from 0, not at all, to 2.

        A particle, a mark or an unknown character beside it says nothing for it and nothing against it.
        """
        if character in _MARKS:
            return 1

        if not ordinary(character) or not self._fits(character):
            return 0

        simple = plain(character)
        if simple in _PARTICLES or self._weight(left, simple, right) >= SUPPORT:
            return 2

        place = rank(simple)
        if says_nothing(left) or says_nothing(right):
            return 1 if place <= _FREQUENT else 0

        return 0.5 if place <= _MOST_FREQUENT else 0

    def inferred(self, cell: Cell, before: str, after: str) -> str | None:
        """The one character that a hidden byte can belong to, `None` where words do not tell it.

        `before` and `after`: two characters on either side, as far as they are known.
        """
        asked = (cell, before, after)

        if asked not in self._told:
            self._told[asked] = self._infer(cell, before, after)

        return self._told[asked]

    def _infer(self, cell: Cell, before: str, after: str) -> str | None:
        if cell.lead == UNKNOWN and cell.trail >= 0:
            row = in_row(trail=cell.trail)
        elif cell.lead >= 0:
            row = in_row(lead=cell.lead)
        else:
            return None

        if cell.trail == _INDENT_TRAIL and before[-1:] in (_INDENT, " "):
            return _INDENT

        if cell.lead == _BRACKET_LEAD and _OPEN_MARKER.fullmatch(before):
            return _BRACKET

        candidates = [c for c in row if self._fits(c)]
        may_be_stop = cell.trail == _STOP_TRAIL and cell.lead == UNKNOWN

        if may_be_stop and after[:1] not in _STOPS:
            quoted = after[:1] in _QUOTE_ENDS
            telling = _telling(candidates, before, after, _TELLING_AGAINST_STOP)

            return (None if quoted else telling) or self._stop(candidates, before, after)

        return _telling(candidates, before, after, _TELLING)

    def _stop(self, candidates: list[str], before: str, after: str) -> str | None:
        """A full stop, where a word has ended and no other character makes one with its neighbours."""
        if any(_word_with(before, c, after) >= SUPPORT for c in candidates):
            return None

        if len(before) == 2 and _bound(before) >= SUPPORT:
            return _STOP

        left, right = before[-1:], after[:1]
        supported = [c for c in candidates if self._weight(left, plain(c), right) >= SUPPORT]

        return None if supported else _STOP

    def _fits(self, character: str) -> bool:
        """Whether the page's script has a character."""
        return not (self._hant and only_simplified(character))

    def _weight(self, left: str, simple: str, right: str) -> int:
        """How strongly the page and the dictionary speak for a character between two others."""
        weights = [0]

        for first, second in (
            (plain(left) if left else "", simple),
            (simple, plain(right) if right else ""),
        ):
            if first and second:
                weights.append(follows(first, second))
                if first + second in self._beside:
                    weights.append(SUPPORT)

        return max(weights)


def says_nothing(neighbour: str) -> bool:
    """Whether no word would hold a character and this neighbour of it."""
    if not neighbour or neighbour < "\u3400" or neighbour >= "\uff00":
        return True

    return plain(neighbour) in _PARTICLES


def _telling(candidates: list[str], before: str, after: str, least: int) -> str | None:
    """The candidate that makes a word with a neighbour, if it is the only one by far."""
    weighed = sorted([(_word_with(before, c, after), c) for c in candidates], reverse=True)

    if not weighed:
        return None

    weight, best = weighed[0]
    rivals = _COMMONEST.intersection(candidates) - {best}
    least = _TELLING_AGAINST_COMMONEST if rivals else least
    runner_up = weighed[1][0] if len(weighed) > 1 else 0

    return best if weight >= least and weight >= _LEAD * runner_up else None


def _word_with(before: str, character: str, after: str) -> int:
    """The frequency of the word that a character makes with a neighbour which no other word binds as strongly."""
    simple = plain(character)
    left = plain(before[-1]) if before else ""
    right = plain(after[0]) if after else ""
    of_left = of_right = 0

    if left and _at_rest(right, after, simple + right):
        of_left = word(left, simple)

    if right and _at_rest(left, before, left + simple):
        of_right = word(simple, right)

    if of_left <= _bound(before):
        of_left = 0

    if of_right <= _bound(after):
        of_right = 0

    return max(of_left, of_right)


def _at_rest(neighbour: str, two: str, with_it: str) -> bool:
    """Whether a neighbour that is no part of the word wants nothing of it: it has its own word, or makes none."""
    if says_nothing(neighbour) or _bound(two) >= SUPPORT:
        return True

    return follows(with_it[0], with_it[1]) > 0


def _bound(two: str) -> int:
    """How strongly two characters belong together."""
    return follows(plain(two[0]), plain(two[1])) if len(two) == 2 else 0
