"""Generated truth for deduplication: invented reports, and what sites make of them, with what is a copy of what.

Everything follows from the seed. A document is a report of a county with title, sections and items, put together from
word lists by a small grammar (about 10 ** 9 sentences to a subject). `collection` makes documents, their copies (cut, gapped,
edited, in Traditional script), families (one template for several counties) and unrelated texts on the same subjects.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

import opencc

from pipelines.records import Gap, Source, Speech, document_id
from pipelines.text.canonical import content_hash, counted

SUBJECTS = {
    "农业": "粮食生产 设施蔬菜 生猪养殖 高标准农田 农业机械 良种繁育 土地流转 合作社 家庭农场 水利灌溉 农产品加工 品牌农业",
    "教育": "义务教育 学前教育 职业教育 教师队伍 校园安全 课程改革 营养午餐 教学质量 心理健康 家校共育 校舍维修 信息化教学",
    "环保": "大气治理 河道整治 垃圾分类 污水处理 秸秆禁烧 植树造林 矿山修复 扬尘管控 水源保护 环境执法 排污许可 绿色建筑",
    "工业": "技术改造 园区建设 招商引资 节能降耗 智能制造 中小企业 产业链条 新材料 安全生产 用地保障 电力供应 物流仓储",
    "卫生": "疾病预防 基层医疗 妇幼保健 药品采购 医保支付 家庭医生 急救体系 中医药 医师培训 食品安全 老年照护 卫生创建",
    "城建": "老旧小区 道路改造 供水管网 停车设施 公园绿地 违法建设 物业管理 棚户区 地下管廊 公共交通 市容环境 路灯照明",
}
_DO = (
    "稳步推进 全面加强 着力抓好 大力实施 持续深化 积极探索 统筹谋划 切实改进 扎实开展 认真落实 不断完善 严格规范 加快补齐 重点突破 "
    "有序扩大 精心组织 系统梳理 主动对接 逐项核实 坚决守住 反复研究 细化分解 督促检查 总结推广"
).split()
_OF = (
    "各项任务 工作机制 责任清单 目标考核 人才培养 资金保障 项目储备 示范带动 宣传引导 监督管理 服务水平 基础条件 制度建设 技术支撑 "
    "群众参与 部门协作 风险防控 数据共享 试点经验 队伍作风 长远规划 应急预案 标准体系 日常巡查"
).split()
_SO = (
    "取得了明显成效 得到了群众认可 打下了坚实基础 形成了工作合力 解决了一批难题 走在了全市前列 积累了有益经验 改变了落后面貌 提高了整体水平 "
    "赢得了发展空间 减轻了基层负担 激发了内生动力 完成了年初计划 超出了预期目标 补上了历史欠账 树立了良好形象"
).split()
_WHEN = (
    "今年以来 上半年 过去一年 入秋以后 在此期间 会议之后 从实际看 总的来说 具体工作中 与此同时 按照要求 经过努力 面对困难 "
    "根据部署 为此 对照先进 据初步统计 截至目前 在基层一线 进入新阶段"
).split()
_WHO = (
    "各乡镇 县直部门 相关单位 广大干部 包村同志 基层站所 牵头科室 驻点专班 村级组织 行业协会 经办人员 工作专班 挂钩领导 分管同志 "
    "普通职工 技术骨干"
).split()
_NEED = (
    "思想认识还不够深 推进力度还不够大 工作方法比较陈旧 资金缺口仍然较大 人手不足的矛盾突出 个别环节存在漏洞 协调配合不够顺畅 "
    "群众知晓程度不高 长效管理没有跟上 创新意识有待提高 统计口径不够一致 项目储备明显偏少"
).split()
_MUST = (
    "压实工作责任 强化跟踪问效 加大投入力度 倒排工期进度 坚持问题导向 深入一线调研 严肃工作纪律 畅通反馈渠道 做好衔接配合 营造良好氛围 "
    "抓住关键环节 注重实际效果 发挥示范作用 杜绝形式主义 及时通报情况 建好工作台账"
).split()
_UNIT = "个 处 家 户 人 次 公里 亩 万元 项 台 吨".split()
_PLACE_1 = "青 平 临 永 安 长 宁 清 东 西 南 兴 新 广 汇 丰 和 石 金 云 龙 凤 泰 仁 德 荣 嘉 瑞 康 昌".split()
_PLACE_2 = "河 阳 山 川 原 溪 水 源 城 州 陵 江 台 丘 泉 岭 桥 塘 湖 峰 坪 浦 滩 洲 港 口 田 林 沟 湾".split()
_HEADS = "总体情况 主要做法 存在问题 下一步打算 保障措施 工作成效 目标任务 几点体会 意见建议 组织领导".split()
_ORDINALS = "一二三四五六七八九十"

#: What stands for a place and a number in a template; never in a finished text.
_SLOT = re.compile(r"\{(?P<name>[a-z])(?P<digits>\d?)\}")


@dataclass(frozen=True, slots=True)
class Made:
    """A generated speech; `document` and `family` name what it is a copy of, `whole` is the text that was cut up."""

    speech: Speech
    document: str
    family: str | None
    whole: str
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
                lambda: f"{pick(_WHEN)}，{pick(_WHO)}{pick(_DO)}{thing}{pick(_OF)}，{pick(_SO)}。",
                lambda: f"{pick(_DO)}{thing}，{pick(_DO)}{other}{pick(_OF)}，{pick(_WHEN)}新增{thing}{number}。",
                lambda: f"{pick(_WHEN)}完成{thing}{number}，同比增长{{n2}}.{{n1}}%，{pick(_SO)}。",
                lambda: f"在{thing}方面，{pick(_NEED)}，{pick(_NEED)}，{pick(_WHO)}要{pick(_MUST)}。",
                lambda: f"要{pick(_MUST)}，{pick(_MUST)}，{pick(_DO)}{thing}{pick(_OF)}。",
                lambda: f"{{c}}{pick(_WHO)}{pick(_DO)}{other}{pick(_OF)}，{pick(_MUST)}。",
                lambda: f"{{t}}{pick(_DO)}{thing}，投入{number}，{pick(_SO)}。",
            )
        )()

    lines = [f"同志们：\n{pick(_WHEN)}，{{c}}{pick(_DO)}{subject}工作，{pick(_SO)}。现将有关情况汇报如下。"]
    size = len(lines[0])
    for section, head in zip(_ORDINALS, rng.sample(_HEADS, len(_HEADS)), strict=True):
        lines.append(f"{section}、{subject}{head}")
        for _ in range(rng.randint(2, 4)):
            lines.append("".join(sentence() for _ in range(rng.randint(3, 6))))
            size += len(lines[-1])
        if size > length:
            break
    return "\n".join([*lines, f"以上汇报，请{pick(_WHO)}批评指正。"])


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
    words = [*_DO, *_OF, *_SO, *_MUST, *_NEED]
    pool = "推动落细夯实筑牢提质增效聚焦锚定压茬跟进盘活做优抓常抓长补短强弱统揽把准理顺破解"
    for word in rng.sample(words, len(words) // 3):
        text = text.replace(word, "".join(rng.choice(pool) for _ in word))
    return text


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in Traditional characters, as a mirror shows it."""
    return str(_converter().convert(text))


