"""The site's own table of contents above the document: `目录/提纲:……`, heading lines, `……`, then the title and the text.

It is evidence of what the document holds, so its lines are kept as `toc`; it is no part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.lines import Line, forward
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.codepoints import FULL_WIDTH
from pipelines.text.edits import Edit, Fact

HEAD = re.compile(
    r"""
    ^[\s　【\[《#*]* (?:本文|文章|内容|文档|全文|正文)? \s?
    (?: 目\s{0,6}录 (?:\s?[/／、]\s?提\s?纲)? | 提\s{0,4}纲 (?:\s?[/／、]\s?目\s?录)? | 内容(?:提纲|目录) | 文章结构 | 导航目录 )
    \s? [】\]》]? \s? [:：]? \s* (?P<dots>[…⋯.．·]{0,24}) \s* (?P<rest>.*)$
    """,
    re.VERBOSE,
)
DOTS = re.compile(r"^[\s]*[…⋯.．·—-]{2,24}[\s]*$")
MARKER = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十]{1,3}(?:[、.．,，:：]|[是要][^、]|[章节篇部]|\s)|[((（]\s?[一二三四五六七八九十\d]{1,3}\s?[)）]|\d{1,2}(?:[、.．)]|\.\d)|[①-⑳⒈-⒛])"
)
#: What trails an entry: leaders before the number of a page.
LEADERS = "…⋯.．·_"
SALUTATION = re.compile(
    r"^[^。!！?？\n]{0,40}(?:同志们|各位|大家|先生|女士|朋友们|同学们|代表|委员|领导|来宾)[^。\n]{0,20}[:：!！]\s*$"
)
#: A document on one line: entries within dots.
ON_ONE_LINE = re.compile(
    r"\s*+(?:目\s?录|提\s?纲)(?:[/／](?:目录|提纲))?\s?[:：]?\s*+[…⋯]{1,6}(?P<entries>[^\n…⋯]{6,3000}+)[…⋯]{1,6}\s*+(?=\S)"
)
ENTRY = re.compile(
    r"(?:^|(?<=\s))(?=(?:[一二三四五六七八九十]{1,3}[、是]|[((（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[、.．]))"
)
#: Longest entry and most entries of a contents block.
LONGEST, MOST = 90, 150


#: The two characters of a head's word stand together or have blanks between them. (Half of all speeches hold a 目.)
_BLANKS = [c for c in map(chr, range(0x3001)) if c.isspace()]
NEEDS = ("目录", "提纲", "文章结构", *(first + blank for first in "目提" for blank in _BLANKS))


@rule(needs=NEEDS, budget=8000, after=("page_head",), seen_on=("wm114", "sanweiyuan"))
def contents_block(text: str, facts: Facts) -> Iterator[Edit]:
    """The contents block goes, its lines stay as evidence, without the `_` or page number that trails them.

    >>> text = "目录/提纲:……\\n一、统一思想_\\n二、狠抓落实\\n……\\n工作讲话\\n同志们:"
    >>> [edit] = contents_block.find(text, Facts())
    >>> text[edit.end :], [left.value for left in edit.leaves]
    ('工作讲话\\n同志们:', ['一、统一思想', '二、狠抓落实'])

    Numbered paragraphs under a heading of that name are text:

    >>> list(contents_block.find("权责目录:\\n一、受理。按照规定,窗口即时受理。\\n二、审核。", Facts()))
    []
    """
    seen = 0

    for line in forward(text, most=60):
        if not line.text:
            continue

        seen += 1
        if seen > 12:
            return

        head = HEAD.match(line.text)
        if head and len(line.text) <= 40 and not (head["rest"] and not MARKER.match(head["rest"])):
            yield from _block(text, line, bool(head["dots"]), head["rest"])
            return

        one_line = ON_ONE_LINE.match(text, line.start)
        if one_line:
            entries = [e.strip() for e in ENTRY.split(one_line["entries"]) if e.strip()]
            if len(entries) >= 2 and max(map(len, entries)) <= LONGEST:
                yield Edit(
                    line.start, one_line.end(), "", tuple([Fact("toc", _entry(e)) for e in entries])
                )

            return


def _block(text: str, head: Line, dotted: bool, rest: str) -> Iterator[Edit]:
    """The block that a head line opens: closed by dots, or by its first entry or the title coming again."""
    entries = [_entry(rest)] if rest else []
    end = head.end
    closed = False
    by_dots = dotted and _dots_ahead(text, head.end)
    pending: list[Line] = []

    for line in forward(text, min(head.end + 1, len(text)), most=MOST * 3):
        words = line.text
        if not words:
            continue

        if DOTS.match(words):
            if entries or pending:
                end, closed = line.end, True
                entries.extend(_entry(p.text) for p in pending)

            break

        entry = _entry(words)
        again = (
            len(entry) >= 4 and entry in entries and not by_dots
        )  # an annex's own （一） may bear the same name

        if (
            again
            or len(words) > LONGEST
            or SALUTATION.match(words)
            or len(entries) + len(pending) >= MOST
        ):
            closed = again or bool(SALUTATION.match(words)) or len(words) > LONGEST
            break

        if words.endswith(("。", "；", "!", "！")):
            break

        pending.append(line)
        if MARKER.match(words):
            entries.extend(_entry(p.text) for p in pending)
            pending.clear()
            end = line.end

    if (
        len(entries) >= 2
        and closed
        and (dotted or _dotted_end(text, end) or _repeated(text, end, entries))
    ):
        yield Edit(
            head.start, min(len(text), end + 1), "", tuple([Fact("toc", e) for e in entries if e])
        )


def _dots_ahead(text: str, start: int) -> bool:
    """Whether dots close the block that dots opened, before anything that is no entry."""
    for line in forward(text, min(start + 1, len(text)), most=MOST):
        if DOTS.match(line.text):
            return True
        if (
            len(line.text) > LONGEST
            or line.text.endswith(("。", "；", "!", "！"))
            or SALUTATION.match(line.text)
        ):
            return False

    return False


def _entry(line: str) -> str:
    """An entry without what trails it: `_`, leaders, the number of a page.

    >>> _entry("一、统一思想_"), _entry("二、狠抓落实……… 12"), _entry("三、迎战2024")
    ('一、统一思想', '二、狠抓落实', '三、迎战2024')
    """
    line = line.strip().rstrip("_").rstrip()
    bare = line.rstrip("0123456789")
    number = len(line) - len(bare)

    if number > 4:
        return line

    led = bare.rstrip()
    leaders = len(led) - len(led.rstrip(LEADERS))

    if leaders >= 3:
        return _entry(led.rstrip(LEADERS))

    return led if number and len(bare) - len(led) >= 2 else line


def _dotted_end(text: str, end: int) -> bool:
    return bool(DOTS.match(text[text.rfind("\n", 0, end) + 1 : end]))


def _repeated(text: str, end: int, entries: list[str]) -> bool:
    """Whether headings of the block come again in the text below it."""
    below = text[end:].translate(FULL_WIDTH)

    return sum(e.translate(FULL_WIDTH) in below for e in entries[:12] if len(e) >= 4) * 3 >= min(
        len(entries), 12
    )
