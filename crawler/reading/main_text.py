"""The main text of a page in markup that nobody has seen.

    chosen = main_text(page)     # Container(node, without): the node's text less what stands beside the text
    page.text(chosen.node, chosen.without)

No class name is needed: prose is text with sentence punctuation outside links. The way goes down from `<body>` while one
branch holds nearly all the prose, widens again over neighbours that read like lines of the text (a salutation, a notice,
a contents block), and then narrows as long as a single part reads like a text of its own. What stands inside the chosen
container stays whole: to lose a paragraph is worse than to keep a menu, which cleaning knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.reading.boxes import FRAME_TAGS, PLAIN_TAGS, Box
from crawler.reading.narrowing import narrowed
from crawler.reading.page import Page
from crawler.reading.prose import ABOUT, MARK
from crawler.reading.shown_text import BLOCK_TAGS, Node


@dataclass(frozen=True, slots=True)
class Container:
    """A node, and the ids of the nodes below it that do not belong to the text."""

    node: Node
    without: frozenset[int] = frozenset()


def main_text(page: Page) -> Container | None:
    """The container of the page's main text; `None` where the page has no body. Linear in the page's size."""
    bodies = page.css("body")

    if not bodies:
        return None

    body = Box.of_body(bodies[0], len(page.html))
    box, without = _widened(_core(body), body)
    box, without = narrowed(box, without)

    return Container(box.node, frozenset(without))


# --- down --------------------------------------------------------------------------------------------------------

#: A branch with this share of a box's prose is followed.
_NEARLY_ALL = 0.8
#: One with this share is followed whatever the others are.
_ALL = 0.97
#: What a line that begins like a speech's counts, in marks of prose: a short text holds its own beside long notes.
_SIGN_WEIGHT = 3
#: What prose in a frame counts.
_FRAME_WEIGHT = 0.1

#: Headings after which the page is about something else, and those after which its readers speak.
_ENDS = re.compile(
    r"""
    (?: 相[关關]|推[荐薦]|猜你|[热熱][门門点點]|最新|精彩|大家(?:都|[还還])?在看|[编編][辑輯]推[荐薦]|看了|更多|友情
      | 上一[篇页頁]|下一[篇页頁]|版[权權]|[阅閱][读讀]排行 ) .{0,8}
    """,
    re.VERBOSE,
)
_READERS = re.compile(
    r"""
    (?: 网友|網友|用[户戶]|[读讀]者|全部|[发發]表|最新|精彩|[热熱][门門] )?
    (?: [评評][论論]|留言|回[复復]|跟[帖贴貼] ) .{0,8}
    """,
    re.VERBOSE,
)
#: Code points of such a heading, and of the block that is nothing else.
_HEADING, _HEADING_BLOCK = 14, 20


def _core(body: Box) -> Box:
    """Down while one branch holds nearly all the prose; never into a paragraph that has neighbours."""
    box = body

    while True:
        best = _branch(box, body)
        if best is None or _is_paragraph_among_others(best, box, body):
            return box

        box = best


def _branch(box: Box, body: Box) -> Box | None:
    """The child that holds nearly all the prose of a box."""
    best = box.best()

    if best is None or best.prose <= 0:
        return None
    if best.prose >= _ALL * box.prose and not _in_frame(best, body):
        return best

    _look_for_the_end(box)
    weights = {kid: _weight(kid, body) for kid in box.kids()}
    own = sum(weight for kid, weight in weights.items() if kid.tag == "-text")
    heaviest = max((kid for kid in weights if kid.tag != "-text"), key=lambda kid: weights[kid])
    weight = weights[heaviest]

    if weight <= 0 or weight < _NEARLY_ALL * sum(weights.values()) or own > weight:
        return None

    return heaviest


def _is_paragraph_among_others(best: Box, box: Box, body: Box) -> bool:
    if best.tag == "pre" or not best.leaf():
        return False

    return any(_line_like(kid, body) for kid in box.kids() if kid is not best)


def _weight(box: Box, body: Box) -> float:
    if _in_frame(box, body):
        return box.prose * _FRAME_WEIGHT

    return box.prose + (0 if box.tag in PLAIN_TAGS else box.signs() * _SIGN_WEIGHT)


def _in_frame(box: Box, body: Box) -> bool:
    """A frame by its looks, unless most lines of a speech are in it: names lie."""
    return box.framed() and (box.signs() < 2 or box.signs() * 2 <= body.signs())


def _look_for_the_end(box: Box) -> None:
    """What follows a heading like 相关文章, once there was text, is no longer the text."""
    if box.searched:
        return

    box.searched = True
    before = 0

    for k, kid in enumerate(box.kids()):
        first = kid.text[:40].strip().split("\n", 1)[0].strip() if before > 10 else ""
        may_be = 0 < len(first) <= _HEADING
        readers = may_be and bool(_READERS.fullmatch(first))

        if readers or (may_be and _ENDS.fullmatch(first)):
            stands_alone = kid.chars() <= _HEADING_BLOCK
            for later in box.kids()[k:] if stands_alone else (kid,):
                goes_on = not readers and later.tag == "p" and later.prose > 1 and not later.links()
                later.after_end |= not goes_on and (readers or later.prose <= 2 * before)

            if readers and stands_alone:
                return

        before += kid.prose


# --- and up again ------------------------------------------------------------------------------------------------

#: Paragraphs and lists: inside a text they may be links and nothing else.
_LINES = frozenset("p ul ol".split())
#: Among this many paragraphs at either end the furniture is looked for; those between are the text.
_EDGE = 5
#: A neighbour that is longer than this and does not join ends the text on its side, whatever it is.
_NEIGHBOUR = 200
#: A line beside the text is no longer than this; one of the lines that tell of the text is shorter than the other.
_LINE, _LONG_LINE = 60, 120
#: A box with one of these words is furniture, if it is no longer than this (code points).
_BESIDE = (
    "上一篇 上一頁 上一页 下一篇 下一頁 下一页 返回列表 分享到 打印 关闭窗口 關閉窗口 友情链接 友情鏈接 版权所有 版權所有 ICP备 ICP備 公网安备 "
    "公網安備 Copyright © 联系我们 聯系我們 客服 举报 舉報 加入收藏 设为首页 設為首頁"
).split()
_BESIDE_LONGEST = 250


def _furniture(box: Box, body: Box) -> bool:
    """Whether a box stands beside the text rather than in it."""
    if not box.chars():
        return False
    if _in_frame(box, body):
        return True
    if (box.after_end or box.tag in FRAME_TAGS) and not box.signs() and not box.prose:
        return True
    if box.chars() < _BESIDE_LONGEST and any([word in box.text for word in _BESIDE]):
        return True

    is_links = box.linked() * 2 >= box.chars()
    return is_links and (box.prose < 3 or box.tag not in PLAIN_TAGS)


def _line_like(box: Box, body: Box) -> bool:
    """A line or some lines that could belong to the text: not a link, a menu or what is said about the text."""
    if not box.chars() or box.tag == "h1" or _furniture(box, body):
        return False
    if box.linked() * 10 > box.chars() * 3:
        return False

    return box.chars() >= _LONG_LINE or not ABOUT.search(box.text) or "。" in box.text


def _joins(box: Box, near: bool, body: Box) -> bool:
    """Whether a neighbour of the text is part of it: it has prose, or it is one line right beside it."""
    is_line = near and box.chars() <= _LINE and box.leaf()

    if box.tag == "-text" or box.prose > 0 or is_line or MARK.search(box.text):
        return _line_like(box, body)

    return False


def _trimmed(core: Box, body: Box) -> set[int]:
    """What stands before, behind and between the text at the core's own level: menus, neighbours, other lists."""
    _look_for_the_end(core)
    kids = core.kids()
    inner = range(_EDGE, len(kids) - _EDGE)

    out = {
        kid
        for k, kid in enumerate(kids)
        if _is_advertisement(kid)
        or (
            kid.tag in BLOCK_TAGS
            and not (k in inner and kid.tag in _LINES and not kid.after_end)
            and _furniture(kid, body)
        )
    }

    kept = sum(_weight(kid, body) for kid in kids if kid not in out)
    whole = kept + sum(_weight(kid, body) for kid in out)

    return {kid.id for kid in out} if kept * 2 >= whole > 0 else set()


