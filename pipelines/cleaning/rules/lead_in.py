"""What an editor of the site wrote before the document: lead-ins, and summaries that repeat its first paragraph.

`下面是小编为大家整理的工作讲话,供大家参考。` · `导语:工作讲话一文来源于网友上传,不代表本站观点…` · `内容摘要:同志们:今天我们…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.furniture import is_disclaimer
from pipelines.cleaning.lines import Line, forward
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit

EDITOR = re.compile(
    r"""
      小编 | 本站(?:为|给)?(?:大家|您|你)?    # each opens with a literal: found 8 times as fast
    | 为(?:大家|您|你|各位)(?:整理|收集|搜集|准备|带来|分享|推荐|提供|精心) | 给(?:大家|您|你|各位)(?:整理|收集|搜集|准备|带来|分享|推荐|提供|精心)
    | 欢迎(?:大家|您|您的|各位|参考)?(?:参考|阅读|借鉴|下载|查阅|浏览|学习) | 供(?:大家|您|您的|各位|参考)?(?:参考|阅读|借鉴|下载|查阅|浏览|学习)
    | 希望(?:能)?(?:对|给)(?:大家|您|你)(?:有|能|带)?.{0,4}帮助 | 快来看看吧 | 一起来?看看吧 | 范文(?:网|大全|精选|参考) | 网友(?:上传|投稿|分享)
    """,
    re.VERBOSE,
)
SUMMARY = re.compile(
    r"^\s*[【\[]?(?:内容)?(?:摘要|提要|导读|推荐阅读|阅读提示|简介|概要|导语|前言|文章导读|文章摘要|本文摘要|内容导读|核心提示|文档简介)[】\]]?\s?[:：]?\s*(?P<words>.*)$"
)
#: One of these stands in every such line.
WORDS = (
    *"小编 本站 欢迎 希望对 希望给 希望能对 希望能给 快来看看 一起看看 一起来看 范文 网友".split(),
    *"摘要 提要 导读 推荐阅读 阅读提示 简介 概要 导语 前言 核心提示".split(),
    *(f"供{w}" for w in "大家 您 各位 参考 阅读 借鉴 下载 查阅 浏览 学习".split()),
    *(
        f"{v}{w}{x}"
        for v in "为给"
        for w in "大家 您 你 各位".split()
        for x in "整理 收集 搜集 准备 带来 分享 推荐 提供 精心".split()
    ),
)
_BLANK = re.compile(r"[\W_]+")
#: So many characters of a summary must come again in the text.
REPEATED = 16
#: Lines from the top that are looked at, lines with words among them, and characters of an editor's line.
LINES, WORDED, LONGEST = 40, 9, 400
#: Where an editor's sentence ends.
SENTENCE_END = re.compile(r"[。！!？?~～]{1,3}[”」）)]?\s{0,4}")
#: What may stand before the speech's first words.
BEFORE_GREETING = frozenset("。！!？?；;：:…~～”」）)】》 \u3000\t")
#: The speech has begun.
GREETING = re.compile(
    r"(?:尊敬的|敬爱的|亲爱的|各位|同志们|同学们|老师们|朋友们|女士们|大家好|乡亲们)[^。！？\n]{0,40}[：:，,！!]"
)


@rule(needs=WORDS, budget=1500, after=("page_head",), seen_on=("sanweiyuan", "gwyzj"))
def lead_in(text: str, facts: Facts) -> Iterator[Edit]:
    """An editor's lines above the text, or the editor's sentences where the text begins behind them on the line.

    >>> text = "下面是小编为大家整理的工作讲话,供大家参考。同志们:今天开会,把工作讲清楚。"
    >>> [text[e.end :] for e in lead_in.find(text, Facts())]
    ['同志们:今天开会,把工作讲清楚。']
    >>> list(lead_in.find("请各单位认真学习借鉴,供决策参考。\\n同志们:今天开会。", Facts()))
    []
    """
    done = 0
    worded = [line for line in forward(text, most=LINES) if line.text][:WORDED]

    for line in worded:
        end = _end(text, line)
        if end:
            start = max(done, line.start)
            yield Edit(start, end)
            done = end

        if end and end <= line.end:
            return  # the text has begun on this line


def _end(text: str, line: Line) -> int:
    """Where what an editor wrote on a line ends, 0 where he wrote nothing."""
    if GREETING.match(line.text):
        return 0  # the speaker's own welcome

    whole_line = min(len(text), line.end + 1)
    summary = SUMMARY.match(line.text)

    if summary:
        words = _BLANK.sub("", summary["words"])
        if not words:
            return _repeated_below(text, whole_line)
        if _again(text, line.end, words) or is_disclaimer(line.text):
            return whole_line
        if EDITOR.search(words):
            return _sentences(text, line) or whole_line

    signs = {m[0][:2] for m in EDITOR.finditer(line.text[:LONGEST])}
    if len(signs) < 2:
        return 0

    within = _sentences(text, line)
    if within:
        return within

    return whole_line if len(line.text) <= LONGEST else 0


def _sentences(text: str, line: Line) -> int:
    """Where the editor's sentences end on a line that goes on with text, 0 where it does not."""
    start = text.index(line.text, line.start)
    greeting = GREETING.search(text, start, line.end)
    end = 0
    at = start

    for stop in SENTENCE_END.finditer(text, start, line.end):
        editors = EDITOR.search(text, at, stop.end()) or is_disclaimer(text[at : stop.end()])
        if not editors or (greeting and greeting.start() < stop.start() and end):
            break

        at = end = stop.end()

    begins = greeting is not None and text[greeting.start() - 1] in BEFORE_GREETING
    if greeting and begins and start < greeting.start() and (not end or greeting.start() <= end):
        end = greeting.start()

    return end if end < line.end and text[end : line.end].strip() else 0


def _repeated_below(text: str, start: int) -> int:
    """The end of a paragraph below a summary's head that comes again further down, 0 where there is none."""
    after = next((x for x in forward(text, start, most=6) if x.text), None)

    if after and _again(text, after.end, _BLANK.sub("", after.text)):
        return min(len(text), after.end + 1)

    return 0


def _again(text: str, start: int, words: str) -> bool:
    """Whether the words come again in the next paragraphs, blanks and breaks aside."""
    if len(words) < REPEATED:
        return False

    below = _BLANK.sub("", text[start : start + 4000])
    return words[: max(REPEATED, min(len(words) - 6, 80))] in below
