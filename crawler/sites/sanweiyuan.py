"""三味园范文网: previews that end in `预览结束…`, a summary block before the text [V]. The container is a guess [G]."""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="sanweiyuan",
    names=("三味园范文网",),
    hosts=("sanweiyuan.com", "m.sanweiyuan.com", "www.sanweiyuan.com"),
    scheme="http",
    documents=(r"/news/(?P<id>\d{1,15})\.html",),
    title=("h1",),
    body=("div.article-body", "div.article-content", "#content"),
    numbered=lambda n: f"/news/{n}.html",
)
