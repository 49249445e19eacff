"""What ends the lines of a text: a block, or a mere line break."""

from __future__ import annotations

import pytest

from crawler.reading.page import Page

CASES = [
    ("<p>同志们：</p><p>开会了。</p>", "同志们：\n开会了。", ["p"]),
    ("<p>上半句<br>下半句</p>", "上半句\n下半句", ["br"]),
    ("<p>上段<br><br>下段</p>", "上段\n\n下段", ["p", "p"]),
    ("<p>上段<br></p><p>下段</p>", "上段\n下段", ["p"]),
    ("上段<br><div>下段</div>", "上段\n下段", ["p"]),
    ("<pre>第一行\n第二行\n\n第三行</pre>", "第一行\n第二行\n\n第三行", ["br", "p", "p"]),
    ("<table><tr><td>甲<td>乙<tr><td>丙<td>丁</table>", "甲\t乙\n丙\t丁", ["p"]),
    ("<br><br><p>首段</p><br><br>", "首段", []),
]


@pytest.mark.parametrize(("html", "text", "breaks"), CASES)
def test_each_line_end_has_its_kind(html: str, text: str, breaks: list[str]) -> None:
    page = Page.parse(f"<body>{html}</body>", "")
    shown = page.shown(page.css("body")[0])
    assert shown.text == text
    assert list(shown.breaks) == breaks
    assert len(shown.breaks) == shown.text.count("\n")


def test_lines_of_the_source_that_stay_are_no_paragraphs_for_sure() -> None:
    page = Page.parse("<div>汇报如下。\n一、基本情况\n全县稳定。\n二、打算</div>", "")
    assert page.shown(page.css("div")[0]).breaks == ("br", "br", "br")


LISTS = {
    "numbers": ("<ol><li>修渠<li>植树</ol>", "1.修渠\n2.植树"),
    "a start": ("<ol start=3><li>修渠<li>植树</ol>", "3.修渠\n4.植树"),
    "a value": ("<ol><li>修渠<li value=9>植树<li>养蚕</ol>", "1.修渠\n9.植树\n10.养蚕"),
    "no numbers": ("<ul><li>修渠<li>植树</ul>", "修渠\n植树"),
    "numbers of their own": ("<ol><li>1、修渠<li>（二）植树</ol>", "1、修渠\n（二）植树"),
    "hidden by style": ("<ol style='list-style: none'><li>修渠</ol>", "修渠"),
    "letters": ("<ol type=a><li>修渠</ol>", "修渠"),
    "one in another": ("<ol><li>修渠<ol><li>清淤</ol><li>植树</ol>", "1.修渠\n1.清淤\n2.植树"),
    "annotations": ("<ruby>茶<rp>(</rp><rt>chá</rt><rp>)</rp>艺<rt>yì</rt></ruby>会", "茶艺会"),
}


@pytest.mark.parametrize("case", LISTS)
def test_numbers_of_lists_are_shown_and_annotations_are_not(case: str) -> None:
    html, text = LISTS[case]
    page = Page.parse(f"<body>{html}</body>", "")
    assert page.text(page.css("body")[0]) == text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("修渠", "1.修渠"),
        ("<b>1、</b>修渠", "1、修渠"),
        ("<p><span>（一）</span>修渠</p>", "（一）修渠"),
    ],
)
def test_an_item_with_a_number_of_its_own_gets_no_second(item: str, text: str) -> None:
    page = Page.parse(f"<ol><li>{item}</li></ol>", "")
    shown = page.text(page.css("body")[0])
    assert shown == text
