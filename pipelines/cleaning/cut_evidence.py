"""What a cut in a text says of itself: whether a list can have its item end and the next begin there.

    CutEvidence("…全县的粮", "食收成…", whole_text).is_torn -> True

A list's items end with a word, mostly with a stop, and begin with a word. A cut by count falls anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipelines.text.lexicon import word

REACH: Final = 42  # characters on each side that are looked at

_TORN_WORD: Final = 30  # a lexicon has a word so often that lies across a cut
_SENTENCE_END: Final = frozenset("。！？!?；;：:…\n")
_CLAUSE_END: Final = frozenset(",，、")
#: Behind one of these a break may be the author's own.
_AUTHORS_END: Final = _SENTENCE_END | _CLAUSE_END | frozenset('”’"）)》】.')

#: Marks that nothing begins with. `1.、` and `”三农”` are written in lists, so their marks prove nothing.
_NO_BEGINNING: Final = frozenset("，,。；;：:！？!?）)》】%％‰")

#: Words that need one before them unless they begin another (了解), and that need one behind them unless they end
#: another (方向).
_BOUND_BEFORE: Final = frozenset("的了们、")
_BOUND_BEHIND: Final = frozenset("把被由从在对于和与及向以")

_OPEN: Final = re.compile(r"(?P<mark>[(（《“])[^()（）《》“”\n]*\Z")
_CLOSED: Final = re.compile(r"[^()（）《》“”\n]*(?P<mark>[)）》”])")
_CLOSING: Final = {"(": ")）", "（": ")）", "《": "》", "“": "”"}


@dataclass(frozen=True)
class CutEvidence:
    """The characters before and behind a cut, at most REACH of each, and the text that has both."""

    before: str
    behind: str
    text: str

    @property
    def last(self) -> str:
        """The character before the cut; the beginning of a text counts as the end of a line."""
        return self.before[-1:] or "\n"

    @property
    def sides(self) -> tuple[str, str]:
        """Two characters before the cut and two behind it."""
        before = self.before[-2:]
        behind = self.behind[:2]

        return before, behind

    @property
    def is_at_edge(self) -> bool:
        """Whether the text begins or ends within two characters of the cut."""
        shortest = min(self.sides, key=len)

        return len(shortest) < 2

    @property
    def is_behind_sentence(self) -> bool:
        """Whether a sentence ends before the cut."""
        return self.last in _SENTENCE_END

    @property
    def is_mid_sentence(self) -> bool:
        """Whether no mark before the cut ends anything."""
        return self.last not in _AUTHORS_END

    @cached_property
    def is_impossible(self) -> bool:
        """Whether no list can have this cut: a mark behind it that begins nothing, or a bracket over it."""
        if self.behind[:1] in _NO_BEGINNING:
            return True

        opened = _OPEN.search(self.before)
        closed = _CLOSED.match(self.behind)

        if opened is None or closed is None:
            return False

        return closed["mark"] in _CLOSING[opened["mark"]]

    @cached_property
    def is_torn(self) -> bool:
        """Whether the cut lies inside a word: the text itself has it whole elsewhere, or a lexicon has it."""
        said, then = self.sides

        if self.is_at_edge:
            return False
        if not self.is_mid_sentence or then[0] in _AUTHORS_END:
            return False
        if said + then in self.text:
            return True

        whole_words = word(*said) and word(*then)
        torn_word = word(said[1], then[0])

        return not whole_words and torn_word >= _TORN_WORD

    @cached_property
    def is_bound(self) -> bool:
        """Whether what stands on one side asks for the other side: a particle, a preposition, half a figure."""
        said, then = self.sides

        if self.is_at_edge:
            return False
        if said[1].isdigit() and then[0].isdigit():
            return True
        if self.is_mid_sentence and then[0] in _BOUND_BEFORE:
            return not word(*then)

        return said[1] in _BOUND_BEHIND and not word(*said)

    @property
    def weight(self) -> int:
        """What the cut says against a list: 2 no list has it, 1 a list seldom has it, 0 nothing."""
        if self.is_impossible:
            return 2

        seldom = self.last in _CLAUSE_END or self.is_bound or self.is_torn
        return 1 if seldom else 0
