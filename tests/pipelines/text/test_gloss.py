"""Glosses and the damage they do, against the simulator of the fault."""

from __future__ import annotations

import difflib
import random
import re
from functools import cache

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gloss_fault import shown, site_list
from benchmarks.invented import speech
from pipelines.cleaning.engine import run, undo
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.rules.pinyin_gloss import GLOSSED, deglossed, pinyin_gloss
from pipelines.text.characters import common, plain, readings

S2T = opencc.OpenCC("s2t")
PLAIN_STRIP = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\)")


def traditional(seed: int) -> str:
    return str(S2T.convert(speech(seed).text)).encode("gbk", "ignore").decode("gbk")


@cache
def glossable() -> list[tuple[str, str]]:
    """Every Traditional character of GBK that a site may gloss, with a reading."""
    codes = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    characters = [c for code in codes if len(c := code.decode("gbk", "ignore")) == 1]
    return [
        (c, sorted(readings(c))[0])
        for c in characters
        if plain(c) != c and common(plain(c)) and readings(c)
    ]


def errors(got: str, truth: str) -> int:
    blocks = difflib.SequenceMatcher(None, got, truth, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


@pytest.mark.parametrize(
    ("text", "glosses", "seen"),
    [
        ("聞記者采訪", [("動", "dòng")], "聞?dòng)浾卟稍L"),
        ("因為，推進", [("驗", "yàn")], "因?yàn)椋"),
        ("當地", [("數", "shù")], "當?shù)"),
        ("家庫", [("規", "guī")], "家?guī)"),
        ("目內", [("內", "nèi"), ("績", "jī")], "目?jī)?nèi)"),
    ],
)
def test_the_simulator_makes_what_was_observed(
    text: str, glosses: list[tuple[str, str]], seen: str
) -> None:
    assert shown(text, glosses).startswith(seen)


@pytest.mark.parametrize(
    ("text", "glosses"),
    [
        ("新聞記者采訪團", [("動", "dòng")]),
        ("目內的企業", [("內", "nèi"), ("績", "jī")]),
        ("大家都到當地的學校去", [("數", "shù"), ("學", "xué")]),
        ("新聞記者采訪團", [("聞", "wén"), ("動", "dòng")]),
        ("新聞記者采訪團", [("動", "dòng"), ("聞", "wén")]),
    ],
)
@pytest.mark.parametrize("lost", ["?", "\ufffd"])
def test_damage_that_hides_nothing_is_undone_exactly(
    text: str, glosses: list[tuple[str, str]], lost: str
) -> None:
    page = shown(text, glosses, lost=lost)
    assert page != text
    facts = Facts()
    assert (run(page, facts, (pinyin_gloss,)).text, facts.cautions) == (text, [])


def test_a_decoder_that_spares_the_bracket_is_understood_too() -> None:
    assert deglossed("新聞\ufffd(dòng)浾卟稍L團") == "新聞記者采訪團"
    assert (
        deglossed("工作還(hái)要做，事情還(hái)要辦，茶園還(hái)要管")
        == "工作還要做，事情還要辦，茶園還要管"
    )


def test_what_cannot_be_undone_stays_with_a_warning_and_the_rest_is_undone() -> None:
    facts = Facts()
    outcome = run("因?yàn)椋?七M茶園建設(shè)", facts, (pinyin_gloss,))
    assert outcome.text == "因為?七M茶園建設"
    assert facts.cautions == ["damaged_gloss"]
    assert undo(outcome.text, outcome.steps) == "因?yàn)椋?七M茶園建設(shè)"


def test_a_hole_that_nothing_explains_stays_exactly_as_it_stands() -> None:
    page = "茶產(chǎn)業(yè)發(fā)展,山?hē)的路修好了"
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    assert outcome.text == "茶產業發展,山?hē)的路修好了"
    assert facts.cautions == ["damaged_gloss"]
    assert [outcome.text[m.start : m.end] for m in outcome.marks] == ["?hē)"]


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("folded", [False, True])
def test_no_gloss_is_left_and_far_less_is_wrong_than_behind_a_plain_strip(
    share: float, folded: bool
) -> None:
    wrong = plainly = 0
    for seed in range(12):
        rng = random.Random(seed)
        truth = traditional(seed)
        page = shown(truth, site_list(glossable(), share, rng), folded)
        if folded:
            truth = shown(truth, [], folded=True)
        facts = Facts()
        got = run(page, facts, (pinyin_gloss,)).text
        left = [
            m
            for m in GLOSSED.finditer(got)
            if m[0][0] == "(" and plain(got[m.start() - 1]) != got[m.start() - 1]
        ]
        assert left == []
        assert ("damaged_gloss" in facts.cautions) or errors(got, truth) == 0
        wrong += errors(got, truth)
        plainly += errors(PLAIN_STRIP.sub("", page), truth)
    assert plainly > 0
    assert wrong <= 0.45 * plainly


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 1.0))
def test_what_is_undone_is_true_and_the_trace_leads_back(seed: int, share: float) -> None:
    rng = random.Random(seed)
    truth = traditional(seed)[:300]
    page = shown(truth, site_list(glossable(), share, rng))
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    assert undo(outcome.text, outcome.steps) == page
    assert run(outcome.text, Facts(), (pinyin_gloss,)).steps == ()
    if "damaged_gloss" not in facts.cautions:
        assert outcome.text == truth


def test_the_title_loses_its_glosses_too() -> None:
    assert deglossed("全縣茶產(chǎn)業(yè)發(fā)展推進會") == "全縣茶產業發展推進會"
    assert deglossed("國(guó)務院") == "國務院"


def test_true_annotations_stay() -> None:
    for text in (
        "念天地之悠悠，独怆(chuàng)然而涕下。",
        "“模(mú)样”的读音。",
        "他姓仇(qiú)，不姓愁。",
    ):
        assert deglossed(text) == text
