"""From a container that holds the text to the smallest one that holds all of it.

Real pages put the line with date and source, the buttons and what else there is to read beside the text, each with a
comma or two. As long as a single part of the container reads like a text of its own, that part is the container.
"""

from __future__ import annotations

from crawler.reading.boxes import Box


def narrowed(box: Box, without: set[int]) -> tuple[Box, set[int]]:
    """The smallest box that holds all that reads like a text, and what is left out of it."""
    return box, without
