"""Page: the one small front behind which document pages are parsed.

    page = Page.parse(html, "https://www.wm114.cn/wen/9/17001.html")
    page.text(page.css("div.article")[0])   # the container's whole text, as a browser shows it

lexbor beneath it was chosen by `benchmarks/parsers.py`; nothing outside `crawler` sees it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

Node = LexborNode

#: A page with fewer tags than this cannot hurt the parser, however they are nested (100,000 unclosed `<div>` take
#: lexbor 22 s, 2,000 take 9 ms: the time grows with the square).
_CALM = 2_000
#: Longer than this (code points) a tag may carry attributes by the thousand (100,000 take lexbor 1 s, a million 100 s).
_LONGEST_TAG = 200_000
#: Deeper than this a tag is read as a line break, or as nothing where it is inline. Browsers stop at 512.
_DEEPEST = 256
#: A tree may repeat every open formatting element in every paragraph; eight deep is more than a page needs.
_DEEPEST_FORMATTING = 8


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed document page. `url` is the canonical one, `html` the decoded source as it came; `tree` lacks what no
    reader sees (scripts, style sheets, templates)."""

    url: str
    html: str
    tree: LexborHTMLParser

    @classmethod
    def parse(cls, html: str, url: str, utf8: bytes | None = None) -> Page:
        """Parse decoded HTML; total on any input, in linear time. `utf8` is the same in UTF-8, where that is at hand: the
        parser takes bytes, and to encode a page of 33 KB takes 25 µs."""
        source = (
            _tamed(html) if html.count("<") > _CALM or len(html) > _LONGEST_TAG else utf8 or html
        )
        try:
            tree = LexborHTMLParser(source)
        except UnicodeEncodeError:  # lone surrogates
            return cls.parse(
                html.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), url
            )
        tree.strip_tags(_UNSEEN)
        return cls(url, html, tree)

    def css(self, selector: str) -> list[Node]:
        """Nodes that a CSS selector matches, in document order."""
        return self.tree.css(selector)

    def first(self, selector: str) -> Node | None:
        """The first of them. The parser walks no further than to it, and what stands in the head is found at once."""
        return self.tree.css_first(selector)

    def text(self, node: Node, without: Collection[int] = ()) -> str:
        """The whole text below a node, as a browser shows it, less that of the nodes whose `mem_id` is in `without`.

        Blocks and `<br>` end a line (two `<br>` leave an empty one), inline elements break nothing, cells of a row are
        parted by a tab. White space collapses but in `<pre>` and its like; `&nbsp;` and ideographic spaces stay.
        Scripts, comments and what the markup hides are not shown. Where all is hidden, nothing counts as hidden.

        >>> page = Page.parse("<div>全面<a>\\n总结</a>工作<br>一、<b>目标</b><p>同志们：<table><td>甲<td>1 2</table>", "")
        >>> page.text(page.css("div")[0])
        '全面总结工作\\n一、目标\\n同志们：\\n甲\\t1 2'
        """
        left_out = dict.fromkeys(without, _LEFT_OUT)
        styled = {n.mem_id: role for n in node.css(_STYLED) if (role := _style(n))}
        if not styled:
            return _text(node, left_out)
        return _text(node, styled | left_out) or _text(
            node, {k: v for k, v in styled.items() if v != _HIDDEN} | left_out
        )


_UNSEEN = ["script", "style", "template", "noscript"]

# --- the walk ---------------------------------------------------------------------------------------------------