def speech(
    number: int, text: str, title: str, *, gaps: tuple[Gap, ...] = (), site: str = "wm114", declared: int | None = None
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


def head(text: str, share: float) -> tuple[str, tuple[Gap, ...]]:
    """The first part of a text, cut off by the site."""
    end = int(len(text) * share)
    return text[:end], (Gap(end, counted(text[end:]), "cut_off", "未完"),)


def cut(rng: random.Random, text: str, kind: str) -> tuple[str, tuple[Gap, ...]]:
    """What a site shows of a text: head | tail | window | middle_out | silent (a middle left out without a notice)."""
    share = rng.uniform(0.3, 0.7)
    size = len(text)
    if kind == "head":
        return head(text, share)
    if kind == "tail":
        return text[size - int(size * share) :], ()
    if kind == "window":
        start = rng.randrange(size - int(size * share))
        return text[start : start + int(size * share)], ()
    out = int(size * (1 - share))
    start = rng.randrange(size // 8, size - out - size // 8)
    front, back = text[:start].rstrip("\n"), text[start + out :].lstrip("\n")
    if kind == "silent":
        return front + back, ()
    at = len(front) + 1
    return f"{front}\n{back}", (Gap(at, counted(text[start : start + out]), "omitted", "省略"),)


def collection(seed: int, documents: int, length: tuple[int, int] = (900, 4000)) -> list[Made]:
    """About 3.4 speeches for each document, shuffled.

    A document alone, or with one to five copies (at least one of two cuts of it overlaps another or the whole); one in eight is
    a template filled for two to six counties, each of which may have copies.
    """
    rng = random.Random(seed)
    made: list[Made] = []

    def add(text: str, title: str, document: str, family: str | None, kind: str, whole: str, gaps: tuple[Gap, ...]) -> None:
        site = rng.choice(("wm114", "hancun", "jinchutou", "sanweiyuan"))
        made.append(Made(speech(len(made), text, title, gaps=gaps, site=site), document, family, whole, kind))

    def copies(whole: str, title: str, document: str, family: str | None) -> None:
        add(whole, title, document, family, "whole", whole, ())
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5))):
            kind = rng.choice(("head", "tail", "window", "gapped", "silent", "edited", "script", "cut and edited", "same"))
            text, gaps = whole, ()
            if kind in ("head", "tail", "window", "gapped", "silent"):
                text, gaps = cut(rng, whole, kind)
            elif kind == "edited":
                text = edited(rng, whole, rng.uniform(0.01, 0.05))
            elif kind == "script":
                text = traditional(whole)
            elif kind == "cut and edited":
                text, _ = cut(rng, whole, rng.choice(("head", "tail", "window", "silent")))
                text = edited(rng, text, rng.uniform(0.01, 0.05))
            add(text, title, document, family, kind, whole, gaps)

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
