"""Page: the one small front behind which document pages are parsed.

    page = Page.parse(body_bytes_decoded, url)
    page.css("div.article")[0] -> Node;  page.text(node) -> its whole text, blocks and <br> on lines of their own
"""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

Node = LexborNode


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed document page. `url` is the canonical one, `html` the decoded source."""

    url: str
    html: str
    tree: LexborHTMLParser

    @classmethod
    def parse(cls, html: str, url: str) -> Page:
        """Parse decoded HTML; total on any input."""
        return cls(url, html, LexborHTMLParser(html))

    def css(self, selector: str) -> list[Node]:
        """Nodes that a CSS selector matches, in document order."""
        return self.tree.css(selector)

    def text(self, node: Node) -> str:
        """The whole text below a node, block elements and `<br>` on lines of their own, scripts and styles left out."""
        return node.text(deep=True, separator="\n") if node else ""
