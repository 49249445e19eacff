"""The gloss fault, byte by byte: what a mirror does to a GBK page whose characters it glosses.

    shown("新聞記者采訪", [("動", "dòng")])  ->  "新聞?dòng)浾卟稍L"

The site replaces the two bytes of each character of its list by those bytes, `(`, the syllable and `)`, character
by character in the order of the list, over the whole page and without regard to where characters begin. Where the
bytes found are the second of one character and the first of the next, a decoder that takes bytes in pairs meets the
first byte of the pair with `(`: one `?` stands for both. What follows is read out of step until a byte below 0x80.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

Glosses = Sequence[
    tuple[str, str]
]  # (character, toned syllable), in the order in which the site replaces them


def damaged(data: bytes, glosses: Glosses) -> bytes:
    """GBK bytes of a page after the site's replacements."""
    for character, syllable in glosses:
        code = character.encode("gbk")
        data = data.replace(code, code + b"(" + syllable.encode("gbk") + b")")
    return data


def decoded(data: bytes, lost: str = "?") -> str:
    """What a two-byte decoder shows: a lead byte takes the next byte with it, whatever it is; `lost` for what is no
    character."""
    shown: list[str] = []
    at = 0
    while at < len(data):
        if data[at] < 0x80:
            shown.append(chr(data[at]))
            at += 1
            continue
        wide = data[at] not in (0x80, 0xFF)
        try:
            shown.append(data[at : at + 2].decode("gbk") if wide else lost)
        except UnicodeDecodeError:
            shown.append(lost)
        at += 2 if wide else 1
    return "".join(shown)


def shown(text: str, glosses: Glosses, folded: bool = False, lost: str = "?") -> str:
    """A Traditional text as the site shows it. `folded`: full-width `，：；！？（）` half-width, as some extractors do.
    Characters that GBK lacks become `?` beforehand."""
    page = decoded(damaged(text.encode("gbk", "replace"), glosses), lost)
    return page.translate(str.maketrans("，：；！？（）", ",:;!?()")) if folded else page


def site_list(
    characters: Iterable[tuple[str, str]], share: float, rng: random.Random
) -> list[tuple[str, str]]:
    """A site's list: each character is on it or not, in the site's own order."""
    chosen = [c for c in characters if rng.random() < share]
    rng.shuffle(chosen)
    return chosen
