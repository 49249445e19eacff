"""A text that stops mid-sentence though nothing says so: the preview ended, and the page does not tell.

`……要加快建设一批` and then nothing; `一批...` or `更要..`, the dots of the program that cut it; a section's heading with
nothing below it. Whole texts end in a date, a signature, a list, a caption or a line that introduces one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.lines import Line, backward
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.chinese import DATE, ends_sentence, heading_marker
from pipelines.text.edits import Edit, Withheld

#: Ends of a whole text: a sentence's end, or a bracket or quotation mark closing after one.
WHOLE = re.compile(r"[。!！?？…~～】」』\]：:]\Z|[.．]\Z|[。!！?？…][”’\"')）]{1,3}\Z|[)）》”’]\Z")
#: Dots that a program set: two half-width ones or more, or one `…` alone.
CUT_DOTS = re.compile(r"(?:(?<![.．])\.{2,6}|(?<!…)…)\Z")
#: The words before a lone `…` go on: a comma, a word that governs what comes after it.
GOES_ON = re.compile(
    r"[,，、:：]\Z|(?:的|和|与|及|在|对|为|把|将|向|从|以|于|被|使|让|更|不|要|是|到|并|或|等方|进一|加|推|一|全)\Z"
)
#: Lines that end without a stop and are whole: close, signature, heading, address, caption, whom a word is of.
NO_SENTENCE = re.compile(
    r"""
    (?:谢谢|谢谢大家|谢谢各位|完毕|结束|再见|散会|此致|敬礼|万岁|摄|供图)[!！。~]?\Z
    | \d\s?[日月年号]\Z | [年月]\s?[*×xX某_]{1,4}\s?日?\Z | [—－-]{1,2}\s?[^,，。;；]{1,30}\Z
    | ^\s*(?:附件|附|注|抄送|主题词|联系|电话|邮箱|地址|落款|报告人|汇报人|发言人|述职人|签名|单位|时间|日期|备注|来源|参考文献|记者|作者|编辑|责任编辑|图为|图片)\s?\d{0,2}\s?[:：]
    | ^\s*(?:[—－-]{2}|图为|图片|资料图)|(?:记者|通讯员|作者|编辑)\s?[\u4e00-\u9fff]{2,4}(?:[\s、]+[\u4e00-\u9fff]{2,4}){0,4}\Z
    """,
    re.VERBOSE,
)
#: Who wrote or edited a text: below one, it says that the text is over.
BY_LINE = re.compile(
    r"^\s*[(（【]?\s?(?:作者|编辑|责任编辑|责编|记者|来源|文字)\s?[:：/][^。]{1,40}\Z"
)
STOP = re.compile(r"[。;；!！?？]")
INNER = re.compile(r"[,，。;；]")
ENDED = frozenset('。!！?？;；:：…”"）)')
#: A sentence that has begun behind another one on its line, and is no signature.
BEGUN = re.compile(
    r"[。;；](?:[^。;；]{1,40}[,，][^。;；]{1,40}|[^。;；]{6,40}(?<![局部委办会司院校府中心]))\Z"
)
#: Shortest last line that must end in a stop. (Signatures and headings stay below it.)
SENTENCE_LENGTH = 25
#: Markers of sections; lines with others are points of a list more often than not.
SECTION_MARKERS = ("cn", "pcn")
#: Lines from the end that are looked at.
LINES = 50
_GAP = (Withheld(None, "cut_off", ""),)


@rule(budget=12, after=("preview_end", "page_limit", "page_tail"))
def silent_cut(text: str, facts: Facts) -> Iterator[Edit]:
    """A text that breaks off leaves a gap of unknown length at its end, with an empty notice.

    >>> [e.leaves for e in silent_cut.find("今年以来,我们坚持项目为王,全力推进园区建设,新开工一批", Facts())]
    [(Withheld(chars=None, kind='cut_off', notice=''),)]
    >>> list(silent_cut.find("会议到此结束,请大家带着问题回去认真抓好落实。谢谢大家", Facts()))
    []
    >>> list(silent_cut.find("让我们一起努力,把家乡建设得更好……", Facts()))
    []
    """
    if _end_is_told(text, facts):
        return

    line = next((x for x in backward(text, most=LINES) if x.text and not _is_latin(x.text)), None)
    if line is None:
        return

    dots = CUT_DOTS.search(line.text)
    if dots:
        if _program_cut(line.text[: dots.start()].rstrip(), dots[0]):
            end = line.start + len(text[line.start : line.end].rstrip())
            yield Edit(_before_blanks(text, end - len(dots[0])), len(text), "", _GAP)

        return

    if _is_below_by_line(text, line):
        return

    if _breaks_off(text, line) or _is_bare_heading(text, line):
        yield Edit(len(text), len(text), "", _GAP)


def _end_is_told(text: str, facts: Facts) -> bool:
    """Whether a gap tells already that the end is missing."""
    if not facts.gaps:
        return False

    nothing_behind = not text[facts.gaps[-1].at :].strip()
    return nothing_behind or any(gap.kind == "cut_off" for gap in facts.gaps)


def _is_latin(line: str) -> bool:
    """Whether a line is Latin text, as an abstract below a Chinese one."""
    letters = sum(c.isascii() and c.isalpha() for c in line)

    return letters > 20 and letters * 2 > len(line)


def _program_cut(before: str, dots: str) -> bool:
    """Whether dots behind some words were set by a program."""
    if not before or before[-1] in '。!！?？”"':
        return False

    return dots[0] == "." or bool(GOES_ON.search(before))


def _before_blanks(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isspace():
        at -= 1

    return at


def _breaks_off(text: str, line: Line) -> bool:
    """Whether the last line is a sentence that has no end."""
    words = line.text

    if WHOLE.search(words) or NO_SENTENCE.search(words) or _ends_in_date(words):
        return False
    if words.endswith((",", "，", "、")):
        return True

    begun = bool(BEGUN.search(words[-90:]))
    if not heading_marker(words) or STOP.search(words):  # a heading may be long and lack a stop
        begun = begun or (len(words) >= SENTENCE_LENGTH and bool(INNER.search(words)))

    return begun and _stops(text, line.start)


def _is_below_by_line(text: str, line: Line) -> bool:
    """Whether a line stands below the by-line that closed a text: it is the page's, and no sentence of the text."""
    if not line.start:
        return False

    above = [other.text for other in backward(text, line.start - 1, most=LINES) if other.text]
    if len(above) < 2 or not BY_LINE.search(above[0]):
        return False

    return len(above[1]) < SENTENCE_LENGTH or above[1][-1] in ENDED


