"""人人文库: a card, pictures, and the text after 文档简介; some bodies are font garbage [V].

`div.titletop > h1`, `.center-wrap`, `.main-content` and `<span>页数：6</span>` have been seen [V]; which of the boxes holds the
text is a guess [G].
"""

from __future__ import annotations

from crawler.families.document_library import card
from crawler.site import Site

SITE = Site(
    key="renrendoc",
    names=("人人文库",),
    hosts=("www.renrendoc.com", "m.renrendoc.com", "renrendoc.com"),
    documents=(r"/paper/(?P<id>\d{1,15})\.html", r"/p-(?P<id>\d{1,15})\.html"),
    never=(r"/(?:d|down|download)[-/].*",),
    title=("div.titletop > h1", "h1"),
    body=(".main-content", ".center-wrap"),
    facts=card,
    numbered=lambda n: f"/paper/{n}.html",
)