def _is_advertisement(box: Box) -> bool:
    return box.tag == "a" and box.text.startswith(("广告", "廣告"))


def _widened(core: Box, body: Box) -> tuple[Box, set[int]]:
    """Up again, as long as the nearest neighbours on either side read like the text."""
    top = at = core
    without = _trimmed(core, body)
    pending: set[int] = set()
    blocked: set[int] = set()
    near = True

    while at.parent and len(blocked) < 2:
        parent = at.parent
        joined = {at}

        for side in {-1, 1} - blocked:
            more, is_blocked = _joined(at, side, near, body)
            joined.update(more)

            if is_blocked:
                blocked.add(side)

        pending |= {kid.id for kid in parent.kids() if kid not in joined}
        if len(joined) > 1:
            top, without, pending = parent, without | pending, set()

        at, near = parent, False

    return top, without


def _joined(at: Box, side: int, near: bool, body: Box) -> tuple[list[Box], bool]:
    """The neighbours of a box on one side that are part of the text, and whether something ends the text there."""
    assert at.parent
    kids = at.parent.kids()
    here = kids.index(at)
    joined: list[Box] = []
    passed: list[Box] = []

    for kid in kids[here + 1 :] if side > 0 else reversed(kids[:here]):
        if _joins(kid, near, body):
            joined += [*passed, kid]
            passed.clear()
        elif kid.chars() > _NEIGHBOUR or _furniture(kid, body):
            return joined, True
        else:
            passed.append(kid)

    return joined, False
