"""What the ends and beginnings of lines prove: that a sentence goes on, or that a line stands by itself."""

from __future__ import annotations

import re

#: Signs that begin no line: they close or continue what stands before them.
NEVER_FIRST = frozenset("，。、；：！？,;:!?）)》〉”’」』】%％")
#: Words that end no line: they need what follows. (Not 为 在 要 会: they end 行为, 存在, 纲要, 大会.)
NEVER_LAST = re.compile(
    r"""
    (?: [的和与及或而把将被让且] | 进一步 | 切实 | 着力 | 大力 | 更加 | 必须 | 应当 | 可以 | 以及
    | (?<! [,，。;；] ) (?: 通过 | 按照 | 根据 | 围绕 | 针对 | 关于 | 我们 | 他们 | 这些 | 各项 ) ) \Z
    """,
    re.VERBOSE,
)
ANNOUNCED = re.compile(r"(?:任务|目的|目标|要求|重点)是(?:全面|进一步)?\Z")
#: Beginnings of lines that only go on: `…存在` `的问题`, `现将有关情况` `汇报如下：`.
CONTINUES = re.compile(
    r"的(?![确士])|(?:汇报|报告|通报|通知|公告|总结|说明|介绍|答复|公示)如下[：:]?\Z"
)
OPENING = "（(《〈“‘「『【"
PAIRS = dict(zip(OPENING, "）)》〉”’」』】", strict=True))
COMMAS = ("，", ",", "、")
#: Inside a line: it is running text, no heading.
INNER_STOP = re.compile(r"[。！？；;!?](?=[^”’」』）)》】\s])")
RUNS = re.compile(r"[，,。；;！？!?]")
INNER_COMMA = re.compile(r"[，,、]")
#: Ends of captions, by-lines and sources: a name, a date or a place behind the last stop, set apart by blanks.
CREDIT = re.compile(
    r"摄\Z|[/／]\S{0,6}\Z|记者|作者|编辑|供图|来源|资料图|(?<![A-Za-z0-9])[\s\u3000](?![A-Za-z0-9])|[:：]|[\d年月日]\Z|[—-]{1,2}\S{0,12}\Z"
)
NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
#: Lines that stand by themselves, whatever is above them.
OWN = re.compile(
    r"附件|附表|附[：:]|抄送|主题词|[—－-]{2}|[>》▲▼●■★◆·•]|(?:时间|地点|来源|作者|记者|编辑|责任编辑|日期)[:：]"
    r"|(?:19|20)\d\d\s?[-年./]\s?\d{1,2}\s?[-月./]"
)
LATIN = re.compile(r"[A-Za-z]{2}")
