"""Pinyin glosses: a mirror that sets a syllable behind the Traditional characters of its list.

`國(guó)務(wù)院` is 國務院. Which characters are glossed differs from site to site. The site works on the bytes of
GBK text, so that some glosses destroy the characters around them (`聞?dòng)浾卟稍L` was 聞記者采訪), and so does what
the same sites do to punctuation (`主干?？偨Y` was 主干。總結). That is undone as far as bytes and words tell it
(`pipelines.text.gbk_reading`); what was inferred, half mended or left is marked as damaged, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.characters import common, plain, reads
from pipelines.text.codepoints import LOST
from pipelines.text.edits import Caution, Damaged, Edit, apply
from pipelines.text.gbk_damage import GLOSS_HOLE, Learned
from pipelines.text.gbk_reading import Page
from pipelines.text.glosses import (
    Found,
    begins_reading,
    glossed_at_random,
    is_toned,
    learned,
)
from pipelines.text.script import is_simplified

#: More holes than these and than one in so many characters are noise: on the most damaged pages one stands in twenty.
_FEW: Final = 50
_SPARSE: Final = 10

#: A gloss or a hole shows one of these.
NEEDS = (*"(（)）", *(hole + mark for hole in LOST for mark in "，。！？；、,!?;"))


# 120 characters of a run (`gbk_damage`) may be half glosses
@rule(needs=NEEDS, budget=80, seen_on=("hancun",))
def pinyin_gloss(text: str, facts: Facts) -> Iterator[Edit]:
    """A mirror sets a syllable in brackets behind Traditional characters, and damages bytes by it.

    >>> deglossed("深入貫徹國(guó)務(wù)院決策"), deglossed("新聞?dòng)浾卟稍L團")
    ('深入貫徹國務院決策', '新聞記者采訪團')
    >>> deglossed("读来令人怆(chuàng)然"), deglossed("國(wáng)務院")
    ('读来令人怆(chuàng)然', '國(wáng)務院')
    """
    found = Found(text)

    if not found:
        return

    listed = learned(text, found.glosses)
    anywhere = glossed_at_random(text, found.glosses)

    if not listed and not anywhere and is_simplified(text):
        return

    folded = text.count(",") > text.count("，")
    edits = [*_damage(text, found, listed, folded), *_glosses(text, found, listed, anywhere)]
    edits += _torn(text, found, listed)
    yield from _disjoint(edits)


def deglossed(text: str) -> str:
    """A title or a line of contents without its glosses."""
    return apply(text, list(pinyin_gloss.find(text, Facts())))


def _damage(text: str, found: Found, listed: Learned, folded: bool) -> Iterator[Edit]:
    """What the site destroyed, read back where that is possible."""
    holes = [*found.gloss_holes, *found.mark_holes]

    if listed:
        holes += found.double_holes

    starts = sorted([hole.start() for hole in holes if _is_hole(hole, listed)])
    if len(starts) > _FEW + len(text) // _SPARSE:
        leaves = (Caution("damaged_gloss"), Damaged("left"))
        yield Edit(starts[0], starts[-1] + 1, text[starts[0] : starts[-1] + 1], leaves)

        return

    page = Page(text, listed, starts, folded)
    done = 0

    for start in starts:
        if start < done:
            continue

        reading = page.read(start)
        if reading is None:
            continue

        done = reading.end
        if reading.kind is None:
            yield Edit(start, done, reading.text)
        else:
            leaves = (Caution("damaged_gloss"), Damaged(reading.kind))
            yield Edit(start, done, reading.text, leaves)


def _is_hole(hole: re.Match[str], listed: Learned) -> bool:
    """Whether a hole can be the sites' work: a syllable without a tone shows it only on a glossed page."""
    if hole.re is not GLOSS_HOLE:
        return True

    return bool(listed) or is_toned(hole["syllable"])


def _glosses(text: str, found: Found, listed: Learned, anywhere: bool) -> Iterator[Edit]:
    """Glosses behind the characters that they belong to."""
    for gloss in found.glosses:
        start = gloss.start()
        before = text[start - 1 : start]

        if not before or not reads(before, gloss["syllable"]):
            continue

        if before in listed or (anywhere and common(plain(before))):
            yield Edit(start, gloss.end())


def _torn(text: str, found: Found, listed: Learned) -> Iterator[Edit]:
    """The beginning of a gloss in which an excerpt ends."""
    for torn in found.torn:
        start = torn.start()
        character = text[start - 1 : start]
        placed = character in listed or torn.end() == len(text)

        if placed and begins_reading(character, torn["letters"]):
            yield Edit(start, torn.end())


def _disjoint(edits: list[Edit]) -> Iterator[Edit]:
    """Edits in order; a gloss inside a damaged run goes with the run."""
    done = 0

    for edit in sorted(edits):
        if edit.start >= done:
            done = edit.end
            yield edit
