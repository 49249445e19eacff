"""Where titles end that nothing ends: lists of siblings in a text that lost its breaks.

`二、主要任务联席会议由…`: titles end in 任务 要求 机制 …, sentences begin with 以 为 各地 近年来 … or take up the title's own
subject again, and titles of one list are built alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_high
from typing import NamedTuple

#: The longest title that is cut from a sentence (code points).
LONGEST_CUT = 44
#: So much of a document (code points) says enough of its words.
_SAMPLE = 30_000
#: A place where so much speaks for a title's end is sure enough to say how long the titles of the list are.
_SURE_SCORE = 3

_STANDARD = re.compile(
    r"""
    (?: 总体(?:要求|思路|目标|部署|安排|情况) | 指导思想 | (?:基本|工作|主要|总体)原则 | (?:基本|主要|工作|总体|发展|年度|活动)目标 | 目标任务
      | (?:主要|重点|工作|目标|具体)任务 | (?:重点|主要)工作 | 工作重点 | (?:工作|主要|保障|具体|政策|推进|防控|处罚)措施
      | (?:组织|实施|服务|政策|要素|资金)保障 | 组织(?:领导|实施|机构|形式) | (?:实施|工作|方法|活动|推进)步骤 | (?:有关|工作|几点|相关|活动|具体)要求
      | 基本情况 | 主要(?:做法|职能|职责|内容|问题|成效|特点|经验) | (?:成员|参加|责任)单位 | 工作(?:规则|机制|职责|安排|成效|内容|情况|方案|思路|打算|背景|流程|制度)
      | 存在的?(?:主要)?(?:问题|困难|不足)(?:和(?:不足|原因))? | (?:下一?步|今后)(?:的)?(?:工作)?(?:打算|安排|计划|思路|措施|重点)? | 意见(?:和|与)?建议 | 建议意见
      | (?:活动|会议|培训|时间|参加|参会)(?:主题|时间|地点|对象|人员|内容|议程|范围|安排) | 适用范围 | 实施(?:范围|时间|方案)
      | 总则 | 附则 | 罚则 | 通则 | (?:一般|其他|特别|附加)规定 | 法律责任 | 监督(?:管理|检查|保障) | 保障措施 | 法律适用 | 其他(?:事项|问题|规定)
    )
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(
    r"""
    (?: 要求|思想|原则|目标|任务|内容|步骤|领导|措施|问题|意见|建议|情况|机制|体系|制度|保障|水平|质量|建设|发展|管理|处置|分配|安置|确定|判定|工作|作用
      | 环境|格局|政策|实施|服务|成效|成果|责任|职责|职能|规则|单位|力度|能力|效应|效能|优势|基础|意识|认识|信心|决心|合力|氛围|局面|台阶|转变|转型|升级
      | 改革|创新|融合|合作|监督|监管|考核|落实|安全|稳定|民生|环节|领域|项目|平台|队伍|人才|产业|企业|经济|文化|生态|作风|纪律|腐败|治理|方法|形势|意义
      | 重点|关键|短板|效率|规范|范围|权利|义务|条件|程序|期限|标准|办法|规定|关系|解除|终止|变更|转让|申请|审查|决定|执行|费用|保护|利用|规划|分析|渠道
      | 成本|业务|通行权|权|人|案|法|图|表|化|率|感|度|式|性|力 )
    $ """,
    re.VERBOSE,
)
#: How sentences begin, from the sure to the likely.
_SURE = re.compile(
    r"""
    以(?:习近平|邓小平|“|《|党|全面|更|高质量) | 为(?:贯彻|深入|进一步|全面|切实|加强|促进|推动|了|确保|把握) | 根据|按照|依照|针对|围绕|鉴于|依托
  | 近年来|近期|[上下]半年|[一二三四前][一二三]?季度|面对|回顾(?:过去|[一上全])|总的看|与.{2,8}相?比|当前|目前|今年|去年|明年|今后|同志们|一年来|多年来|过去|截至|截止|期间|自[0-9０-９从] | (?:19|20)[0-9]{2}年 | 到20
  | 各(?:地|级|部门|单位|有关|成员|县|乡|镇|市|区|街道|学校|企业|党) | 全(?:市|县|省|区|国|镇|乡|校|局)(?:各|上下|共|要|已) | [我本][市县省国局委院镇乡区校]
  | 我们|大家|这次|此次|本次|本(?:法|条例|规定|办法|通知|方案|意见) | 坚持(?:以|党|把|问题) | 高举|深入学习|认真学习|全面贯彻|深入贯彻|贯彻落实|牢固树立|第[一二三四五六七八九十百]+条
  | (?:国务院|省政府|市政府|县政府|省委|市委|县委)(?!关于) | 随着 | 由于 | 通过(?!能力) | 建议 | 加强(?:对|党对) | 凡 | 对于 | 关于(?!.{0,30}$)
    """,
    re.VERBOSE,
)
_LIKELY = re.compile(
    r"[以为按对在从自由经将把要这此其该凡本我全各应必]|坚持|加强|深入|进一步|积极|充分|严格|认真|切实|大力|加快|建立|完善|充分"
)
#: Nouns that end titles and begin no sentence.
_NEVER_FIRST = re.compile(
    r"回顾|成绩|成就|任务|目标|说明|打算|安排|总结|汇报|情况|要求|原则|问题|建议|措施|主要|和|与|及|的|方面|过程"
)
_NEVER_LAST = re.compile(r"[的和与及、对在为以从向把将、，,（(“《]$|关于$|进一步$")
_BEGINS = re.compile(r"(?<=[。！？；!?;\n])[\u4e00-\u9fff]{2}")
_ENDS = re.compile(r"[\u4e00-\u9fff]{2}(?=[。，；,;])")


