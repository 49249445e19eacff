"""Characters and their byte pairs in CP936 (GBK), as Chinese browsers read them.

    pair("動") -> b"\\x84\\xd3"    decoded(0x84, 0xD3) -> "動"    decoded(0xAA, 0xA1) -> "\\ue000"

Pairs of the user-defined areas (AAA1–AFFE, F8A1–FEFE, A140–A7A0) are the private-use characters U+E000–U+E765: Python's
`gb18030` knows them, its `gbk` refuses them. What `gb18030` has beyond CP936 shows as nothing in a browser.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.text.characters import common, plain, readings
from pipelines.text.codepoints import PRIVATE_USE

LEADS: Final = range(0x81, 0xFF)
TRAILS: Final = range(0x40, 0xFF)

_PRIVATE = re.compile(f"[{PRIVATE_USE}]")
#: Rows of GBK that hold punctuation.
_PUNCTUATION = frozenset(
    "　、。·—～…‘’“”〔〕〈〉《》「」『』【】！％（）＋，－．／：；＝？％０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩"
)


@cache
def pair(character: str) -> bytes | None:
    """The two bytes of a character, `None` where it has not two.

    >>> pair("動"), pair("a"), pair("\\ue000")
    (b'\\x84\\xd3', None, b'\\xaa\\xa1')
    """
    try:
        code = character.encode("gb18030")
    except UnicodeEncodeError:
        return None

    return code if len(code) == 2 else None


@cache
def decoded(lead: int, trail: int) -> str | None:
    """The character of two bytes, `None` where they are none.

    >>> decoded(0x84, 0xD3), decoded(0xAA, 0xA1), decoded(0xA2, 0xAB)
    ('動', '\\ue000', None)
    """
    code = bytes((lead, trail))

    try:
        character = code.decode("gb18030")
    except UnicodeDecodeError:
        return None

    if _PRIVATE.match(character):
        return character

    try:
        return code.decode("gbk")
    except UnicodeDecodeError:
        return None


def is_private(character: str) -> bool:
    """Whether a character stands for a pair of a user-defined area."""
    return bool(_PRIVATE.match(character))


@cache
def ordinary(character: str) -> bool:
    """Whether running text is made of a character: it is common in its Simplified form, or a mark.

    >>> ordinary("動"), ordinary("。"), ordinary("浾"), ordinary("Ｚ")
    (True, True, False, False)
    """
    return character in _PUNCTUATION or common(plain(character))


@cache
def homophones(syllable: str, lead: int | None = None, trail: int | None = None) -> tuple[str, ...]:
    """Traditional characters with a given first or second byte that can have been glossed with a syllable: it is one
    of their readings, and they are common.

    >>> homophones("dòng", lead=0x84), homophones("chǎn", trail=0x61)
    (('動',), ('產',))
    """
    return tuple(
        c
        for c in _in_row(lead, trail)
        if plain(c) != c and common(plain(c)) and syllable in readings(c)
    )


@cache
def in_row(lead: int | None = None, trail: int | None = None) -> tuple[str, ...]:
    """Han characters of running text with a given first or second byte.

    >>> "保" in in_row(trail=0xA3), in_row(lead=0x9E)[-3:]
    (True, ('災', '為', '烏'))
    """
    return tuple(c for c in _in_row(lead, trail) if common(plain(c)))


def _in_row(lead: int | None, trail: int | None) -> list[str]:
    leads = LEADS if lead is None else (lead,)
    trails = TRAILS if trail is None else (trail,)
    found = (decoded(first, second) for first in leads for second in trails)

    return [c for c in found if c]
