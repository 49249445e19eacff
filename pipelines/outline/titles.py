"""Where a title ends.

`（二）加强培训。各县要…` ends at the full stop and `二、主要任务` with its line. In a text that lost its breaks nothing marks the end:
`二、主要任务联席会议由…`. There the words tell: titles end in 任务 要求 机制 …, sentences begin with 以 为 各地 近年来 …
or take up the title's own subject again, and the next marker ends whatever stands before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_high

from pipelines.outline.markers import LINE, Candidate

TRIM = " \t\u3000\u00a0\u200b\ufeff\u200e\u200f\u00ad。．.：:；;，,、！!？?…·_-—"

#: The first sentence, quotations, book titles and brackets taken whole. Bounded twice, so linear.
_SENTENCE = re.compile(
    r"""
    (?: 《[^》\n]{0,40}》
      | “[^”\n]{0,40}”
      | （[^（）\n]{0,40}）
      | \([^()\n]{0,40}\)
      | [^。！？!?；;：:.\n]
      | (?<=[0-9A-Za-z])\.          # 3.5, but a full stop in `抓矿山.对全县`
      | \.(?![\u4e00-\u9fff“"‘（(]|$)
    ){0,160}
    """,
    re.VERBOSE | re.MULTILINE,
)
#: `第一条 【目的】为规范印章使用…`
_BRACKETED = re.compile(r"【[^】\n]{1,30}】")
#: A line this long that holds several first-level markers has lost its breaks (code points; paragraphs that open with a heading
#: have one marker, whatever their length).
_COLLAPSED = 60
_LONGEST_CUT = 44
#: So much of a document (code points) says enough of its words.
_SAMPLE = 30_000
_KINDS_ON_LINES = frozenset(("part", "subpart", "chap", "sect", "cn"))
#: … by kind: the median length of first sentences up to which they are titles, and how well the titles of a list must end on the
#: average, lest whole sentences be cut: items of the development set's glued lists score up to 2.3, headings from 4.1.
_DOUBTFUL: dict[str, tuple[int, float]] = dict.fromkeys(_KINDS_ON_LINES, (28, 0.0)) | {
    "pcn": (20, 3.2)
}

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
_BLANKS = re.compile(r"[ \u3000]+")
_ONE_LETTER = re.compile(r".?(?:[ \u3000]|$)")
_CLAUSE = re.compile(r"[，,。；;].")
_BEGINS = re.compile(r"(?<=[。！？；!?;\n])[\u4e00-\u9fff]{2}")
_ENDS = re.compile(r"[\u4e00-\u9fff]{2}(?=[。，；,;])")


def measure(text: str, accepted: Sequence[Candidate], divided: bool = False) -> None:
    """Set where the title of each candidate ends. `accepted` are in order; the next one ends a title as well.

    `divided`: the text had no breaks and got those it has from its marks, so a title may run into the text behind it.
    """
    for i, c in enumerate(accepted):
        limit = accepted[i + 1].start if i + 1 < len(accepted) else len(text)
        limit = min(limit, c.line_end)
        match = _BRACKETED.match(text, c.after, limit) or _SENTENCE.match(text, c.after, limit)
        end = match.end() if match else c.after
        if _BLANKS.search(text, c.after, end):
            end = _before_space(text, c.after, end, limit) or end
        c.loose = False
        _end_at(text, c, end, limit)
    doubtful = _doubtful(accepted, divided)
    words = _Words(text) if doubtful else None
    for siblings in doubtful:
        assert words is not None
        sentences = [text[c.after : c.end] for c in siblings]
        for c, cut in zip(
            siblings, _cuts(sentences, words, _DOUBTFUL[siblings[0].kind][1]), strict=True
        ):
            if cut is not None:
                c.loose = True
                _end_at(text, c, c.after + cut, c.line_end)


def _doubtful(accepted: Sequence[Candidate], divided: bool) -> list[list[Candidate]]:
    """Lists of siblings whose titles nothing may end: those in lines that hold several paragraphs."""
    high = [c.own_line for c in accepted if c.kind in _KINDS_ON_LINES] if divided else []
    everywhere = 2 * sum(high) < len(high)
    collapsed = _collapsed(accepted)
    if not everywhere and not collapsed:
        return _joined(accepted)
    chosen = [
        c
        for i, c in enumerate(accepted)
        if c.kind in _DOUBTFUL
        and (everywhere or c.line_end in collapsed)
        and c.stop.strip()  # else its line ends it …
        and not (i + 1 < len(accepted) and accepted[i + 1].start == c.end)  # … or the next marker
    ]
    return [same for same in _lists(chosen) if _long(same)] or _joined(accepted)


def _lists(chosen: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates of each kind from one that begins anew to the next."""
    lists: list[list[Candidate]] = []
    open_: dict[str, list[Candidate]] = {}
    for c in chosen:
        if c.ordinal == 1 or c.kind not in open_:
            open_[c.kind] = []
            lists.append(open_[c.kind])
        open_[c.kind].append(c)
    return lists


def _joined(accepted: Sequence[Candidate]) -> list[list[Candidate]]:
    """Lists of lines of their own, the few members that a join of hard-wrapped lines has run into the text."""
    if all([c.own_line for c in accepted]):
        return []
    joined = []
    for same in _lists(c for c in accepted if c.kind in _DOUBTFUL):
        longest = max(
            (c.end - c.after for c in same if c.own_line and not c.stop.strip()), default=0
        )
        others = [c for c in same if not c.own_line]
        if longest and 2 * len(others) <= len(same):
            joined.append([c for c in others if c.end - c.after > longest + 6])
    return [same for same in joined if same]


def _long(same: Sequence[Candidate]) -> bool:
    """Short first sentences throughout are the titles (`一、管好网站。`), and low items that end in semicolons have none."""
    items = sum(c.stop in "；;" for c in same if c.kind not in _KINDS_ON_LINES)
    return (
        2 * items < len(same)
        and median_high(c.end - c.after for c in same) > _DOUBTFUL[same[0].kind][0]
    )


def _end_at(text: str, c: Candidate, end: int, limit: int) -> None:
    c.end, c.stop = end, text[end : end + 1]
    c.title = text[c.after : end].strip(TRIM + ("【】" if c.stop and text[end - 1] == "】" else ""))
    while end < limit and text[end] in TRIM:
        end += 1
    c.own_line = end >= c.line_end and c.before == LINE


def _collapsed(accepted: Sequence[Candidate]) -> frozenset[int]:
    """Ends of lines that hold several paragraphs: first-level markers far from one another in one line."""
    first: dict[int, int] = {}
    collapsed = set()
    for c in accepted:
        if (
            c.kind in _KINDS_ON_LINES
            and c.start - first.setdefault(c.line_end, c.start) > _COLLAPSED
        ):
            collapsed.add(c.line_end)
    return frozenset(collapsed)


def _before_space(text: str, start: int, end: int, limit: int) -> int | None:
    """Where a space ends the title, as a whole sentence or more follows it. `四、代 位 权` goes on."""
    for match in _BLANKS.finditer(text, start, end):
        rest = match.end()
        if match.start() < start + 2 or _ONE_LETTER.match(text, rest, end):
            continue
        if limit - rest > 60 or _CLAUSE.search(text, rest, limit):
            return match.start()
    return None


class _Words:
    """What the document itself says of words: how its sentences begin, how its clauses end, which characters stand together."""

    __slots__ = ("begins", "ends", "pairs")

    def __init__(self, text: str) -> None:
        text = text[:_SAMPLE]
        self.pairs = Counter(map("".join, pairwise(text)))
        self.begins = frozenset(_BEGINS.findall(text))
        self.ends = frozenset(_ENDS.findall(text))

    def score(self, head: str, rest: str) -> int:
        """How well a title ends between `head` and `rest`."""
        score = (
            3
            if _SURE.match(rest)
            else -3
            if _NEVER_FIRST.match(rest)
            else 1
            if _LIKELY.match(rest)
            else 0
        )
        score += 3 if rest[:3] in head else 0
        score += 2 if _LAST_WORD.search(head) else 0
        score += 2 if rest[:2] in self.begins else 0
        score += 1 if head[-2:] in self.ends else 0
        return score - (3 if self.pairs[head[-1] + rest[0]] > 1 else 0)


def _cuts(sentences: Sequence[str], words: _Words, sure: float) -> list[int | None]:
    """Where the titles at the heads of sibling sentences end, with nothing between them; `None` where the sentence may be the title.

    Titles of one list are built alike: all of one clause, or all of two (`肯定成绩，坚定信心`), and of like length.

    >>> words = _Words("公示是保障。近年来变化大。")
    >>> _cuts(["主要职能贯彻落实上级关于职业教育的决策部署", "全面推行公示制度近年来公示增多公众知情权参与权有了保障"], words, 0)
    [4, 8]
    """
    places: list[list[tuple[int, int, int]]] = []  # clause, score, at
    for sentence in sentences:
        if standard := _STANDARD.match(sentence):
            places.append([(clause, 9, standard.end()) for clause in (0, 1)])
            continue
        scored = []
        clause = 0
        for at in range(4, min(len(sentence) - 3, _LONGEST_CUT)):
            if sentence[at - 1] in "，,":
                clause += 1
            if clause > 1:
                break
            head, rest = sentence[:at], sentence[at : at + 24]
            if rest[0] not in "，,、）)”》" and not _NEVER_LAST.search(head):
                scored.append((clause, words.score(head, rest), at))
        places.append(scored)
    totals = [
        sum(max((s for k, s, _ in scored if k == clause), default=0) for scored in places)
        for clause in (0, 1)
    ]
    clause = int(totals[1] > totals[0])
    best = [
        max((p for p in scored if p[0] == clause), key=lambda p: (p[1], -p[2]), default=None)
        for scored in places
    ]
    if sum(p[1] for p in best if p) < sure * len(best):
        return [None] * len(sentences)
    lengths = [p[2] for p in best if p and p[1] >= 3]
    usual_length = median_high(lengths) if lengths else 12
    cuts: list[int | None] = []
    for sentence, scored in zip(sentences, places, strict=True):
        chosen = max(
            (p for p in scored if p[0] == clause or not any(q[0] == clause for q in scored)),
            key=lambda p: p[1] - abs(p[2] - usual_length) / 4,
            default=None,
        )
        short = len(sentence) <= usual_length + 4
        cuts.append(
            None
            if short and not (chosen and chosen[1] >= 4)
            else chosen[2]
            if chosen
            else min(len(sentence), _LONGEST_CUT)
        )
    return cuts
