"""From a raw document to its record: gaps and their lengths, completeness, site, identity, failures."""

from __future__ import annotations

import pytest

from pipelines.cleaning.clean import PLAIN, Cleaned, Refused, attempts, clean
from pipelines.cleaning.engine import redo
from pipelines.cleaning.ruleset import TITLE_RULES
from pipelines.records import Failure, RawDocument, Speech, document_id

SITES = {"www.example.cn": "liwen", "好例文秘网": "liwen", "好例文库": "liku"}
HEAD = (
    "同志们:\n今天召开这次会议,主要任务是总结去年的水利工作,部署今年的任务。下面,我讲三点意见。\n"
)
FIRST = "一要抓进度。各村要把清淤、维修、管护统筹起来,一件一件抓落"
LAST = (
    "实,秋播之前全部完成。缺劳力的村可以请合作社代工,工钱由镇里先垫付,年底再同各村结算,决不让一户掉队。\n"
    "二要抓质量。谁的工程谁负责,出了问题倒查责任,决不含糊。验收要请老党员和种粮大户一起到渠边看,看得见水、放得满田才算合格。"
    "验收不过的,限期半个月返工,返工的钱由施工队自己出,村里不得另立名目。以后每年立冬前清淤一次,立春前试水一次,把管护写进村规民约。"
    "谢谢大家!"
)
WHOLE = HEAD + FIRST + LAST


def speech(text: str, **given: object) -> Speech:
    [result] = clean(RawDocument(url="file:a.txt", text=text, **given), SITES)  # type: ignore[arg-type]
    assert isinstance(result, Cleaned)
    return result.speech


def test_a_whole_text_stays_as_it_is() -> None:
    record = speech(WHOLE, title="水利工作讲话")
    assert (record.text, record.gaps, record.completeness, record.warnings) == (
        WHOLE,
        (),
        "full",
        (),
    )


def test_the_end_lacks_what_was_declared_less_what_is_shown_less_the_omissions() -> None:
    record = speech(
        f"{HEAD}{FIRST}……(好例文秘网http://www.example.cn省略300字,正式会员可完整阅读)……{LAST}"
        "三要抓 ……(未完,全文共1500字,当前仅显示700字,请阅读下面提示信息。"
    )
    assert [(gap.kind, gap.chars) for gap in record.gaps] == [("omitted", 300), ("cut_off", 500)]
    assert (record.completeness, record.declared_chars, record.shown_chars, record.site) == (
        "cut_off",
        1500,
        700,
        "liwen",
    )
    assert record.gaps[1].at == len(record.text)


def test_where_an_omission_states_no_length_the_end_cannot_be_computed() -> None:
    record = speech(f"{HEAD}{FIRST}\n……略……\n{LAST}三要抓 ……(未完,全文共1500字,当前仅显示700字)")
    assert [gap.chars for gap in record.gaps] == [None, None]


def test_an_omission_with_nothing_behind_it_and_the_end_are_two_gaps_at_the_end() -> None:
    record = speech(
        f"{HEAD}{FIRST}……(好例文秘网省略300字,正式会员可完整阅读)……(未完,全文共1000字,当前仅显示90字)"
    )
    assert [(gap.kind, gap.chars, gap.at) for gap in record.gaps] == [
        ("omitted", 300, len(record.text)), ("cut_off", 610, len(record.text)),
    ]  # fmt: skip
    assert record.text == (HEAD + FIRST).replace("\n\n", "\n")


def test_an_omission_with_nothing_behind_it_and_no_other_notice_is_the_end() -> None:
    record = speech(f"{HEAD}{FIRST}……(好例文秘网省略300字,正式会员可完整阅读)……")
    assert [(gap.kind, gap.chars) for gap in record.gaps] == [("cut_off", 300)]


def test_a_gap_only_inside_is_gapped() -> None:
    assert speech(f"{HEAD}{FIRST}\n……略……\n{LAST}").completeness == "gapped"


def test_text_that_stops_mid_sentence_is_cut_off_by_an_empty_notice() -> None:
    record = speech(HEAD + FIRST)
    assert [(gap.kind, gap.chars, gap.notice) for gap in record.gaps] == [("cut_off", None, "")]


def test_a_declared_length_far_beyond_the_text_without_a_place_is_unknown() -> None:
    assert speech(WHOLE, declared_chars=4000).completeness == "unknown"
    assert speech("本文为会员文章,登录后可查看全文\n" + WHOLE).completeness == "unknown"


def test_a_notice_about_page_images_says_nothing_of_a_whole_text() -> None:
    record = speech("亲,该文档总共6页,到这儿已超出免费预览范围,如果喜欢就下载吧!\n" + WHOLE)
    assert (record.text, record.completeness) == (WHOLE, "full")


