"""`Page.text` gives the whole text of a container as a browser shows it: nothing lost, nothing invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading.page import Page


def text(html: str, selector: str = "#a") -> str:
    page = Page.parse(html, "https://example.org/")
    return page.text(page.css(selector)[0])


SHOWN = {
    "blocks end lines": ("<p>甲</p><p>乙</p><div>丙</div>丁", "甲\n乙\n丙\n丁"),
    "text before and after a block": ("甲<p>乙</p>丙", "甲\n乙\n丙"),
    "nested blocks make no empty lines": ("<div><div><p>甲</p></div></div><section><p>乙</p></section>", "甲\n乙"),
    "br": ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
    "two br leave an empty line, many leave one": ("甲<br><br>乙<br><br><br><br>丙", "甲\n\n乙\n\n丙"),
    "br at a block's end adds nothing": ("<p>甲<br></p><p>乙</p>", "甲\n乙"),
    "a linked word breaks nothing": ("全面\n<a href='/t'>\n总结</a>\n我市<b>科</b>技<span>工<i>作</i></span>", "全面总结我市科技工作"),
    "inline elements keep their blanks": ("a <b>b</b> <i> c</i>", "a b c"),
    "white space collapses": ("  a \t b\n\n c ", "a b c"),
    "source line breaks between Han vanish": ("加强\n    领导", "加强领导"),
    "and between Latin words become a blank": ("A\n  B\nX县", "A B X县"),
    "source line breaks before an indent are paragraphs": ("\n　　甲，\n　　乙", "　　甲，\n　　乙"),
    "and after sentences": ("甲。\n一、乙\n丙。\n丁。", "甲。\n一、乙\n丙。\n丁。"),
    "nbsp and ideographic space stay": ("&nbsp;甲&nbsp;&nbsp;乙　丙&ensp;丁", "\xa0甲\xa0\xa0乙　丙\u2002丁"),
    "entities": ("&lt;p&gt; &amp;amp; &#20013;&#x56FD; &hellip; &quot;", '<p> &amp; 中国 … "'),
    "pre keeps its lines and blanks": ("甲<pre>\n  一\n\n    二  \n</pre>乙", "甲\n  一\n\n    二  \n乙"),
    "inline elements in pre": ("<pre>一<b>二\n三</b>四\n</pre>", "一二\n三四"),
    "styled as pre": ("<div style='white-space: pre-wrap'>一，\n  二</div>三", "一，\n  二\n三"),
    "an inline one styled as pre": ("零<span style='WHITE-SPACE:pre-line'>一，\n二</span>三", "零一，\n二三"),
    "nowrap is not pre": ("<p style='white-space:nowrap'>一，\n二</p>", "一，二"),
    "a text area shows its text": ("<textarea>一\n二</textarea>", "一\n二"),
    "cells and rows": ("<table><tr><th>项目<th>数量<tr><td>水库<td>3<tr><td><td>4</table>", "项目\t数量\n水库\t3\n4"),
    "cells where white space is kept": ("<div style='white-space:pre-wrap'><table><tr><td>a <td> b</table></div>", "a \t b"),
    "an empty cell between": ("<table><tr><td>a<td><td>c</table>", "a\t\tc"),
    "blocks in cells": ("<table><tr><td><p>甲</p><p>乙</p></td><td><p>丙</p></td></tr></table>", "甲\n乙\n丙"),
    "lists": ("<ul><li>一<li>二<ul><li>三</ul></ul>", "一\n二\n三"),
    "scripts, styles, comments": ("甲<script>if (a<b && c>d) {'<p>x</p>'}</script><style>p{}</style><!-- <p>注</p> -->乙", "甲乙"),
    "a script that hides a script": ("甲<script><!-- <script>x</script> y --></script>乙", "甲乙"),
    "templates, noscript, options": ("甲<template><p>x</p></template><noscript>y</noscript><select><option>z</select>乙", "甲乙"),
    "form controls": ("甲<input type=hidden value=x><input value=y>乙", "甲乙"),
    "hidden by attribute or style": ("甲<p hidden>x</p><span style='display: none'>y</span><i style='FONT-SIZE:0px'>z</i>乙", "甲乙"),
    "not hidden": ("<p style='font-size:0.5em'>甲</p><p style='display:block'>乙</p><p hidde>丙</p>", "甲\n乙\n丙"),
    "where all is hidden, nothing is": ("<div style='display:none'><p>甲</p><p>乙</p></div>", "甲\n乙"),
    "a span shown as block": ("甲<span style='display:block'>乙</span>丙", "甲\n乙\n丙"),
    "raw text elements": ("<xmp><b>甲</b></xmp>", "<b>甲</b>"),
    "broken markup": ("<p>甲<b>乙<p>丙</b></div></span>丁<", "甲乙\n丙"),
    "unknown elements are inline": ("甲<o:p>乙</o:p><my-tag>丙</my-tag>", "甲乙丙"),
    "hr and headings": ("甲<hr>乙<h2>丙</h2>丁", "甲\n乙\n丙\n丁"),
    "a link around blocks": ("甲<a><div>乙</div></a>丙", "甲\n乙\n丙"),
    "the end of the last block counts": ("<b><p>甲</p></b>乙", "甲\n乙"),
    "the rest stands outside": ("甲</div>外<div>", "甲"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_text_as_shown(case: str) -> None:
    html, shown = SHOWN[case]
    assert text(f"<body><div id=a>{html}</div><p>外") == shown


def test_a_container_that_is_hidden_itself_still_has_its_text() -> None:
    assert text("<div id=a style='display:none'>甲<p>乙</div>") == "甲\n乙"
    assert text("<pre id=a> 甲\n乙</pre>") == " 甲\n乙"


def test_the_whole_document() -> None:
    assert text("<title>题</title><script>x</script><p>甲", "html") == "甲"


TAGS = [
    "p",
    "div",
    "b",
    "span",
    "a",
    "td",
    "tr",
    "table",
    "li",
    "ul",
    "pre",
    "h1",
    "script",
    "font",
    "section",
    "i",
]
PIECES = st.one_of(
    st.sampled_from([f"<{t}>" for t in TAGS]),
    st.sampled_from([f"</{t}>" for t in TAGS]),
    st.sampled_from(
        [
            "<br>",
            "<!-- 注 -->",
            "&nbsp;",
            "&amp;",
            "\n",
            " ",
            "<input value=x>",
            "\r\n",
            "&lt;",
            "<img alt=图>",
        ]
    ),
    st.text(st.sampled_from("科技创新工作，。：一、X2 *　…"), min_size=1, max_size=6),
)
BLOCKS = re.compile(r"div|p|li|ul|tr|table|pre|h1|section")


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=40))
def test_no_character_is_lost_added_or_moved(pieces: list[str]) -> None:
    page = Page.parse("<body>" + "".join(pieces), "https://example.org/")
    body = page.css("body")[0]
    shown = "".join(page.text(body).split())
    expected = [
        n.text_content or ""
        for n in body.traverse(include_text=True)
        if n.is_text_node and (n.parent is None or n.parent.tag != "script")
    ]
    assert shown == "".join("".join(expected).split())


@settings(max_examples=100)
@given(st.lists(PIECES, max_size=30))
def test_no_line_runs_across_a_block(pieces: list[str]) -> None:
    page = Page.parse("<body>" + "".join(pieces), "https://example.org/")
    lines = page.text(page.css("body")[0]).split("\n")
    for node in page.css("body *"):
        if BLOCKS.fullmatch(node.tag or "") and node.tag != "script":
            inside = "".join(page.text(node).split())
            assert "".join("".join(line.split()) for line in lines).find(inside) >= 0
            if inside and "\n" not in page.text(node) and len(inside) > 2 and not page.css("td"):
                assert any(inside in "".join(line.split()) for line in lines)


def test_a_block_in_preformatted_text_keeps_its_line_breaks() -> None:
    page = Page.parse("<pre><p>一、认清形势\n二、抓好落实</pre>", "")
    assert (
        page.text(page.css("p")[0])
        == page.text(page.css("body")[0])
        == "一、认清形势\n二、抓好落实"
    )


@pytest.mark.parametrize(
    "html",
    ["", "\0", "\ud800", "<", "<!", "&#xD800;", "</p>", "plain\ud83d", "<plaintext>", "<frameset>"],
)
def test_parsing_is_total(html: str) -> None:
    page = Page.parse(html, "")
    assert [page.text(n) for n in page.css("html")]


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<ul><li>",
        "<table><tr><td>",
        "<font size={}><p>",
        "<b id={}>",
        "<p><b>",
        "<select><option>",
        "<math><mi>",
        "</p>",
        "<form>",
    ],
)
def test_fifty_thousand_nested_tags_end_in_their_text(piece: str) -> None:
    html = "<p>首段。</p>" + "".join(piece.replace("{}", str(i)) for i in range(50_000)) + "末段。"
    page = Page.parse(html, "")
    shown = page.text(page.css("body")[0])
    assert shown.startswith("首段。")
    assert shown.endswith("末段。") or "select" in piece


def test_a_tag_with_three_hundred_thousand_attributes() -> None:
    html = (
        "<p>首段。</p><p "
        + " ".join(f"a{i}=1" for i in range(300_000))
        + ">中段。</p><p>末段。</p>"
    )
    page = Page.parse(html, "")
    assert page.text(page.css("body")[0]) == "首段。\n中段。\n末段。"


def test_a_long_attribute_is_left_whole() -> None:
    page = Page.parse(f"<p>甲<img src='data:image/png;base64,{'A' * 300_000}'>乙</p>", "")
    assert page.text(page.css("p")[0]) == "甲乙"
    assert len(page.css("img")[0].attributes["src"] or "") > 300_000
