"""公务员之家 and its mirrors: `/article/COLUMN/SUB/YYYYMM/NUMBER.html` [V on a mirror], 时间 and 导语 head, glossed mirrors.

The host is a guess [G]. The number stands behind a column and a month, so `-a ids=` has nothing to go by.
"""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="gwyzj",
    names=("公务员之家",),
    hosts=("www.gwyzj.com", "gwyzj.com", "m.gwyzj.com"),
    documents=(r"/article/[\w-]{1,40}/[\w-]{1,40}/\d{6}/(?P<id>\d{1,15})\.html",),
    title=("h1",),
    body=("div.article-content", "#content", "div.content"),
)
