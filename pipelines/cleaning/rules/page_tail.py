"""What a page carries below the document: neighbours, other documents, comments, sharing, legal lines.

`展开阅读全文` · `相关资源` · `最新文档` · `当前位置:首页 > 办公文档 > 总结/报告` · `电脑版 |某某文库版权所有` · `上一篇:…` · `用户评论`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.furniture import (
    SECTION,
    SECTION_WORD,
    TAIL,
    TAIL_INLINE,
    category,
    is_disclaimer,
    iso_date,
)
from pipelines.cleaning.lines import Line, backward
from pipelines.cleaning.notice_words import number
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact, Leave, Withheld

#: A line that is not furniture and reads like text of the document ends the walk.
SENTENCE = re.compile(r"[。!！?？;；]|[\u4e00-\u9fff][,，]")
HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[((（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[、.．])"
)
#: What may be a sentence and is furniture all the same.
LEGAL = re.compile(
    r"[\W_]*(?:版权声明|免责声明|侵权声明|网站声明|版权归|版权说明|版权所有|本文(?:来自|来源|由)|转载(?:请|自)|《[^《》]{2,90}》\s?(?:一文|全文)?(?:来源于?|来自于?|出自|转自|摘自))"
)
ISO_DATE = re.compile(r"(?:19|20)\d\d-\d\d?-\d\d?")
PAGES = re.compile(r"\s{0,8}共?\s?\d{1,4}\s?页")
#: A notice that counts what is not shown.
WITHHELD = re.compile(
    r"[(（【\[]?(?:省略|剩余|余下|还剩|尚余|未显示)(?:内容)?约?\s?(?P<chars>[0-9][0-9,]{0,8})\s?余?个?字[^\n]{0,40}"
)
OWNER = re.compile(r"(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)\s?版权所有")
#: Most lines that are walked, most code points that are furniture.
LINES, LENGTH = 400, 20_000
#: A section below the document is at most so much of the page.
SHARE = 0.5


@rule(budget=LENGTH, seen_on=("jinchutou", "hancun"))
def page_tail(text: str, facts: Facts) -> Iterator[Edit]:
    """All from the first line of page furniture below the document to the end.

    >>> text = "我们一定要抓好落实,谢谢大家!\\n李明\\n上一篇:工作汇报\\n相关栏目:人才"
    >>> [text[: e.start] for e in page_tail.find(text, Facts())]
    ['我们一定要抓好落实,谢谢大家!\\n李明']

    Words of furniture inside the document are no furniture:

    >>> list(page_tail.find("相关资源要下沉到村。\\n分享经验,推广做法。\\n更多力量要汇聚起来。", Facts()))
    []
    """
    start, left = _begins(text)
    kept = text[:start].rstrip()

    if start == len(text) or len(kept) < 10:
        return

    told = WITHHELD.search(text, len(kept))
    if told:  # a notice below furniture is the site's word on the text all the same
        left.append(Withheld(number(told["chars"]), "cut_off", told[0].strip()))

    yield Edit(len(kept), len(text), "", tuple(left))


def _begins(text: str) -> tuple[int, list[Leave]]:
    """Where the furniture below the document begins, and what it states."""
    start = len(text)
    left: list[Leave] = []

    for line in backward(text, most=LINES):
        if len(text) - line.start > LENGTH:
            break
        if not line.text:
            continue

        if _furniture(line.text) or _is_card_date(text, line, start):
            start = line.start
            left.extend(_facts(line.text))
        elif len(line.text) > 60 or SENTENCE.search(line.text) or HEADING.match(line.text):
            inline = _inline(text, line)
            above = _section_above(text, line)

            return min([x for x in (inline, above) if x is not None], default=start), left

    return start, left


def _section_above(text: str, line: Line) -> int | None:
    """Where a section of the page begins above a line of text: what follows its head reads like text and is none."""
    low = int(len(text) * (1 - SHARE))

    if not line.start or not SECTION_WORD.search(text, max(0, low - 1), line.start):
        return None

    found = None
    for above in backward(text, line.start - 1, most=LINES):
        if len(text) - above.start > SHARE * len(text):
            break

        if above.text and len(above.text) <= 24 and SECTION.match(above.text):
            found = above.start

    return found


def _furniture(line: str) -> bool:
    """Whether a line is page furniture."""
    if len(line) <= 24 and SECTION.match(line):
        return True
    if (
        len(line) <= 180
        and (not line.endswith(("。", "!", "！", "；", ";")) or LEGAL.match(line))
        and TAIL.match(line)
    ):
        return True

    return len(line) <= 600 and is_disclaimer(line)


def _is_card_date(text: str, line: Line, below: int) -> bool:
    """Whether a date stands in a library's card: the number of pages right below it, the text right above."""
    if not ISO_DATE.fullmatch(line.text) or not PAGES.match(text, below):
        return False

    above = next((x.text for x in backward(text, max(0, line.start - 1), most=4) if x.text), "")
    return len(above) > 60


def _inline(text: str, line: Line) -> int | None:
    """Where furniture begins within the last 600 characters of a line that opens with text."""
    found = TAIL_INLINE.search(text, max(line.start, line.end - 600), line.end)

    return found.start() if found else None


def _facts(line: str) -> Iterator[Fact]:
    if ISO_DATE.fullmatch(line):
        yield Fact("published", iso_date(line) or "")

    stated = category(line)
    if stated:
        yield stated

    owner = OWNER.search(line)
    if owner:
        yield Fact("site_name", owner["name"])
