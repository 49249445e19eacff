"""新文秘网: speeches and reports as previews; numbered pages, contents block, omission and end notices [V].

The directory is the number divided by 2000, plus 1 [G, fits 3 of 3]. Lines break at auto-linked words. The container is a guess [G].
"""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="wm114",
    names=("新文秘网",),
    hosts=("www.wm114.cn", "wm114.cn", "m.wm114.cn"),
    documents=(r"/wen/\d{1,9}/(?P<id>\d{1,15})\.html",),
    title=("h1",),
    body=("div.article-content", "#article-content", "div.content_text", "#zoom"),
    numbered=lambda n: f"/wen/{n // 2000 + 1}/{n}.html",
)
