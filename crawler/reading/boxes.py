"""Boxes: the elements of a page with what they show, measured only where the search for the main text leads.

A box knows its prose (marks of sentences outside links), its links, the lines that begin like those of a speech, and
whether its name, its place or its pattern says that it stands beside the text.
"""

from __future__ import annotations

import re

from crawler.reading.prose import MARK, SPEECH
from crawler.reading.shown_text import BLOCK_TAGS, HIDDEN_TAGS, Node, is_hidden, is_veiled

#: Boxes whose name says that they frame the text. A name can lie: their prose still counts a tenth.
FRAME_TAGS = frozenset("nav footer aside".split())
#: Paragraphs: their own name and pattern say nothing.
PLAIN_TAGS = frozenset("-text p br b strong h1 h2 h3 h4 font".split())
#: What is typed into a field is no text of the page.
_FIELDS = frozenset(("textarea",))
AWAY = 'a[href]:not([href=""],[href^="#"])'

#: Names of boxes where readers speak.
_READERS_NAME = re.compile(r"comment|pinglun|guestbook|liuyan|reply", re.IGNORECASE)
#: Forum programs name every post so, the one that opens the thread among them: `CommentPost`, `comment-post`.
_POST = re.compile(r"\b(?:comment|reply)[-_]?post\b", re.IGNORECASE)
_THREAD = re.compile(r"post|thread|topic|floor", re.IGNORECASE)
_FRAME_NAME = re.compile(
    r"""
      side-?bar | recommend | relat | xiangguan | tuijian | hot(?:list|news|_|-) | rank                # what else there is
    | foot(?:er)?\b | copyright | bottom | bread-?crumb | crumbs | toolbar | nav(?:bar|igat)?\b | menu\b   # the frame
    | login | register | dialog | popup | modal | share | qrcode | advert | guanggao | banner
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MEDIA = re.compile(r"video|player|gallery|swiper|slide", re.IGNORECASE)
_DATED = re.compile(
    r"""
      \d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d+(?:天|小[时時]|分[钟鐘])前|\d+楼|点[赞讚]
    | (?:回[复覆]|[阅閱][读讀]|[浏瀏][览覽])[(（:：\s]{0,3}\d
    """,
    re.VERBOSE,
)

#: Children that are looked at one by one; code points whose marks are counted; wrappers around a list of comments.
_MANY, _SAMPLE, _NESTED = 3_000, 200_000, 8
#: How often the page's text may be gone over in all: a page beyond that is taken whole.
_LOOKS, _LOOKS_AT_LEAST = 20, 1_000_000
#: Rows that tell a list of comments, and code points of such a row.
_ROWS, _ROW = 3, 200


class Box:
    """An element or a text node with what its subtree holds (code points), looked at only where the way leads."""

    __slots__ = (
        "_framed",
        "_kids",
        "_leaf",
        "_links",
        "_signs",
        "after_end",
        "budget",
        "node",
        "parent",
        "prose",
        "searched",
        "tag",
        "text",
    )

    def __init__(self, node: Node, tag: str, parent: Box | None, budget: list[int]) -> None:
        self.node = node
        self.parent = parent
        self.tag = tag
        self.text: str = _shown(node, tag) if parent else ""
        #: How many code points may still be looked at, one list for all boxes of a page.
        self.budget = budget
        budget[0] -= len(self.text)
        self.after_end = False
        self.searched = False
        self._kids: list[Box] | None = None
        self._signs = -1
        self._links: str | None = None
        self._leaf: bool | None = None
        self._framed: bool | None = None
        self.prose = len(MARK.findall(self.text[:_SAMPLE])) if len(self.text) > 7 and parent else 0

        if self.prose and tag not in PLAIN_TAGS:
            self.prose -= len(MARK.findall(self.links()[:_SAMPLE]))

    @classmethod
    def of_body(cls, body: Node, size: int) -> Box:
        """The box of a page's body; `size` is how many code points the page has."""
        return cls(body, "body", None, [_LOOKS * size + _LOOKS_AT_LEAST])

    @property
    def id(self) -> int:
        """The node's id."""
        return int(self.node.mem_id)

    def kids(self) -> list[Box]:
        """Its children that show text; none where there are too many to tell the text from its frame."""
        if self._kids is None:
            boxes = self._children()
            shown = [box for box in boxes if box.tag in PLAIN_TAGS or not is_hidden(box.node)]
            seen = sum([box.prose for box in shown])
            veiled = [box for box in boxes if box.prose > 2 * seen and is_veiled(box.node)]
            shown = [box for box in boxes if box in shown or box in veiled] if veiled else shown
            shown = shown or boxes
            self._kids = shown

            if len(shown) < len(boxes) or not self.parent:
                self.prose = sum([box.prose for box in shown])

        return self._kids

    def _children(self) -> list[Box]:
        nodes = [
            (node, tag)
            for node in self.node.iter(include_text=True, skip_empty=True)
            if (tag := node.tag or "") not in HIDDEN_TAGS and tag not in _FIELDS
        ]
        if len(nodes) > _MANY or self.budget[0] <= 0:
            return []

        boxes = [Box(node, tag, self, self.budget) for node, tag in nodes]
        return [box for box in boxes if box.text and not box.text.isspace()]

    def chars(self) -> int:
        """Code points of its text."""
        return len(self.text) - self.text.count("\n")

    def links(self) -> str:
        """The text of the links that lead away from the page."""
        if self._links is None:
            found = self.node.css(AWAY) if self.tag != "-text" else ()
            self._links = "\n".join([a.text(strip=True) for a in found])

        return self._links

    def linked(self) -> int:
        """Code points of those links."""
        return len(self.links()) - self.links().count("\n")

    def signs(self) -> int:
        """Lines that begin like lines of a speech, and the heading."""
        if self._signs < 0:
            heading = self.tag == "h1" or (
                self.tag != "-text" and self.node.css_first("h1") is not None
            )

            text = self.text or _shown(self.node, self.tag)
            self._signs = len(SPEECH.findall(text)) + 2 * heading

        return self._signs

    def leaf(self) -> bool:
        """A paragraph or a piece of one: no block inside."""
        if self._leaf is None:
            below = iter(self.node.traverse())
            next(below, None)
            self._leaf = self.tag == "-text" or not any(node.tag in BLOCK_TAGS for node in below)

        return self._leaf

    def framed(self) -> bool:
        """Whether its name, its place or its pattern says that it stands beside the text."""
        if self._framed is None:
            may_be = self.tag not in PLAIN_TAGS and self.prose > 0
            self._framed = may_be and (self._named() or self._records())

        return self._framed or self.after_end

    def best(self) -> Box | None:
        """The element below it with the most prose."""
        found, most = None, 0

        for kid in self.kids():
            if kid.prose > most and kid.tag != "-text":
                found, most = kid, kid.prose

        return found

    def name(self) -> str:
        """Its class and id, less what a forum calls all its posts."""
        attributes = self.node.attributes
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:200]

        return _POST.sub("post", named)

    def named_readers(self) -> bool:
        """Whether its name says that readers speak in it."""
        return bool(_READERS_NAME.search(self.name()))

    def named_aside(self) -> bool:
        """Whether its name says that it is no text, however much it holds."""
        name = self.name()

        return bool(_FRAME_NAME.search(name) or _READERS_NAME.search(name) or _MEDIA.search(name))

    def _named(self) -> bool:
        name = self.name()
        if self.tag in FRAME_TAGS or _READERS_NAME.search(name):
            return True

        beside = self.parent.prose if self.parent else 0
        is_most = self.prose * 5 >= beside * 3  # most of the prose is no frame

        return not is_most and bool(_FRAME_NAME.search(name))

    def _records(self) -> bool:
        """A list of comments or of abstracts: three or more alike, short, each with a link or a date."""
        kids = [kid for kid in self._innermost().kids() if kid.prose][:40]

        if len(kids) < _ROWS or len({kid.tag for kid in kids}) > 1:
            return False
        if any(kid.leaf() for kid in kids[:_ROWS]):
            return False

        if _opens_thread(kids):
            return False

        lengths = sorted(kid.chars() for kid in kids)
        signs = [kid for kid in kids if kid.links() or _DATED.search(kid.text[:400])]

        return lengths[len(lengths) // 2] < _ROW and len(signs) * 10 >= 9 * len(kids)

    def _innermost(self) -> Box:
        """The box itself, or the one inside that its wrappers lead to."""
        box = self

        for _ in range(_NESTED):
            best = box.best()
            if best is None or best.prose * 10 <= box.prose * 9 or best.leaf():
                break

            box = best

        return box


def _opens_thread(records: list[Box]) -> bool:
    """Whether records are posts of a forum that answer a long first one, which is the text of the page."""
    first, *others = records
    longest = max(record.chars() for record in others)
    names = (first.name(), others[0].name())

    is_text = first.chars() >= _ROW and first.chars() >= 2 * longest

    return is_text and all(_THREAD.search(name) for name in names)


def _shown(node: Node, tag: str) -> str:
    if tag == "-text":
        return (node.text_content or "").strip()

    return node.text(separator="\n", skip_empty=True)
