"""The canonical form of a text, in which two copies of one document are equal.

The recipe is frozen (`content_hash` of old files must stay true): NFKC, every character folded to Simplified
by itself, then only letters, digits and Han remain. White space, punctuation and marks do not count.

Nearly every character of a speech is worth the same wherever it stands, so the recipe is looked up in a table of the
Basic Multilingual Plane (about 6 ns a character, against 90 ns for the recipe itself). Only a text with combining
marks, conjoining jamo or characters beyond that plane takes the recipe step by step.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.text.codepoints import PLANE
from pipelines.text.script import fold

Codes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]

_DROPPED = re.compile(
    r"[\W_]+"
)  # \w is letters, digits and Han (and what combines with them), plus `_`

_SEVERAL = 1  # in the table: this character becomes several
_JOINING = 2  # in the table: what becomes of this character depends on its neighbours
_SHORT = 48  # characters under which the step-by-step recipe is as fast as the table


def canonical(text: str) -> str:
    """The canonical form.

    >>> canonical("國務院 1．（二）Ａ_。")
    '国务院1二A'
    """
    if len(text) < _SHORT:
        return _recipe(text)

    codes = _looked_up(text)

    return _recipe(text) if codes is None else codes.tobytes().decode("utf-32-le", "surrogatepass")


def canonical_codes(text: str) -> Codes:
    """The canonical form as an array of code points.

    >>> canonical_codes("國 務").tolist() == [ord("国"), ord("务")]
    True
    """
    codes = _looked_up(text)

    return _code_points(_recipe(text)) if codes is None else codes


def canonical_offsets(text: str) -> tuple[Codes, Offsets]:
    """The canonical code points and, for each of them, the offset in `text` of the character it comes from.

    Every character is taken by itself, so letters that are written with combining marks may differ from `canonical`.

    >>> codes, offsets = canonical_offsets("一、㎡ B")
    >>> "".join(map(chr, codes)), offsets.tolist()
    ('一m2B', [0, 2, 2, 4])
    """
    raw = _code_points(text)
    table, _ = _table()
    mapped = table[np.minimum(raw, PLANE)]
    lengths = (mapped != 0).astype(np.int64)

    special = {
        int(i): _recipe(text[i])
        for i in np.flatnonzero((mapped == _SEVERAL) | (mapped == _JOINING))
    }

    for i, form in special.items():
        lengths[i] = len(form)

    codes, offsets = np.repeat(mapped, lengths), np.repeat(np.arange(len(raw)), lengths)
    if special:
        ends = np.cumsum(lengths)
        for i, form in special.items():
            codes[ends[i] - len(form) : ends[i]] = _code_points(form)

    return codes, offsets


def content_hash(text: str) -> str:
    """sha256 of the canonical form, as 64 lower-case hex characters."""
    return hashlib.sha256(canonical(text).encode("utf-8", "surrogatepass")).hexdigest()


def counted(text: str) -> int:
    """Characters of a text without white space: `counted_chars`.

    >>> counted("一、总体 要求\\n")
    6
    """
    return len("".join(text.split()))


def _recipe(text: str) -> str:
    return _DROPPED.sub("", fold(unicodedata.normalize("NFKC", text)))


def _looked_up(text: str) -> Codes | None:
    """The canonical form by the table, or None where the table cannot tell."""
    table, several = _table()
    mapped: Codes = table.take(_code_points(text), mode="clip")
    mapped = mapped[mapped != 0]

    if (
        mapped.size and np.minimum.reduce(mapped) <= _JOINING
    ):  # `min` looks for more than there is to find
        if (mapped == _JOINING).any():
            return None

        mapped = table[_code_points(text.translate(several))]
        mapped = mapped[mapped != 0]

    return mapped


def _code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


@cache
def _table() -> tuple[Codes, dict[int, str]]:
    """Code point -> canonical code point, 0 where dropped; and what those marked _SEVERAL become.

    The last entry stands for everything beyond the plane.
    """
    normal = unicodedata.normalize("NFKC", "\n".join(map(chr, range(PLANE)))).split("\n")
    del normal[10]  # the line feed itself has left two empty pieces
    forms = fold("\n".join(normal)).split("\n")
    table = np.zeros(PLANE + 1, np.uint32)
    several = {}

    for code, (before, form) in enumerate(zip(normal, forms, strict=True)):
        if any(unicodedata.category(c)[0] == "M" or "\u1100" <= c <= "\u11ff" for c in before):
            table[code] = _JOINING
            continue

        kept = _DROPPED.sub("", form)
        if len(kept) > 1:
            table[code], several[code] = _SEVERAL, kept
        elif kept:
            table[code] = ord(kept)

    table[PLANE] = _JOINING

    return table, several
