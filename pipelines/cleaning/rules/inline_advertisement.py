"""Advertisements and stamps dropped into the document: on lines of their own, in brackets, glued to sentences.

`【更多公文素材,微信:…】` inside a paragraph, `下载后可任意编辑` at every page break, `某某网版权所有` after the last full stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit
from pipelines.text.literals import Words

_CONTACT = r"微信|公众号|VX|vx|Vx|QQ|qq|扣扣|加群|群号|小程序|淘宝|网址|官网|www\.|http|客服|电话|手机号|邮箱|公众平台|知识星球"
#: What such sites offer: writing by the piece. (Not 资料 下载 关注 更多: documents have attachments and accounts.)
_WARES = r"范文|公文|素材|文稿|讲话稿|文章|文档|课件|模板|写作|代写|代笔|定制|稿件|材料(?:下载|大全|库)|资料(?:下载|大全|库)|知识星球|文库"
_ACTION = r"获取|领取|下载|关注|添加|加群|加微信|搜索|咨询|联系|更多|欢迎|购买|扫码|回复|微信|[VvQq][XxQq]"
#: A bracket that names a contact and offers something.
BRACKET = re.compile(
    rf"[【\[((（〔](?=[^【】\[\]()（）〔〕\n]{{0,120}}(?:{_CONTACT}))(?=[^【】\[\]()（）〔〕\n]{{0,120}}(?:{_WARES}))[^【】\[\]()（）〔〕\n]{{4,160}}[】\])）〕]"
)
#: Words that a library stamps into a document wherever a page breaks.
STAMP = re.compile(
    r"""
    (?P<sure> (?:本文档?|此文档?|文档|文件|资料)?下载后?(?:即)?(?:可|可以)?(?:任意|自由)(?:编辑|修改)(?:使用|打印|修改)? (?![的、是]) )
    | (?P<account> (?:更多\S{0,8}[,，:：]?)?请?(?:关注|搜索|添加|加)(?:微信)?(?:公众号|微信号?|QQ群?|VX|小程序)\s?[:：]?\s?[“"「【]?[^”"」】，,。\n]{2,16}[”"」】]?[,，]?
        (?:即可|可)?(?:免费)?(?:获取|下载|领取|阅读|查看|索取)(?:更多|完整|全部)?(?:免费|精品|优质)?(?:的)?(?:范文|公文|素材|讲话稿|文稿|模板|公文写作|材料|写作) (?:资料|素材|材料|模板)? )
    | (?:本文档?|此文档?|文档|文件|资料|内容)?(?:下载后|下载即)(?:可|可以)?(?:任意|自由|直接|自行)?(?:编辑|修改|复制|打印|使用|套用)(?:使用|打印|修改)?
    | (?:可编辑|可修改|可打印|完整版|精品|精选|最新|优质)(?:版)?(?:的)?(?:文档|资料|范文|word版|Word版|WORD版)(?:[,，、\s]{0,2}(?:欢迎|可|免费|供|仅供)(?:下载|编辑|参考|使用|收藏)(?:使用|收藏|参考|阅读|打印)?){1,2}
    | 欢迎(?:下载|您?下载)(?:使用|收藏|阅读|本文档?)? | (?:文档|资料|内容|本文)?仅供(?:参考|学习)(?:[,，、\s]{0,2}(?:不当之处[,，]?)?请?(?:联系(?:改正|删除)|勿(?:商用|传播)|下载后?\S{0,8}删除)) | word(?:文档|版)可(?:自由)?编辑(?:修改)?
    | (?:精品|优质|最新)(?:文档|范文|资料|word)\s?(?:精品|优质|最新)?(?:文档|范文|资料)? (?=\s*(?:\n|\Z|第|$)) | (?:资料|范文|文档)(?:整理|分享)?[,，、](?:仅供|供)参考
    | 感谢(?:您的?)?(?:阅读|下载|使用|支持)[,，、]?(?:本文档?|此文档?)?(?:[,，]?(?:欢迎|谢谢)\S{0,8})?(?=\s*(?:\n|\Z))
    """,
    re.VERBOSE,
)
#: One of these stands in every stamp. (Found in 1 µs where a stamp is sought for 15.)
STAMPED = re.compile("下载|文档|资料|范文|word|Word|WORD|仅供|感谢|获取|领取|阅读|查看|索取")
RIGHTS = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9.]{2,12}(?:网|文库|网站|文档|在线|公司|平台|工作室)?\s?版权所有(?:[,，\s]{0,2}(?:翻印必究|侵权必究|违者必究|未经许可\S{0,12}))?"
)
ORIGIN = re.compile(
    r"(?:(?:本|该|此)(?:文|资料|文档|文章)|更多\S{0,8})(?:来自|来源于?|由|转自|出自|摘自|请?(?:访问|登录|关注|上|到))\s?[:：]?\s?[^\s。，,\n]{0,20}?(?:https?://|www\.)[A-Za-z0-9./_-]{4,60}(?:\s?(?:整理|收集|提供|分享|查看|下载|搜索|获取))?"
)
#: A line of its own that names a contact, the site's wares and what the reader is to do.
LINE_AD = re.compile(
    rf"(?=[^\n]{{0,120}}(?:{_CONTACT}))(?=[^\n]{{0,120}}(?:{_WARES}))(?=[^\n]{{0,120}}(?:{_ACTION}))[^\n。]{{4,120}}[。!！]?\Z"
)
#: Lines of a document that hold a contact: its own address, where its annexes lie, what it refers to.
OWN_CONTACT = re.compile(
    r"\W{0,4}(?:联系人|联系电话|联系方式|咨询电话|电话|邮箱|电子邮箱|地址|网址|附件|下载地址|报名|QQ群?号?|微信公众号|公众号|学习(?:资料|网站|平台)|参考(?:资料|文献|网址)?|来源|资料来源|注)\s?\d{0,2}\s?[:：]"
)
#: Where to look: every advertisement holds one of these.
ANCHORS = (
    *(word.replace("\\", "") for word in _CONTACT.split("|")),
    "下载",
    "编辑",
    "版权所有",
    "仅供",
    "精品",
    "优质",
    "感谢",
    "供参考",
)
ANCHOR = Words(ANCHORS)
#: Most code points between an anchor and the edges of what is looked at.
REACH = 130
SPEECH = re.compile(
    r"同志|我们|群众|干部|各级|工作|会议|单位|部门|企业|建设|发展|宣传|推广|政务|服务|开展|发布|开通|平台"
)
QUOTED = re.compile(r"[“\"「『][^”\"」』\n]{0,40}\Z")


@rule(needs=ANCHORS, budget=300, after=("preview_end", "page_tail"), seen_on=("jinchutou",))
def inline_advertisement(text: str, facts: Facts) -> Iterator[Edit]:
    """What the site or an uploader dropped into the document.

    >>> from pipelines.text.edits import apply
    >>> before = "要抓好落实。【更多公文素材,微信:gw0000】会后各单位要行动起来。"
    >>> apply(before, list(inline_advertisement.find(before, Facts())))
    '要抓好落实。会后各单位要行动起来。'
    >>> list(inline_advertisement.find("要用好微信公众号(关注量已达三万),欢迎下载政务客户端。", Facts()))
    []
    """
    found = {span for anchor in ANCHOR.finditer(text) for span in _around(text, *anchor.span())}
    done = -1

    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= done:
            yield Edit(start, end)
            done = end


def _around(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of advertisements that hold an anchor."""
    line_start, line_end = _line_around(text, start, end)
    bracket = _bracket(text, start, end, line_start, line_end)

    if bracket:
        yield bracket

    low, high = max(line_start, start - 24), min(line_end, end + 60)
    yield from _stamps(text, low, high)

    if text.startswith("版权所有", start):
        found = [m for m in RIGHTS.finditer(text, low, high) if _glued_to_an_end(text, m)]
        yield from (_line(text, *m.span()) for m in found)
    elif text.startswith(("www.", "http"), start):
        yield from (_line(text, *m.span()) for m in ORIGIN.finditer(text, line_start, line_end))

    # what advertises may be in the bracket: the line around it is the speaker's
    if not bracket and _is_line_ad(text, line_start, line_end):
        yield line_start, min(len(text), line_end + 1)


def _line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The line that holds an anchor, as far as it is looked at."""
    first = max(0, start - REACH)
    line_start = text.rfind("\n", first, start) + 1 or first
    line_end = text.find("\n", end, end + REACH)

    return line_start, min(len(text), end + REACH) if line_end < 0 else line_end


def _bracket(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """A bracket around an anchor that advertises."""
    opening = max(text.rfind(c, line_start, start) for c in "【[(（〔")
    found = BRACKET.match(text, opening, line_end) if opening >= 0 else None

    if found and found.end() >= end and not SPEECH.search(found[0]):
        return found.span()

    return None


def _stamps(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Stamps of a library that stand apart from the sentence."""
    if not STAMPED.search(text, low, high):
        return

    for m in STAMP.finditer(text, low, high):
        apart = m["sure"] or m["account"] or _apart(text, m.start(), m.end())
        if apart and not QUOTED.search(text[max(0, m.start() - 40) : m.start()]):
            yield _line(text, *_in_brackets(text, *m.span()))


def _is_line_ad(text: str, start: int, end: int) -> bool:
    """Whether a whole line offers the site's wares to its reader."""
    whole = (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n")
    line = text[start:end].strip()

    if not whole or "。" in line[:-1] or SPEECH.search(line) or OWN_CONTACT.match(line):
        return False

    return bool(LINE_AD.match(line))


def _glued_to_an_end(text: str, found: re.Match[str]) -> bool:
    """Whether a line of rights follows the end of a sentence and ends its line."""
    before, after = (
        text[found.start() - 1 : found.start()] if found.start() else "",
        text[found.end() : found.end() + 1],
    )

    return before in ("", "。", "!", "！", "\n", " ", "”") and after in ("", "\n", " ", "。")


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a stamp stands apart from the sentence: no particle or comma ties it to its neighbours."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    whole_line = before in ("", "\n", " ", "　") and after in ("", "\n", " ", "　")

    return whole_line or (
        before not in "，,、的了和与及可以们请" and after not in "，,、的了和与及。"
    )


def _in_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the brackets that hold nothing else."""
    around = text[start - 1 : start] + text[end : end + 1]

    return (start - 1, end + 1) if around in ("()", "（）", "【】", "[]", "〔〕") else (start, end)


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with its line break where it is all of its line."""
    while start > 0 and text[start - 1] in " \t　":
        start -= 1

    while end < len(text) and text[end] in " \t　":
        end += 1

    if (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n":
        end += 1

    return start, end
