"""Which reading of a damaged run is true, and what of it may be written.

    Page("…", {}, [2]).read(2) -> Reading(end=12, text="記者采訪", kind="restored")

Bytes alone settle a run only where nothing was lost. A page with private-use characters in its runs is as the browser
showed it: its readings are exact. Elsewhere an extractor may have dropped them (one misaligned pair in seven), and a
character whose bytes stood in two shown characters is then two halves of different ones. Such a character is written
only where words speak for it: it stands beside its neighbours in a dictionary's words or elsewhere on the page. Else a
`?` stands for it. A hidden byte stays a `?`, unless exactly one character makes a word with its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from pipelines.text.characters import SYLLABLE
from pipelines.text.codepoints import HALF_WIDTH, LOST
from pipelines.text.gbk import is_private, ordinary
from pipelines.text.gbk_damage import GLOSS_HOLE, Cell, Learned, Shown, Way, ways
from pipelines.text.gbk_words import Words

#: What is left of the damage: nothing was written, some characters are `?`, all are written and some are inferred.
Kind = Literal["left", "partial", "restored"]

#: What must be gained over the text as it stands before a run without a gloss is read.
_GAIN: Final = 3.0
#: What a second `?` at its end adds, on a page whose site glosses: `努力?！?`.
_CLOSED: Final = 2.0
#: Readings that differ by less are not told apart.
_APART: Final = 1.5
#: Sure characters that a reading must have beyond these times its doubtful ones, where bytes may be missing.
_SURE_FOR_DOUBT: Final = 3
#: Characters behind a mark that are looked at where no reading leads back into step.
_LOOK: Final = 6

#: What stands behind a run that is not over: another loss, or a letter that is glossed.
_RUINS = re.compile(rf"[{re.escape(LOST)}]|[@-~][(（]{SYLLABLE}[)）]")


class Reading(NamedTuple):
    """`text` is what stood where the run up to `end` stands now; `kind` is None where every byte is known."""

    end: int
    text: str
    kind: Kind | None


@dataclass(slots=True)
class _Judged:
    """A way with what speaks for it. `doubts`: characters that stay a `?` though both bytes were shown; `sure`: those with
    words behind them, or told by a gloss; `inferred`: some hidden byte was."""

    way: Way
    written: list[str] = field(default_factory=list)
    score: float = 0.0
    doubts: int = 0
    sure: int = 0
    inferred: bool = False

    @property
    def text(self) -> str:
        return "".join(self.written)

    def write(self, character: str, score: float) -> None:
        self.written.append(character)
        self.score += score


class Page:
    """A page with damaged runs, which begin at `holes`. `folded`: its full-width punctuation is half-width by now, and so is what is read.

    `learned`: what it glosses, with which syllables.
    """

    def __init__(
        self, text: str, learned: Learned, holes: Iterable[int], folded: bool = False
    ) -> None:
        self._text = text
        self._shown = Shown(text, learned, folded)
        self._words = Words(text)
        self._ways = {at: ways(self._shown, at) for at in holes}
        # a run with private-use characters proves that nothing unprintable was dropped
        self._whole = any(way.private for found in self._ways.values() for way in found)

    def read(self, at: int) -> Reading | None:
        """The reading of the run that begins with the hole at an offset; `None` where nothing says that there is one.

        What has to stay as it stands is a reading of the kind `left`.
        """
        gloss = GLOSS_HOLE.match(self._text, at)
        judged = [self._judged(at, way) for way in self._ways[at] if self._possible(way)]

        if not judged:
            end = gloss.end() if gloss else self._odd_until(at)
            return self._left(at, end) if end else None

        judged.sort(key=_by_score)
        best = judged[0]

        if not gloss and self._gain(at, best) < _GAIN:
            return None

        if not _trusted(best, judged[1:]):
            return self._left(at, best.way.end)

        return Reading(best.way.end, self._width(best.text), self._kind(best))

    def _left(self, at: int, end: int) -> Reading:
        return Reading(end, self._text[at:end], "left")

    def _width(self, text: str) -> str:
        return text.translate(HALF_WIDTH) if self._shown.folded else text

    def _kind(self, judged: _Judged) -> Kind | None:
        if "?" in judged.written:
            return "partial"

        if judged.inferred or judged.way.guessed:
            return "restored"

        doubtful = [c for c in judged.way.cells if c.seam and not c.told]

        return "restored" if doubtful and not self._whole else None

    def _possible(self, way: Way) -> bool:
        """Whether a way's bytes are characters; where pairs may be missing some need not be."""
        if not self._whole:
            return True

        return not way.dropped and all(cell.character for cell in way.cells)

    # --- judging a way ------------------------------------------------------------------------------------------------

    def _judged(self, at: int, way: Way) -> _Judged:
        """A way, written as far as it may be."""
        judged = _Judged(way)
        said = [_legible(cell) for cell in way.cells]
        shown = "".join([character or "?" for character in said])
        shown += self._text[way.end : way.end + 2]
        before = self._before(at)

        for k, cell in enumerate(way.cells):
            written = before + "".join(judged.written[-2:])
            earlier = written[-2:]
            later = shown[k + 1 : k + 3]

            if cell.known:
                self._write_known(judged, cell, said[k], earlier[-1:], later[:1])
            else:
                self._write_hidden(judged, cell, earlier, later)

        follows_mark = self._shown.is_mark(self._text[way.end : way.end + 1])
        if _RUINS.match(self._text, way.end) and not follows_mark:
            judged.score -= _GAIN

        return judged

    def _write_known(
        self, judged: _Judged, cell: Cell, character: str | None, left: str, right: str
    ) -> None:
        """Write a character whose bytes are known, if it belongs where it is read."""
        if character is None:
            judged.doubts += 1
            judged.write("?", -2.0)

            return

        backing = self._words.backing(left, character, right)
        if cell.told or backing:
            judged.sure += character >= "\u3400" and (cell.told or backing > 0.5)
            judged.write(character, 2.0 if cell.told else backing)
        elif self._whole:
            judged.write(character, 0.0 if ordinary(character) else -2.0)
        else:
            judged.doubts += 1
            judged.write("?", -2.0)

    def _write_hidden(self, judged: _Judged, cell: Cell, before: str, after: str) -> None:
        """Write what a hidden byte belongs to, if words tell it."""
        told = self._words.inferred(cell, before, after)
        judged.inferred = judged.inferred or told is not None
        judged.write(told or "?", 1.0 if told else -1.0)

    def _before(self, start: int) -> str:
        """Two characters before a run, the nearer one without its gloss."""
        before = self._text[max(0, start - 12) : start]

        if before[-1:] in (")", "）"):
            opened = max(before.rfind("("), before.rfind("（"))
            before = before[: max(0, opened)]

        return before[-2:]

    # --- the run as it stands -----------------------------------------------------------------------------------------

    def _gain(self, at: int, judged: _Judged) -> float:
        """How much better a reading is than what stands."""
        end = judged.way.end
        gain = judged.score - self._standing(at, end)
        after = self._text[end : end + 1]
        closes = after in ("", "\n") or self._shown.is_mark(after)

        if self._shown.learned and closes and self._text[end - 1] in LOST:
            gain += _CLOSED

        return gain

    def _standing(self, at: int, end: int) -> float:
        """The score of a run as it stands."""
        shown = self._text[at:end]
        score = 0.0

        for k, character in enumerate(shown):
            if character in LOST or character.isascii():
                score -= 1.0
            elif not ordinary(character):
                score -= 2.0
            elif "\u4e00" <= character < "\ua000":
                left = shown[k - 1] if k else ""
                score += self._words.backing(left, character, shown[k + 1 : k + 2])

        return score

    def _odd_until(self, at: int) -> int:
        """The end of what no text is made of behind a mark, 0 where it reads as text."""
        begin = at + 2
        end = begin
        limit = min(len(self._text), begin + _LOOK)

        while end < limit and self._text[end] >= "\u3400":
            end += 1

        odd = len([c for c in self._text[begin:end] if not ordinary(c)])

        return end if odd > 1 and odd * 2 >= end - begin else 0


def _legible(cell: Cell) -> str | None:
    """The character of a cell, `?` where a byte is hidden, `None` where it can stand in no text."""
    character = cell.character

    if character is None or is_private(character):
        return None

    return character


def _trusted(best: _Judged, others: list[_Judged]) -> bool:
    """Whether the best reading is the only good one, and enough of it is sure."""
    read = (best.text, best.way.end)
    rivals = [other.score for other in others if (other.text, other.way.end) != read]

    if rivals and best.score - max(rivals) < _APART:
        return False

    return not best.doubts or best.sure > _SURE_FOR_DOUBT * best.doubts


def _by_score(judged: _Judged) -> float:
    return -judged.score
