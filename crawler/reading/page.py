"""Page: the one small front behind which document pages are parsed.

    page = Page.parse(html, "https://www.wm114.cn/wen/9/17001.html")
    page.text(page.css("div.article")[0])   # the container's whole text, as a browser shows it

lexbor beneath it was chosen by `benchmarks/parsers.py`; nothing outside `crawler` sees it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from crawler.reading.markup_guard import guarded
from crawler.reading.shown_text import Node, Shown, shown_text

#: No reader sees them.
_UNSEEN = ["script", "style", "template", "noscript"]


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
        source = guarded(html)

        try:
            tree = LexborHTMLParser(utf8 if utf8 and source is html else source)
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
        return shown_text(node, without).text

    def shown(self, node: Node, without: Collection[int] = ()) -> Shown:
        """The same text with what ended each of its lines: a block (`p`) or a `<br>` (`br`)."""
        return shown_text(node, without)
