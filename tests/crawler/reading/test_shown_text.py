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
