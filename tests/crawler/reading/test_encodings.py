"""Decoding: whatever is declared, the bytes decide; what is no text is said to be none."""

from __future__ import annotations

import codecs
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading.encodings import Unreadable, decode

HANS = "同志们：今天召开这次会议，主要任务是总结前一阶段工作，分析当前形势，部署下一步重点任务。刚才几位同志作了发言，讲得都很好。"
HANT = "同志們：今天召開這次會議，主要任務是總結前一階段工作，分析當前形勢，部署下一步重點任務。剛才幾位同志作了發言，講得都很好。"
PAGE = '<html><head><meta http-equiv="Content-Type" content="text/html; charset={}"><title>讲话</title></head><body><p>{}</p></body></html>'
ENCODINGS = {"gbk": HANS, "gb18030": HANS + "𠀀㐀", "big5": HANT, "utf-8": HANS, "gb2312": HANS}


def page(text: str, meta: str = "", times: int = 1) -> str:
    title = "講話" if "們" in text else "讲话"
    return PAGE.format(meta, text * times).replace("讲话", title)


@pytest.mark.parametrize(
    ("real", "said"),
    list(itertools.product(ENCODINGS, [*ENCODINGS, "iso-8859-1", "no-such", None])),
)
@pytest.mark.parametrize("where", ["http", "meta"])
def test_a_wrong_declaration_changes_nothing(real: str, said: str | None, where: str) -> None:
    text = page(ENCODINGS[real], said or "" if where == "meta" else "")
    decoded = decode(text.encode(real), said if where == "http" else None)
    assert decoded.text == text
    same = {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs"}
    assert decoded.encoding == same.get(real, real)
    wrong = said and same.get(said, said) != decoded.encoding
    assert (f"says {said}" in decoded.reason) == bool(wrong)


@pytest.mark.parametrize("real", ["gbk", "gb18030", "big5", "utf-8"])
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_cut_at_the_end_costs_that_character_only(real: str, cut: int) -> None:
    text = page(ENCODINGS[real]) + HANT[:1]
    body = (text + "業").encode(real)[:-cut]
    decoded = decode(body, "utf-8")
    assert decoded.text.rstrip("\ufffd") in (text, text[:-1])
    assert decoded.encoding[:2] == real[:2]


@pytest.mark.parametrize("times", [1, 30])
def test_traditional_text_in_gbk_is_not_taken_for_big5(times: int) -> None:
    text = page(HANT, "big5", times)
    assert decode(text.encode("gbk"), "big5").text == text


def test_gbk_with_broken_bytes_keeps_the_rest() -> None:
    body = (
        page(HANS, "gbk", 5)
        .encode("gbk")
        .replace("发言".encode("gbk"), "发".encode("gbk") + b"\xff", 2)
    )
    decoded = decode(body)
    assert decoded.encoding == "gb18030"
    assert decoded.replaced >= 2
    assert decoded.text.count("总结前一阶段工作") == 5
    assert "bytes replaced" in decoded.reason


def test_utf8_with_a_title_cut_by_bytes_stays_utf8() -> None:
    body = page(HANS, "utf-8", 3).encode().replace("讲话".encode(), "讲话".encode()[:-1])
    decoded = decode(body, "gbk")
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("同志们：") == 3


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
     (codecs.BOM_UTF32_LE, "utf-32-le"), (b"\x84\x31\x95\x33", "gb18030")],
)  # fmt: skip
def test_a_byte_order_mark_decides_and_is_no_text(mark: bytes, codec: str) -> None:
    decoded = decode(mark + page(HANS).encode(codec), "big5")
    assert decoded.text == page(HANS)
    assert "byte order mark" in decoded.reason
    assert "the server says big5" in decoded.reason


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(codec: str) -> None:
    assert decode(page(HANS).encode(codec), "utf-8").text == page(HANS)


def test_a_page_that_only_claims_utf16_is_read_by_its_bytes() -> None:
    assert decode(page(HANS, "utf-16").encode(), "utf-16").text == page(HANS, "utf-16")
    assert decode(page(HANS, "utf-16").encode("gbk"), "utf-16").text == page(HANS, "utf-16")


def test_the_ideographic_space_of_old_gbk_editors() -> None:
    assert decode(b"\xa3\xa0" + HANS.encode("gbk")).text == "　" + HANS


@pytest.mark.parametrize("text", ["首页", "通知", "欢迎"])
def test_two_characters_are_enough_where_the_page_says_so(text: str) -> None:
    assert decode(f'<meta charset="gb2312"><b>{text}</b>'.encode("gbk")).text.endswith(
        f"<b>{text}</b>"
    )


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", b"\r\n %PDF-1.7 x", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x1f\x8b\x08\x00abc",
     b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 40, b"{\\rtf1\\ansi text}", b"\x00\x00\x00\x18ftypmp42"],
)  # fmt: skip
def test_what_is_no_text_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(body, "utf-8")
    assert caught.value.error == "not_text"
    assert str(caught.value)


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_nothing_is_empty(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(body)
    assert caught.value.error == "empty"


def test_bytes_that_fit_nothing_are_undecodable() -> None:
    body = bytes((i * 37 + i // 7) % 127 + 128 for i in range(4000))
    with pytest.raises(Unreadable) as caught:
        decode(body)
    assert caught.value.error == "undecodable"


def test_a_few_stray_zeros_do_not_make_a_page_binary() -> None:
    assert "同志们" in decode(page(HANS, "utf-8", 3).encode() + b"\0\0").text


@settings(max_examples=60)
@given(
    st.binary(max_size=300),
    st.one_of(
        st.none(),
        st.text(max_size=8),
        st.sampled_from(["gbk", "base64", "utf-16", "idna", "rot13"]),
    ),
)
def test_any_bytes_are_text_or_refused(body: bytes, charset: str | None) -> None:
    try:
        outcome = decode(body, charset).text.encode() and "text"
    except Unreadable as refusal:
        outcome = refusal.error
    assert outcome in ("empty", "not_text", "undecodable", "text", b"")


@settings(max_examples=60)
@given(
    st.text(st.sampled_from(HANS + HANT), min_size=12, max_size=80),
    st.sampled_from(["gbk", "utf-8", "gb18030"]),
    st.sampled_from(["big5", "utf-8", None]),
)
def test_common_text_comes_back(text: str, real: str, said: str | None) -> None:
    assert decode(f"<p>{text}</p>".encode(real), said).text == f"<p>{text}</p>"


@pytest.mark.parametrize("real", ["utf-8", "gbk", "big5", "utf-16"])
@pytest.mark.parametrize("end", ["", "\ufeff", "\0"])
def test_the_bytes_that_go_to_the_parser_are_the_text(real: str, end: str) -> None:
    whole = (page(HANT if real == "big5" else HANS) + end).encode(real, "ignore")
    for body in (whole, whole[:-1], b"\xef\xbb\xbf" + whole):
        decoded = decode(body)
        assert decoded.utf8 in (None, decoded.text.encode())
    assert (decode(whole).utf8 is not None) == (real == "utf-8")