_TEXT, _BLOCK, _BREAK, _CELL, _HIDDEN, _PRE, _PRE_INLINE, _LEFT_OUT = range(1, 9)
_ROLES = (
    {"-text": _TEXT, "br": _BREAK, "td": _CELL, "th": _CELL}
    | dict.fromkeys(("pre", "listing", "xmp", "plaintext", "textarea"), _PRE)
    | dict.fromkeys(
        ("script", "style", "template", "noscript", "head", "title", "select", "datalist", "iframe", "noembed",
         "noframes", "audio", "video", "canvas", "-comment"), _HIDDEN)
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


def is_hidden(node: Node) -> bool:
    """Whether a node's own markup hides it."""
    return node.tag in HIDDEN_TAGS or _style(node) == _HIDDEN


def _text(root: Node, styled: dict[int, int]) -> str:
    """The lines below a node; `styled` holds the roles that markup gives to single nodes, by id.

    Most of a text stands in blocks that hold nothing but inline elements: one call gives the text of such a block. Only
    what holds blocks, breaks or something hidden (`inner`) is entered.
    """
    inner = {root.mem_id}
    for node in root.traverse():
        if node.tag in _ROLES or (styled and node.mem_id in styled):
            above = node.parent
            while above is not None and (id_ := above.mem_id) not in inner:
                inner.add(id_)
                above = above.parent
    lines: list[str] = []
    line: list[str] = []
    role = styled.get(root.mem_id) or _ROLES.get(root.tag or "") or 0
    open_elements = [(root.iter(include_text=True), role)]
    pre = int(
        role in (_PRE, _PRE_INLINE) or _inherits_white_space(root)
    )  # how many open elements keep white space
    while open_elements:
        children, around = open_elements[-1]
        for child in children:
            tag = child.tag or ""
            role = (styled and styled.get(child.mem_id)) or _ROLES.get(tag, 0)
            if role == _TEXT:
                _add(line, lines, child.text_content or "", pre)
                continue
            if role == _BREAK:
                _end_line(line, lines, pre, always=True)
                continue
            if role == _HIDDEN:
                continue
            if role in (_BLOCK, _PRE) or (role == _LEFT_OUT and tag in BLOCK_TAGS):
                _end_line(line, lines, pre)
            elif role == _CELL and line:
                line.append("\v")
            if role == _LEFT_OUT:
                continue
            pre += role in (_PRE, _PRE_INLINE)
            if child.mem_id in inner or role in (_PRE, _PRE_INLINE):
                open_elements.append((child.iter(include_text=True), role))
                break
            _add(line, lines, child.text(), pre)
            if role == _BLOCK:
                _end_line(line, lines, pre)
        else:
            open_elements.pop()
            if around in (_BLOCK, _PRE):
                _end_line(line, lines, pre)
            pre -= around in (_PRE, _PRE_INLINE)
    _end_line(line, lines, pre)
    text = "\n".join(lines).strip("\n")
    return _EMPTY_LINES.sub("\n\n", text) if "\n\n\n" in text else text


def _inherits_white_space(root: Node) -> bool:
    """Whether something around a node keeps white space, and so it does too."""
    above = root.parent
    while above is not None:
        if _ROLES.get(above.tag or "") == _PRE or _style(above) in (_PRE, _PRE_INLINE):
            return True
        above = above.parent
    return False


def _add(line: list[str], lines: list[str], text: str, pre: int) -> None:
    """Put text into the open line; where white space is kept its line breaks end lines."""
    if pre and "\n" in text:
        first, *others, last = text.replace("\r", "").split("\n")
        lines.append("".join((*line, first)))
        lines.extend(others)
        line[:] = [last]
    elif text:
        line.append(text)


def _end_line(line: list[str], lines: list[str], pre: int, always: bool = False) -> None:
    """Move the open line to the lines, white space collapsed; an empty one only where it was asked for."""
    text = "".join(line)
    line.clear()
    if pre:
        if text or always:
            lines.append(text.replace("\v", "\t"))
        return
    text = text.strip(" \t\r\n\f\v")
    if text or always:
        lines.append(_collapsed(text) if _is_messy(text) else text)


def _is_messy(text: str) -> bool:
    """Whether a line holds white space that collapses. (Written out, this takes 0.2 µs; `any` over a tuple takes 1.)"""
    return (
        "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text
    )


_EMPTY_LINES = re.compile(r"\n{3,}")
_RUN = re.compile(r"[ \t\r\n\f]+")
_SOURCE_BREAK = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")
#: Characters between which a line break of the source is nothing (CSS Text 3, § 4.1.3): Han, kana, full-width forms.
_WIDE = re.compile(r"[⺀-⿿　-ヿ㐀-鿿豈-﫿︰-﹏！-｠—…“”‘’\U00020000-\U0003ffff]")
_SENTENCE_ENDS = "。！？；：…”’）》】!?;:.)"
_INDENTS = ("　　", "\xa0\xa0")


def _collapsed(text: str) -> str:
    """A line of normal flow. Source line breaks that all but say `paragraph` (half of them after the end of a sentence,
    or each before an indent) are kept: such text is styled to show them, by a style sheet that is not at hand.

    >>> _collapsed("加强\\n  领导 和\\tX县\\n2024")
    '加强领导 和 X县 2024'
    >>> _collapsed("汇报如下。\\n一、基本情况\\n全县稳定。\\n二、打算")
    '汇报如下。\\n一、基本情况\\n全县稳定。\\n二、打算'
    """
    pieces = deque(_SOURCE_BREAK.split(text))
    if len(pieces) > 1:
        joints = list(zip(pieces, list(pieces)[1:], strict=False))
        paragraphs = sum(
            a[-1:] in _SENTENCE_ENDS or b.startswith(_INDENTS) for a, b in joints
        ) * 2 >= len(joints)
        joined = [pieces[0]]
        for a, b in joints:
            if paragraphs or b.startswith(_INDENTS):
                joined.append("\n")
            elif not (_WIDE.match(a[-1:]) and _WIDE.match(b[:1])):
                joined.append(" ")
            joined.append(b)
        text = "".join(joined)
    return "\n".join(_RUN.sub(" ", piece).replace("\v", "\t") for piece in text.split("\n"))


# --- the guard ---------------------------------------------------------------------------------------------------

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})[^<>]{0,4000}>")
_OPENED = re.compile(r"<[a-zA-Z]")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
#: Their end is implied by what follows them: a page may leave any number of them open.
_IMPLIED = frozenset(
    [
        "p",
        "li",
        "dd",
        "dt",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "html",
        "head",
        "body",
    ]
)
_FORMATTING = frozenset(
    [
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    ]
)


def _tamed(html: str) -> str:
    """The source without what the parser would need quadratic time for: tags that nest too deeply, and the rest of a tag
    with thousands of attributes. They carry no text."""
    pieces = html.split(">")
    if any(len(piece) > _LONGEST_TAG for piece in pieces):
        html = ">".join(
            piece if len(piece) <= _LONGEST_TAG else _shortened(piece) for piece in pieces
        )
    deep = formatting = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal deep, formatting
        name = found[2].lower()
        if name in _VOID or name in _IMPLIED:
            return found[0]
        if name in _FORMATTING:
            formatting = max(0, formatting - 1) if found[1] else formatting + 1
            return found[0] if found[1] or formatting <= _DEEPEST_FORMATTING else ""
        deep = max(0, deep - 1) if found[1] else deep + 1
        return (
            found[0]
            if found[1] or deep <= _DEEPEST
            else "<br>"
            if _ROLES.get(name) == _BLOCK
            else ""
        )

    return _TAG.sub(kept, html)


def _shortened(piece: str) -> str:
    opened = _OPENED.search(piece)
    if opened and piece.count("=", opened.start()) + piece.count(" ", opened.start()) > _CALM:
        return piece[: opened.start() + _CALM]
    return piece
