"""What holds for the outline of any text: it is fuzzed with fragments of its own grammar."""

from __future__ import annotations

import sys
from bisect import bisect_right
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.outline import decisions, outline_of, plain_speech
from pipelines.outline.render import from_markdown, from_opml, markdown, mind_map, opml
from pipelines.record_parts import Gap
from pipelines.records import Outline, Speech, outline_from, to_line

FRAGMENTS = [
    "一、", "二、", "三、", "十二、", "（一）", "（二）", "(三)", "（四）", "1.", "2、", "⒊", "1.1", "2.3.1", "（1）", "(2)", "3）", "①", "②",
    "第一章", "第二节 ", "第三条 ", "第一编", "第一部分", "第一，", "第二，", "首先，", "其次，", "最后，", "一是", "二是", "三是", "一要", "二要", "其一，",
    "加强领导", "工作目标", "总体要求", "以人为本", "各地要抓好落实", "小(二)型水库", "一、二、三产业", "2015.6", "1.5万", "同志们：", "各位代表：",
    "。", "；", "，", "：", "？", "\n", "\n\n", " ", "\u3000", "《办法》", "“双创”", "（区、县）", "前言\n", "结束语\n", "*", "|", "<b>", "&amp;", "\\",
    "〔missing〕", "-->", "\u2028", "\x00", "\x1b", "\r", "\t", "𠀀", "a", "第", "（", "）",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3)), max_size=60).map(
    "".join
)


@st.composite
def speeches(draw: st.DrawFn) -> Speech:
    text = draw(TEXT)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=5)))
    gaps = [Gap(at, None, "omitted", "") for at in places]
    return plain_speech(
        text,
        title=draw(TEXT)[:40],
        gaps=gaps,
        toc=draw(st.lists(TEXT.map(lambda t: t[:30]), max_size=6)),
    )


def assert_lawful(speech: Speech, outline: Outline) -> None:
    text = speech.text
    gaps = sorted({g.at for g in speech.gaps})
    tiles = [outline.preamble, *outline.unplaced]
    open_: list[tuple[int, int, int, bool]] = []  # level, start, end, visible
    before = 0
    for node in outline.nodes:
        assert 1 <= node.level <= before + 1, "levels do not jump"
        before = node.level
        while open_ and open_[-1][0] >= node.level:
            open_.pop()
        if node.status == "missing":
            assert (node.start, node.end, node.form) == (None, None, None)
            assert (node.title is None) == (node.source == "numbering")
            open_.append((node.level, 0, len(text), False))
            continue
        assert node.start is not None
        assert node.end is not None
        assert 0 <= node.start <= node.end <= len(text)
        visible = [span for span in open_ if span[3]]
        if visible:
            assert visible[-1][1] <= node.start <= node.end <= visible[-1][2], "spans nest"
        else:
            tiles.append((node.start, node.end))
        holds = bisect_right(gaps, node.end) > bisect_right(gaps, node.start)
        assert node.status == ("partial" if holds else "full")
        open_.append((node.level, node.start, node.end, True))
    tiles = sorted(tile for tile in tiles if tile[0] < tile[1])
    assert sum(end - start for start, end in tiles) == len(text), "the text is tiled"
    assert all(a[1] == b[0] for a, b in pairwise(tiles))


@settings(max_examples=250, deadline=None)
@given(speeches())
def test_any_text_has_a_lawful_outline(speech: Speech) -> None:
    assert_lawful(speech, outline_of(speech))


@settings(max_examples=150, deadline=None)
@given(speeches())
def test_every_rendering_of_any_outline_reads_back(speech: Speech) -> None:
    outline = outline_of(speech)
    assert outline_from(to_line(outline)) == outline
    assert from_markdown(markdown(outline)) == outline
    assert from_opml(opml(outline)) == outline
    assert mind_map(outline).count(b"<li") == len(outline.nodes)


@settings(max_examples=60, deadline=None)
@given(speeches())
def test_every_visible_heading_is_a_candidate_with_its_reason(speech: Speech) -> None:
    explained = {d.start for d in decisions(speech) if d.heading}
    starts = {n.start for n in outline_of(speech).nodes if n.start is not None and n.marker}
    assert starts == explained
    assert all(d.why for d in decisions(speech))


HOSTILE = [
    "（一）", "（一）加强领导。\n", "一、", "一、“《（", "第一条", "一、建设\n" + " " * 300 + "\n二、", "1", "一", "（", "一、" + "（" * 50 + "\n",
    "三、加强。\n", "一、建设 好 家 园 ", "一是建；", "第一，", "1.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_twice_the_hostile_text_takes_at_most_twice_the_steps(hostile: str) -> None:
    """Steps are lines of Python run, so the claim does not depend on the machine; benchmarks/outline.py has the seconds."""
    once, twice = _steps(hostile * 400), _steps(hostile * 800)
    assert twice <= 2.2 * once + 500


def _steps(text: str) -> int:
    count = 0

    def tick(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        count += 1
        return tick

    speech = plain_speech(
        text,
        gaps=[Gap(at, 1, "omitted", "") for at in range(0, len(text), 20)],
        toc=["一、建设", "（二）型"] * (len(text) // 50),
    )
    sys.settrace(tick)
    try:
        outline = outline_of(speech)
    finally:
        sys.settrace(None)
    assert_lawful(speech, outline)
    return count
