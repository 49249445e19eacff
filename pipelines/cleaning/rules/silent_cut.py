"""A text that stops mid-sentence though nothing says so: the preview ended, and the page does not tell.

`……要加快建设一批` and then nothing; or `一批...`, the dots of the program that cut it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.lines import backward
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Withheld

#: Ends of a whole text: a sentence's end, or a bracket or quotation mark closing after one.
WHOLE = re.compile(
    r"[。!！?？…~～】」』\]]\s*\Z|[.．]\s*\Z|[。!！?？…][”’\"')）]{1,3}\s*\Z|[)）》]\s*\Z"
)
#: Three dots that a program set: half-width, or one `…` alone.
CUT_DOTS = re.compile(r"(?P<dots>\s*(?:\.{3,6}|(?<!…)…))\s*\Z")
#: The words before dots go on: a comma, a word that governs what comes after it.
GOES_ON = re.compile(
    r"[,，、:：]\Z|(?:的|和|与|及|在|对|为|把|将|向|从|以|于|被|使|让|更|不|要|是|到|并|或|等方|进一|加|推|一|全)\Z"
)
#: Lines that end without a stop and are whole: close, signature, date, heading, list, address.
NO_SENTENCE = re.compile(
    r"""
    (?:谢谢|谢谢大家|谢谢各位|完毕|结束|再见|散会|此致|敬礼)[!！。~]?\s*\Z
    | \d\s?[日月年号]\s*\Z | [年月]\s?[*×xX某_]{1,4}\s?日?\s*\Z
    | ^\s*(?:附件|附|注|抄送|主题词|联系|电话|邮箱|地址|落款|报告人|汇报人|发言人|述职人|签名|单位|时间|日期|备注|来源|参考文献)\s?\d{0,2}\s?[:：]
    | ^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[((（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．]|第[一二三四五六七八九十]+[章节条]|[①-⑳])[^,，。;；]{0,40}\Z
    """,
    re.VERBOSE,
)
INNER = re.compile(r"[,，。;；]")
ENDED = frozenset('。!！?？;；:：…”"）)')
#: A sentence that has begun behind another one on its line, and is no signature.
BEGUN = re.compile(
    r"[。;；](?:[^。;；]{1,40}[,，][^。;；]{1,40}|[^。;；]{6,40}(?<![局部委办会司院校府中心]))\Z"
)
#: Shortest last line that must end in a stop. (Signatures and headings stay below it.)
SENTENCE_LENGTH = 25


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
    if facts.gaps and (
        not text[facts.gaps[-1].at :].strip() or any(gap.kind == "cut_off" for gap in facts.gaps)
    ):
        return
    line = next((line for line in backward(text, most=50) if line.text), None)
    if line is None:
        return
    end = line.start + len(text[line.start : line.end].rstrip())
    gap = (Withheld(None, "cut_off", ""),)
    dots = CUT_DOTS.search(text, max(line.start, end - 12), end)
    if dots:
        before = text[line.start : dots.start()]
        if (
            before
            and not re.search(r"[。!！?？”\"]\Z", before)
            and (dots["dots"].strip()[0] == "." or GOES_ON.search(before))
        ):
            yield Edit(dots.start(), len(text), "", gap)
        return
    words = line.text
    if WHOLE.search(words) or NO_SENTENCE.search(words):
        return
    if re.search(r"[,，、]\Z", words) or (
        (len(words) >= SENTENCE_LENGTH or BEGUN.search(words[-90:]))
        and INNER.search(words)
        and _stops(text, line.start)
    ):
        yield Edit(len(text), len(text), "", gap)


def _stops(text: str, at: int) -> bool:
    """Whether the long lines before an offset end in a stop, so that a last line without one is broken off."""
    long = (
        [line.text for line in backward(text, at - 1, most=40) if len(line.text) >= SENTENCE_LENGTH]
        if at
        else []
    )
    return sum([words[-1] in ENDED for words in long]) * 2 >= len(long)
