"""The two faults of glossing mirrors, byte by byte: what a site does to a GBK page and what a browser shows of it.

    shown("新聞記者采訪", Site(glosses=[("動", "dòng")]))    ->  "新聞?dòng)浾卟稍L"
    shown("是主干。總結工作", Site(marks="？", places=1.0))   ->  "是主干?？偨Y工作"

*Glosses.* The site replaces the two bytes of each character of its list by those bytes, `(`, the syllable and `)`, in
the order of the list, over the whole page and without regard to where characters begin. *Punctuation.* At bytes that
look like one of its marks the reader is put into step: a byte left over before them shows as `?`.

A browser reads CP936 in pairs. Pairs of the user-defined areas are private-use characters; a pair that is no character
shows one `?` for both bytes, but a line feed is never taken. Extractors that drop what is unprintable lose the
private-use characters without a sign.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import opencc

from pipelines.text.characters import common, plain, readings
from pipelines.text.codepoints import FULL_OF_HALF, PRIVATE_USE

#: (character, toned syllable), in the order in which the site replaces them.
Glosses = Sequence[tuple[str, str]]

PRIVATE = re.compile(f"[{PRIVATE_USE}]")
HALF = str.maketrans({full: half for half, full in FULL_OF_HALF.items()})
#: The marks whose bytes put the reader into step, most pages' most frequent ones.
MARKS = "，。！？；、"

#: Characters that every list holds, and those that none does (35 pages read: PATTERNS §3).
ALWAYS = "發創區戰業現標當結責項"
NEVER = "這們為議題體黨間總記話講員"
#: Simplified characters that are Traditional as well and that LCMapString turns nevertheless.
TURNED = dict(zip("准台几着云划克", "準臺幾著雲劃克", strict=True))
#: … and Traditional forms in which it differs from OpenCC's first choice.
FORMS = {
    "为": "為",
    "里": "里",
    "后": "后",
    "众": "眾",
    "群": "群",
    "峰": "峰",
    "线": "線",
    "说": "說",
    "税": "稅",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A mirror. `marks` are those of the punctuation fault (none: it has not got it), `places` the share of the places
    at which it happens; `lost` is what shows for a bad pair."""

    glosses: Glosses = ()
    marks: str = ""
    places: float = 0.9
    seed: int = 0
    lost: str = "?"


@dataclass(slots=True)
class _Bytes:
    """A page's bytes; `steps` are the offsets at which the reader is put into step."""

    data: bytearray
    steps: set[int] = field(default_factory=set)


@cache
def _turned() -> dict[int, str]:
    """Simplified character -> the one Traditional character that Windows makes of it."""
    codes = (bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    simplified = [c for code in codes if len(c := code.decode("gb2312", "ignore")) == 1]
    forms = opencc.OpenCC("s2t").convert("\n".join(simplified)).split("\n")
    table = {}

    for simple, form in zip(simplified, forms, strict=True):
        if form != simple and not _everyday(simple) and len(form) == 1:
            table[ord(simple)] = form

    return table | {ord(s): t for s, t in {**TURNED, **FORMS}.items()}


def _everyday(character: str) -> bool:
    """Whether a character is of Big5's first level: one that Traditional text has as it is."""
    try:
        return character.encode("big5") < b"\xc9"
    except UnicodeEncodeError:
        return False


def traditional(text: str) -> str:
    """Mainland text turned character by character, as Windows does it.

    >>> traditional("于是干部们看着国家的准备工作")
    '于是干部們看著國家的準備工作'
    """
    return text.translate(_turned())


def _reader_out_of_step(page: _Bytes, character: str, syllable: str) -> _Bytes:
    """Every occurrence of a character's bytes with its gloss behind."""
    code = character.encode("gbk")
    gloss = b"(" + syllable.encode("gbk") + b")"
    parts = bytes(page.data).split(code)
    if len(parts) == 1:
        return page

    return _Bytes(bytearray((code + gloss).join(parts)))


def damaged(text: str, site: Site) -> _Bytes:
    """GBK bytes of a page after the site's replacements. Characters that GBK lacks become `?` beforehand."""
    page = _Bytes(bytearray(text.encode("gbk", "replace")))

    for character, syllable in site.glosses:
        page = _reader_out_of_step(page, character, syllable)

    dice = random.Random(site.seed)

    for mark in site.marks:
        at = page.data.find(mark.encode("gbk"))
        while at >= 0:
            if dice.random() < site.places:
                page.steps.add(at)

            at = page.data.find(mark.encode("gbk"), at + 1)

    return page


def decoded(page: _Bytes, lost: str = "?") -> str:
    """What a browser shows."""
    data, shown, at = page.data, list[str](), 0

    while at < len(data):
        if data[at] < 0x80:
            shown.append(chr(data[at]))
            at += 1
        elif at + 1 in page.steps or data[at] in (0x80, 0xFF) or data[at + 1 : at + 2] == b"\n":
            shown.append(lost)
            at += 1
        else:
            shown.append(_character(bytes(data[at : at + 2])) or lost)
            at += 2

    return "".join(shown)


@cache
def _character(code: bytes) -> str | None:
    """The character of a pair in CP936, `None` where it has none."""
    try:
        character = code.decode("gb18030")
    except UnicodeDecodeError:
        return None

    if PRIVATE.match(character):
        return character

    try:
        return code.decode("gbk")
    except UnicodeDecodeError:
        return None


def shown(
    text: str, site: Site | Glosses, folded: bool = False, lost: str = "?", extracted: bool = False
) -> str:
    """A Traditional text as the site shows it. `folded`: full-width `，：；！？（）` half-width, as some extractors do;
    `extracted`: without its private-use characters."""
    if not isinstance(site, Site):
        site = Site(site, lost=lost)

    page = decoded(damaged(text, site), site.lost)
    if extracted:
        page = PRIVATE.sub("", page)

    return page.translate(HALF) if folded else page


@cache
def glossable() -> tuple[tuple[str, str], ...]:
    """Every Traditional character of GBK that a site may gloss, with a reading."""
    codes = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    characters = [c for code in codes if len(c := code.decode("gbk", "ignore")) == 1]

    return tuple(
        (c, min(readings(c), key=_by_tone))
        for c in characters
        if plain(c) != c and common(plain(c)) and readings(c)
    )


def _by_tone(syllable: str) -> tuple[bool, str]:
    """Toned readings first: a site's table has one for every character."""
    return syllable.isascii(), syllable


def nested_list(length: int, seed: int = 0) -> list[tuple[str, str]]:
    """A site's list of so many characters. Lists are nested: a longer one holds the shorter ones of its seed."""
    reading = dict(glossable())
    rest = [c for c in reading if c not in ALWAYS and c not in NEVER]
    random.Random(seed).shuffle(rest)

    return [(c, reading[c]) for c in (*ALWAYS, *rest)[:length]]


def site_list(
    characters: Iterable[tuple[str, str]], share: float, rng: random.Random
) -> list[tuple[str, str]]:
    """A list drawn by chance, in the site's own order: harder than what sites really have."""
    chosen = [c for c in characters if rng.random() < share]
    rng.shuffle(chosen)

    return chosen
