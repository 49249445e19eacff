"""快文网: the notices of wm114, a `标题：` head and a tail of neighbours [V]; Traditional with glosses in places.

No address of a document has been seen: a number before `.html` is the guess [G], the container as well [G].
"""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="hancun",
    names=("快文网",),
    hosts=("www.hancun.net", "hancun.net", "m.hancun.net"),
    # Lists may be numbered as well: they are no documents, and followed all the same (so they are not `never`).
    documents=(
        r"/(?!(?:list|lan|tag|tags|so|search|page)/|.{0,99}(?:list|index)[-_]?\d)"
        r"(?:[a-z][a-z0-9_-]{0,30}/){0,3}(?:\d{1,9}/){0,2}(?P<id>\d{1,15})\.s?html?",
    ),
    title=(".title h1", "h1"),
    body=("#content", "div.article-content", "#zoom"),
)
