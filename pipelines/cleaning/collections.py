"""Pages that hold several documents: where each begins and ends in the page's raw text."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A document's stretch of the raw text, offsets in code points; `title` as it stands there, may be empty."""

    start: int
    end: int
    title: str


def parts(text: str) -> list[Part]:
    """The documents of a page, in order; one `Part` over the whole text where the page is one document."""
    return [Part(0, len(text), "")]
