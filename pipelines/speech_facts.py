"""What a speech says of itself: its genre, the occasion, who speaks, when and where, the rank of the body.

    stated_facts("在全县森林防火动员会上的讲话", "（2024年3月5日）\\n同志们：…")
    # genre 讲话, occasion 全县森林防火动员会, delivered 2024-03-05, level 县

A fact is taken only where title or text state it, with the span of the words; what is not stated stays `None`. The
title is asked first: on real pages it names genre and occasion in nearly every speech. The text is asked for what
stands beside the title (`（2024年3月5日）`) or under the text (the date of a signature).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.record_parts import SpeechFacts, StatedFact
from pipelines.text.chinese import date

# --- genre --------------------------------------------------------------------------------------------------------

#: Genre -> the words at the end of a title that stand for it.
GENRES: dict[str, tuple[str, ...]] = {
    "讲话": ("讲话", "讲话稿", "讲话提纲", "讲话要点", "重要讲话", "总结讲话", "动员讲话", "讲话材料"),
    "发言": ("发言", "发言稿", "发言材料", "发言提纲", "表态发言", "交流发言", "表态", "交流材料"),
    "汇报": ("汇报", "汇报材料", "汇报稿", "情况汇报", "工作汇报", "汇报提纲", "思想汇报"),
    "总结": ("总结", "工作总结", "总结材料", "小结", "工作回顾"),
    "主持词": ("主持词", "主持稿", "主持讲话", "主持辞", "主持讲话稿", "串词", "主持提纲"),
    "致辞": ("致辞", "致词", "欢迎辞", "欢迎词", "贺词", "贺信", "祝词", "祝酒词", "答谢词", "答谢辞", "献词", "开幕词", "开幕辞", "闭幕词", "闭幕辞", "悼词"),
    "演讲": ("演讲", "演讲稿", "演讲词", "主旨演讲"),
    "党课": ("党课", "党课讲稿", "党课稿", "党课材料", "专题党课"),
    "报告": ("报告", "工作报告", "调研报告", "调查报告", "述职报告", "述廉报告", "述职述廉报告", "情况报告", "自查报告", "考察报告", "总结报告", "分析报告", "述职述责述廉报告"),
    "方案": ("方案", "实施方案", "工作方案", "活动方案", "策划方案", "应急预案", "预案"),
    "通知": ("通知", "通告"),
    "通报": ("通报",),
    "公告": ("公告",),
    "意见": ("意见", "实施意见", "指导意见", "若干意见"),
    "计划": ("计划", "工作计划", "学习计划"),
    "规划": ("规划", "规划纲要"),
    "要点": ("工作要点", "要点"),
    "安排": ("工作安排", "安排"),
    "心得": ("心得", "心得体会", "学习心得", "学习体会", "体会", "感悟", "研讨材料", "学习研讨材料"),
    "对照检查": ("对照检查材料", "对照检查", "检视剖析材料", "剖析材料", "检查材料", "自我剖析材料"),
    "倡议书": ("倡议书", "倡议"),
    "纪要": ("纪要", "会议纪要"),
    "决定": ("决定",),
    "决议": ("决议",),
    "函": ("函", "复函"),
    "批复": ("批复",),
    "请示": ("请示",),
    "答复": ("答复",),
    "制度": ("制度", "管理制度"),
    "办法": ("办法", "管理办法", "实施办法"),
    "规定": ("规定", "若干规定"),
    "条例": ("条例",),
    "细则": ("细则", "实施细则"),
    "规则": ("规则", "议事规则"),
    "简报": ("简报",),
    "信息": ("工作信息",),
    "承诺书": ("承诺书", "责任书", "目标责任书"),
    "申请": ("申请书", "入党申请书"),
    "感谢信": ("感谢信", "慰问信", "公开信"),
}  # fmt: skip

_GENRE_OF = {word: genre for genre, words in GENRES.items() for word in words}
_GENRE_WORDS = sorted(_GENRE_OF, key=len, reverse=True)

#: Genres that are spoken at an occasion.
SPOKEN = frozenset(
    ("讲话", "发言", "主持词", "致辞", "演讲", "党课", "汇报", "报告", "总结", "对照检查")
)
#: Genres of law: a date in their title is that of a version.
LAW = frozenset(("条例", "办法", "规定", "细则", "规则", "制度"))

#: What may stand behind the genre at the end of a title.
_TITLE_TAIL = re.compile(
    r"""
    (?: [ \t\u3000]
      | [（(【\[] [^（）()【】\[\]\n]{0,24} [）)】\]]
      | 范文 | 模板 | 全文 | 摘要 | 节选 | 摘编 | 提纲 | 初稿 | 定稿 | 合集 | 汇编 | 大全
      | 之[一二三四五六七八九十]{1,2}
      | [（(]? [一二三四五六七八九十\d]{1,3} 篇 [）)]?
      | \d{1,4} | [_\-—.·、]
    ){1,6} $
    """,
    re.VERBOSE,
)

#: Parts a title from a motto behind it.
_MOTTO = re.compile(r"——|--|[：:]")

# --- occasion -----------------------------------------------------------------------------------------------------

#: Ends the name of an occasion where 上 stands behind it.
_OCCASION = r"(?:会|会议|论坛|仪式|典礼|式|活动|班|节|沙龙|比赛|大赛|竞赛|宴|酒会|现场|课堂|讲堂)"
#: Ends it where the genre follows at once: only kinds of meetings, as 红十字会工作总结 names a body.
_MEETING = (
    r"(?:会议|大会|论坛|仪式|典礼|开幕式|闭幕式|启动式|揭牌式|签约式|开学式|结业式|培训班|研讨班|读书班|运动会|晚会|年会|例会|茶话会|团拜会"
    r"|(?:动员|推进|座谈|部署|启动|表彰|总结|调度|现场|交流|工作|专题|汇报|约谈|培训|誓师|述职|民主生活|组织生活|恳谈|报告|研讨|见面|欢迎|欢送"
    r"|联谊|代表|党员|发布|推介|招商|听证|协调|碰头|视频|电视电话|颁奖|分析|评议|测评|点评|答辩|宣讲|家长|班|通气|反馈|警示教育|学习|联席)会)"
)
_AT_OCCASION = re.compile(
    rf"""
    (?: (?P<speaker> [^在《》（）()。\n]{{1,40}} )? )
    在 (?P<occasion> [^《》。\n]{{1,80}} {_OCCASION} )
    (?: [（(] [^（）()]{{0,20}} [）)] )?
    (?: 开幕时 | 闭幕时 | 期间 )? [上中]? (?: 所?作?的 )? (?: 重要|总结|动员|点评|表态|即席|主旨|典型|交流 )? $
    """,
    re.VERBOSE,
)
_OCCASION_FIRST = re.compile(
    rf"^(?P<occasion>[^《》。，,：:\n]{{0,80}}?(?:{_OCCASION}(?=上)|{_MEETING}))上?的?(?:重要|总结|动员|点评)?$"
)
#: Parts a motto from who speaks: `凝心聚力谱新篇——县长在…`.
_BREAK = re.compile(r"[—\-–：:，, 　]+")
_NO_SPEAKER = re.compile(r"关于|\d|^[我现存正实所]$")
_NO_OCCASION = re.compile(
    r"^(?:关于|学习|贯彻|落实|传达|[一二三四五六七八九十]、)|精神|[^大]学习.{0,30}讲话"
)

#: The occasion as a speech names it in its opening.
_OPENING = re.compile(
    rf"(?:今天|今晚|现在|这次|今日)[^。！？\n]{{0,24}}?(?:召开|举行|举办|组织召开)(?:的|了)?(?:这次|这个|一次)?(?P<occasion>[^。，,；;！？\n]{{3,50}}?{_MEETING})"
    rf"(?=[，,。；;！]|的|主要|是|，)"
)
#: How far into a text its opening reaches, in code points.
OPENING = 400

# --- time, place, rank --------------------------------------------------------------------------------------------

_DAY = (
    r"(?:(?:19|20)\d\d|[二一][〇○零一二三四五六七八九]{3})\s?年\s?(?:[\d一二三四五六七八九十]{1,3})\s?月"
    r"(?:\s?[\d一二三四五六七八九十廿卅]{1,3}\s?[日号])?|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
)
#: A line that is a date, perhaps in brackets and with a place: `（2024年3月5日 于县会议中心）`.
_DATE_LINE = re.compile(
    rf"^[ \t\u3000]*[（(【\[]?[ \t\u3000]*(?:时间[:：]\s?)?(?P<date>{_DAY})(?P<rest>[^。；;\n]{{0,24}}?)[）)】\]]?[ \t\u3000]*$"
)
_REST = re.compile(
    r"^(?:[ \t\u3000，,·]*(?:上午|下午|晚|晚上)?[ \t\u3000，,·]*(?:[于在]?(?P<place>[\u4e00-\u9fff]{2,20}))?)?[ \t\u3000]*$"
)
_DATE_IN_TITLE = re.compile(rf"[（(【\[]\s?(?P<date>{_DAY})\s?[^（）()]{{0,16}}[）)】\]]")
#: Lines at the top and at the end of a text in which its date may stand.
TOP_LINES, END_LINES = 5, 3

_PLACE = re.compile(
    r"(?:今天|今晚|这次)?[^。！？\n]{0,30}?在(?P<place>[\u4e00-\u9fff]{1,16}?(?:市|县|镇|乡|村|区|会堂|礼堂|会议室|会议中心|党校|宾馆|广场|体育馆|学校|剧院))"
    r"(?:隆重|胜利|顺利)?(?:召开|举行|举办|集会|欢聚)"
)

#: Rank -> the words of a title that state it; the first rank that is stated wins.
LEVELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("国家", re.compile(r"全国(?!文明|重点|百强|先进)|国务院|中共中央|党中央|中央政治局|国家级")),
    ("省", re.compile(r"全省|全自治区|省委|省政府|省人大|省政协|省直|省级|自治区党委")),
    ("市", re.compile(r"全市|市委|市政府|市人大|市政协|市直|市级|州委|全州|地委")),
    ("县", re.compile(r"全县|全区|全旗|县委|县政府|县人大|县政协|县直|县级|区委|区政府|旗委|区县")),
    ("乡", re.compile(r"全镇|全乡|全街道|镇党委|乡党委|镇政府|乡政府|街道党工委|乡镇|全村|村委|村党支部")),
    ("单位", re.compile(r"全校|全院|全公司|全局|全厂|全矿|全系统|全行|集团公司|集团|公司|学校|医院|(?<!科)学院|中学|小学|大学|我局|我校|我院|机关党委")),
)  # fmt: skip


class _Title(NamedTuple):
    """A title with its genre cut off: `core` ends where the genre's words begin."""

    core: str
    genre: StatedFact | None


