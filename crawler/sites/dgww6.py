"""6点公文网 (`6dgww`): another member-preview site, `/Article/NUMBER.html` [V]. Host and container are guesses [G]."""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="6dgww",
    names=("6点公文网",),
    hosts=("www.6dgww.com", "6dgww.com", "m.6dgww.com"),
    documents=(r"/Article/(?P<id>\d{1,15})\.html",),
    title=("h1",),
    body=("div.article-content", "#content"),
    numbered=lambda n: f"/Article/{n}.html",
)