def test_a_count_outside_the_band_is_told() -> None:
    length = speech(WHOLE).counted_chars
    assert "count_off" not in speech(WHOLE, shown_chars=round(length * 1.1)).warnings
    assert "count_off" in speech(WHOLE, shown_chars=length * 2).warnings


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ({"site": "wm114"}, "wm114"),
        ({"url": "https://www.example.cn/a/1.html"}, "liwen"),
        ({}, "liku"),
    ],
)
def test_the_site_is_the_given_one_else_by_address_else_by_the_page(
    given: dict[str, str], site: str
) -> None:
    page = WHOLE + "\n电脑版 |好例文库版权所有"
    [result] = clean(RawDocument(**({"url": "file:a.txt", "text": page} | given)), SITES)  # type: ignore[arg-type]
    assert isinstance(result, Cleaned)
    assert (result.speech.site, result.speech.text) == (site, WHOLE)


def test_a_document_with_a_number_is_known_by_site_and_number() -> None:
    card = "上传人:li 文档编号:30155 上传时间:2021-3-8 格式:DOC 页数:4 大小:2KB\n资源描述\n"
    record = speech(card + WHOLE + "\n好例文库版权所有", title="水利工作讲话")
    assert record.id == document_id("liku", "30155", "", None)
    assert (record.doc_id, record.published, record.pages, record.uploader) == (
        "30155",
        "2021-03-08",
        4,
        "li",
    )


def test_what_extraction_states_wins_over_what_the_page_says() -> None:
    card = "上传人:li 文档编号:30155 格式:DOC\n资源描述\n"
    assert speech(card + WHOLE, doc_id="7", format="PDF", title="水利").doc_id == "7"


def test_the_title_is_cleaned_and_no_part_of_the_text() -> None:
    record = speech("全縣水利工作會議講話 |\n" + WHOLE, title="全縣水利工作會議講話")
    assert (record.title, record.text) == ("全县水利工作会议讲话", WHOLE)


def test_a_plain_title_holds_nothing_that_rules_of_titles_need() -> None:
    literals = [literal for rule in TITLE_RULES for literal in rule.needs]
    assert not [literal for literal in literals if PLAIN.fullmatch(literal)]
    assert [rule.name for rule in TITLE_RULES if not rule.needs] == [
        "simplified_script",
        "blank_space",
    ]
    assert not any(PLAIN.fullmatch(c) for c in map(chr, range(0x3100)) if c.isspace())


def test_lone_surrogates_and_nuls_do_not_reach_the_record() -> None:
    [result] = clean(RawDocument(url="file:a", text=WHOLE[:40] + "\ud800\0" + WHOLE[40:]), SITES)
    assert isinstance(result, Cleaned)
    assert result.speech.text == WHOLE[:40] + "\ufffd" + WHOLE[40:]
    assert redo(result.raw_text, result.trace.steps) == result.speech.text


@pytest.mark.parametrize(
    ("text", "error"), [(" \n\u3000", "empty"), ("同志们:\n散会。", "too_short")]
)
def test_what_is_no_document_is_a_failure(text: str, error: str) -> None:
    [result] = clean(RawDocument(url="file:a", text=text), SITES, now="2024-01-01T00:00:00Z")
    assert isinstance(result, Failure)
    assert (result.error, result.stage, result.happened_at) == (
        error,
        "clean",
        "2024-01-01T00:00:00Z",
    )


def test_a_rule_that_fails_loses_its_page_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str, facts: object, rules: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr("pipelines.cleaning.clean.run", broken)
    [result] = clean(RawDocument(url="file:a", text=WHOLE), SITES)
    assert isinstance(result, Failure)
    assert result.error == "rule_error"
    assert "no such thing" in result.detail


def test_what_was_removed_before_a_page_was_refused_is_known() -> None:
    text = "返回 下载 相关 举报\n用户登录\n用户名 密码 验证码\n忘记密码？立即注册"
    raw = RawDocument(url="file:wall", text=text)
    [refused] = attempts(raw, {})
    assert isinstance(refused, Refused)
    assert refused.failure.error == "login_wall"
    assert [removed.rule for removed in refused.removed] == ["page_head"]
    assert clean(raw, {}) == [refused.failure]


def test_a_count_that_differs_a_little_is_said() -> None:
    text = "同志们：今天把渠道维修的事讲清楚，各村都要落到实处，不能走过场。" * 4
    shown = len(text)
    for stated, code in ((shown, []), (shown - 4, ["count_differs"]), (shown - 40, ["count_off"])):
        [result] = clean(RawDocument(url="file:a", text=text, shown_chars=stated), {})
        assert isinstance(result, Cleaned)
        assert [w for w in result.speech.warnings if w.startswith("count")] == code


def test_breaks_of_markup_are_kept_through_cleaning() -> None:
    text = "今年公交要抓统筹，集中力量解决问题\n，这是标题\n局长在报告中说，今年要把最急的事办好。"
    for kinds, lines in ((("p", "p"), 3), (("br", "p"), 2)):
        [result] = clean(RawDocument(url="file:a", text=text, breaks=kinds), {})
        assert isinstance(result, Cleaned)
        assert len(result.speech.text.split("\n")) == lines
