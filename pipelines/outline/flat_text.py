"""Texts and Markdown as the parser reads them, and the levels that it finds written back as `#`.

# 一、总体要求          every heading is `#`, as converters from PDF write it
# （一）指导思想
                        ->  # 一、总体要求
                            ## （一）指导思想
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from pipelines.records import Outline

_ATX = re.compile(
    r" {0,3}(?P<hashes>#{1,6})(?:[ \t\u3000]+|(?=[^#\s]))(?P<title>.*?)[ \t]*#*[ \t]*$"
)
_UNDERLINE = re.compile(r" {0,3}(?P<sign>=|-){3,}[ \t]*$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_BOLD_LINE = re.compile(r"[ \t]*(?:\*\*|__)(?P<title>[^*_]{2,100})(?:\*\*|__)[ \t]*$")
#: Emphasis signs, and the backslash before a mark that Markdown would read as its own.
_SIGNS = re.compile(r"\*\*|__|\\(?=[!-/:-@\[-`{-~])")
_MOST_LEVELS = 6


@dataclass(slots=True)
class FlatText:
    """A text line by line: as it is shown, as the parser reads it, and what its format says of the lines.

    `stated` maps the number of a line that is a heading to its level, `None` where the format does not name one.
    `markdown`: the shown lines are Markdown already. `title`: the line that its format marks and that is the document's title.
    """

    shown: list[str]
    read: list[str]
    stated: dict[int, int | None] = field(default_factory=dict)
    markdown: bool = False
    title: int | None = None

    @property
    def text(self) -> str:
        """What the parser reads."""
        return "\n".join(self.read)

    def stated_offsets(self) -> dict[int, int | None]:
        """Offsets (code points) of the stated headings in `text`, and their levels."""
        offsets = {}
        at = 0

        for number, line in enumerate(self.read):
            if number in self.stated:
                indent = len(line) - len(line.lstrip())
                offsets[at + indent] = self.stated[number]

            at += len(line) + 1

        return offsets


def plain_lines(text: str) -> FlatText:
    """A text without marks of its own."""
    lines = text.split("\n")

    return FlatText(shown=lines, read=lines)


def markdown_lines(text: str) -> FlatText:
    """A Markdown text: headings are `#`, underlined, or bold on a line of their own.

    Levels that are all the same say nothing and are left out; so is what stands in fenced code.

    >>> flat = markdown_lines("# 一、目标\\n干好。\\n# （一）内容\\n干。")
    >>> flat.text, flat.stated
    ('一、目标\\n干好。\\n（一）内容\\n干。', {0: None, 2: None})
    """
    flat = FlatText(shown=[], read=[], markdown=True)
    in_code = False

    for line in text.split("\n"):
        number = len(flat.shown)
        if _FENCE.match(line):
            in_code = not in_code
            _add(flat, line, "")
        elif in_code:
            _add(flat, line, "")
        elif (heading := _ATX.match(line)) and heading["title"]:
            flat.stated[number] = len(heading["hashes"])
            _add(flat, heading["title"], _SIGNS.sub("", heading["title"]))
        elif (underline := _UNDERLINE.match(line)) and number and flat.read[-1].strip():
            flat.stated[number - 1] = 1 if underline["sign"] == "=" else 2
        elif bold := _BOLD_LINE.match(line):
            flat.stated[number] = None
            _add(flat, line, _SIGNS.sub("", bold["title"]))
        else:
            _add(flat, line, _SIGNS.sub("", line))

    levels = {level for level in flat.stated.values() if level is not None}
    if len(levels) < 2:
        flat.stated = dict.fromkeys(flat.stated)

    return flat


def _add(flat: FlatText, shown: str, read: str) -> None:
    flat.shown.append(shown)
    flat.read.append(read)


def with_levels(flat: FlatText, outline: Outline) -> str:
    """The text as Markdown with the outline's levels as `#`; a title that was marked stays above them.

    A heading that shares its line with a text cannot be marked and stays as it is, unless the format stated it.
    """
    levels = _levels_by_line(flat, outline)
    lines = []

    for number, line in enumerate(flat.shown):
        level = levels.get(number)
        if level is None:
            lines.append(line)
        else:
            lines.append(f"{'#' * min(level, _MOST_LEVELS)} {line.strip()}")

    if flat.markdown:
        return "\n".join(lines)

    paragraphs = [line for line in lines if line.strip()]
    return "\n\n".join(paragraphs) + "\n"


def _levels_by_line(flat: FlatText, outline: Outline) -> dict[int, int]:
    begins = list(accumulate([len(line) + 1 for line in flat.read], initial=0))
    levels: dict[int, int] = {}

    for node in outline.nodes:
        if node.start is None:
            continue

        number = bisect_right(begins, node.start) - 1
        if node.form == "line" or number in flat.stated:
            levels.setdefault(number, node.level)

    if flat.title is not None:
        levels = {number: level + 1 for number, level in levels.items()}
        levels[flat.title] = 1

    return levels
