"""What words tell of a hidden byte, and what they must not tell."""

from __future__ import annotations

import pytest

from pipelines.text.gbk_damage import UNKNOWN, Cell
from pipelines.text.gbk_words import Words

PAGE = "今天召開全鎮會議，總結工作，安排任務。"


@pytest.mark.parametrize(
    ("lead", "trail", "before", "after", "told"),
    [
        (UNKNOWN, 0xA3, "，確", "“三", "保"),  # the only word: 確保
        (UNKNOWN, 0xA3, "任務", "現在", "。"),  # both sides have their words
        (UNKNOWN, 0xA3, "抓三", "”的", None),  # 三保 and others are possible
        (UNKNOWN, 0xA3, "學", "，家", "校"),  # no full stop stands before a comma
        (0x9E, UNKNOWN, "是因", "?0", "為"),
        (0xCA, UNKNOWN, "總抓", "；年", None),  # 抓手, 抓實, 抓石 …
        (0xB5, UNKNOWN, "排放", "，出", None),  # 的 fits as well as 到
        (UNKNOWN, 0xA1, "\u3000", "（一", "\u3000"),
        (0xA3, UNKNOWN, "（二", "強化", "）"),
        (UNKNOWN, UNKNOWN, "會", "議", None),
    ],
)
def test_a_hidden_byte_is_told_by_one_word_or_not_at_all(
    lead: int, trail: int, before: str, after: str, told: str | None
) -> None:
    assert Words(PAGE).inferred(Cell(lead, trail), before, after) == told


def test_a_simplified_character_is_nothing_that_a_traditional_page_has() -> None:
    assert Words(PAGE).backing("為", "锁", "夢") == 0
    assert Words(PAGE).backing("國", "務", "院") == 2
