"""From a container that holds the text to the smallest one that holds all of it.

Real pages put the line with date and source, the buttons and what else there is to read beside the text, each with a
comma or two. As long as a single part of the container reads like a text of its own, that part is the container; where
several do, the rest that stands before, behind and between them is left out if it is no line of the text.
"""

from __future__ import annotations

import re

from crawler.reading.boxes import PLAIN_TAGS, Box
from crawler.reading.prose import ABOUT, ASIDE, SPEECH, STOP, letters, sentences

#: A part with fewer letters in whole sentences is no text of its own, unless its lines begin like those of a speech.
_SENTENCES, _LETTERS = 3, 60
#: A line right beside the text is no longer than this (code points).
_LINE = 60
#: Says that text was withheld here: it belongs to the text wherever it stands.
_WITHHELD = re.compile(
    r"省略\s{0,3}\d|[余剩]下\s{0,3}\d|全文共?\s{0,3}\d{2,6}\s{0,3}字|[显顯]示\s{0,3}\d{1,6}\s{0,3}字|完整[阅閱][读讀]|[会會][员員]"
)
#: What closes a text in a line of its own: thanks, a date, a name of who signs.
_CLOSING = re.compile(r"[谢謝]{2}|[\d一二三四五六七八九十〇○零]{4}年.{1,6}月.{1,4}日")
#: What is said below a text about the page: whose view it is, who may copy it.
_LEGAL = re.compile(
    r"免[责責][声聲]明|[仅僅]代表|[转轉][载載]|[侵授版][权權]|本文[来來]|不代表|[投举舉][稿报報]|文章[来來]源|二[维維][码碼]|公[众眾][号號]|客[户戶]端|[责責]任?[编編]|[扫掃][码碼描]"
    r"|原[标標][题題]|[关關]注|[下点點][载載击擊]|[评評][论論]|[点點][赞讚]|收藏|分享"
)


def narrowed(box: Box, without: set[int]) -> tuple[Box, set[int]]:
    """The smallest box that holds all that reads like a text, and what is left out of it."""
    while True:
        kids = [kid for kid in box.kids() if kid.id not in without]
        best = max(kids, key=lambda kid: kid.prose, default=None)
        if best is None or best.tag in PLAIN_TAGS or best.leaf():
            return box, without | _ends(kids, best)
        texts = [kid for kid in kids if kid is best or _is_text(kid, best)]
        if len(texts) > 1 or not best.prose:
            return box, without | _ends(kids, best)
        here = kids.index(best)
        if any(_is_line(kid) for kid in kids[max(0, here - 1) : here + 2] if kid is not best):
            return box, without | _ends(kids, best)
        box = best


def _is_text(box: Box, best: Box) -> bool:
    """Whether a part reads like a text, or a piece of the one that its neighbour holds."""
    if not box.chars() or box.framed() or box.linked() * 2 >= box.chars():
        return False
    if SPEECH.search(box.text) or _WITHHELD.search(box.text):
        return True
    if box.tag == "-text" or box.tag in PLAIN_TAGS:
        return box.prose > 0 and not _is_about(box)
    said = [one for one in sentences(box.text) if STOP.search(one) and not _LEGAL.search(one)]
    if box.tag == best.tag and box.name() == best.name() and said:
        return True
    return len(said) >= _SENTENCES and letters("".join(said)) >= _LETTERS


def _is_line(box: Box) -> bool:
    """Whether a neighbour is a line of the text: a salutation, thanks, the date of the speech."""
    if not 0 < box.chars() <= _LINE or box.linked():
        return False
    if SPEECH.search(box.text) or _WITHHELD.search(box.text):
        return True
    return bool(_CLOSING.search(box.text)) and not _is_about(box)


def _is_about(box: Box) -> bool:
    links = set(box.links().split("\n")) if box.tag != "-text" else set()
    text = "\n".join([line for line in box.text.split("\n") if line.strip() not in links])
    return bool(len(text) < 2 * _LINE and ABOUT.search(text)) or bool(
        ASIDE.search(text) or _LEGAL.search(text)
    )


def _ends(kids: list[Box], best: Box | None) -> set[int]:
    """The blocks before the first and behind the last part of the text that are none: their ids."""
    if best is None:
        return set()
    told = [kid is best or _stays(kid, best) for kid in kids]
    first = told.index(True)
    last = len(told) - told[::-1].index(True)
    return {kid.id for kid in (*kids[:first], *kids[last:])}


def _stays(box: Box, best: Box) -> bool:
    """Whether a part at the end of the container is kept: cleaning knows lines of the page; blocks are judged here."""
    if box.tag in PLAIN_TAGS:
        return not box.framed()
    is_alike = box.tag == best.tag and box.name() == best.name() and box.linked() * 2 < box.chars()
    return _is_text(box, best) or _is_line(box) or (is_alike and not _is_about(box))
