"""Traditional and Simplified script: the one module that knows OpenCC.

`國務院` and `国务院` are the same word; mirrors serve mainland speeches in Traditional characters.
"""

from __future__ import annotations

from functools import cache

import opencc


@cache
def _single_characters() -> dict[int, str]:
    """Code point -> Simplified character, for every character that OpenCC changes when it stands alone."""
    blocks = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2FA20))
    characters = [chr(c) for block in blocks for c in block]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


def fold(text: str) -> str:
    """Every character in its Simplified form, one by one, whatever the words: for comparing, never for showing.

    >>> fold("乾安縣國務院"), fold("干安县国务院")
    ('干安县国务院', '干安县国务院')
    """
    return text.translate(_single_characters())
