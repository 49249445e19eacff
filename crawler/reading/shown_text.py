"""The text below a node as a browser shows it, and what ended each of its lines.

    shown = shown_text(node, frozenset())     # Shown(text="同志们：\\n一、目标", breaks=("p",))

Blocks end a paragraph (`p`), a `<br>` ends a line (`br`), two of them end a paragraph again. Most of a text stands in
blocks that hold nothing but inline elements: one call gives the text of such a block. Only what holds blocks, breaks or
something hidden is entered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from selectolax.lexbor import LexborNode

Node = LexborNode
Break = Literal["p", "br"]

_TEXT, _BLOCK, _BREAK, _CELL, _HIDDEN, _PRE, _PRE_INLINE, _LEFT_OUT = range(1, 9)
_ROLES = (
    {"-text": _TEXT, "br": _BREAK, "td": _CELL, "th": _CELL}
    | dict.fromkeys(("pre", "listing", "xmp", "plaintext", "textarea"), _PRE)
    | dict.fromkeys(
        ("script", "style", "template", "noscript", "head", "title", "select", "datalist", "iframe", "noembed",
         "noframes", "audio", "video", "canvas", "-comment", "rt", "rp"), _HIDDEN)
    | dict.fromkeys(
        (
            "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
            "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
            "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "search", "section", "summary", "table",
            "tbody", "tfoot", "thead", "tr", "ul",
        ), _BLOCK)
)  # fmt: skip

HIDDEN_TAGS = frozenset(tag for tag, role in _ROLES.items() if role == _HIDDEN)
BLOCK_TAGS = frozenset(tag for tag, role in _ROLES.items() if role in (_BLOCK, _CELL, _PRE))

_STYLED = (
    "[hidden],[style*=display i],[style*=visibility i],[style*=font-size i],[style*=white-space i]"
)
_STYLE = re.compile(
    r"""
      (?P<hidden> display\s*:\s*none | visibility\s*:\s*(?:hidden|collapse) | font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$) )
    | (?P<pre>    white-space\s*:\s*(?:pre|break-spaces) )      # pre, pre-wrap, pre-line
    | (?P<block>  display\s*:\s*(?:block|flex|grid|table|list-item) (?!-) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A text and what ended its lines: `breaks[k]` tells of the k-th line end of `text`."""

    text: str
    breaks: tuple[Break, ...] = ()

    @classmethod
    def joined(cls, parts: Sequence[Shown]) -> Shown:
        """Blocks one below the other; those without text count for nothing."""
        said = [part for part in parts if part.text]
        breaks: list[Break] = []

        for part in said:
            breaks += [*part.breaks, "p"]

        return cls("\n".join(part.text for part in said), tuple(breaks[:-1]))


def shown_text(node: Node, without: Collection[int] = ()) -> Shown:
    """The whole text below a node less that of the nodes whose `mem_id` is in `without`. Where all is hidden, nothing
    counts as hidden.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> body = LexborHTMLParser("<p>同志们：<p>一、目标<br>二、措施<br><br>完").body
    >>> shown_text(body)
    Shown(text='同志们：\\n一、目标\\n二、措施\\n\\n完', breaks=('p', 'br', 'p', 'p'))
    """
    left_out = dict.fromkeys(without, _LEFT_OUT)
    styled = {n.mem_id: role for n in node.css(_STYLED) if (role := _style(n))}

    if not styled:
        return _walk(node, left_out)

    shown = _walk(node, styled | left_out)
    if shown.text:
        return shown

    unhidden = {id_: role for id_, role in styled.items() if role != _HIDDEN}
    return _walk(node, unhidden | left_out)


def is_hidden(node: Node) -> bool:
    """Whether a node's own markup hides it."""
    return node.tag in HIDDEN_TAGS or _style(node) == _HIDDEN


def is_veiled(node: Node) -> bool:
    """Whether a block is invisible until a script shows it, as Weixin's pages have their text."""
    style = (node.attributes.get("style") or "").lower().replace(" ", "")

    return "visibility:hidden" in style and "display:none" not in style


def _style(node: Node) -> int:
    """The role that a node's own markup gives it; 0 where it gives none."""
    attributes = node.attributes

    if "hidden" in attributes:
        return _HIDDEN

    found = {m.lastgroup for m in _STYLE.finditer(attributes.get("style") or "")}
    if "hidden" in found:
        return _HIDDEN
    if "pre" in found:
        return _PRE if "block" in found or _ROLES.get(node.tag or "") else _PRE_INLINE

    return _BLOCK if "block" in found else 0


# --- the walk ----------------------------------------------------------------------------------------------------


def _walk(root: Node, styled: Mapping[int, int]) -> Shown:
    """The lines below a node; `styled` holds the roles that markup gives to single nodes, by id."""
    entered = _to_enter(root, styled)
    lines = _Lines()
    role = styled.get(root.mem_id) or _ROLES.get(root.tag or "") or 0

    if role in (_PRE, _PRE_INLINE) or _inherits_white_space(root):
        lines.kept_space += 1

    open_elements: list[tuple[Iterator[Node], int]] = [(root.iter(include_text=True), role)]
    while open_elements:
        children, around = open_elements[-1]
        child = _next_to_enter(children, entered, styled, lines)

        if child is not None:
            open_elements.append(child)
            continue

        open_elements.pop()
        if around in (_BLOCK, _PRE):
            lines.end_block()

        if around in (_PRE, _PRE_INLINE):
            lines.kept_space -= 1

    lines.end_block()
    return lines.shown()


def _to_enter(root: Node, styled: Mapping[int, int]) -> set[int]:
    """The ids of the nodes whose children have to be looked at one by one."""
    entered = {root.mem_id}

    for node in root.traverse():
        if node.tag not in _ROLES and not (styled and node.mem_id in styled):
            continue

        above = node.parent
        while above is not None and (id_ := above.mem_id) not in entered:
            entered.add(id_)
            above = above.parent

    return entered


def _next_to_enter(
    children: Iterator[Node], entered: set[int], styled: Mapping[int, int], lines: _Lines
) -> tuple[Iterator[Node], int] | None:
    """Write what the children show until one of them has to be entered: its own children and its role. `None` at the end."""
    for child in children:
        tag = child.tag or ""
        role = (styled and styled.get(child.mem_id)) or _ROLES.get(tag, 0)

        if role == _TEXT:
            lines.add(child.text_content or "")
        elif role == _BREAK:
            lines.end_line()
        elif role == _LEFT_OUT:
            if tag in BLOCK_TAGS:
                lines.end_block()
        elif role != _HIDDEN:
            lines.open(role)
            if tag == "li":
                lines.add(lines.number(child))

            if child.mem_id in entered or role in (_PRE, _PRE_INLINE):
                return child.iter(include_text=True), role

            lines.add(child.text())
            if role == _BLOCK:
                lines.end_block()

    return None


#: Items that open with a number of their own keep it.
_NUMBERED = re.compile(
    r"\s{0,20}[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s{0,2}[.．、)）:：]|\s{0,20}第[一二三四五六七八九十\d]{1,3}"
)
#: Code points of an item that are looked at for such a number, and nodes in which they are looked for.
_BEGINNING, _NODES_OF_BEGINNING = 40, 40
_LIST_STYLE = re.compile(
    r"list-style(?:-type)?\s*:\s*(?!decimal\b|\s*(?:inside|outside)\s*;?)", re.IGNORECASE
)


def _is_numbered(items: Node, item: Node) -> bool:
    """Whether a browser shows a number before an item of an ordered list, and the item has none of its own."""
    kind = (items.attributes.get("type") or "1").strip()
    styles = (items.attributes.get("style") or "", item.attributes.get("style") or "")
    is_restyled = any(map(_LIST_STYLE.search, styles))

    return kind == "1" and not is_restyled and not _NUMBERED.match(_beginning(item))


def _beginning(item: Node) -> str:
    """The first code points that an item shows. Few nodes are looked at: lists that nest without end repeat their text
    at every level."""
    said = ""

    for node in islice(item.traverse(include_text=True), _NODES_OF_BEGINNING):
        if node.tag == "-text":
            said += (node.text_content or "")[:_BEGINNING]

        if len(said) >= _BEGINNING:
            break

    return said[:_BEGINNING]


def _stated_number(node: Node, attribute: str) -> int | None:
    value = node.attributes.get(attribute) or ""
    return int(value) if value.isdigit() and len(value) < 4 else None


def _inherits_white_space(root: Node) -> bool:
    """Whether something around a node keeps white space, and so it does too."""
    above = root.parent

    while above is not None:
        if _ROLES.get(above.tag or "") == _PRE or _style(above) in (_PRE, _PRE_INLINE):
            return True

        above = above.parent

    return False


@dataclass(slots=True)
class _Lines:
    """The lines written so far, what ended each, and the pieces of the open one. `kept_space` counts the open elements
    that keep white space, `counts` the items of each ordered list."""

    lines: list[str] = field(default_factory=list)
    ends: list[Break] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    kept_space: int = 0
    counts: dict[int, int] = field(default_factory=dict)

    def number(self, item: Node) -> str:
        """The number that a browser shows before the next item of an ordered list: `2.`; empty for any other item."""
        items = item.parent

        if items is None or items.tag != "ol":
            return ""

        before = self.counts.get(items.mem_id)
        if before is None:
            before = (_stated_number(items, "start") or 1) - 1

        number = _stated_number(item, "value") or before + 1
        self.counts[items.mem_id] = number

        return f"{number}." if _is_numbered(items, item) else ""

    def open(self, role: int) -> None:
        """Begin an element of a role."""
        if role in (_BLOCK, _PRE):
            self.end_block()
        elif role == _CELL and self.pieces:
            self.pieces.append("\v")

        if role in (_PRE, _PRE_INLINE):
            self.kept_space += 1

    def add(self, text: str) -> None:
        """Put text into the open line; where white space is kept its line breaks end lines."""
        if not text:
            return

        if not self.kept_space or "\n" not in text:
            self.pieces.append(text)
            return

        first, *others, last = text.replace("\r", "").split("\n")
        self._write("".join((*self.pieces, first)), "br")

        for line in others:
            self._write(line, "br")

        self.pieces[:] = [last]

    def end_line(self) -> None:
        """A `<br>`: an empty line is a line."""
        self._close("br", always=True)

    def end_block(self) -> None:
        """A block begins or ends here: what stands before ends a paragraph."""
        if self.pieces:
            self._close("p", always=False)

        if self.ends:
            self.ends[-1] = "p"

    def shown(self) -> Shown:
        """The text: no empty lines around it, and no two in a row."""
        if "" in self.lines:
            self._drop_empty_lines()

        return Shown("\n".join(self.lines), tuple(self.ends[:-1]))

    def _close(self, end: Break, always: bool) -> None:
        """Write the open line, white space collapsed; an empty one only where it was asked for."""
        text = "".join(self.pieces)
        self.pieces.clear()

        if self.kept_space:
            text = text.replace("\v", "\t")
        else:
            text = text.strip(" \t\r\n\f\v")
            text = _collapsed(text) if _is_messy(text) else text

        if not text and not always:
            return

        if "\n" not in text:
            self._write(text, end)
            return

        *earlier, last = text.split("\n")
        for line in earlier:
            self._write(line, "br")

        self._write(last, end)

    def _write(self, line: str, end: Break) -> None:
        self.lines.append(line)
        self.ends.append(end)

    def _drop_empty_lines(self) -> None:
        """Of a run of empty lines one stays, none at either end; a line before one ends a paragraph."""
        lines: list[str] = []
        ends: list[Break] = []

        for line, end in zip(self.lines, self.ends, strict=True):
            if line:
                lines.append(line)
                ends.append(end)
                continue

            if lines and lines[-1]:
                ends[-1] = "p"
                lines.append("")
                ends.append("p")

        if lines and not lines[-1]:
            lines.pop()
            ends.pop()

        self.lines, self.ends = lines, ends


# --- white space -------------------------------------------------------------------------------------------------

_RUN = re.compile(r"[ \t\r\n\f]+")
#: Characters between which a line break of the source is nothing (CSS Text 3, § 4.1.3): Han, kana, full-width forms.
_WIDE = re.compile(r"[⺀-⿿　-ヿ㐀-鿿豈-﫿︰-﹏！-｠—…“”‘’\U00020000-\U0003ffff]")
_SENTENCE_ENDS = "。！？；：…”’）》】!?;:.)"
_INDENTS = ("　　", "\xa0\xa0")


def _is_messy(text: str) -> bool:
    """Whether a line holds white space that collapses. (Written out, this takes 0.2 µs; `any` over a tuple takes 1.)"""
    return (
        "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text
    )


def _collapsed(text: str) -> str:
    """A line of normal flow. Source line breaks that all but say `paragraph` (half of them after the end of a sentence,
    or each before an indent) are kept: such text is styled to show them, by a style sheet that is not at hand.

    >>> _collapsed("加强\\n  领导 和\\tX县\\n2024")
    '加强领导 和 X县 2024'
    >>> _collapsed("汇报如下。\\n一、基本情况\\n全县稳定。\\n二、打算")
    '汇报如下。\\n一、基本情况\\n全县稳定。\\n二、打算'
    """
    if "\n" in text:
        text = _source_lines_joined(text)

    return "\n".join(_RUN.sub(" ", piece).replace("\v", "\t") for piece in text.split("\n"))


def _source_lines_joined(text: str) -> str:
    """The lines of the source in one, but for the breaks that stay."""
    first, *others = [line for line in (raw.strip(" \t\r\f") for raw in text.split("\n")) if line]
    joints = list(zip([first, *others], others, strict=False))
    telling = sum(a[-1] in _SENTENCE_ENDS or b.startswith(_INDENTS) for a, b in joints)
    are_paragraphs = telling * 2 >= len(joints)
    joined = [first]

    for a, b in joints:
        if are_paragraphs or b.startswith(_INDENTS):
            joined.append("\n")
        elif not (_WIDE.match(a[-1]) and _WIDE.match(b[0])):
            joined.append(" ")

        joined.append(b)

    return "".join(joined)