def _ends_in_date(words: str) -> bool:
    end = words[-40:]
    ends = [found.end() for found in DATE.finditer(end)]

    return bool(ends) and not end[ends[-1] :].strip(" 日号)）.。")


def _is_bare_heading(text: str, line: Line) -> bool:
    """Whether the text ends in the heading of a section that has nothing below it, though others have or it is the
    first of several that were announced."""
    kind = heading_marker(line.text)

    if kind not in SECTION_MARKERS or ends_sentence(line.text) or len(line.text) > 60:
        return False
    if _ends_in_date(line.text) or NO_SENTENCE.search(line.text):
        return False

    above = (
        [x.text for x in backward(text, line.start - 1, most=400) if x.text] if line.start else []
    )
    if not above or above[0].endswith(("：", ":")) or heading_marker(above[0]) == kind:
        return False  # a list, or what a line introduces

    siblings = [k for k, said in enumerate(above) if heading_marker(said) == kind]
    if not siblings:
        return line.text.lstrip("（(").startswith("一") and above[0][-1] in ENDED

    bare = sum(k + 1 < len(above) and heading_marker(above[k - 1]) == kind for k in siblings if k)
    return bare == 0


def _stops(text: str, at: int) -> bool:
    """Whether the long lines before an offset end in a stop, so that a last line without one is broken off."""
    if not at:
        return True

    lines = backward(text, at - 1, most=40)
    long = [line.text for line in lines if len(line.text) >= SENTENCE_LENGTH]

    return sum(words[-1] in ENDED for words in long) * 2 >= len(long)
