"""The main text of a page in markup that nobody has seen.

    chosen = main_text(page)     # Container(node, without): the node's text less what stands beside the text
    page.text(chosen.node, chosen.without)
    is_list(page)                # whether there is none, but links

No class name is needed: prose is text with sentence punctuation outside links. The way goes down from `<body>` while one
branch holds nearly all the prose, then widens again over neighbours that read like lines of the text (a salutation, a
notice, a contents block). What stands inside the chosen container stays whole: to lose a paragraph is worse than to keep
a menu, which cleaning knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.reading.page import Page
from crawler.reading.shown_text import BLOCK_TAGS, HIDDEN_TAGS, Node, is_hidden


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
    body = _Box(bodies[0], "body", None, [_LOOKS * len(page.html) + _LOOKS_AT_LEAST])
    return _widened(_core(body), body)


def is_list(page: Page) -> bool:
    """Whether a page shows links and no text of its own: at least half of what it shows leads away, and besides there is no
    sentence but what a section or a foot says of itself. In doubt a page is a document: one too many is seen, one that is
    lost is not.

    >>> is_list(Page.parse("<ul><li><a href=/1>防汛工作会议上的讲话</a> 03-12<li><a href=/2>教育工作总结</a></ul>", ""))
    True
    >>> is_list(Page.parse("<p>现在散会，谢谢大家。</p><ul><li><a href=/1>防汛工作会议上的讲话</a><li><a href=/2>教育工作总结</a></ul>", ""))
    False
    """
    chosen = main_text(page)
    if chosen is None:
        return True
    leading = {link.mem_id for link in page.css(_AWAY) if not _is_prose(link)} | _rows(page)
    beside = leading | {node.mem_id for node in page.css(_NO_TEXT)}
    whole, rest, clear = (
        "\n".join([page.text(body, ids) for body in page.css("body")])
        for ids in (frozenset[int](), leading, beside)
    )
    if _letters(rest) * 2 > _letters(whole):
        return False
    text = page.text(chosen.node, chosen.without)
    own = _sentences(page.text(chosen.node, chosen.without | leading))
    if _is_text(own) or _is_text(_sentences(clear)):
        return False
    left = _letters("".join(own))
    return left * 2 < _letters(text) or left < _BLURB


def _rows(page: Page) -> set[int]:
    """The ids of a list's rows: three or more blocks side by side, each led by a link to another page, that say nothing
    besides or give the beginning of what is there: cut by an ellipsis, or followed by a second link to it."""
    leads_to: dict[
        int, str | None
    ] = {}  # what all links below a node lead to; None where that is not one page
    blocks: dict[int, Node] = {}
    for link in page.css(_AWAY)[:_MANY]:
        to, above = link.attributes["href"], link.parent
        for _ in range(_ROW_DEPTH):
            if above is None or leads_to.get(above.mem_id, to) is None:
                break
            leads_to[above.mem_id] = to if leads_to.get(above.mem_id, to) == to else None
            blocks[above.mem_id] = above
            above = above.parent
    beside: dict[tuple[int, str], dict[str, int]] = {}
    for id_, to in leads_to.items():
        node = blocks[id_]
        if (
            to
            and node.tag in BLOCK_TAGS
            and node.parent
            and not leads_to.get(node.parent.mem_id)
            and _is_row(page, node)
        ):
            beside.setdefault((node.parent.mem_id, node.tag), {})[to] = id_
    return {id_ for rows in beside.values() if len(rows) >= 3 for id_ in rows.values()}


def _is_row(page: Page, node: Node) -> bool:
    links = node.css(_AWAY)
    if len({link.attributes["href"] for link in links}) > 1:
        return False
    lines = page.text(node).split("\n")
    besides = page.text(node, {link.mem_id for link in links})
    title = next(filter(None, (link.text().strip() for link in links)), "")
    if any(_is_prose(link) for link in links) or not lines[0].lstrip(_BEFORE_TITLE).startswith(
        title
    ):
        return False
    if not _is_text(_sentences(besides)):
        return True
    stands_alone = title and not lines[0].lstrip(_BEFORE_TITLE).removeprefix(title).strip(
        _BEFORE_TITLE
    )
    cut = (
        any(_CUT.search(line) for line in lines[1:])
        or len([link for link in links if link.text().strip()]) > 1
    )
    return bool(stands_alone) and cut and _letters(besides) < _SUMMARY


def _is_prose(link: Node) -> bool:
    after = link.next
    return bool(
        _PROSE.search(
            link.text() + ((after.text_content or "")[:1] if after and after.tag == "-text" else "")
        )
    )


def _sentences(text: str) -> list[str]:
    return [said for said in _SENTENCE_END.split(text) if not _ASIDE.search(said)]


def _is_text(sentences: list[str]) -> bool:
    """Whether words outside links read like a text: sentences, a row of clauses, or how a speech's lines begin."""
    if _letters("".join([said for said in sentences if _STOP.search(said)])) >= _SAID:
        return True
    return any(
        _letters(said) >= (_SAID if _SPEECH.search(said) else _CLAUSES)
        for said in sentences
        if _SPEECH.search(said) or said.count("，") > 1
    )


