"""Glosses and the damage they do, against the simulator of the faults."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gloss_fault import (
    MARKS,
    PRIVATE,
    Site,
    glossable,
    nested_list,
    shown,
    site_list,
    traditional,
)
from benchmarks.gloss_quality import PLAIN_STRIP, Figures, measure, pages
from benchmarks.invented import speech
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.cleaning.engine import run, undo
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.rules.pinyin_gloss import deglossed, pinyin_gloss
from pipelines.records import RawDocument
from pipelines.text.characters import plain

#: Sentences that make a page a glossed one, without damage.
GLOSSED_PAGE = "今天召開茶園管護會(huì)議，總結(jié)去年的經(jīng)驗(yàn)，安排下一步任務(wù)。\n"
#: … and one as a browser shows it: 因為，他所提 with pairs that are private-use characters.
LIVE_PAGE = GLOSSED_PAGE + shown("因為，他所提出的辦法很好。", [("驗", "yàn")]) + "\n"


def page_of(seed: int) -> str:
    return traditional(speech(seed).text).encode("gbk", "ignore").decode("gbk")


def cleaned(text: str) -> Cleaned:
    [result] = clean(RawDocument(url="file:a", site="unknown", title="", text=text), {})
    assert isinstance(result, Cleaned)
    return result


@pytest.mark.parametrize(
    ("text", "site", "seen"),
    [
        ("聞記者采訪", Site([("動", "dòng")]), "聞?dòng)浾卟稍L"),
        ("因為，他所提", Site([("驗", "yàn")]), "因?yàn)椋\ue0e6\ue378"),
        ("當地", Site([("數", "shù")]), "當?shù)"),
        ("家庫", Site([("規", "guī")]), "家?guī)"),
        ("目內", Site([("內", "nèi"), ("績", "jī")]), "目?jī)?nèi)"),
        ("因為5月", Site([("驗", "yàn")]), "因?yàn)?月"),
        ("完成。現在", Site([("現", "xiàn")], "，", 1.0), "完成?，F(xiàn)在"),
        ("培訓。總結", Site([("結", "jié")], "？", 1.0), "培訓?？偨Y(jié)"),
        ("確保”，各村", Site([], "！，", 1.0), "確?！?，各村"),
        ("努力。”\n各村", Site([], "！", 1.0), "努力?！?\n各村"),
    ],
)
def test_the_simulator_makes_what_was_observed(text: str, site: Site, seen: str) -> None:
    page = shown(text, site)
    assert PRIVATE.sub("P", page).startswith(PRIVATE.sub("P", seen))


def test_traditional_is_made_one_to_one_as_windows_makes_it() -> None:
    assert traditional("于后里干采系制余范并愿郁涌游占斗") == "于后里干采系制余范并愿郁涌游占斗"
    assert traditional("准台几着为") == "準臺幾著為"


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
def test_a_run_whose_bytes_are_all_known_is_exact_on_a_live_page(
    text: str, glosses: list[tuple[str, str]], lost: str
) -> None:
    page = LIVE_PAGE + shown(text, glosses, lost=lost)
    assert PRIVATE.search(LIVE_PAGE)
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    assert outcome.text.split("\n")[1:] == ["因為，他所提出的辦法很好。", text]
    assert (facts.cautions, facts.damage) == ([], [])


def test_where_unprintables_may_be_lost_the_same_run_is_restored_and_says_so() -> None:
    facts = Facts()
    outcome = run("新聞?dòng)浾卟稍L團", facts, (pinyin_gloss,))
    assert outcome.text == "新聞記者采訪團"
    assert facts.cautions == ["damaged_gloss"]
    assert [(outcome.text[d.start : d.end], d.kind) for d in facts.damage] == [
        ("記者采訪", "restored")
    ]


def test_a_character_that_two_halves_make_is_never_written() -> None:
    """的辦 of 老師的辦法 stands in pairs of which an extractor lost one: what is left reads as another character."""
    true = "因為，他所提出的辦法很好。"
    page = GLOSSED_PAGE + shown(true, [("驗", "yàn")], extracted=True)
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    line = outcome.text.split("\n")[1]
    assert set(line) <= {*true, "?", *page}
    assert "damaged_gloss" in facts.cautions


def test_a_decoder_that_spares_the_bracket_is_understood_too() -> None:
    assert deglossed("新聞\ufffd(dòng)浾卟稍L團") == "新聞記者采訪團"
    assert (
        deglossed("工作還(hái)要做，事情還(hái)要辦，茶園還(hái)要管")
        == "工作還要做，事情還要辦，茶園還要管"
    )


def test_a_blank_before_the_bracket_closes_belongs_to_the_gloss() -> None:
    assert deglossed("會(huì )議(yì )開(kāi )始") == "會議開始"


def test_what_a_question_mark_hides_stays_one_and_the_rest_is_read() -> None:
    facts = Facts()
    outcome = run(GLOSSED_PAGE + "因?yàn)?5日開會，各村都來", facts, (pinyin_gloss,))
    assert outcome.text.split("\n")[1] == "因為?5日開會，各村都來"
    assert [d.kind for d in facts.damage] == ["partial"]
    assert undo(outcome.text, outcome.steps) == GLOSSED_PAGE + "因?yàn)?5日開會，各村都來"


@pytest.mark.parametrize("mark", MARKS)
def test_two_question_marks_before_a_mark_hide_one_character(mark: str) -> None:
    truth = f"全鎮銳意進取{mark}再建一所學校{mark}大家安居樂業"
    page = GLOSSED_PAGE + shown(truth, Site([], MARKS, 1.0))
    assert "??" in page
    facts = Facts()
    got = run(page, facts, (pinyin_gloss,)).text.split("\n")[1]
    assert "??" not in got
    assert len(got) == len(truth)
    assert all(a == b or a == "?" for a, b in zip(got, truth, strict=True))
    assert {d.kind for d in facts.damage} <= {"partial", "restored"}


def test_a_hole_that_nothing_explains_stays_exactly_as_it_stands() -> None:
    page = "茶產(chǎn)業(yè)發(fā)展,山?hē)的路修好了"
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    assert outcome.text == "茶產業發展,山?hē)的路修好了"
    assert facts.cautions == ["damaged_gloss"]
    assert [(outcome.text[d.start : d.end], d.kind) for d in facts.damage] == [("?hē)", "left")]


def test_damage_has_its_place_in_the_record() -> None:
    result = cleaned(GLOSSED_PAGE * 3 + "全鄉的培訓?？偨Y(jié)經(jīng)驗(yàn)，抓好下一步工作。")
    [spot] = result.speech.damage
    assert result.speech.text[spot.start : spot.end] in ("。总结", "?总结")
    assert spot.kind in ("restored", "partial")
    assert "damaged_gloss" in result.speech.warnings


@pytest.mark.parametrize("mark", ["！", "？", "，", "。", "；"])
def test_question_marks_of_the_text_are_no_damage(mark: str) -> None:
    for said in (f"這樣行嗎?{mark}大家都說行。", f"什麼時候辦?{mark}年底以前辦好。"):
        page = GLOSSED_PAGE + said
        facts = Facts()
        assert run(page, facts, (pinyin_gloss,)).text.split("\n")[1] == said
        assert facts.damage == []


@pytest.mark.parametrize("kind", ["live", "extracted", "mixed"])
def test_a_share_of_the_benchmark_keeps_what_was_promised(kind: str) -> None:
    total = Figures()
    for page in pages(8, seed=3):
        if page.kind == kind:
            total.add(measure(page)[0])
    assert total.plain_errors > 100
    assert total.share <= {"live": 0.20, "extracted": 0.45, "mixed": 0.25}[kind]
    assert (total.silent, total.unmarked) == (0, 0)
    if kind == "live":
        assert total.syllables == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 1.0), st.booleans())
def test_what_is_exact_is_true_and_the_trace_leads_back(
    seed: int, share: float, marks: bool
) -> None:
    rng = random.Random(seed)
    truth = page_of(seed % 50)[:300]
    listed = site_list(glossable(), share, rng)
    page = shown(truth, Site(listed, MARKS if marks else "", seed=seed))
    facts = Facts()
    outcome = run(page, facts, (pinyin_gloss,))
    assert undo(outcome.text, outcome.steps) == page
    assert run(outcome.text, Facts(), (pinyin_gloss,)).steps == ()
    if "damaged_gloss" not in facts.cautions:
        assert outcome.text == truth


def test_lists_of_sites_are_nested() -> None:
    short, long = nested_list(40, 1), nested_list(200, 1)
    assert long[:40] == short
    assert len({c for c, _ in long}) == 200


def test_the_title_loses_its_glosses_too() -> None:
    assert deglossed("全縣茶產(chǎn)業(yè)發(fā)展推進會") == "全縣茶產業發展推進會"
    assert deglossed("國(guó)務院") == "國務院"


def test_a_mirror_that_glosses_anything_is_seen_by_the_page() -> None:
    page = "春(chun)耕的(de)(de)事(shi)要抓(zhua)緊(jin)，各(ge)村(cun)種子要備(bei)足(zu)。"
    assert deglossed(page) == "春耕的事要抓緊，各村種子要備足。"
    simplified = "全镇(zhèn)的水渠(qú)要修好(hǎo)，田里(lǐ)的苗要管(guǎn)住，不(bù)误农时。"
    assert deglossed(simplified) == "全镇的水渠要修好，田里的苗要管住，不误农时。"


def test_true_annotations_stay() -> None:
    for text in (
        "念天地之悠悠，独怆(chuàng)然而涕下。",
        "“模(mú)样”的读音。",
        "他姓仇(qiú)，不姓愁。",
        "生字：渔(yú)、眸(móu)、溪(xī)、嬉(xī)、瀑(pù)、崖(yá)。",
        "本课的拼音要会读：好(hǎo)看，小(xiǎo)河，大(dà)山，天(tiān)空，水(shuǐ)边。",
        "方案选项是(a)加强管理，(b)增加投入，题目是(c)组织培训，重点是(d)考核，最后是(e)奖励。",
    ):
        assert deglossed(text) == text


def test_a_plain_strip_is_what_the_benchmark_compares_with() -> None:
    assert PLAIN_STRIP.sub("", "國(guó)務(wù)院") == "國務院"
    assert re.search("[(（]", PLAIN_STRIP.sub("", "國（guó）")) is None
    assert plain("國") == "国"
