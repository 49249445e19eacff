"""Pinyin glosses in a text: where they stand, and what the whole page says of them.

    國(guó)務(wù)院    議(yì )    會(hui)(hui)    百日會(hu            (an excerpt's end)

A mirror glosses the characters of its list, common ones, in running text. An author annotates a rare word once or twice,
a textbook its new words one by one. Which of them it is shows only on the page as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from pipelines.text.characters import (
    SYLLABLE,
    TONED,
    common,
    plain,
    readings,
    reads,
    toneless,
)
from pipelines.text.codepoints import LOST
from pipelines.text.gbk_damage import DOUBLE_HOLE, GLOSS_HOLE, MARK_HOLE, Learned
from pipelines.text.script import is_simplified, script_of

#: A gloss, once to three times.
GLOSSED = re.compile(
    rf"""
    [(（] (?P<syllable>{SYLLABLE}) [ \u3000]? [)）]
    (?P<again> (?: [(（] {SYLLABLE} [ \u3000]? [)）] ){{0,3}} )
    """,
    re.VERBOSE,
)

#: An excerpt may end inside a gloss: `百日會(hu`.
TORN = re.compile(
    rf"""
    [(（] (?P<letters>[a-zü{TONED}]{{1,6}})
    (?=[^\S\n]*(?:\Z|\n|…|\.\.\.))      # the text's end, or what marks the end of what is shown
    """,
    re.VERBOSE,
)

#: Where a gloss, a torn one, or a hole may begin. It opens with one character, so it is found fast.
_OPENING = re.compile(rf"[(（?？\ufffd](?=[a-zü{TONED}(（，。！？；、,!?;\ufffd])")

_MANY: Final = (
    3  # glosses that make a page a glossed one; an author annotates one rare word, or two
)
_PAGE: Final = 5  # glosses that make it one whatever the characters and the script
_WRONG: Final = 10  # of so many glosses one may be no reading of its character

#: A text that speaks of pronunciation has its own reasons for syllables.
_TEACHING = re.compile(
    "读音|讀音|拼音|注音|生字|多音字|读作|讀作|声调|聲調|音节|音節|普通话|普通話"
)
_JOINS = frozenset("，。；：！？”’）,.;:!?)的")


class Found:
    """The openings of a text: glosses, torn glosses, and holes where bytes were destroyed."""

    def __init__(self, text: str) -> None:
        self.glosses: list[re.Match[str]] = []
        self.torn: list[re.Match[str]] = []
        self.gloss_holes: list[re.Match[str]] = []
        self.mark_holes: list[re.Match[str]] = []
        self.double_holes: list[re.Match[str]] = []
        done = 0

        for opening in _OPENING.finditer(text):
            if opening.start() >= done:
                done = self._at(text, opening.start())

    def _at(self, text: str, at: int) -> int:
        """Sort what begins at an offset; the offset up to which nothing else can begin."""
        if text[at] in LOST:
            hole = GLOSS_HOLE.match(text, at)
            if hole:
                self.gloss_holes.append(hole)
                return hole.end()

            double = DOUBLE_HOLE.match(text, at)
            if double:
                self.double_holes.append(double)
                return double.end()

            if mark := MARK_HOLE.match(text, at):
                self.mark_holes.append(mark)

            return at + 1

        gloss = GLOSSED.match(text, at)
        if gloss:
            self.glosses.append(gloss)
            return gloss.end()

        if torn := TORN.match(text, at):
            self.torn.append(torn)

        return at + 1

    def __bool__(self) -> bool:
        return bool(self.glosses or self.torn or self.gloss_holes or self.mark_holes)


def learned(text: str, glosses: Sequence[re.Match[str]]) -> Learned:
    """What the page glosses, with which syllables: Traditional characters that no reader needs a gloss for.

    Where there are many, every Traditional character with a syllable that it has, and a common one of both scripts
    that is glossed again and again or stands in Traditional text. An author's own annotation is of a rare word or
    stands in Simplified text.
    """
    heard = _heard(text, glosses)
    listed = [c for c in heard if plain(c) != c and common(plain(c))]
    count = sum([len(heard[c]) for c in listed])

    if count >= _MANY:
        hant = script_of(text) == "hant"
        listed = [c for c, said in heard.items() if _on_the_list(c, len(said), hant=hant)]
    elif is_simplified(text):
        return {}

    return {c: frozenset(heard[c]) for c in listed}


def _heard(text: str, glosses: Iterable[re.Match[str]]) -> dict[str, list[str]]:
    """Characters with the syllables behind them that are readings of theirs."""
    heard: dict[str, list[str]] = {}

    for gloss in glosses:
        before = text[gloss.start() - 1 : gloss.start()]
        if before >= "\u3400" and _glosses(before, gloss["syllable"]):
            heard.setdefault(before, []).append(gloss["syllable"])

    return heard


def _on_the_list(character: str, times: int, hant: bool) -> bool:
    if plain(character) != character:
        return True

    return common(character) and (hant or times >= _MANY)


@cache
def _glosses(character: str, syllable: str) -> bool:
    """Whether a syllable is a reading of a character; one without a tone only where the character has it (們, men)."""
    return reads(character, syllable) if is_toned(syllable) else syllable in readings(character)


def is_toned(syllable: str) -> bool:
    """Whether a syllable carries a tone mark.

    >>> is_toned("guó"), is_toned("guo")
    (True, False)
    """
    return syllable != toneless(syllable)


def glossed_at_random(text: str, glosses: Sequence[re.Match[str]]) -> bool:
    """Whether the page is one of a mirror that glosses any character now and then, with or without tones.

    There are five glosses and more in running text, of common characters, nearly each a reading of its character, and the text does
    not speak of pronunciation.
    """
    if len(glosses) < _PAGE or _TEACHING.search(text):
        return False

    right = common_ones = running = 0

    for gloss in glosses:
        before = text[gloss.start() - 1 : gloss.start()]
        if before < "\u3400" or not reads(before, gloss["syllable"]):
            continue

        behind = text[gloss.end() : gloss.end() + 1]
        right += 1
        common_ones += common(plain(before))
        running += behind >= "\u4e00" or behind in _JOINS

    wrong = len(glosses) - right

    return (
        right >= _PAGE
        and wrong * _WRONG <= right
        and common_ones * 10 >= right * 9
        and running * 10 >= right * 8
    )


def begins_reading(character: str, letters: str) -> bool:
    """Whether letters are the beginning of the reading of a Traditional character.

    >>> begins_reading("會", "hu"), begins_reading("会", "hu"), begins_reading("會", "ha")
    (True, False, False)
    """
    if len(character) != 1 or plain(character) == character:
        return False

    begun = toneless(letters)

    return any(toneless(reading).startswith(begun) for reading in readings(character))
