"""Which reading of a damaged run is true, and what of it may be written.

    Page("…").read(2) -> Reading(end=12, text="記者采訪", kind="restored")

Bytes alone settle a run only where nothing was lost. A page with private-use characters in its runs is as the browser
showed it: its readings are exact. Elsewhere an extractor may have dropped them (one misaligned pair in seven), and a
character whose bytes stood in two shown characters is then two halves of different ones. Such a character is written
only where words speak for it: it stands beside its neighbours in a dictionary's words or elsewhere on the page. Else a
`?` stands for it. A hidden byte stays a `?`, unless exactly one character makes a word with its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from pipelines.text.characters import SYLLABLE, plain
from pipelines.text.codepoints import HALF_WIDTH, LOST
from pipelines.text.gbk import in_row, is_private, ordinary
from pipelines.text.gbk_damage import GLOSS_HOLE, UNKNOWN, Cell, Learned, Shown, Way, ways
from pipelines.text.lexicon import follows, rank, word
from pipelines.text.script import fold, is_simplified

#: What is left of the damage: nothing was written, some characters are `?`, all are written and some are inferred.
Kind = Literal["left", "partial", "restored"]

#: A frequency of two characters in words that counts as support. (Of the true neighbours in 54 official texts 97 % have it
#: or stand side by side elsewhere in the text; of random common characters 4 %.)
_WORD: Final = 30
#: Frequency for which a hidden byte is told by a word, and how far the next candidate must stay below.
_TELLING: Final = 60
_LEAD: Final = 20
#: Characters that words seldom hold and that are hardly there by chance.
_PARTICLES = frozenset("的一是在和有了不为上下中我们来到要也都就与及等将把被从向于而或其之以对这")
#: Places by frequency within which a character may stand without a word: beside a mark or a particle, and between others.
_FREQUENT: Final = 1500
_MOST_FREQUENT: Final = 600
_QUOTES_AND_STOPS = frozenset("，。；：、！？“”‘’（）《》　")
#: What ends most sentences, and its second byte.
_SENTENCE = "。"
_STOP_TRAIL: Final = 0xA3
#: What must be gained over the text as it stands before a run without a gloss is read.
_GAIN: Final = 3.0
#: What a second `?` at its end adds, on a page whose site glosses: `努力?！?`.
_CLOSED: Final = 2.0
#: Readings that differ by less are not told apart.
_APART: Final = 1.5
#: Characters with words behind them that a reading needs for each that has none, where bytes may be missing.
_SUPPORT: Final = 3


#: What stands behind a run that is not over: another loss, or a letter that is glossed.
_RUINS = re.compile(rf"[{re.escape(LOST)}]|[@-~][(（]{SYLLABLE}[)）]")


class Reading(NamedTuple):
    """`text` is what stood where the run up to `end` stands now; `kind` is None where every byte is known."""

    end: int
    text: str
    kind: Kind | None


class _Judged(NamedTuple):
    way: Way
    text: str
    score: float
    doubts: int  # characters that stay a `?` though both bytes were shown
    sure: int  # characters with words behind them, or told by a gloss
    inferred: bool


class Page:
    """A page with damaged runs. `folded`: its full-width punctuation is half-width by now, and so is what is read.

    `learned`: what it glosses, with which syllables.
    """

    def __init__(self, text: str, learned: Learned, folded: bool = False) -> None:
        self._text = text
        self._learned = learned
        self._folded = folded
        self._shown = Shown(text, learned, folded)
        self._hant = not is_simplified(text)
        self._whole = False  # nothing unprintable was dropped: see `settle`

    def settle(self, holes: Iterable[int]) -> None:
        """Look at all holes first: a run with private-use characters proves that none were dropped."""
        for at in holes:
            found = ways(self._shown, at)
            if any(way.private for way in found):
                self._whole = True
                return

    @cached_property
    def _beside(self) -> frozenset[str]:
        """Pairs of characters that stand side by side at least twice on the page, Simplified."""
        seen, twice = set[str](), set[str]()
        for first, second in pairwise(fold(self._text)):
            both = first + second
            (twice if both in seen else seen).add(both)
        return frozenset(twice)

    def read(self, at: int) -> Reading | None:
        """The reading of the run that begins with the hole at an offset; `None` where nothing says that there is one.

        What has to stay as it stands is a reading of the kind `left`.
        """
        gloss = GLOSS_HOLE.match(self._text, at)
        judged = [self._judged(at, way) for way in ways(self._shown, at)]
        found = sorted([j for j in judged if j], key=_by_score)
        if not found:
            end = gloss.end() if gloss else self._odd(at)
            return self._left(at, end) if end else None
        best = found[0]
        gain = best.score - self._standing(at, best.way.end)
        if self._learned and self._closes_with_loss(best.way.end):
            gain += _CLOSED
        if not gloss and gain < _GAIN:
            return None
        if not self._trusted(best, found[1:]):
            return self._left(at, best.way.end)
        return Reading(best.way.end, self._width(best.text), self._kind(best))

    def _closes_with_loss(self, end: int) -> bool:
        """Whether a run ends in a `?` before a mark or a line end, as the punctuation fault ends runs."""
        after = self._text[end : end + 1]
        return self._text[end - 1] in LOST and (after in ("", "\n") or self._shown.is_mark(after))

    def _left(self, at: int, end: int) -> Reading:
        return Reading(end, self._text[at:end], "left")

    def _odd(self, at: int) -> int:
        """The end of what no text is made of behind a mark, 0 where it reads as text."""
        end = at + 2
        while end < min(len(self._text), at + 8) and self._text[end] >= "\u3400":
            end += 1
        odd = sum([not ordinary(c) for c in self._text[at + 2 : end]])
        return end if odd * 2 >= end - at - 2 and odd > 1 else 0

    def _trusted(self, best: _Judged, others: list[_Judged]) -> bool:
        """Whether the best reading is the only good one, and enough of it is sure."""
        rivals = [j.score for j in others if (j.text, j.way.end) != (best.text, best.way.end)]
        if rivals and best.score - max(rivals) < _APART:
            return False
        return not best.doubts or best.sure > _SUPPORT * best.doubts

    def _kind(self, judged: _Judged) -> Kind | None:
        if "?" in judged.text:
            return "partial"
        if judged.inferred or judged.way.guessed:
            return "restored"
        doubtful = not self._whole and any(c.seam and not c.told for c in judged.way.cells)
        return "restored" if doubtful else None

    def _width(self, text: str) -> str:
        return text.translate(HALF_WIDTH) if self._folded else text

    def _judged(self, at: int, way: Way) -> _Judged | None:
        """A reading with what speaks for it; `None` where its bytes are no characters though nothing is missing."""
        said = [cell.character for cell in way.cells]
        if self._whole and (way.dropped or None in said):
            return None
        said = [None if c is None or is_private(c) else c for c in said]
        before, after = self._around(at, way.end)
        score, doubts, sure, inferred = 0.0, 0, 0, False
        written: list[str] = []
        for k, (cell, c) in enumerate(zip(way.cells, said, strict=True)):
            left = written[-1] if written else before[-1:]
            right = (said[k + 1] or "?") if k + 1 < len(said) else after[:1]
            if not cell.known:
                later = "".join([c or "?" for c in said[k + 1 : k + 3]])
                told = self._inferred(cell, (before + "".join(written))[-2:], (later + after)[:2])
                written.append(told or "?")
                inferred = inferred or told is not None
                score += 1.0 if told else -1.0
                continue
            backing = self._backing(left, c, right) if c else 0
            if cell.told or backing:
                written.append(c or "?")
                score += 2.0 if cell.told else backing
                sure += backing > 0.5 and c is not None and c >= "\u3400"
            elif c is not None and self._whole:
                written.append(c)
                score += 0.0 if ordinary(c) else -2.0
            else:
                written.append("?")
                score -= 2.0
                doubts += 1
        if _RUINS.match(self._text, way.end):
            score -= _GAIN
        return _Judged(way, "".join(written), score, doubts, sure, inferred)

    def _around(self, start: int, end: int) -> tuple[str, str]:
        """The characters before a run, without a gloss, and the one after it."""
        before = self._text[max(0, start - 12) : start]
        if before[-1:] in (")", "）"):
            opened = max(before.rfind("("), before.rfind("（"))
            before = before[: max(0, opened)]
        return before[-2:], self._text[end : end + 2]

    def _backing(self, left: str, character: str, right: str) -> float:
        """How well a character's neighbours, its frequency or its kind speak for it: from 0, not at all, to 2.

        A particle, a mark or an unknown character beside it says nothing for it and nothing against it.
        """
        if character in _QUOTES_AND_STOPS:
            return 1
        if not ordinary(character) or (self._hant and is_simplified(character)):
            return 0
        c = plain(character)
        if c in _PARTICLES:
            return 2
        if self._side_by_side(left, c) >= _WORD or self._side_by_side(c, right) >= _WORD:
            return 2
        if _says_nothing(left) or _says_nothing(right):
            return 1 if rank(c) <= _FREQUENT else 0
        return 0.5 if rank(c) <= _MOST_FREQUENT else 0

    def _side_by_side(self, first: str, second: str) -> int:
        """How strongly the page and the dictionary speak for two neighbours."""
        if not first or not second:
            return 0
        a, b = plain(first), plain(second)
        own = _TELLING if a + b in self._beside else 0
        return max(own, follows(a, b))

    def _inferred(self, cell: Cell, before: str, after: str) -> str | None:
        """The one character that a hidden byte can belong to, `None` where words do not tell it.

        `before` and `after`: two characters on either side, as far as they are known.
        """
        if (cell.lead < 0 and cell.trail < 0) or cell.lead < UNKNOWN:
            return None
        row = in_row(trail=cell.trail) if cell.lead == UNKNOWN else in_row(lead=cell.lead)
        fitting = [c for c in row if not (self._hant and is_simplified(c))]
        weights = sorted([(_word_with(before, c, after), c) for c in fitting], reverse=True)
        best, second = [*weights, (0, ""), (0, "")][:2]
        may_be_stop = cell.lead == UNKNOWN and cell.trail == _STOP_TRAIL
        telling = _TELLING * 10 if may_be_stop else _TELLING
        if best[0] >= telling and best[0] >= _LEAD * second[0]:
            return best[1]
        if not may_be_stop:
            return None
        beside = [self._weight(before[-1:], c, after[:1]) for c in fitting]
        ended = len(before) == 2 and _bound(before) >= _WORD
        return _SENTENCE if ended or max(beside) < _WORD else None

    def _weight(self, left: str, character: str, right: str) -> int:
        return max(self._side_by_side(left, character), self._side_by_side(character, right))

    def _standing(self, at: int, end: int) -> float:
        """The score of a run as it stands."""
        shown = self._text[at:end]
        score = 0.0
        for k, c in enumerate(shown):
            if c in LOST or c.isascii():
                score -= 1.0
            elif not ordinary(c):
                score -= 2.0
            elif c >= "\u4e00" and c < "\ua000":
                left, right = shown[k - 1] if k else "", shown[k + 1 : k + 2]
                score += self._backing(left, c, right)
        return score


def _bound(two: str) -> int:
    """How strongly two characters belong together."""
    return follows(plain(two[0]), plain(two[1])) if len(two) == 2 else 0


def _word_with(before: str, character: str, after: str) -> int:
    """The frequency of the word that a character makes with a neighbour which no other word binds as strongly."""
    c = plain(character)
    left, right = before[-1:], after[:1]
    of_left = word(plain(left), c) if left else 0
    of_right = word(c, plain(right)) if right else 0
    if of_left <= _bound(before) or not _at_rest(right, after, follows(c, plain(right))):
        of_left = 0
    if of_right <= _bound(after) or not _at_rest(left, before, follows(plain(left), c)):
        of_right = 0
    return max(of_left, of_right)


def _at_rest(neighbour: str, two: str, together: int) -> bool:
    """Whether a neighbour that is no part of the word wants nothing of it: it has its own word, or makes none."""
    return _says_nothing(neighbour) or _bound(two) >= _WORD or together > 0


def _says_nothing(neighbour: str) -> bool:
    """Whether no word would hold a character and this neighbour of it."""
    return (
        not neighbour
        or neighbour < "\u3400"
        or neighbour >= "\uff00"
        or plain(neighbour) in _PARTICLES
    )


def _by_score(judged: _Judged) -> float:
    return -judged.score
