"""Lines of a text with their offsets, without copying the text: what rules about page furniture walk along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """A line without its break: `text[start:end]`, and the same without blanks around it."""

    start: int
    end: int
    text: str


_line = Line._make  # in two thirds of the time: pages have hundreds


def forward(text: str, start: int = 0, most: int = 200) -> Iterator[Line]:
    """Up to `most` lines from an offset on.

    >>> [line.text for line in forward(" a\\n\\nb")]
    ['a', '', 'b']
    """
    for _ in range(most):
        end = text.find("\n", start)
        if end < 0:
            yield _line((start, len(text), text[start:].strip()))
            return

        yield _line((start, end, text[start:end].strip()))
        start = end + 1


def backward(text: str, end: int | None = None, most: int = 200) -> Iterator[Line]:
    """Up to `most` lines from an offset (a line's end) back.

    >>> [line.text for line in backward("a\\nb ")]
    ['b', 'a']
    """
    end = len(text) if end is None else end

    for _ in range(most):
        start = text.rfind("\n", 0, end) + 1
        yield _line((start, end, text[start:end].strip()))

        if start == 0:
            return

        end = start - 1


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the white space around it."""
    while start > 0 and text[start - 1].isspace():
        start -= 1

    while end < len(text) and text[end].isspace():
        end += 1

    return start, end