def _letters(text: str) -> int:
    return len(_LETTER.findall(text))


# --- what the page shows, box by box -----------------------------------------------------------------------------

_MARK = re.compile(r"[，。；：、！？,;:!?…]")
#: Boxes whose name says that they frame the text. A name can lie: their prose still counts a tenth.
_FRAME_TAGS = frozenset("nav footer aside".split())
#: Paragraphs: their own name and pattern say nothing.
_PLAIN_TAGS = frozenset("-text p br b strong h1 h2 h3 h4 font".split())
_READERS_NAME = re.compile(
    r"comment|pinglun|guestbook|liuyan|reply", re.IGNORECASE
)  # what readers say
_FRAME_NAME = re.compile(
    r"""
      side-?bar | recommend | relat | xiangguan | tuijian | hot(?:list|news|_|-) | rank                # what else there is
    | foot(?:er)?\b | copyright | bottom | bread-?crumb | crumbs | toolbar | nav(?:bar|igat)?\b | menu\b   # the frame
    | login | register | dialog | popup | modal | share | qrcode | advert | guanggao | banner
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Headings after which the page is about something else, and those after which its readers speak.
_ENDS = re.compile(
    r"(?:相[关關]|推[荐薦]|猜你|[热熱][门門点點]|最新|精彩|大家(?:都|[还還])?在看|[编編][辑輯]推[荐薦]|看了|更多|友情|上一[篇页頁]|下一[篇页頁]|版[权權]|[阅閱][读讀]排行).{0,8}"
)
_READERS = re.compile(
    r"(?:网友|網友|用[户戶]|[读讀]者|全部|[发發]表|最新|精彩|[热熱][门門])?(?:[评評][论論]|留言|回[复復]|跟[帖贴貼]).{0,8}"
)
_BESIDE = (
    "上一篇 上一頁 上一页 下一篇 下一頁 下一页 返回列表 分享到 打印 关闭窗口 關閉窗口 友情链接 友情鏈接 版权所有 版權所有 ICP备 ICP備 公网安备 "
    "公網安備 Copyright © 联系我们 聯系我們 客服 举报 舉報 加入收藏 设为首页 設為首頁"
).split()
_ABOUT = re.compile(
    r"来源|來源|作者|[发發]布|[时時][间間]|日期|[浏瀏][览覽]|[阅閱][读讀]|[点點][击擊]|人[气氣]|字[号號体體]|[编編][辑輯]|上[传傳]|\d{4}-\d{1,2}-\d{1,2}|当前位置|首页"
)
_DATED = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d+(?:天|小[时時]|分[钟鐘])前|\d+楼|点[赞讚]|(?:回[复覆]|[阅閱][读讀]|[浏瀏][览覽])[(（:：\s]{0,3}\d"
)
#: How lines of a speech begin. A box with most of these is the text, whatever it is called.
_SPEECH = re.compile(
    r"^\s{0,8}(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|[同各].{0,8}[志位].{0,12}[们們]?[：:]|第[一二三四五六七八九十]{1,3}[，,章部])",
    re.MULTILINE,
)


#: Children that are looked at one by one, code points whose marks are counted, wrappers around a list of comments, and how
#: often the page's text may be gone over in all: a page beyond that is taken whole.
_MANY, _SAMPLE, _NESTED, _LOOKS, _LOOKS_AT_LEAST = 3_000, 200_000, 8, 20, 1_000_000

_STOP = re.compile(r"[。！？．]|[!?](?=\s|$)")
_SENTENCE_END = re.compile(r"(?<=[。！？])|\n")
_LETTER = re.compile(r"[^\W\d_]")
#: A link that reads on for this long to a full stop, or holds two, is a paragraph of a text, not the title of another.
_PROSE = re.compile(r"[^。；]{20}[。；]|。[^。]{4,200}。")
#: What a section or a foot says of itself, sentence by sentence.
_ASIDE = re.compile(
    r"""
      版[权權]所有(?![者权權人的]) | ICP[备備]案?号?[:：\s]{0,3}\d | 公[网網]安[备備]案?号?[:：\s]{0,3}\d | Copyright | ©
    | 本(?:站|[网網]站?|[栏欄]目|[频頻]道|[页頁]面?).{0,12}(?:收[录錄]|提供|[资資]料|内容|文章|均|[转轉]载|原[创創]|[汇彙]集|整理|[为為]您|每日|更新|所有)
    | 侵[权權].{0,12}(?:[联聯]系|[删刪]除|告知) | (?:分辨率|[浏瀏][览覽]器).{0,20}(?:[浏瀏][览覽]|使用|最佳) | 友情[链鏈]接 | [设設][为為]首[页頁] | 加入收藏
    | [欢歡]迎.{0,6}(?:[来來]到|光[临臨]|[访訪][问問]|登[录錄]|使用).{0,12}[网網站](?:[!！。，,]|$)
    | ^\W{0,4}(?:[联聯]系)?(?:地址|[电電][话話]|[邮郵][编編]|[邮郵]箱|[传傳]真|技[术術]支持|主[办辦]|承[办辦])(?:[单單]位)?[:：]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CUT = re.compile(r"(?:…|\.{3}|。{3})[\s\[【(（]{0,3}.{0,8}$")
_BEFORE_TITLE = " \t　\xa0·•●○■◆★※>»-.、,[]()（）【】:：/0123456789年月日"
#: How many letters say something with a stop, and without; how many a list quotes of a text at the most, and what else it may
#: have besides that is no sentence.
_SAID, _CLAUSES, _SUMMARY, _BLURB = 6, 20, 300, 40
#: How far above its link a row of a list is looked for.
_ROW_DEPTH = 8

#: Where only the extraction looks for a text.
_NO_TEXT = "nav,aside,footer,[class*=comment i],[id*=comment i],[class*=pinglun i],[id*=pinglun i],[class*=liuyan i],[id*=liuyan i]"

_AWAY = 'a[href]:not([href=""],[href^="#"])'


def _shown(node: Node, tag: str) -> str:
    return (
        (node.text_content or "").strip()
        if tag == "-text"
        else node.text(separator="\n", skip_empty=True)
    )


class _Box:
    """An element or a text node with what its subtree holds (code points), looked at only where the way leads.
    `budget` is how many code points may still be looked at, one list for all boxes of a page."""

    __slots__ = (
        "_framed",
        "_kids",
        "_leaf",
        "_links",
        "_searched",
        "_signs",
        "after_end",
        "budget",
        "node",
        "parent",
        "prose",
        "tag",
        "text",
    )

    def __init__(self, node: Node, tag: str, parent: _Box | None, budget: list[int]) -> None:
        self.node = node
        self.parent = parent
        self.tag = tag
        self.text: str = _shown(node, tag) if parent else ""
        self.budget = budget
        budget[0] -= len(self.text)
        self.after_end = False
        self._kids: list[_Box] | None = None
        self._signs = -1
        self._searched = False
        self._links: str | None = None
        self._leaf: bool | None = None
        self._framed: bool | None = None
        #: Marks of sentences outside links: a measure of prose that is cheap and does not mind where lines break.
        self.prose = len(_MARK.findall(self.text[:_SAMPLE])) if len(self.text) > 7 and parent else 0
        if self.prose and tag not in _PLAIN_TAGS:
            self.prose -= len(_MARK.findall(self.links()[:_SAMPLE]))

    @property
    def id(self) -> int:
        return int(self.node.mem_id)

    def kids(self) -> list[_Box]:
        """Its children that show text; none where there are too many to tell the text from its frame."""
        if self._kids is None:
            nodes = [
                n
                for n in self.node.iter(include_text=True, skip_empty=True)
                if n.tag not in HIDDEN_TAGS
            ]
            looked_at = len(nodes) <= _MANY and self.budget[0] > 0
            boxes = [_Box(n, n.tag or "", self, self.budget) for n in nodes] if looked_at else []
            self._kids = [box for box in boxes if box.text and not box.text.isspace()]
            unseen = [
                box for box in self._kids if box.tag not in _PLAIN_TAGS and is_hidden(box.node)
            ]
            if unseen and len(unseen) < len(self._kids):
                self._kids = [box for box in self._kids if box not in unseen]
            if unseen or not self.parent:
                self.prose = sum([box.prose for box in self._kids])
        return self._kids

    def chars(self) -> int:
        return len(self.text) - self.text.count("\n")

    def links(self) -> str:
        """The text of the links that lead away from the page."""
        if self._links is None:
            found = self.node.css(_AWAY) if self.tag != "-text" else ()
            self._links = "\n".join([a.text(strip=True) for a in found])
        return self._links

    def linked(self) -> int:
        return len(self.links()) - self.links().count("\n")

    def signs(self) -> int:
        """Lines that begin like lines of a speech, and the heading."""
        if self._signs < 0:
            heading = self.tag != "-text" and (
                self.tag == "h1" or self.node.css_first("h1") is not None
            )
            self._signs = (
                len(_SPEECH.findall(self.text or _shown(self.node, self.tag))) + 2 * heading
            )
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
            self._framed = (
                self.tag not in _PLAIN_TAGS
                and self.prose > 0
                and (self._named() or self._records())
            )
        return self._framed or self.after_end

    def _named(self) -> bool:
        attributes = self.node.attributes
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:200]
        if self.tag in _FRAME_TAGS or _READERS_NAME.search(name):
            return True
        beside = self.parent.prose if self.parent else 0
        return (
            bool(_FRAME_NAME.search(name)) and self.prose * 5 < beside * 3
        )  # most of the prose is no frame

    def _records(self) -> bool:
        """A list of comments or of abstracts: three or more alike, short, each with a link or a date."""
        box = self
        for _ in range(_NESTED):
            best = box.best()
            if best is None or best.prose * 10 <= box.prose * 9 or best.leaf():
                break
            box = best
        kids = [kid for kid in box.kids() if kid.prose][:40]
        if (
            len(kids) < 3
            or len({kid.tag for kid in kids}) > 1
            or any(kid.leaf() for kid in kids[:3])
        ):
            return False
        lengths = sorted(kid.chars() for kid in kids)
        signs = [kid for kid in kids if kid.links() or _DATED.search(kid.text[:400])]
        return lengths[len(lengths) // 2] < 200 and len(signs) * 10 >= 9 * len(kids)

    def best(self) -> _Box | None:
        """The element below it with the most prose."""
        found, most = None, 0
        for kid in self.kids():
            if kid.prose > most and kid.tag != "-text":
                found, most = kid, kid.prose
        return found


# --- the choice --------------------------------------------------------------------------------------------------

#: A branch with this share of a box's prose is followed.
_NEARLY_ALL = 0.8
#: One with this share is followed whatever the others are.
_ALL = 0.97
#: What a line that begins like a speech's counts, in marks of prose: a short text holds its own beside long notes.
_SIGN_WEIGHT = 3
#: What prose in a frame counts.
_FRAME_WEIGHT = 0.1


def _core(body: _Box) -> _Box:
    """Down while one branch holds nearly all the prose; never into a paragraph that has neighbours."""
    box = body
    while (best := box.best()) and best.prose > 0:
        if best.prose < _ALL * box.prose or _in_frame(best, body):
            _look_for_the_end(box)
            weights = {kid: _weight(kid, body) for kid in box.kids()}
            own = sum(weight for kid, weight in weights.items() if kid.tag == "-text")
            best = max((kid for kid in weights if kid.tag != "-text"), key=lambda kid: weights[kid])
            if (
                weights[best] <= 0
                or weights[best] < _NEARLY_ALL * sum(weights.values())
                or own > weights[best]
            ):
                break
        if (
            best.leaf()
            and best.tag != "pre"
            and any(_line_like(kid, body) for kid in box.kids() if kid is not best)
        ):
            break
        box = best
    return box


def _weight(box: _Box, body: _Box) -> float:
    if _in_frame(box, body):
        return box.prose * _FRAME_WEIGHT
    return box.prose + (0 if box.tag in _PLAIN_TAGS else box.signs() * _SIGN_WEIGHT)


def _in_frame(box: _Box, body: _Box) -> bool:
    """A frame by its looks, unless most lines of a speech are in it: names lie."""
    return box.framed() and (box.signs() < 2 or box.signs() * 2 <= body.signs())


def _look_for_the_end(box: _Box) -> None:
    """What follows a heading like 相关文章, once there was text, is no longer the text."""
    if box._searched:
        return
    box._searched = True
    before = 0
    for k, kid in enumerate(box.kids()):
        first = kid.text[:40].strip().split("\n", 1)[0].strip() if before > 10 else ""
        readers = bool(first and len(first) <= 14 and _READERS.fullmatch(first))
        if readers or (first and len(first) <= 14 and _ENDS.fullmatch(first)):
            heading = kid.chars() <= 20
            for later in box.kids()[k:] if heading else (kid,):
                later.after_end |= readers or later.prose <= 2 * before
            if readers and heading:
                return
        before += kid.prose


def _furniture(box: _Box, body: _Box) -> bool:
    """Whether a box stands beside the text rather than in it."""
    if not box.chars():
        return False
    if _in_frame(box, body) or (
        (box.after_end or box.tag in _FRAME_TAGS) and not box.signs() and not box.prose
    ):
        return True
    if box.chars() < 250 and any([word in box.text for word in _BESIDE]):
        return True
    return (
        box.prose < 3 and box.linked() * 2 >= box.chars()
        if box.tag in _PLAIN_TAGS
        else box.linked() * 2 >= box.chars()
    )


def _line_like(box: _Box, body: _Box) -> bool:
    """A line or some lines that could belong to the text: not a link, a menu or what is said about the text."""
    if (
        not box.chars()
        or box.tag == "h1"
        or _furniture(box, body)
        or box.linked() * 10 > box.chars() * 3
    ):
        return False
    return box.chars() >= 120 or not _ABOUT.search(box.text) or "。" in box.text


def _joins(box: _Box, near: bool, body: _Box) -> bool:
    """Whether a neighbour of the text is part of it: it has prose, or it is one line right beside it."""
    if (
        box.tag == "-text"
        or box.prose > 0
        or _MARK.search(box.text)
        or (near and box.chars() <= 60 and box.leaf())
    ):
        return _line_like(box, body)
    return False


def _trimmed(core: _Box, body: _Box) -> set[int]:
    """What stands before, behind and between the text at the core's own level: menus, neighbours, other lists."""
    _look_for_the_end(core)
    kids = core.kids()
    inner = range(_EDGE, len(kids) - _EDGE)
    out = {
        kid
        for k, kid in enumerate(kids)
        if kid.tag in BLOCK_TAGS
        and not (k in inner and kid.tag == "p" and not kid.after_end)
        and _furniture(kid, body)
    }
    kept = sum(_weight(kid, body) for kid in kids if kid not in out)
    whole = kept + sum(_weight(kid, body) for kid in out)
    return {kid.id for kid in out} if kept * 2 >= whole > 0 else set()


#: Among this many paragraphs at either end the furniture is looked for; those between are the text.
_EDGE = 5


#: A neighbour that is longer than this and does not join ends the text on its side, whatever it is.
_NEIGHBOUR = 200


def _widened(core: _Box, body: _Box) -> Container:
    """Up again, as long as the nearest neighbours on either side read like the text."""
    top = at = core
    without = _trimmed(core, body)
    pending: set[int] = set()
    blocked: set[int] = set()
    near = True
    while at.parent and len(blocked) < 2:
        parent = at.parent
        here = parent.kids().index(at)
        joined = {at}
        for side in {-1, 1} - blocked:
            passed: list[_Box] = []
            for kid in parent.kids()[here + 1 :] if side > 0 else reversed(parent.kids()[:here]):
                if _joins(kid, near, body):
                    joined.update((*passed, kid))
                    passed.clear()
                elif kid.chars() > _NEIGHBOUR or _furniture(kid, body):
                    blocked.add(side)
                    break
                else:
                    passed.append(kid)
        pending |= {kid.id for kid in parent.kids() if kid not in joined}
        if len(joined) > 1:
            top, without, pending = parent, without | pending, set()
        at, near = parent, False
    return Container(top.node, frozenset(without))
