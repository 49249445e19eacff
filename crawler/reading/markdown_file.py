"""Markdown files: marks of headings, emphasis and links are markup, the numbers of lists are text.

    markdown_text("# 讲话\\n\\n1) **修渠**")     # MarkdownText(title="讲话", shown=Shown("讲话\\n1) 修渠", ("p",)))

CommonMark with tables, read by markdown-it and then shown as a page is, without any search for the main text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from crawler.reading.page import Page
from crawler.reading.shown_text import Shown

ENDINGS = (".md", ".markdown")

#: Strong words that begin or end with a sign: next to Han characters CommonMark takes their asterisks for text.
_STRONG = re.compile(
    r"\*\*(?P<words>[^\w\s*<][^*\n]{0,300}|[^*\s][^*\n]{0,300}[^\w\s*])\*\*", re.UNICODE
)
#: The renderer's line end between cells would be shown as a blank.
_CELL_END = re.compile(r"(</t[dh]>)\n")


class MarkdownText(NamedTuple):
    """The text of a file, and its first heading of the first level."""

    title: str
    shown: Shown


def markdown_text(source: str) -> MarkdownText:
    """The text of Markdown. A paragraph that is indented is no code, a line end inside one is a line break.

    >>> markdown_text("## 一、**目标：**修渠\\n\\n3. 先*量*\\n4. 再挖").shown
    Shown(text='一、目标：修渠\\n3. 先量\\n4. 再挖', breaks=('p', 'p'))
    """
    reader = MarkdownIt("commonmark", {"breaks": True}).enable("table").disable("code")
    tokens = reader.parse(_STRONG.sub(r"<b>\g<words></b>", source))
    _number_items(tokens)

    html = reader.renderer.render(tokens, reader.options, {})
    cells_joined = _CELL_END.sub(r"\1", html)
    page = Page.parse(f"<body>{cells_joined}</body>", "")
    heading = page.first("h1")
    bodies = page.css("body")

    title = page.text(heading).replace("\n", " ") if heading is not None else ""

    return MarkdownText(title, page.shown(bodies[0]) if bodies else Shown(""))


def _number_items(tokens: list[Token]) -> None:
    """Write the numbers of ordered lists into their items as they stand in the source: `3)`, `2024.`."""
    number = ""

    for token in tokens:
        if token.type == "ordered_list_open":
            token.attrSet("type", "source")  # no number is to be counted
        elif token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline" and number:
            token.children = [Token("text", "", 0, content=number), *(token.children or [])]
            number = ""
