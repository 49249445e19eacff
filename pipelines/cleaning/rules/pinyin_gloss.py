"""Pinyin glosses: a mirror that sets a syllable behind the Traditional characters of its list.

`國(guó)務(wù)院` is 國務院. Which characters are glossed differs from site to site. The site works on the bytes of
GBK text, so that some glosses destroy the characters around them (`聞?dòng)浾卟稍L` was 聞記者采訪): that is undone
where it can be undone exactly (`pipelines.text.gbk_damage`), else it stays as it stands, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.characters import SYLLABLE, TONED, common, plain, readings, reads, toneless
from pipelines.text.edits import Caution, Edit, apply
from pipelines.text.gbk_damage import Learned, undo
from pipelines.text.script import is_simplified, script_of

GLOSSED = re.compile(
    rf"""
    [(（?？\ufffd]                   # the bracket, or what is left where it was eaten
    ({SYLLABLE})
    [)）]
    """,
    re.VERBOSE,
)

# An excerpt may end inside a gloss: `百日會(hu`.
TORN = re.compile(
    rf"""
    [(（] ([a-zü{TONED}]{{1,6}})
    (?=[^\S\n]*(?:\Z|\n|…|\.\.\.))      # the text's end, or what marks the end of what is shown
    """,
    re.VERBOSE,
)

#: Where either may begin.
OPENING = re.compile(rf"[(（?？\ufffd](?=[a-zü{TONED}])")

LOST = ("?", "？", "\ufffd")
_MANY = 3  # glosses that make a page a glossed one; an author annotates one rare word, or two


@rule(needs=("(", "（", ")"), budget=60, seen_on=("hancun",))
def pinyin_gloss(text: str, facts: Facts) -> Iterator[Edit]:
    """A mirror sets a syllable in brackets behind Traditional characters, and damages bytes by it.

    >>> deglossed("深入貫徹國(guó)務(wù)院決策"), deglossed("新聞?dòng)浾卟稍L團")
    ('深入貫徹國務院決策', '新聞記者采訪團')
    >>> deglossed("读来令人怆(chuàng)然"), deglossed("國(wáng)務院")
    ('读来令人怆(chuàng)然', '國(wáng)務院')
    """
    found, torn = [], []
    for opening in OPENING.finditer(text):
        gloss = GLOSSED.match(text, opening.start())
        if gloss:
            found.append(gloss)
        elif end := TORN.match(text, opening.start()):
            torn.append(end)
    if not found and not torn:
        return
    learned = _learned(text, found)
    if not learned and is_simplified(text):
        return
    folded = text.count(",") > text.count("，")
    done = 0
    for gloss in found:
        start = gloss.start()
        if start < done:
            continue
        if text[start] in "(（":
            before = text[start - 1 : start]
            if before not in LOST:
                if before in learned and reads(before, gloss[1]):
                    yield Edit._make((start, gloss.end(), "", ()))
                continue
            start -= 1
            if start < done:
                continue
        if not learned and not _is_toned(gloss[1]):
            continue
        undone = undo(text, start, learned, folded)
        if undone is None:
            done = gloss.end()
            yield Edit(start, done, text[start:done], (Caution("damaged_gloss"),))
        else:
            done = undone.end
            yield Edit(
                start, done, undone.text, () if undone.exact else (Caution("damaged_gloss"),)
            )
    for end in torn:
        start = end.start()
        character = text[start - 1 : start]
        if (
            start >= done
            and (character in learned or end.end() == len(text))
            and _begins(character, end[1])
        ):
            yield Edit(start, end.end())


def deglossed(text: str) -> str:
    """A title or a line of contents without its glosses."""
    return apply(text, list(pinyin_gloss.find(text, Facts())))


def _learned(text: str, found: list[re.Match[str]]) -> Learned:
    """What the page glosses, with which syllables: Traditional characters that no reader needs a gloss for.

    Where there are many, every Traditional character with a syllable that it has, and a common one of both scripts
    that is glossed again and again or stands in Traditional text. An author's own annotation is of a rare word or stands in Simplified text.
    """
    heard: dict[str, list[str]] = {}
    for gloss in found:
        start, syllable = gloss.start(), gloss[1]
        before = text[start - 1 : start]
        if before >= "\u3400" and text[start] in "(（" and _glosses(before, syllable):
            heard.setdefault(before, []).append(syllable)
    many = sum([len(said) for c, said in heard.items() if plain(c) != c and common(plain(c))])
    if many >= _MANY:
        hant = script_of(text) == "hant"
        chosen = [
            c
            for c, said in heard.items()
            if plain(c) != c or (common(c) and (hant or len(said) >= _MANY))
        ]
    elif many and not is_simplified(text):
        chosen = [c for c in heard if plain(c) != c and common(plain(c))]
    else:
        chosen = []
    return {c: frozenset(heard[c]) for c in chosen}


@cache
def _glosses(character: str, syllable: str) -> bool:
    """Whether a syllable is a reading of a character; one without a tone only where the character has it (們, men)."""
    return reads(character, syllable) if _is_toned(syllable) else syllable in readings(character)


def _is_toned(syllable: str) -> bool:
    return syllable != toneless(syllable)


def _begins(character: str, letters: str) -> bool:
    """Whether letters are the beginning of the reading of a Traditional character."""
    return (
        len(character) == 1
        and plain(character) != character
        and any(toneless(r).startswith(toneless(letters)) for r in readings(character))
    )
