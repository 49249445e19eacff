"""What a page carries above the document: the library's frame, its upload card, breadcrumbs, the line about author and source.

A document library repeats the title, lists `上传人: 文档编号: 上传时间: 格式: 页数: 大小:`, page counters and `《…》由会员分享,可在线阅读` before
the text; other pages have `标题:… |`, `作者: 来源: 阅读 次【小 中 大】`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.furniture import (
    BUTTON,
    CARD,
    HEAD,
    LIBRARY,
    PLACE_LINE,
    TITLE_HEAD,
    card,
    category,
    iso_date,
)
from pipelines.cleaning.lines import Line, forward
from pipelines.cleaning.prose import is_prose
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact, Leave

#: Where a document begins at the latest.
BODY = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[((（][一二三四五六七八九十]{1,3}[)）]|(?:尊敬的|各位|同志们|同学们|女士们|亲爱的|大家好|老师们|乡亲们|朋友们|目\s*录|提纲|目录/提纲|第[一二三四五六七八九十]+[篇章部]))"
)
SHARED_ON = re.compile(
    r"(?:请在|在|上|就到)\s?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)\s?(?:上|中|里|网站)?\s?(?:搜索|查找|下载)"
)
STEPS = frozenset(">＞»›") | {"首页", "网站首页", ">>"}
#: So many buttons on lines of their own are a page's; fewer may be words of the text.
BUTTONS = 3
#: The same before a document that is all on one line: `标题:全县工作会议讲话 | 同志们:…`.
TITLE_PREFIX = re.compile(
    r"\s{0,20}(?:标题|题目|文章标题)\s?[:：]\s?(?P<title>[^\n|｜]{2,120}?)\s?[|｜]\s{0,4}(?=[^\s|｜])"
)
#: Most lines above a document that are looked at.
LINES = 160


@rule(budget=6000, seen_on=("jinchutou", "hancun", "renrendoc"))
def page_head(text: str, facts: Facts) -> Iterator[Edit]:
    """A library's frame goes as a whole, other lines about the document one by one; what they state is kept.

    >>> text = "工作讲话\\n上传人:ab 格式:DOC 页数:3\\n资源描述\\n同志们:今天开会。"
    >>> [edit] = page_head.find(text, Facts())
    >>> text[edit.end :], [left.value for left in edit.leaves]
    ('同志们:今天开会。', ['工作讲话', 'ab', 'DOC', 3])

    A host's script states time and place; they are its own:

    >>> list(page_head.find("时间:2024年3月1日\\n地点:机关会议室\\n同志们:现在开会。", Facts()))
    []
    """
    frame_end = 0
    first = ""
    stated: list[Leave] = []
    single: list[Line] = []
    buttons: list[Line] = []
    path: list[str] = []  # a breadcrumb that stands step by step on lines of its own
    for line in forward(text, most=LINES):
        words = line.text
        if not words:
            continue
        title = TITLE_HEAD.match(words)
        if _library(words):
            frame_end = min(len(text), line.end + 1)
            stated.extend(_stated(words))
        elif title or (
            len(words) <= 180 and not words.endswith(("。", "!", "！")) and HEAD.match(words)
        ):
            single.append(line)
            if title:
                stated.append(Fact("title", title["title"]))
        elif PLACE_LINE.fullmatch(words):
            single.append(line)
            path = [words]
        elif path and (words in STEPS or path[-1] in STEPS):
            single.append(line)
            path.append(words)
        elif BUTTON.fullmatch(words):
            buttons.append(line)
        elif is_prose(words) or BODY.match(words):
            break
        elif not first:
            first = words
        path = path if single and single[-1] is line else []
    if len(buttons) >= BUTTONS:
        single = sorted((*single, *buttons))
    if frame_end:
        if 4 <= len(first) <= 80 and text.find(first) < frame_end:
            stated.append(Fact("title", first))
        titles = [x for x in stated if isinstance(x, Fact) and x.name == "title"]
        others = [x for x in stated if not (isinstance(x, Fact) and x.name == "title")]
        yield Edit(0, frame_end, "", (*titles[:1], *others))
    prefix = None if frame_end or single else TITLE_PREFIX.match(text)
    if prefix:
        yield Edit(0, prefix.end(), "", (Fact("title", prefix["title"]),))
    for line in single:
        if line.start >= frame_end:
            date = iso_date(line.text)
            shown = (
                category(line.text),
                Fact("published", date) if date else None,
                *card(line.text),
            )
            found = tuple([x for x in shown if x])
            title = TITLE_HEAD.match(line.text)
            head = (Fact("title", title["title"]),) if title else ()
            yield Edit(line.start, min(len(text), line.end + 1), "", (*head, *found))


def _library(line: str) -> bool:
    """Whether only a document library writes such a line."""
    if len(line) > 400:
        return False
    labels = {m["label"] for m in CARD.finditer(line)} if ":" in line or "：" in line else ()
    return (
        len(labels) >= 2
        or (len(labels) == 1 and len(line) <= 40 and bool(CARD.match(line)))
        or bool(LIBRARY.match(line))
    )


def _stated(line: str) -> Iterator[Leave]:
    """What a line of the frame states."""
    yield from card(line)
    found = LIBRARY.match(line)
    if found:
        title = found["shared"] or found["more"] or found["page"]
        if title and len(title.strip()) >= 4:
            yield Fact("title", title.strip())
        where = SHARED_ON.search(line)
        if where:
            yield Fact("site_name", where["name"])