class Place(NamedTuple):
    """A place where a title may end: how many clauses it has before its last, how well it ends there, its length."""

    clause: int
    score: int
    at: int


class Words:
    """What the document itself says of words: how its sentences begin, how its clauses end, which characters stand together."""

    __slots__ = ("begins", "ends", "pairs")

    def __init__(self, text: str) -> None:
        text = text[:_SAMPLE]
        self.pairs = Counter(map("".join, pairwise(text)))
        self.begins = frozenset(_BEGINS.findall(text))
        self.ends = frozenset(_ENDS.findall(text))

    def score(self, head: str, rest: str) -> int:
        """How well a title ends between `head` and `rest`."""
        score = _beginning(rest)

        if rest[:3] in head:
            score += 3

        if _LAST_WORD.search(head):
            score += 2

        if rest[:2] in self.begins:
            score += 2

        if head[-2:] in self.ends:
            score += 1

        if self.pairs[head[-1] + rest[0]] > 1:
            score -= 3

        return score


def _beginning(rest: str) -> int:
    """How well a sentence begins."""
    if _SURE.match(rest):
        return 3
    if _NEVER_FIRST.match(rest):
        return -3

    return 1 if _LIKELY.match(rest) else 0


def cuts(sentences: Sequence[str], words: Words, sure: float) -> list[int | None]:
    """Where the titles at the heads of sibling sentences end, with nothing between them; `None` where the sentence may be the title.

    Titles of one list are built alike: all of one clause, or all of two (`肯定成绩，坚定信心`), and of like length. `sure` is the
    score that they must reach on the average.

    >>> words = Words("公示是保障。近年来变化大。")
    >>> cuts(["主要职能贯彻落实上级关于职业教育的决策部署", "全面推行公示制度近年来公示增多公众知情权参与权有了保障"], words, 0)
    [4, 8]
    """
    places = [_places(sentence, words) for sentence in sentences]
    clause = _usual_clause(places)
    best = [_best([p for p in scored if p.clause == clause]) for scored in places]

    if sum(p.score for p in best if p) < sure * len(best):
        return [None] * len(sentences)

    lengths = [p.at for p in best if p and p.score >= _SURE_SCORE]
    usual_length = median_high(lengths) if lengths else 12

    return [
        _cut(sentence, scored, clause, usual_length)
        for sentence, scored in zip(sentences, places, strict=True)
    ]


def _places(sentence: str, words: Words) -> list[Place]:
    """Every place where the title at the head of a sentence may end, with its score."""
    if standard := _STANDARD.match(sentence):
        return [Place(clause, 9, standard.end()) for clause in (0, 1)]

    scored = []
    clause = 0

    for at in range(4, min(len(sentence) - 3, LONGEST_CUT)):
        if sentence[at - 1] in "，,":
            clause += 1

        if clause > 1:
            break

        head, rest = sentence[:at], sentence[at : at + 24]
        if rest[0] not in "，,、）)”》" and not _NEVER_LAST.search(head):
            scored.append(Place(clause, words.score(head, rest), at))

    return scored


def _usual_clause(places: Sequence[list[Place]]) -> int:
    """Whether the titles of the list have one clause (0) or two (1)."""
    totals = []

    for clause in (0, 1):
        bests = [
            max([p.score for p in scored if p.clause == clause], default=0) for scored in places
        ]

        totals.append(sum(bests))

    return int(totals[1] > totals[0])


def _best(scored: Sequence[Place]) -> Place | None:
    """The best place, the first of equals."""
    return max(scored, key=lambda p: (p.score, -p.at), default=None)


def _cut(sentence: str, scored: Sequence[Place], clause: int, usual_length: int) -> int | None:
    """Where one title of the list ends: well, and about as long as the others."""
    alike = [p for p in scored if p.clause == clause] or scored
    chosen = max(alike, key=lambda p: p.score - abs(p.at - usual_length) / 4, default=None)

    if len(sentence) <= usual_length + 4 and not (chosen and chosen.score >= 4):
        return None  # the sentence is no longer than the titles: it may be one

    return chosen.at if chosen else min(len(sentence), LONGEST_CUT)
