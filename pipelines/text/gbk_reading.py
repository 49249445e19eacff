"""Which reading of a damaged run is true, and what of it may be written.

    Page("…").read(2) -> Reading(end=12, text="記者采訪", kind="restored")

Bytes alone settle a run only where nothing was lost. A page with private-use characters in its runs is as the browser
showed it: its readings are exact. Elsewhere an extractor may have dropped them (one misaligned pair in seven), and a
character whose bytes stood in two shown characters is then two halves of different ones. Such a character is written
only where words speak for it: it stands beside its neighbours in a dictionary's words or elsewhere on the page. Else a
`?` stands for it. A hidden byte stays a `?`, unless exactly one character makes a word with its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from pipelines.text.characters import plain
from pipelines.text.codepoints import HALF_WIDTH, LOST
from pipelines.text.gbk import in_row, is_private, ordinary
from pipelines.text.gbk_damage import GLOSS_HOLE, UNKNOWN, Cell, Learned, Way, ways
from pipelines.text.lexicon import follows
from pipelines.text.script import fold

#: What is left of the damage: nothing was written, some characters are `?`, all are written and some are inferred.
Kind = Literal["left", "partial", "restored"]

#: A frequency of two characters in words that counts as support. (Of the true neighbours in 54 official texts 97 % have it
#: or stand side by side elsewhere in the text; of random common characters 4 %.)
_WORD: Final = 30
#: Frequency for which a hidden byte is told by a word, and how far the next candidate must stay below.
_TELLING: Final = 100
_LEAD: Final = 20
#: Characters so frequent that one of them is hardly there by chance.
_FREQUENT = frozenset(
    "的一是在和有了不为人中大上个国这以要我来到们时地会对出业年月日等也都就与及下将把被从向于而或其之"
    "二三四五六七八九十全工作发展进行实建"
)
_QUOTES_AND_STOPS = frozenset("，。；：、！？“”‘’（）《》　")
_SENTENCE = "。"
#: What must be gained over the text as it stands before a run without a gloss is read.
_GAIN: Final = 3.0
#: Readings that differ by less are not told apart.
_APART: Final = 1.5
#: Characters with words behind them that a reading needs for each that has none, where bytes may be missing.
_SUPPORT: Final = 3


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
        self._whole = False  # nothing unprintable was dropped: see `settle`

    def settle(self, holes: Iterable[int]) -> None:
        """Look at all holes first: a run with private-use characters proves that none were dropped."""
        for at in holes:
            found = ways(self._text, at, self._learned)
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
        """The reading of the run that begins with the hole at an offset, `None` where it has to stay as it stands."""
        judged = [self._judged(at, way) for way in ways(self._text, at, self._learned)]
        found = sorted([j for j in judged if j], key=_by_score)
        if not found:
            return None
        best = found[0]
        rivals = [j for j in found[1:] if j.text != best.text or j.way.end != best.way.end]
        if rivals and best.score - rivals[0].score < _APART:
            return None
        if best.doubts and best.sure < _SUPPORT * best.doubts + 1:
            return None
        if not GLOSS_HOLE.match(self._text, at) and best.score - self._standing(at, best) < _GAIN:
            return None
        return Reading(best.way.end, self._width(best.text), self._kind(best))

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
        if self._whole and None in said:
            return None
        said = [None if c is None or is_private(c) else c for c in said]
        before, after = self._around(at, way.end)
        score, doubts, sure, inferred = 0.0, 0, 0, False
        written: list[str] = []
        for k, (cell, c) in enumerate(zip(way.cells, said, strict=True)):
            left = written[-1] if written else before[-1:]
            right = next((n for n in said[k + 1 :][:1]), after) or "?"
            if not cell.known:
                told = self._inferred(cell, (before + "".join(written))[-2:], right)
                written.append(told or "?")
                inferred = inferred or told is not None
                score += 1.0 if told else -1.0
                continue
            backed = c is not None and self._backed(left, c, right)
            if cell.told or backed:
                written.append(c or "?")
                score += 2.0
                sure += c is not None and c >= "\u3400"
            elif c is not None and self._whole:
                written.append(c)
                score += 0.0 if ordinary(c) else -2.0
            else:
                written.append("?")
                score -= 2.0
                doubts += 1
        return _Judged(way, "".join(written), score, doubts, sure, inferred)

    def _around(self, start: int, end: int) -> tuple[str, str]:
        """The characters before a run, without a gloss, and the one after it."""
        before = self._text[max(0, start - 12) : start]
        if before[-1:] in (")", "）"):
            opened = max(before.rfind("("), before.rfind("（"))
            before = before[: max(0, opened)]
        after = self._text[end : end + 1]
        return before[-2:], "?" if after in LOST else after

    def _backed(self, left: str, character: str, right: str) -> bool:
        """Whether a character's neighbours, its frequency or its kind speak for it."""
        if character in _QUOTES_AND_STOPS:
            return True
        if not ordinary(character):
            return False
        c = plain(character)
        if c in _FREQUENT:
            return True
        return self._side_by_side(left, c) >= _WORD or self._side_by_side(c, right) >= _WORD

    def _side_by_side(self, first: str, second: str) -> int:
        """How strongly the page and the dictionary speak for two neighbours."""
        if not first or not second:
            return 0
        a, b = plain(first), plain(second)
        own = _TELLING if a + b in self._beside else 0
        return max(own, follows(a, b))

    def _inferred(self, cell: Cell, before: str, right: str) -> str | None:
        """The one character that a hidden byte can belong to, `None` where words do not tell it."""
        if cell.lead == UNKNOWN and cell.trail == UNKNOWN or cell.lead < UNKNOWN:
            return None
        if cell.lead == UNKNOWN:
            candidates = in_row(trail=cell.trail)
        else:
            candidates = in_row(lead=cell.lead)
        left = before[-1:]
        weights = sorted([(self._weight(left, c, right), c) for c in candidates], reverse=True)
        best, second = weights[0], weights[1]
        if best[0] >= _TELLING and best[0] >= _LEAD * second[0]:
            return best[1]
        if cell.trail == 0xA3 and best[0] < _WORD and self._ends_clause(before):
            return _SENTENCE
        return None

    def _weight(self, left: str, character: str, right: str) -> int:
        return max(self._side_by_side(left, character), self._side_by_side(character, right))

    def _ends_clause(self, before: str) -> bool:
        """Whether a full stop can stand behind two characters: they are the end of a word."""
        return len(before) == 2 and self._side_by_side(*before) >= _WORD

    def _standing(self, at: int, judged: _Judged) -> float:
        """The score of the run as it stands."""
        shown = self._text[at : judged.way.end]
        score = 0.0
        for k, c in enumerate(shown):
            if c in LOST or c.isascii():
                score -= 1.0
            elif self._backed(shown[k - 1] if k else "", c, shown[k + 1 : k + 2]):
                score += 2.0 if c >= "\u3400" and not "\uff00" <= c else 0.0
            else:
                score -= 0.0 if ordinary(c) else 2.0
        return score


def _by_score(judged: _Judged) -> float:
    return -judged.score
