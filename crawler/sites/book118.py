"""原创力文档: `/html/2020/0310/NUMBER.shtm`, `div.title>h1`, `div.preview-bd`, four numbered disclaimers before the text [V].

A number alone gives no address (the date stands in it), so `-a ids=` has nothing to go by.
"""

from __future__ import annotations

from crawler.families.document_library import card
from crawler.site import Site

SITE = Site(
    key="book118",
    names=("原创力文档",),
    hosts=("max.book118.com", "m.book118.com", "www.book118.com"),
    documents=(r"/html/\d{4}/\d{4}/(?P<id>\d{1,20})\.shtml?",),
    title=("div.title > h1", "h1"),
    body=("div.preview-bd",),
    facts=card,
)
