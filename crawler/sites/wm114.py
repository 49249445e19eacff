"""新文秘网: speeches and reports as previews; numbered pages, contents block, omission and end notices."""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="wm114",
    names=("新文秘网",),
    hosts=("www.wm114.cn", "wm114.cn"),
    documents=(r"/wen/\d+/(?P<id>\d+)\.html",),
    title=("h1",),
    body=("div.article-content",),
    numbered=lambda n: f"/wen/{n // 2000 + 1}/{n}.html",
)
