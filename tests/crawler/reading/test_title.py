"""The title of a page in unknown markup, without the names that sites add to it."""

from __future__ import annotations

import pytest

from crawler.reading.page import Page
from crawler.reading.title import title_of

T = "在全县蔬菜大棚建设推进会上的讲话"
PAGES = {
    "a heading that the title repeats": (f"<title>{T}_某某文秘网</title><h1>{T}</h1>", T),
    "a longer heading": (f"<title>{T} - 范文</title><h1>{T}（2022年）</h1>", T + "（2022年）"),
    "og:title": (f'<title>首页</title><meta property="og:title" content="{T}">', T),
    "underscores": (f"<title>{T}_领导讲话_某某文秘网</title>", T),
    "hyphens": (f"<title>{T}-讲话稿-某某范文网</title>", T),
    "a bar": (f"<title>{T} | 某某文库</title>", T),
    "long dashes": (f"<title>{T}——某某公文网</title>", T),
    "a colon stays": (
        "<title>统一思想：在培训班上的讲话_某某网</title>",
        "统一思想：在培训班上的讲话",
    ),
    "years with a hyphen stay": (
        "<title>2021-2022学年度工作总结</title>",
        "2021-2022学年度工作总结",
    ),
    "an underscore that is the title's own stays": (
        "<title>工作汇报_县水务局2023年</title>",
        "工作汇报_县水务局2023年",
    ),
    "the site in front": (f"<title>某某文秘网 - {T}</title>", T),
    "a logo as the heading": (f"<h1>某某文秘网</h1><title>{T}_某某文秘网</title>", T),
    "no title but a heading": (f"<h1>{T}</h1>", T),
    "a title that is only the site's name": (f"<title>某某文秘网</title><h1>{T}</h1>", T),
    "line breaks in it": (
        "<title>\n  在全县蔬菜大棚\n 推进会上的讲话\n</title>",
        "在全县蔬菜大棚 推进会上的讲话",
    ),
    "none": ("<p>正文。</p>", ""),
}


@pytest.mark.parametrize("case", PAGES)
def test_titles(case: str) -> None:
    html, title = PAGES[case]
    assert title_of(Page.parse(html, "")) == title


def test_a_giant_title_is_cut() -> None:
    assert len(title_of(Page.parse("<title>" + "讲话-" * 100_000 + "</title>", ""))) <= 200


AGREED = {
    "column and school behind it": (
        f"<title>{T}--校长专栏-某某市实验中学</title><h2 class=title>{T}</h2>",
        T,
    ),
    "a name behind a blank": (f"<title>{T} 某某医院</title><h1>{T}</h1>", T),
    "buttons in the heading": (f"<title>{T}_某某网</title><h1>{T}<a>播报</a> 128</h1>", T),
    "a counter in front": (f"<title>(3 条消息) {T} - 某某</title><h1>{T}</h1>", T),
    "the heading's own dashes": (
        "<title>开好局-起好步的讲话-某报</title><h1>开好局——起好步的讲话</h1>",
        "开好局——起好步的讲话",
    ),
    "og:title says less": (
        f'<title>{T} - 某某社区</title><meta property="og:title" content="{T}">',
        T,
    ),
}


@pytest.mark.parametrize("case", AGREED)
def test_the_part_that_the_page_shows_is_the_title(case: str) -> None:
    html, title = AGREED[case]
    assert title_of(Page.parse(html, "")) == title


def test_the_heading_beside_the_text_is_better_than_a_column() -> None:
    html = f"<title>工作动态--某某局</title><div><h5>{T}</h5><div id=x>正文。</div></div>"
    page = Page.parse(html, "")
    assert title_of(page, page.css("#x")[0]) == T
