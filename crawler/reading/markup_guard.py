"""Markup that an HTML parser needs quadratic time for is taken out before the parser sees it. None of it carries text.

guarded("<div>" * 100_000)     # at most 256 deep
guarded("<div a1 a2 …>")       # a tag with thousands of attributes is cut short
"""

from __future__ import annotations

import re

from crawler.reading.shown_text import BLOCK_TAGS

#: A page with fewer tags than this cannot hurt the parser, however they are nested (100,000 unclosed `<div>` take
#: lexbor 22 s, 2,000 take 9 ms: the time grows with the square).
_CALM = 2_000
#: A tag may carry this many attributes (30,000 in each of five tags take lexbor 15 s), so a longer tag is looked at.
_MOST_ATTRIBUTES, _LONGEST_TAG = 1_000, 4_000
#: Deeper than this a tag is read as a line break, or as nothing where it is inline. Browsers stop at 512.
_DEEPEST = 256
#: A tree may repeat every open formatting element in every paragraph; eight deep is more than a page needs.
_DEEPEST_FORMATTING = 8

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})[^<>]{0,4000}>")
_OPENED = re.compile(r"<[a-zA-Z][^\s/<>]{0,40}")
#: A value in quotes is one thing, whatever stands in it (an image of 200 KB among them); else blanks, `/` and `=` part.
_PARTS = re.compile(r"""=\s{0,9}(?:"[^"]*"|'[^']*')|[\s/=]""")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
#: Their end is implied by what follows them: a page may leave any number of them open.
_IMPLIED = frozenset("p li dd dt tr td th tbody thead tfoot".split())
#: A page has one of each; attributes of a second are merged into the first, one by one.
_ONCE = frozenset("html head body".split())
#: Each is looked for among all that are open.
_CHOICES = frozenset("select option optgroup".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())


def guarded(html: str) -> str:
    """The source without tags that nest too deeply and without the attributes of a tag that has thousands; the same
    object where the source is harmless. Linear."""
    if html.count("<") <= _CALM and len(html) <= _MOST_ATTRIBUTES * 200:
        return html

    return _Nesting().flattened(_with_short_tags(html))


def _with_short_tags(html: str) -> str:
    pieces = html.split(">")
    if all(len(piece) <= _LONGEST_TAG for piece in pieces):
        return html

    return ">".join(_shortened(piece) for piece in pieces)


def _shortened(piece: str) -> str:
    """What stands before a `>`, its tag cut where it has too many attributes."""
    if len(piece) <= _LONGEST_TAG:
        return piece

    opened = _OPENED.search(piece)
    if opened is None:
        return piece

    parts = sum(1 for _ in _PARTS.finditer(piece, opened.start()))
    return piece[: opened.end()] if parts > _MOST_ATTRIBUTES else piece


class _Nesting:
    """How deep the tags nest at a place of the source."""

    def __init__(self) -> None:
        self.deep = 0
        self.formatting = 0
        self.choices = 0
        self.seen: set[str] = set()

    def flattened(self, html: str) -> str:
        """The source without tags that stand too deep."""
        return _TAG.sub(self._kept, html)

    def _kept(self, found: re.Match[str]) -> str:
        name = found[2].lower()
        closes = bool(found[1])

        if name in _VOID or name in _IMPLIED:
            return found[0]
        if name in _ONCE:
            return self._once(name, found[0], closes)

        if name in _FORMATTING:
            self.formatting = _deeper(self.formatting, closes)
            return found[0] if closes or self.formatting <= _DEEPEST_FORMATTING else ""

        if name in _CHOICES:
            self.choices = _deeper(self.choices, closes)
            return found[0] if closes or self.choices <= _CALM else ""

        self.deep = _deeper(self.deep, closes)
        if closes or self.deep <= _DEEPEST:
            return found[0]

        return "<br>" if name in BLOCK_TAGS else ""

    def _once(self, name: str, tag: str, closes: bool) -> str:
        if closes or name not in self.seen:
            self.seen.add(name)
            return tag

        return ""


def _deeper(deep: int, closes: bool) -> int:
    return max(0, deep - 1) if closes else deep + 1
