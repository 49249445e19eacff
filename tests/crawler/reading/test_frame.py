"""The frame of a saved page names its site; other mentions do not."""

from __future__ import annotations

import pytest

from crawler.reading.frame import site_in_frame
from crawler.reading.page import Page

NAMED = {
    "wm114": "<title>在全县护林会上的讲话_新文秘网</title><p>正文。</p>",
    "hancun": '<meta property="og:site_name" content="快文网"><p>正文。</p>',
    "jinchutou": "<p>正文。</p><div>电脑版 |金锄头文库版权所有</div>",
    "bdocx": "<p>更多相关内容请在冰豆网上搜索。</p>",
    "renrendoc": "<p>正文。</p><footer>Copyright 2020-2024 renrendoc.com All Rights Reserved</footer>",
}


@pytest.mark.parametrize("key", NAMED)
def test_the_frame_names_the_site(key: str) -> None:
    site = site_in_frame(Page.parse(NAMED[key], "file:a.html"))
    assert site is not None
    assert site.key == key


@pytest.mark.parametrize(
    "html",
    ["", "<p>友情链接：新文秘网 快文网</p>", "<title>新文秘网使用指南</title><p>正文。</p>", "<p>快文网的同志介绍了情况。</p><p>版权所有</p>",
     "<title>讲话_新文秘网</title><p>金锄头文库版权所有</p>"],
)  # fmt: skip
def test_other_mentions_name_nothing(html: str) -> None:
    assert site_in_frame(Page.parse(html, "file:a.html")) is None
