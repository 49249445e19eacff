"""Whether a page is a list: it shows links, and no text of its own.

    is_list(page)

When unsure, treat the page as a document: a false positive is visible, a false negative is lost silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.boxes import AWAY
from crawler.reading.feed import is_feed
from crawler.reading.main_text import Container, main_text
from crawler.reading.page import Page
from crawler.reading.prose import STOP, letters, reads_like_text, sentences
from crawler.reading.shown_text import BLOCK_TAGS, Node

#: Links that are looked at, and code points in which sentences are looked for first.
_MANY, _SAMPLE = 3_000, 2_000
#: A link that reads on for this long to a full stop, or holds two, is a paragraph of a text, not the title of another.
_PROSE = re.compile(r"[^。；]{20}[。；]|。[^。]{4,200}。")
_CUT = re.compile(r"(?:…|\.{3}|。{3})[\s\[【(（]{0,3}.{0,8}$")
_BEFORE_TITLE = " \t　\xa0·•●○■◆★※>»-.、,[]()（）【】:：/0123456789年月日"
#: How much a list quotes of a text at the most, and what else it may have besides that is no sentence (letters).
_SUMMARY, _BLURB = 300, 40
#: How far above its link a row of a list is looked for, and how many rows make a list.
_ROW_DEPTH, _ROWS = 8, 3
#: Fewer links are no list around a foot.
_MENU = 10
_THE_REST = re.compile(
    r"[\W_]{0,4}(?:read (?:more|on)|continue reading|[阅閱][读讀]全文|[继繼][续續][阅閱][读讀]|查看(?:全文|[详詳]情)|[详詳][细細情](?:[内內]容)?|全文)[\W_]{0,4}",
    re.IGNORECASE,
)
_FOOT = re.compile(r"foot(?:er)?\b|footer|copyright", re.IGNORECASE)
#: Where only the extraction looks for a text.
_NO_TEXT = ",".join(
    (
        "nav,aside,footer",
        *(
            f"[{key}*={name} i]"
            for name in ("comment", "pinglun", "liuyan")
            for key in ("class", "id")
        ),
    )
)


def is_list(page: Page) -> bool:
    """Whether at least half of what a page shows leads away, and besides there is no sentence but what a section or a
    foot says of itself.

    >>> is_list(Page.parse("<ul><li><a href=/1>防汛工作会议上的讲话</a> 03-12<li><a href=/2>教育工作总结</a></ul>", ""))
    True
    >>> is_list(Page.parse("<p>现在散会，谢谢大家。</p><ul><li><a href=/1>防汛工作会议上的讲话</a><li><a href=/2>教育工作总结</a></ul>", ""))
    False
    """
    chosen = main_text(page)

    if chosen is None:
        return True

    return bool(list_evidence(page, chosen, page.text(chosen.node, chosen.without)))


def list_evidence(page: Page, chosen: Container, text: str) -> str:
    """What says that a page is a list, for a person; empty where it is none. `text` is what stands in the container."""
    if is_feed(page.html):
        return "an RSS or Atom feed"

    links = page.css(AWAY)
    if not links:
        return ""

    inside = chosen.node.css(AWAY)
    excerpts = _excerpts(inside if letters(text) >= _SUMMARY else links)

    if excerpts >= _ROWS:
        return f"{excerpts} beginnings of texts, each with a link to the rest"
    if not text and len(links) >= _MENU:
        return f"{len(links)} links, and no text"
    if _is_clearly_text(inside, text):
        return ""
    if len(links) >= _MENU and _is_foot(chosen.node) and not reads_like_text(sentences(text)):
        return f"{len(links)} links, and no text but the foot of the page"
    if not _is_list(page, chosen, text, links):
        return ""

    return f"{len(links)} links, and no sentence of its own"


def _excerpts(links: list[Node]) -> int:
    """How many pages are led to by links that say: read the rest there."""
    return len({link.attributes["href"] for link in links if _THE_REST.fullmatch(link.text())})


def _is_foot(node: Node) -> bool:
    above: Node | None = node
    while above is not None:
        attributes = above.attributes
        if above.tag == "footer" or _FOOT.search(
            f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        ):
            return True

        above = above.parent

    return False


def _is_clearly_text(inside: list[Node], text: str) -> bool:
    """Whether hardly anything in the container leads away, and there are sentences in it: so it is for most pages."""
    linked = sum(len(link.text()) for link in inside)

    if linked * 20 >= len(text):
        return False

    whole = [said for said in sentences(text[:_SAMPLE]) if STOP.search(said)]
    return len(whole) >= 3 and letters("".join(whole)) >= _BLURB


def _is_list(page: Page, chosen: Container, text: str, links: list[Node]) -> bool:
    leading = {link.mem_id for link in links if not _is_prose(link)} | _rows(page, links[:_MANY])
    whole, rest = (_shown(page, ids) for ids in (set[int](), leading))

    if letters(rest) * 2 > letters(whole):
        return False

    own = sentences(page.text(chosen.node, chosen.without | leading))
    if reads_like_text(own):
        return False

    beside = leading | {node.mem_id for node in page.css(_NO_TEXT)}
    if reads_like_text(sentences(_shown(page, beside))):
        return False

    left = letters("".join(own))
    return left * 2 < letters(text) or left < _BLURB


def _shown(page: Page, without: set[int]) -> str:
    return "\n".join([page.text(body, without) for body in page.css("body")])


def _rows(page: Page, links: list[Node]) -> set[int]:
    """The ids of a list's rows: three or more blocks side by side, each led by a link to another page, that say nothing
    besides or give the beginning of what is there: cut by an ellipsis, or followed by a second link to it."""
    targets, blocks = _targets(links)
    beside: dict[tuple[int, str], dict[str, int]] = {}

    for id_, target in targets.items():
        node = blocks[id_]
        parent = node.parent

        if not target or node.tag not in BLOCK_TAGS or parent is None:
            continue

        if not targets.get(parent.mem_id) and _is_row(page, node):
            beside.setdefault((parent.mem_id, node.tag), {})[target] = id_

    return {id_ for rows in beside.values() if len(rows) >= _ROWS for id_ in rows.values()}


def _targets(links: list[Node]) -> tuple[dict[int, str | None], dict[int, Node]]:
    """What all links below a node lead to, `None` where that is not one page; and the nodes, both by id."""
    targets: dict[int, str | None] = {}
    nodes: dict[int, Node] = {}

    for link in links:
        target = link.attributes["href"]
        for above in _around(link):
            known = targets.get(above.mem_id, target)
            if known is None:
                break

            targets[above.mem_id] = target if known == target else None
            nodes[above.mem_id] = above

    return targets, nodes


def _around(link: Node) -> Iterator[Node]:
    above = link.parent
    for _ in range(_ROW_DEPTH):
        if above is None:
            return

        yield above
        above = above.parent


def _is_row(page: Page, node: Node) -> bool:
    links = node.css(AWAY)
    if len({link.attributes["href"] for link in links}) > 1 or any(map(_is_prose, links)):
        return False

    lines = page.text(node).split("\n")
    title = next(filter(None, (link.text().strip() for link in links)), "")
    first = lines[0].lstrip(_BEFORE_TITLE)

    if not first.startswith(title):
        return False

    besides = page.text(node, {link.mem_id for link in links})
    if not reads_like_text(sentences(besides)):
        return True

    stands_alone = title and not first.removeprefix(title).strip(_BEFORE_TITLE)
    is_cut = any(_CUT.search(line) for line in lines[1:])
    linked_twice = len([link for link in links if link.text().strip()]) > 1

    return bool(stands_alone) and (is_cut or linked_twice) and letters(besides) < _SUMMARY


def _is_prose(link: Node) -> bool:
    after = link.next
    stop = (after.text_content or "")[:1] if after and after.tag == "-text" else ""

    return bool(_PROSE.search(link.text() + stop))
