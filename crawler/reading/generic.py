"""The main text of a page in markup that nobody has seen.

    chosen = main_text(page)     # Container(node, without): the node's text less what stands beside the text
    page.text(chosen.node, chosen.without)

No class name is needed: prose is text with sentence punctuation outside links. The way goes down from `<body>` while one
branch holds nearly all the prose, then widens again over neighbours that read like lines of the text (a salutation, a
notice, a contents block). What stands inside the chosen container stays whole: to lose a paragraph is worse than to keep
a menu, which cleaning knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.reading.page import BLOCK_TAGS, HIDDEN_TAGS, Node, Page, hidden


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
    boxes = _boxes(bodies[0], hidden(bodies[0])) or []
    if not any(box.tag == "-text" for box in boxes):
        boxes = _boxes(bodies[0], set())
    _weigh(boxes)
    return _widened(_core(boxes[0]))


# --- what the page shows, box by box -----------------------------------------------------------------------------

_MARK = re.compile(r"[，。；：、！？,;:!?…]")
_PROSE = 8  # characters of the shortest line that counts as prose: 会议由某某主持。
#: Boxes whose name says that they frame the text. A name can lie: their prose still counts a tenth.
_FRAME_TAGS = frozenset("nav footer aside".split())
_FRAME_NAME = re.compile(
    r"""
      comment | pinglun | guestbook | liuyan                          # what readers say
    | side-?bar | recommend | relat | xiangguan | tuijian | hot(?:list|news|_|-) | rank  # what else there is
    | foot(?:er)?\b | copyright | bottom | bread-?crumb | crumbs | toolbar | nav(?:bar|igat)?\b | menu\b   # the frame
    | login | register | dialog | popup | modal | share | qrcode | advert | guanggao | banner
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FRAME_WEIGHT = 0.1
#: A heading after which the page is about something else.
_ENDS = re.compile(
    r"""
    (?: 相[关關] | 推[荐薦] | 猜你 | [热熱][门門点點] | 最新 | 精彩 | 大家(?:都|还|還)?在看 | (?:网友|網友|用[户戶]|[读讀]者|全部|[发發]表|最新|精彩)?[评評][论論] | 留言 | [编編][辑輯]推[荐薦]
      | 看了 | 更多 | 友情 | 上一[篇页頁] | 下一[篇页頁] | 版[权權] | [阅閱][读讀]排行 )
    .{0,8}
    """,
    re.VERBOSE,
)
_BESIDE = re.compile(
    r"上一[篇页頁]|下一[篇页頁]|[返]?回?列表|分享到|打印|[关關]闭窗口|友情[链鏈]接|版[权權]所有|ICP[备備]|公网安[备備]|Copyright|©|[联聯]系我[们們]|客服|[举舉][报報]|加入收藏|[设設]为首页"
)
_ABOUT = re.compile(r"来源|來源|作者|[发發]布|[时時][间間]|日期|[浏瀏][览覽]|[阅閱][读讀]|[点點][击擊]|人[气氣]|字[号號体體]|[编編][辑輯]|上[传傳]|\d{4}-\d{1,2}-\d{1,2}|当前位置|首页")
_DATED = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d+(?:天|小[时時]|分[钟鐘])前|\d+楼|点[赞讚]|(?:回[复覆]|[阅閱][读讀]|[浏瀏][览覽])[(（:：\s]{0,3}\d")
#: How lines of a speech begin. A box with most of these is the text, whatever it is called.
_SPEECH = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|[同各].{0,8}[志位].{0,12}[们們]?[：:]|第[一二三四五六七八九十]{1,3}[，,章部]")


class _Box:
    """An element or a text node, with what its subtree holds (code points)."""

    __slots__ = ("after_end", "chars", "first", "framed", "id", "kids", "leaf", "link", "linked", "marks", "node", "own", "own_link", "parent", "prose", "signs", "tag", "text", "unit")  # fmt: skip

    def __init__(self, node: Node, tag: str, parent: _Box | None, linked: bool) -> None:
        self.node, self.tag, self.parent, self.linked = node, tag, parent, linked
        self.id: int = node.mem_id
        self.kids: list[_Box] = []
        self.unit: _Box = parent.unit if parent and tag not in BLOCK_TAGS else self
        self.chars = self.link = self.own = self.own_link = self.marks = 0
        self.prose = 0.0
        self.signs = 0
        self.first = self.text = ""
        self.framed = self.after_end = False
        self.leaf = True  # a paragraph or a piece of one: no block inside


def _boxes(body: Node, without: set[int]) -> list[_Box]:
    """All boxes in document order, texts measured at their block."""
    boxes: list[_Box] = []
    known: dict[int, _Box] = {}
    at: _Box | None
    for node in body.traverse(include_text=True):
        tag = node.tag or ""
        above = node.parent
        parent = known.get(above.mem_id) if above is not None and boxes else None
        if boxes and (parent is None or tag in HIDDEN_TAGS or node.mem_id in without):
            continue
        if tag == "-text":
            text = (node.text_content or "").strip()
            if text and parent:
                box = _Box(node, tag, parent, parent.linked)
                box.text, box.chars = text, len(text)
                box.link = box.chars if box.linked else 0
                unit = box.unit
                unit.own += box.chars
                unit.own_link += box.link
                if not box.linked:
                    box.marks = len(_MARK.findall(text))
                    unit.marks += box.marks
                    box.signs = 1 if _SPEECH.match(text) else 0
                at = box
                while at and not at.first:
                    at.first = text[:40]
                    at = at.parent
                parent.kids.append(box)
                boxes.append(box)
            continue
        linked = bool(parent and parent.linked) or (tag == "a" and _leads_away(node))
        box = _Box(node, tag, parent, linked)
        if parent:
            parent.kids.append(box)
        known[box.id] = box
        boxes.append(box)
        if box.unit is box:
            at = parent
            while at and at.leaf:
                at.leaf = False
                at = at.parent
    return boxes


def _leads_away(node: Node) -> bool:
    href = (node.attributes.get("href") or "").strip()
    return bool(href) and not href.startswith("#")


def _weigh(boxes: list[_Box]) -> None:
    """Prose of every subtree, less where a name, a heading or a repeated pattern says that it is not the text."""
    before = 0.0
    suspects: list[_Box] = []
    for box in boxes:
        if box.unit is box:
            own = box.own - box.own_link
            box.prose = float(own) if box.marks and own >= _PROSE and box.own_link <= own else 0.0
            if before > 150 and box.own < 20 and box.parent and box.leaf and _ENDS.fullmatch(box.first):
                for sibling in box.parent.kids[box.parent.kids.index(box) :] if len(box.parent.kids) < 500 else ():
                    sibling.after_end = True
            before += box.prose
    for box in reversed(boxes):
        if box.tag != "-text":
            box.chars += sum(kid.chars for kid in box.kids)
            box.link += sum(kid.link for kid in box.kids)
            box.prose += sum(kid.prose for kid in box.kids)
            box.signs += sum(kid.signs for kid in box.kids) + 2 * (box.tag == "h1")
        if box.parent and box.prose and (box.after_end or _named_frame(box) or _records(box)):
            suspects.append(box)
    for box in suspects:  # inner ones first
        if box.signs < 2 or box.signs * 2 <= boxes[0].signs:
            lost = box.prose * (1 - _FRAME_WEIGHT)
            box.framed = True
            at: _Box | None = box
            while at:
                at.prose -= lost
                at = at.parent


def _named_frame(box: _Box) -> bool:
    attributes = box.node.attributes
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return box.tag in _FRAME_TAGS or (len(name) > 1 and bool(_FRAME_NAME.search(name[:200])))


def _records(box: _Box) -> bool:
    """A list of comments or of abstracts: three or more alike, short, each with a link, a picture or a date."""
    if len(box.kids) < 3 or not box.prose:
        return False
    kids = [kid for kid in box.kids if kid.prose and not kid.leaf]
    if len(kids) < 3 or sum(kid.prose for kid in kids) < 0.8 * box.prose or len({kid.tag for kid in kids}) > 1:
        return False
    lengths = sorted(kid.chars for kid in kids)
    signs = sum(kid.link > 0 or bool(kid.node.css_first("img,a")) or bool(_DATED.search(_words(kid))) for kid in kids)
    return lengths[len(lengths) // 2] < 200 and signs * 10 >= 9 * len(kids)


def _words(box: _Box, most: int = 400) -> str:
    """The beginning of a box's text, for a look at its words."""
    found: list[str] = []
    left = most
    stack = [box]
    while stack and left > 0:
        at = stack.pop()
        if at.text:
            found.append(at.text[:left])
            left -= len(at.text)
        stack.extend(reversed(at.kids))
    return " ".join(found)


# --- the choice --------------------------------------------------------------------------------------------------

#: A branch with this share of a box's prose is followed. Of 0.6, 0.7, 0.8, 0.9 on the layouts of tests/reading/layouts.py,
#: the middle two lose no character and keep the least furniture.
_NEARLY_ALL = 0.8


def _core(box: _Box) -> _Box:
    """Down while one branch holds nearly all the prose; never into a paragraph that has neighbours."""
    while True:
        best = max((kid for kid in box.kids if kid.tag != "-text"), key=lambda kid: kid.prose, default=None)
        if best is None or best.prose <= 0 or best.prose < _NEARLY_ALL * box.prose:
            return box
        if best.leaf and best.tag != "pre" and any(_line_like(kid) for kid in box.kids if kid is not best):
            return box
        box = best


def _furniture(box: _Box) -> bool:
    """Whether a box stands beside the text rather than in it."""
    if box.framed or (box.tag in _FRAME_TAGS and not box.signs):
        return True
    if box.chars == 0:
        return False
    if box.link * 10 >= box.chars * 5:
        return True
    return box.chars < 400 and bool(_BESIDE.search(_words(box)))


def _line_like(box: _Box) -> bool:
    """A line or some lines that could belong to the text: not a link, a menu or what is said about the text."""
    if not box.chars or box.tag == "h1" or _furniture(box) or box.link * 10 > box.chars * 3:
        return False
    return not (box.chars < 120 and _ABOUT.search(_words(box)) and "。" not in _words(box))


def _joins(box: _Box, near: bool) -> bool:
    """Whether a neighbour of the text is part of it: it has prose, or it is one line right beside it."""
    if not _line_like(box):
        return False
    if box.tag == "-text" or box.prose > 0:
        return True
    return bool(_MARK.search(_words(box, 200))) or (near and box.leaf and box.chars <= 60)


def _trimmed(core: _Box) -> set[int]:
    """What stands before, behind and between the text at the core's own level: menus, neighbours, other lists."""
    out = [kid for kid in core.kids if kid.tag != "-text" and kid.unit is kid and _furniture(kid)]
    dropped = {kid.id for kid in out}
    kept = [kid for kid in core.kids if kid.id not in dropped]
    if sum(kid.chars for kid in kept) * 2 < core.chars and sum(kid.prose for kid in kept) < 0.5 * core.prose:
        return set()
    return dropped


def _widened(core: _Box) -> Container:
    """Up again, as long as the nearest neighbours on either side read like the text."""
    top, at = core, core
    without = _trimmed(core)
    blocked = {-1: False, 1: False}
    pending: set[int] = set()
    near = True
    while at.parent and not all(blocked.values()):
        parent = at.parent
        here = next(i for i, kid in enumerate(parent.kids) if kid is at)
        joined: set[int] = {at.id}
        for side in (-1, 1):
            passed: list[_Box] = []
            for kid in _beside(parent.kids, here, side):
                if blocked[side]:
                    break
                if _joins(kid, near):
                    joined.update(k.id for k in (*passed, kid))
                    passed = []
                elif _furniture(kid):
                    blocked[side] = True
                else:
                    passed.append(kid)
        pending |= {kid.id for kid in parent.kids if kid.id not in joined}
        if len(joined) > 1:
            top, without, pending = parent, without | pending, set()
        at = parent
        near = False
    return Container(top.node, frozenset(without))


def _beside(kids: list[_Box], here: int, side: int) -> Iterable[_Box]:
    return kids[here + 1 :] if side > 0 else reversed(kids[:here])
