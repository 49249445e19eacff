"""An anchor of a notice that spells across the edge of two words is none: over a lexicon, not by hand."""

from __future__ import annotations

import random
from collections import defaultdict

from benchmarks.anchor_edges import edges, page, words
from pipelines.cleaning import anchor_edges
from pipelines.cleaning.notice_units import is_inside_words
from pipelines.cleaning.notice_words import ANCHORS
from pipelines.cleaning.notices import notices


def test_the_table_is_that_of_the_lexicon() -> None:
    assert edges() == anchor_edges.EDGES
    assert "EDGES" in page()


def test_every_anchor_is_tried_across_all_words_that_hold_its_halves() -> None:
    tried = 0
    ending, opening = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for word in sorted(words()):
        for k in range(1, len(word)):
            ending[word[k:]].append(word)
            opening[word[:k]].append(word)

    for anchor in ANCHORS:
        for k in range(1, len(anchor)):
            for first in ending[anchor[:k]][:25]:
                for second in opening[anchor[k:]][:25]:
                    text = f"要{first}{second}，抓好落实"
                    at = 1 + len(first) - k
                    tried += 1
                    assert is_inside_words(text, at, at + len(anchor)), text
    assert tried > 5000


def test_the_last_line_above_an_end_notice_stays_whole() -> None:
    dice = random.Random(7)
    short = sorted(word for word in words() if len(word) == 2)
    for anchor in ("全文", "会员", "下载", "登录", "余下", "客服"):
        first = dice.choice([word for word in short if word[1] == anchor[0]])
        second = dice.choice([word for word in short if word[0] == anchor[1]])
        shown = f"同志们：\n修好渠道，疏通河沟，备足沙石料。\n突出重点，{first}{second}"
        text = f"{shown} ……（未完，全文共300字，当前仅显示40字，请阅读下面提示信息。"
        [notice] = notices(text)
        assert text[: notice.start].rstrip() == shown


def test_anchors_at_the_edges_of_words_are_anchors() -> None:
    for said in ("登录后阅读全文", "剩余内容请登录后查看", "下载全文后可阅读", "本文会员可读"):
        assert not any(
            is_inside_words(said, k, k + 2) for k in range(len(said)) if said[k : k + 2] in ANCHORS
        )
