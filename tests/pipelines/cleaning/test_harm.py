"""True text of every structure goes through cleaning as it is, in every form that pages serve it in."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.harm import Harm, KnownText, forms, invented, measure

TEXTS = list(invented())


def test_there_are_texts_of_every_structure() -> None:
    kinds = Counter(text.name.rsplit("-", 1)[0] for text in TEXTS)
    assert len(TEXTS) >= 60
    assert set(kinds) >= {"roster", "schedule", "chronicle", "abstract", "interview", "table"}
    assert min(kinds.values()) > 4


@pytest.mark.parametrize("text", TEXTS, ids=[text.name for text in TEXTS])
def test_a_true_text_is_left_alone(text: KnownText) -> None:
    harm = Harm()
    for raw in forms(text):
        measure(harm, text, raw)
    assert harm.shown == []
    assert harm.figures("harm")["harm_line_ends_lost"] == 0


def test_harm_is_seen_where_it_is_done() -> None:
    told = KnownText(
        "torn", "", ["今天的会议，主要任务是", "总结工作，安排今年的渠道维修。"], ["p", "p"]
    )
    harm = Harm()
    measure(harm, told, next(forms(told)))
    assert harm.lost.total() == 1
