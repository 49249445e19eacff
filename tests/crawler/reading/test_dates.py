"""Publication date and source, as the page states them."""

from __future__ import annotations

import pytest

from crawler.reading.dates import Stated, stated
from crawler.reading.page import Page

TITLE = "在蚕桑工作会上的讲话"
TEXT = "2021年6月3日，全镇蚕农大会开过了。\n会上定了三件事，今天来看看办得怎么样。\n二〇二一年七月"
BODY = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
H1 = f"<h1>{TITLE}</h1>"

PAGES = {
    "a labelled line": (f"{H1}<p>发布时间：2022-3-5 点击：12</p>{BODY}", "2022-03-05", None),
    "an unlabelled line with source": (
        f"{H1}<div><span>2022年3月5日 09:12</span> <span>来源：某某日报</span></div>{BODY}",
        "2022-03-05",
        "某某日报",
    ),
    "a source that is a link": (
        f"{H1}<div>2022/03/05 来源：<a href=/s>某某晚报</a> 作者：佚名</div>{BODY}",
        "2022-03-05",
        "某某晚报",
    ),
    "meta before what is shown": (
        f'<meta name=PubDate content="2022-03-05 08:00"><p>更新时间：2023-01-01</p>{H1}{BODY}',
        "2022-03-05",
        None,
    ),
    "JSON-LD": (
        f'<script type="application/ld+json">{{"datePublished": "2022-03-05T08:00:00+08:00"}}</script>{H1}{BODY}',
        "2022-03-05",
        None,
    ),
    "a time element": (
        f'{H1}<time datetime="2022-03-05T08:00">三月</time>{BODY}',
        "2022-03-05",
        None,
    ),
    "below the text": (f"{H1}{BODY}<p>发布日期：2022.3.5</p>", "2022-03-05", None),
    "two digits of the year": (f"{H1}<p>发布时间：22-03-05 10:00</p>{BODY}", "2022-03-05", None),
    "the year of the last change": (
        f'<meta itemprop="dateUpdate" content="2022-03-05 10:00">{H1}<p>发布时间：03-05 10:00</p>{BODY}',
        "2022-03-05",
        None,
    ),
    "published, not changed": (
        f"{H1}<p>更新时间：2023-01-01 发布时间：2022-03-05</p>{BODY}",
        "2022-03-05",
        None,
    ),
    "an empty label": (f"{H1}<p>来源： 作者： 发布时间：</p>{BODY}", None, None),
    "only the date of the meeting": (f"{H1}{BODY}", None, None),
    "the copyright's year": (f"{H1}{BODY}<p>版权所有 2010-01-01 某某网</p>", None, None),
    "no day of the calendar": (f"{H1}<p>发布时间：2022-13-45</p>{BODY}", None, None),
}


@pytest.mark.parametrize("case", PAGES)
def test_what_a_page_states(case: str) -> None:
    html, published, source = PAGES[case]
    assert stated(Page.parse(html, ""), TITLE, TEXT) == Stated(published, source)
