"""Texts that are too long to be a speech: what is made of one (outline, index, chunks) would take most of a gigabyte."""

from __future__ import annotations

#: Code points and lines that a text may have.
MOST_CHARACTERS, MOST_LINES = 4_000_000, 100_000


def excess(text: str) -> str | None:
    """The size of a text that is longer than any speech, in words; `None` for any other.

    >>> excess("一、修路\\n" * 100_000)
    '500000 characters in 100001 lines'
    """
    lines = text.count("\n") + 1

    if len(text) <= MOST_CHARACTERS and lines <= MOST_LINES:
        return None

    return f"{len(text)} characters in {lines} lines"
