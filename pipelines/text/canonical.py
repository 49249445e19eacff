"""The canonical form of a text, in which two copies of one document are equal.

The recipe is frozen (`content_hash` of old files must stay true): NFKC, every character folded to Simplified
by itself, then only letters, digits and Han remain. White space, punctuation and marks do not count.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from pipelines.text.script import fold

_DROPPED = re.compile(r"[\W_]+")  # \w is letters, digits and Han (and what combines with them), plus `_`


def canonical(text: str) -> str:
    """The canonical form.

    >>> canonical("國務院 1．（二）Ａ_。")
    '国务院1二A'
    """
    return _DROPPED.sub("", fold(unicodedata.normalize("NFKC", text)))


def content_hash(text: str) -> str:
    """sha256 of the canonical form, as 64 lower-case hex characters."""
    return hashlib.sha256(canonical(text).encode("utf-8", "surrogatepass")).hexdigest()


def counted(text: str) -> int:
    """Characters of a text without white space: `counted_chars`.

    >>> counted("一、总体 要求\\n")
    6
    """
    return len("".join(text.split()))
