"""Invented speeches: as many as one wants, each with its paragraphs known, for tests and benchmarks.

    speech(7).paragraphs[0] -> "同志们："

Nothing in them is true, and nothing is taken from a page.
"""

from __future__ import annotations

import random
from typing import NamedTuple

TOPICS = (
    "茶产业发展",
    "养老服务",
    "校园食堂",
    "河道管护",
    "森林防火",
    "农村公路",
    "社区网格",
    "冷链物流",
    "古村保护",
    "职业培训",
    "节水灌溉",
    "垃圾分类",
    "图书馆建设",
    "渔业增殖",
    "家政服务",
    "电商直播",
    "竹编技艺",
    "蜂蜜合作社",
    "路灯改造",
    "防汛备汛",
)
PLACES = (
    "全县",
    "全市",
    "全区",
    "全镇",
    "全系统",
    "我县",
    "我市",
    "城关片区",
    "沿江各镇",
    "各乡镇街道",
)
WHO = (
    "各乡镇",
    "县直有关部门",
    "驻村工作队",
    "广大干部职工",
    "行业协会",
    "龙头企业",
    "村党支部",
    "志愿者队伍",
    "责任单位",
    "基层站所",
)
DO = (
    "摸清底数",
    "建立台账",
    "完善机制",
    "压实责任",
    "优化流程",
    "改造设施",
    "培训骨干",
    "开展排查",
    "整合资金",
    "盘活资产",
    "拓宽渠道",
    "严格考核",
    "总结经验",
    "开展试点",
    "签订协议",
    "公开信息",
    "配齐人员",
    "更新设备",
    "落实补贴",
    "组织比武",
)
GOOD = (
    "群众的满意度稳步提高",
    "服务质量明显改善",
    "老问题逐步得到解决",
    "干事创业的劲头越来越足",
    "各项指标好于预期",
    "一批难题有了答案",
    "管理水平上了一个台阶",
    "示范效应正在显现",
    "基础条件得到加强",
    "发展后劲持续增强",
)
LINK = (
    "同时",
    "在此基础上",
    "与此同时",
    "特别是入夏以后",
    "从检查情况看",
    "去年以来",
    "按照既定安排",
    "围绕这一目标",
    "针对存在的短板",
    "经过反复论证",
)
AIM = (
    "统一思想",
    "提高认识",
    "突出重点",
    "狠抓落实",
    "加强领导",
    "强化保障",
    "补齐短板",
    "创新方法",
    "凝聚合力",
    "久久为功",
)
OPENINGS = (
    "今天我们召开{place}{topic}工作会议，主要任务是总结前一阶段工作，分析当前形势，安排下一步任务。",
    "这次{topic}现场会开得很及时，刚才大家看了现场，听了发言，我完全同意。",
)
CLOSINGS = (
    "同志们，做好{topic}工作责任重大，让我们振作精神，扎实工作，为{place}的明天作出新的贡献！",
    "以上就是我讲的几点意见，请大家会后认真研究，抓好落实。谢谢大家！",
)
ORDER = "一二三四五六七八九十"


class Invented(NamedTuple):
    """A speech: `paragraphs` are what a reader should get, one a line, without the title; `contents` its headings."""

    title: str
    paragraphs: tuple[str, ...]
    contents: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def speech(seed: int, sections: int = 3) -> Invented:
    """The speech of a seed: salutation, opening, sections with headings and numbered paragraphs, a close."""
    dice = random.Random(seed)
    topic, place = dice.choice(TOPICS), dice.choice(PLACES)
    paragraphs = [
        "同志们：",
        dice.choice(OPENINGS).format(topic=topic, place=place) + _sentences(dice, topic, 2),
    ]
    contents: list[str] = []
    for k in range(sections):
        heading = f"{ORDER[k]}、{'，'.join(dice.sample(AIM, 2))}，推动{topic}{dice.choice(('开创新局面', '再上新台阶', '取得新成效'))}"
        contents.append(heading)
        paragraphs += [heading, _sentences(dice, topic, dice.randint(3, 5))]
        if dice.random() < 0.5:
            for n in range(3):
                paragraphs.append(
                    f"（{ORDER[n]}）{dice.choice(AIM)}，{dice.choice(DO)}。{_sentences(dice, topic, 2)}"
                )
        else:
            for n in range(dice.randint(2, 4)):
                paragraphs.append(f"{ORDER[n]}是{dice.choice(DO)}。{_sentences(dice, topic, 2)}")
    paragraphs.append(dice.choice(CLOSINGS).format(topic=topic, place=place))
    return Invented(f"在{place}{topic}工作会议上的讲话", tuple(paragraphs), tuple(contents))


def _sentences(dice: random.Random, topic: str, count: int) -> str:
    said = []
    for _ in range(count):
        first, second, third = dice.sample(DO, 3)
        form = dice.randrange(4)
        if form == 0:
            said.append(
                f"{dice.choice(LINK)}，{dice.choice(WHO)}要{first}、{second}，确保{topic}各项任务在{dice.randint(2, 11)}月底前完成。"
            )
        elif form == 1:
            said.append(
                f"{dice.choice(PLACES)}共投入{dice.randint(12, 980)}万元{first}，{dice.choice(GOOD)}，{dice.choice(WHO)}反映良好。"
            )
        elif form == 2:
            said.append(
                f"{dice.choice(WHO)}坚持边学边干，{first}，{second}，{third}，{dice.choice(GOOD)}。"
            )
        else:
            said.append(
                f"要看到，{topic}还存在“{dice.choice(('重建轻管', '各自为战', '人手不足', '标准不一'))}”的问题，必须{first}，{second}。"
            )
    return "".join(said)
