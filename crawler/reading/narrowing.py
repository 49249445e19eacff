"""From a container that holds the text to the smallest one that holds all of it.

Real pages put the line with date and source, the buttons and what else there is to read beside the text, each with a
comma or two. As long as a single part of the container reads like a text of its own, that part is the container; where
several do, the rest that stands before, behind and between them is left out if it is no line of the text.
"""

from __future__ import annotations

import re

from crawler.reading.boxes import PLAIN_TAGS, Box
from crawler.reading.prose import ABOUT, ASIDE, SPEECH, STOP, letters, sentences

#: A part with fewer sentences and letters in them is no text of its own, unless its lines begin like those of a speech.
_SENTENCES, _LETTERS = 3, 20
#: A line right beside the text is no longer than this (code points).
_LINE = 60
#: What prose in a box counts whose name says that it is no text.
_DOUBT = 0.1
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 b strong font".split())
#: Says that text was withheld here: it belongs to the text wherever it stands.
_WITHHELD = re.compile(
    r"""
      省略\s{0,3}\d | [余剩]下\s{0,3}\d | 全文共?\s{0,3}\d{2,6}\s{0,3}字 | 本文共[计計]?\s{0,3}\d{2,6}\s{0,3}字
    | [显顯]示\s{0,3}\d{1,6}\s{0,3}字 | 完整[阅閱][读讀] | [会會][员員]
    """,
    re.VERBOSE,
)
#: What closes a text in a line of its own: thanks, a date.
_CLOSING = re.compile(r"[谢謝]{2}|[\d一二三四五六七八九十〇○零]{4}年.{1,6}月.{1,4}日")
#: What is said below a text about the page: whose view it is, who may copy it, where to follow its author.
_LEGAL = re.compile(
    r"""
      免[责責][声聲]明 | [仅僅]代表 | 不代表 | [转轉][载載] | [侵授版][权權] | 本文[来來] | 文章[来來]源 | 原[标標][题題] | [投举舉][稿报報]
    | 二[维維][码碼] | 公[众眾][号號] | 客[户戶]端 | [责責]任?[编編] | [扫掃][码碼描] | [关關]注 | [下点點][载載击擊] | [评評][论論] | [点點][赞讚]
    | 收藏 | 分享
    """,
    re.VERBOSE,
)


def narrowed(box: Box, without: set[int]) -> tuple[Box, set[int]]:
    """The smallest box that holds all that reads like a text, and what is left out of it."""
    while True:
        kids = [kid for kid in box.kids() if kid.id not in without]
        best = max(kids, key=_weight, default=None)

        if best is None:
            return box, without

        first, last = _span(kids, box.kids(), best)
        is_alone = first == last and not best.leaf() and best.tag not in PLAIN_TAGS

        if not is_alone or not best.prose:
            return box, without | _ends(kids, first, last)

        box = best


def _weight(kid: Box) -> float:
    return kid.prose * (_DOUBT if _is_doubted(kid) else 1)


def _is_doubted(box: Box) -> bool:
    """Whether its name says that it is no text, and its lines do not say otherwise."""
    return box.tag not in PLAIN_TAGS and box.named_aside() and box.signs() < 2


def _span(kids: list[Box], everything: list[Box], best: Box) -> tuple[int, int]:
    """The places of the first and the last part that belongs to the text. Looked for from either end: most parts of a long
    text are never asked."""
    here = kids.index(best)
    first = 0

    while first < here and not _belongs(kids[first], best, here - first):
        first += 1

    behind = everything[everything.index(best) + 1 :]
    over: set[int] = set()

    for k, box in enumerate(behind):
        if _ends_the_text(box):
            over = {later.id for later in behind[k:] if later.tag not in PLAIN_TAGS}
            break

    last = len(kids) - 1
    while last > here:
        is_over = kids[last].id in over and not _has_signs(kids[last])
        if not is_over and _belongs(kids[last], best, last - here):
            break

        last -= 1

    return first, last


def _belongs(box: Box, best: Box, away: int) -> bool:
    return _is_part(box, best) or (away == 1 and _is_line(box))


def _is_part(box: Box, best: Box) -> bool:
    """Whether a part is the text, a piece of the one that its neighbour holds, or a line of it."""
    if not box.chars() or box.framed() or box.linked() * 2 >= box.chars() or _is_doubted(box):
        return False
    if _has_signs(box):
        return True
    if box.tag in _HEADINGS:
        return False
    if box.tag in PLAIN_TAGS:
        return box.prose > 0 and not _is_about(box)

    said = [one for one in sentences(box.text) if STOP.search(one) and not _LEGAL.search(one)]
    if _is_alike(box, best) and said:
        return True

    return len(said) >= _SENTENCES and letters("".join(said)) >= _LETTERS


def _is_alike(box: Box, best: Box) -> bool:
    return box.tag == best.tag and box.name() == best.name()


def _has_signs(box: Box) -> bool:
    return bool(SPEECH.search(box.text) or _WITHHELD.search(box.text))


def _is_line(box: Box) -> bool:
    """Whether a neighbour is a line of the text: a salutation, thanks, the date of the speech."""
    if not 0 < box.chars() <= _LINE or box.linked():
        return False

    return _has_signs(box) or (bool(_CLOSING.search(box.text)) and not _is_about(box))


def _is_about(box: Box) -> bool:
    """Whether it tells of the text rather than is a piece of it."""
    links = set(box.links().split("\n")) if box.tag != "-text" else set()
    text = "\n".join([line for line in box.text.split("\n") if line.strip() not in links])

    if len(text) < 2 * _LINE and ABOUT.search(text):
        return True

    return bool(ASIDE.search(text) or _LEGAL.search(text))


def _ends_the_text(box: Box) -> bool:
    """Whether nothing of the text follows a box: comments, links to other pages."""
    if box.tag in PLAIN_TAGS:
        return False

    return box.named_readers() or (box.linked() * 2 >= box.chars() and box.linked() >= _LINE // 2)


def _ends(kids: list[Box], first: int, last: int) -> set[int]:
    """The parts before the first and behind the last part of the text that are none: their ids. A plain line right beside
    it stays: cleaning knows the lines of pages."""
    best = kids[first]

    while first > 0 and _stays(kids[first - 1], best):
        first -= 1

    while last + 1 < len(kids) and _stays(kids[last + 1], best):
        last += 1

    return {kid.id for kid in (*kids[:first], *kids[last + 1 :])}


def _stays(box: Box, best: Box) -> bool:
    if box.framed() or box.linked() * 2 > box.chars():
        return False
    if box.tag in PLAIN_TAGS:
        return True

    return _is_alike(box, best) and not _is_about(box)
