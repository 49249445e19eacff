"""Generated truth for deduplication: invented reports, and what sites make of them, with what is a copy of what.

Everything follows from the seed. A document is a report of a county with title, sections and items, put together from
word lists by a small grammar (about 10 ** 12 sentences to a subject). `collection` makes documents, their copies (cut, gapped,
edited, in Traditional script), families (one template for several counties) and unrelated texts on the same subjects.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

import opencc

from pipelines.record_parts import Gap, Source
from pipelines.records import Speech, document_id
from pipelines.text.canonical import content_hash, counted

SUBJECTS = {
    "农业": "粮食生产 设施蔬菜 生猪养殖 高标准农田 农业机械 良种繁育 土地流转 合作社 家庭农场 水利灌溉 农产品加工 品牌农业",
    "教育": "义务教育 学前教育 职业教育 教师队伍 校园安全 课程改革 营养午餐 教学质量 心理健康 家校共育 校舍维修 信息化教学",
    "环保": "大气治理 河道整治 垃圾分类 污水处理 秸秆禁烧 植树造林 矿山修复 扬尘管控 水源保护 环境执法 排污许可 绿色建筑",
    "工业": "技术改造 园区建设 招商引资 节能降耗 智能制造 中小企业 产业链条 新材料 安全生产 用地保障 电力供应 物流仓储",
    "卫生": "疾病预防 基层医疗 妇幼保健 药品采购 医保支付 家庭医生 急救体系 中医药 医师培训 食品安全 老年照护 卫生创建",
    "城建": "老旧小区 道路改造 供水管网 停车设施 公园绿地 违法建设 物业管理 棚户区 地下管廊 公共交通 市容环境 路灯照明",
}


def _pairs(first: str, second: str) -> list[str]:
    """Every word of the first list with every word of the second."""
    return [a + b for a in first.split() for b in second.split()]


_DO = _pairs(
    "稳步 全面 着力 大力 持续 积极 统筹 切实 扎实 认真 不断 严格 加快 重点 有序 精心 系统 主动 逐项 坚决 反复 及时 深入 广泛 合力 科学",
    "推进 加强 抓好 实施 深化 探索 谋划 改进 开展 落实 完善 规范 补齐 突破 扩大 组织 梳理 对接 核实 守住 研究 分解 检查 推广 整合 优化",
)
_OF = _pairs(
    "工作 责任 目标 人才 资金 项目 示范 宣传 监管 服务 基层 制度 技术 群众 部门 风险 数据 试点 队伍 规划 应急 标准 日常 重点 综合 信息",
    "机制 清单 考核 培养 保障 储备 带动 引导 管理 水平 条件 建设 支撑 参与 协作 防控 共享 经验 作风 布局 预案 体系 巡查 环节 平台 投入",
)
_SO = _pairs(
    "取得了 得到了 打下了 形成了 积累了 提高了 赢得了 增强了 巩固了 拓展了 激发了 改善了 丰富了 夯实了 守住了 优化了",
    "明显成效 群众认可 坚实基础 工作合力 有益经验 整体水平 发展空间 内生动力 良好形象 干群关系 服务能力 工作底盘 攻坚信心 产业根基 民生底线 区域环境",
)
_WHEN = _pairs(
    "今年以来 上半年 过去一年 入秋以后 会议之后 从实际看 总的来说 与此同时 经过努力 面对困难 截至目前 据统计 年初以来 三季度 前一阶段 近两年",
    "，我们 ，全县 ，有关方面 ，各地 ，上下 ，班子成员 ，专班 ，一线",
)
_WHO = _pairs(
    "各 有关 县直 牵头 基层 驻村 包联 挂钩 分管 经办 相关 骨干 部分 全体 对口 一线",
    "乡镇 部门 单位 干部 同志 站所 科室 专班 组织 协会 人员 领导 职工 网格员 企业 代表",
)
_NEED = _pairs(
    "思想认识 推进力度 工作方法 资金安排 人员配备 个别环节 协调配合 群众知晓 长效管理 创新意识 统计口径 项目储备 队伍素质 设施条件 政策衔接 宣传声势",
    "还不够深 还有差距 比较陈旧 缺口较大 存在漏洞 不够顺畅 程度不高 没有跟上 有待提高 不够一致 明显偏弱 参差不齐 尚未到位 需要加强 相对滞后 不够精细",
)
_MUST = _pairs(
    "压实 强化 加大 倒排 坚持 开展 严肃 畅通 做好 营造 抓住 注重 发挥 杜绝 通报 建好 用足 盯紧 盘活 健全 创新 打通 守牢 拓宽",
    "工作责任 跟踪问效 投入力度 工期进度 问题导向 一线调研 纪律要求 反馈渠道 衔接配合 社会氛围 关键环节 实际效果 引领作用 形式主义 运行情况 任务台账 政策红利 时间节点 存量资源 长效机制",
)
_UNIT = ["个", "处", "家", "户", "人", "次", "公里", "亩", "万元", "项", "台", "吨"]
_PLACE_1 = [
    "青",
    "平",
    "临",
    "永",
    "安",
    "长",
    "宁",
    "清",
    "东",
    "西",
    "南",
    "兴",
    "新",
    "广",
    "汇",
    "丰",
    "和",
    "石",
    "金",
    "云",
    "龙",
    "凤",
    "泰",
    "仁",
    "德",
    "荣",
    "嘉",
    "瑞",
    "康",
    "昌",
]
_PLACE_2 = [
    "河",
    "阳",
    "山",
    "川",
    "原",
    "溪",
    "水",
    "源",
    "城",
    "州",
    "陵",
    "江",
    "台",
    "丘",
    "泉",
    "岭",
    "桥",
    "塘",
    "湖",
    "峰",
    "坪",
    "浦",
    "滩",
    "洲",
    "港",
    "口",
    "田",
    "林",
    "沟",
    "湾",
]
_HEADS = [
    "总体情况",
    "主要做法",
    "存在问题",
    "下一步打算",
    "保障措施",
    "工作成效",
    "目标任务",
    "几点体会",
    "意见建议",
    "组织领导",
]
_ORDINALS = "一二三四五六七八九十"

#: What stands for a place and a number in a template; never in a finished text.
_SLOT = re.compile(r"\{(?P<name>[a-z])(?P<digits>\d?)\}")


@dataclass(frozen=True, slots=True)
class Made:
    """A generated speech; `document` and `family` name what it is a copy of, `spans` are the stretches
    of `whole` that it shows."""

    speech: Speech
    document: str
    family: str | None
    whole: str
    spans: tuple[tuple[int, int], ...]
    kind: str


def template(rng: random.Random, subject: str, length: int) -> str:
    """A report of about `length` characters with slots: {c} its county, {t} a town, {nD} a number of D digits."""
    things = SUBJECTS[subject].split()
    pick = rng.choice

    def sentence() -> str:
        thing, other = rng.sample(things, 2)
        number = f"{{n{rng.randint(1, 4)}}}{pick(_UNIT)}"
        return pick(
            (
                lambda: (
                    f"{pick(_WHEN)}{pick(_DO)}工作，{pick(_WHO)}{pick(_DO)}{thing}{pick(_OF)}，{pick(_SO)}。"
                ),
                lambda: (
                    f"{pick(_DO)}{thing}，{pick(_DO)}{other}{pick(_OF)}，当年新增{thing}{number}。"
                ),
                lambda: f"{pick(_WHEN)}完成{thing}{number}，同比增长{{n2}}.{{n1}}%，{pick(_SO)}。",
                lambda: (
                    f"在{thing}方面，{pick(_NEED)}，{pick(_NEED)}，{pick(_WHO)}要{pick(_MUST)}。"
                ),
                lambda: f"要{pick(_MUST)}，{pick(_MUST)}，{pick(_DO)}{thing}{pick(_OF)}。",
                lambda: f"{{c}}{pick(_WHO)}{pick(_DO)}{other}{pick(_OF)}，{pick(_MUST)}。",
                lambda: f"{{t}}{pick(_DO)}{thing}，投入{number}，{pick(_SO)}。",
            )
        )()

    lines = [
        f"同志们：\n{pick(_WHEN)}努力，{{c}}{pick(_DO)}{subject}工作，{pick(_SO)}。现将有关情况汇报如下。"
    ]
    size = len(lines[0])
    for section, head in zip(_ORDINALS, rng.sample(_HEADS, len(_HEADS)), strict=True):
        lines.append(f"{section}、{subject}{head}")
        for _ in range(rng.randint(2, 4)):
            lines.append("".join(sentence() for _ in range(rng.randint(3, 6))))
            size += len(lines[-1])
        if size > length:
            break
    return "\n".join([*lines, "以上汇报，请各位批评指正。"])


def filled(rng: random.Random, text: str) -> str:
    """A template with a county, towns and numbers of its own."""
    county = f"{rng.choice(_PLACE_1)}{rng.choice(_PLACE_2)}县"
    towns = [f"{rng.choice(_PLACE_1)}{rng.choice(_PLACE_2)}{rng.choice('乡镇')}" for _ in range(3)]

    def fill(slot: re.Match[str]) -> str:
        if slot["name"] == "c":
            return county
        if slot["name"] == "t":
            return towns[slot.start() % 3]
        digits = int(slot["digits"])
        return str(rng.randrange(10 ** (digits - 1), 10**digits))

    return _SLOT.sub(fill, text)


def edited(rng: random.Random, text: str, share: float) -> str:
    """A share of the characters replaced, left out or doubled by another; line breaks stay."""
    pool = "的了和是在有为以及其中对上下也都就与等各并更将已被把由从到后前大小新旧高低好多少再又还"
    out = []
    for c in text:
        at = rng.random() / share if share else 9.0
        if at >= 1 or c == "\n":
            out.append(c)
        elif at < 0.6:
            out.append(rng.choice(pool))
        elif at < 0.8:
            out.append(c + rng.choice(pool))
    return "".join(out)


def spun(rng: random.Random, text: str) -> str:
    """Every other kind of word put in other words, the same way each time."""
    words = [
        word[i : i + 2] for words in (_DO, _OF, _MUST, _NEED) for word in words for i in (0, 2)
    ]
    words = sorted(set(words))
    pool = "推动落细夯实筑牢提质增效聚焦锚定压茬跟进盘活做优抓常抓长补短强弱统揽把准理顺破解"
    for word in rng.sample(words, len(words) // 2):
        text = text.replace(word, "".join(rng.choice(pool) for _ in word))
    return text


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in Traditional characters, as a mirror shows it."""
    return str(_converter().convert(text))