def stated_facts(title: str, text: str) -> SpeechFacts:
    """The facts of a cleaned speech. Spans are code points of `title` or `text`."""
    read = _genre(title)
    spoken = read.genre is not None and read.genre.value in SPOKEN
    occasion, speaker = _occasion(read.core) if spoken else (None, None)

    if occasion is None and (spoken or read.genre is None):
        occasion = _occasion_in_text(text)

    delivered, place = _delivered(title, text, read.genre)
    return SpeechFacts(
        genre=read.genre,
        occasion=occasion,
        speaker=speaker,
        delivered=delivered,
        place=place or _place(text),
        level=_level(title),
    )


def _genre(title: str) -> _Title:
    """The genre at the end of the title, or of what stands before a motto behind it."""
    tail = _TITLE_TAIL.search(title)
    ends = [len(title)] + ([tail.start()] if tail else [])
    ends += [m.start() for m in _MOTTO.finditer(title)]

    for end in ends:
        named = title[:end].rstrip()
        word = next((w for w in _GENRE_WORDS if named.endswith(w)), None)

        if word is None:
            continue

        start = len(named) - len(word)
        return _Title(title[:start], StatedFact(_GENRE_OF[word], "title", start, len(named)))

    return _Title(title, None)


def _occasion(core: str) -> tuple[StatedFact | None, StatedFact | None]:
    """Occasion and speaker, as the title states them before its genre."""
    if found := _AT_OCCASION.search(core):
        start, end = found.span("occasion")
        occasion = StatedFact(core[start:end], "title", start, end)

        return occasion, _speaker(core, found)

    found = _OCCASION_FIRST.search(core)
    if found is None or _NO_OCCASION.search(core):
        return None, None

    start, end = found.span("occasion")
    return StatedFact(core[start:end], "title", start, end), None


