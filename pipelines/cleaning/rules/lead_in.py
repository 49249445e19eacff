"""What an editor of the site wrote before the document: lead-ins, and summaries that repeat its first paragraph.

`下面是小编为大家整理的工作讲话,供大家参考。` · `导语:工作讲话一文来源于网友上传,不代表本站观点…` · `内容摘要:同志们:今天我们…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.furniture import is_disclaimer
from pipelines.cleaning.lines import forward
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
    r"^\s*[【\[]?(?:内容)?(?:摘要|提要|导读|简介|概要|导语|前言|文章导读|文章摘要|本文摘要|内容导读|核心提示|文档简介)[】\]]?\s?[:：]?\s*(?P<words>.*)$"
)
#: One of these stands in every such line.
WORDS = (
    *"小编 本站 欢迎 希望对 希望给 希望能对 希望能给 快来看看 一起看看 一起来看 范文 网友".split(),
    *"摘要 提要 导读 简介 概要 导语 前言 核心提示".split(),
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


@rule(needs=WORDS, budget=1500, after=("page_head",), seen_on=("sanweiyuan", "gwyzj"))
def lead_in(text: str, facts: Facts) -> Iterator[Edit]:
    """An editor's lines above the text.

    >>> text = "下面是小编为大家整理的工作讲话,供大家参考。\\n同志们:今天开会。"
    >>> [text[e.end :] for e in lead_in.find(text, Facts())]
    ['同志们:今天开会。']
    >>> list(lead_in.find("请各单位认真学习借鉴,供决策参考。\\n同志们:今天开会。", Facts()))
    []
    """
    done = 0
    for seen, line in enumerate(x for x in forward(text, most=40) if x.text):
        if seen > 8:
            return
        summary = SUMMARY.match(line.text)
        words = _BLANK.sub("", summary["words"]) if summary else ""
        end = min(len(text), line.end + 1)
        if summary and not words:
            after = next((x for x in forward(text, end, most=6) if x.text), None)
            if after and _again(text, after.end, _BLANK.sub("", after.text)):
                yield Edit(max(done, line.start), min(len(text), after.end + 1))
                return
        elif (
            summary
            and (_again(text, line.end, words) or is_disclaimer(line.text) or EDITOR.search(words))
        ) or (len(line.text) <= 400 and len({m[0][:2] for m in EDITOR.finditer(line.text)}) >= 2):
            yield Edit(max(done, line.start), end)
            done = end


def _again(text: str, start: int, words: str) -> bool:
    """Whether the words come again in the next paragraphs, blanks and breaks aside."""
    if len(words) < REPEATED:
        return False
    below = _BLANK.sub("", text[start : start + 4000])
    return words[: max(REPEATED, min(len(words) - 6, 80))] in below