def speech(
    number: int,
    text: str,
    title: str,
    *,
    gaps: tuple[Gap, ...] = (),
    site: str = "wm114",
    declared: int | None = None,
) -> Speech:
    """A cleaned record around a text."""
    id = document_id(site, str(number), "", None)
    url = f"https://{site}.example/wen/{number}.html"
    kinds = {gap.kind for gap in gaps}
    digest = content_hash(text)
    return Speech(
        id=id,
        url=url,
        site=site,
        doc_id=str(number),
        title=title,
        text=text,
        gaps=gaps,
        completeness="cut_off" if "cut_off" in kinds else "gapped" if kinds else "full",
        declared_chars=declared,
        counted_chars=counted(text),
        script="hans",
        content_hash=digest,
        cluster=id,
        sources=(Source(id, url, site, digest, counted(text)),),
        ruleset="1",
    )


Spans = tuple[tuple[int, int], ...]


def cut(rng: random.Random, text: str, kind: str) -> tuple[Spans, int | None]:
    """What a site shows of a text, as spans of it, and where in them a notice stands (the number of the span after it).

    `kind`: head (cut off with a notice) | tail | window | gapped | silent (a middle left out without a notice).
    """
    share = rng.uniform(0.3, 0.7)
    size = len(text)
    shown = int(size * share)
    if kind == "head":
        return ((0, shown),), 1
    if kind == "tail":
        return ((size - shown, size),), None
    if kind == "window":
        start = rng.randrange(size - shown)
        return ((start, start + shown),), None
    out = size - shown
    start = rng.randrange(size // 8, size - out - size // 8)
    return ((0, start), (start + out, size)), 1 if kind == "gapped" else None


def rendered(text: str, spans: Spans, notice: int | None) -> tuple[str, tuple[Gap, ...]]:
    """The shown text and its gaps; a gap stands between two lines."""
    shown = ""
    gaps: tuple[Gap, ...] = ()
    for number, (start, end) in enumerate(spans):
        if number == notice:
            shown = shown.rstrip("\n") + "\n"
            gaps = (
                Gap(len(shown), counted(text[spans[number - 1][1] : start]), "omitted", "省略"),
            )
        shown += text[start:end].lstrip("\n") if shown.endswith("\n") else text[start:end]
    if notice == len(spans):
        gaps = (Gap(len(shown), counted(text[spans[-1][1] :]), "cut_off", "未完"),)
    return shown, gaps


def common(one: Spans, two: Spans) -> int:
    """The longest stretch that two cuts share."""
    return max(max(0, min(b, d) - max(a, c)) for a, b in one for c, d in two)


def fits(spans: Spans, others: list[Spans]) -> bool:
    """Whether a cut either clearly overlaps another or clearly does not: what lies between is no truth to test with."""
    size = min(sum(e - s for s, e in spans), *(sum(e - s for s, e in o) for o in others), 1 << 30)
    return all(
        (shared := common(spans, other)) <= 20 or shared >= max(200, size // 4) for other in others
    )


def collection(seed: int, documents: int, length: tuple[int, int] = (900, 4000)) -> list[Made]:
    """About 3.4 speeches for each document, shuffled.

    A document alone, or with copies; of every third that has some, the whole is not in the collection. One in eight is a
    template filled for two to six counties, each of which may have copies. Cuts of a text that neither overlap nor are
    bridged by another are documents of their own: nothing in them shows that they belong together.
    """
    rng = random.Random(seed)
    made: list[Made] = []

    def copies(whole: str, title: str, document: str, family: str | None) -> None:
        shown: list[tuple[Spans, int | None, str]] = [(((0, len(whole)),), None, "whole")]
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5))):
            kind = rng.choice(
                (
                    "head",
                    "tail",
                    "window",
                    "gapped",
                    "silent",
                    "edited",
                    "script",
                    "cut and edited",
                    "same",
                )
            )
            spans, notice = shown[0][:2]
            if kind in ("head", "tail", "window", "gapped", "silent"):
                spans, notice = cut(rng, whole, kind)
            elif kind == "cut and edited":
                spans, notice = cut(rng, whole, rng.choice(("head", "tail", "window", "silent")))
            if fits(spans, [other for other, _, _ in shown]):
                shown.append((spans, notice, kind))
        if len(shown) > 2 and rng.random() < 1 / 3:
            del shown[0]
        groups: list[list[Spans]] = []
        for spans, _, _ in shown:
            linked = [
                group for group in groups if any(common(spans, other) > 20 for other in group)
            ]
            groups = [group for group in groups if group not in linked] + [
                [spans, *(s for g in linked for s in g)]
            ]
        for spans, notice, kind in shown:
            part = next(i for i, group in enumerate(groups) if spans in group)
            text, gaps = rendered(whole, spans, notice)
            if "edited" in kind:
                text, gaps = edited(rng, text, rng.uniform(0.01, 0.05)), ()
            elif kind == "script":
                text = traditional(text)
            site = rng.choice(("wm114", "hancun", "jinchutou", "sanweiyuan"))
            record = speech(len(made), text, title, gaps=gaps, site=site)
            made.append(Made(record, f"{document}/{part}", family, whole, spans, kind))

    for number in range(documents):
        subject = rng.choice(list(SUBJECTS))
        form = template(rng, subject, rng.randint(*length))
        title = f"在全县{subject}工作会议上的汇报"
        if rng.random() < 0.125:
            for member in range(rng.randint(2, 6)):
                copies(filled(rng, form), title, f"{number}.{member}", str(number))
        else:
            copies(filled(rng, form), title, str(number), None)
    rng.shuffle(made)
    return made