def _speaker(core: str, found: re.Match[str]) -> StatedFact | None:
    said = (found["speaker"] or "").rstrip("：: ")
    named = _BREAK.split(said)[-1]

    if not named or _NO_SPEAKER.search(named):
        return None

    start = found.start("speaker") + len(said) - len(named)
    return StatedFact(named, "title", start, start + len(named))


def _occasion_in_text(text: str) -> StatedFact | None:
    found = _OPENING.search(text[:OPENING])
    if found is None:
        return None

    start, end = found.span("occasion")
    return StatedFact(text[start:end], "text", start, end)


def _delivered(
    title: str, text: str, genre: StatedFact | None
) -> tuple[StatedFact | None, StatedFact | None]:
    """The date, and the place that stands beside it; the top of the text comes before the title and the end."""
    if genre is not None and genre.value in LAW:
        return None, None
    if found := _dated_line(text, _top(text)):
        return found

    if in_title := _DATE_IN_TITLE.search(title):
        start, end = in_title.span("date")
        if when := date(title[start:end]):
            return StatedFact(when, "title", start, end), None

    if found := _dated_line(text, reversed(_bottom(text))):
        return found

    return None, None


def _top(text: str) -> list[tuple[int, int]]:
    """The spans of the first lines; they end where the speech begins."""
    spans: list[tuple[int, int]] = []
    start = 0

    for _ in range(TOP_LINES):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end

        if end - start > 60:
            break

        spans.append((start, end))
        start = end + 1

        if start > len(text):
            break

    return spans


def _bottom(text: str) -> list[tuple[int, int]]:
    """The spans of the last lines, in reading order."""
    spans: list[tuple[int, int]] = []
    end = len(text.rstrip("\n"))

    for _ in range(END_LINES):
        start = text.rfind("\n", 0, max(end, 0)) + 1
        spans.append((start, end))
        end = start - 1

        if end < 0:
            break

    return spans[::-1]


def _dated_line(
    text: str, spans: Iterable[tuple[int, int]]
) -> tuple[StatedFact, StatedFact | None] | None:
    """The first of some lines that is a date, with the place beside it."""
    for start, end in spans:
        found = _DATE_LINE.match(text[start:end])
        if found is None:
            continue

        when = date(found["date"])
        rest = _REST.match(found["rest"])

        if when is None or rest is None:
            continue

        first, last = found.span("date")
        delivered = StatedFact(when, "text", start + first, start + last)

        if not rest["place"]:
            return delivered, None

        at = start + found.start("rest")
        place_start, place_end = at + rest.start("place"), at + rest.end("place")

        return delivered, StatedFact(rest["place"], "text", place_start, place_end)

    return None


def _place(text: str) -> StatedFact | None:
    found = _PLACE.search(text[:OPENING])
    if found is None:
        return None

    start, end = found.span("place")
    return StatedFact(found["place"], "text", start, end)


def _level(title: str) -> StatedFact | None:
    for level, pattern in LEVELS:
        if found := pattern.search(title):
            return StatedFact(level, "title", found.start(), found.end())

    return None
