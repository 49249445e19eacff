"""A link worth following, as reading a page finds it and the frontier of a run keeps it.

Found("https://www.wm114.cn/wen/9/17.html", "document", published="2026-01-02")
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: What is expected behind an address.
Kind = Literal["document", "list", "sitemap", "robots"]


class Found(NamedTuple):
    """A link that leads to a page of interest. `url` is canonical; `depth` counts the links from a start page to a list
    (0 a start page, 1 linked from one, 2 and more: paging); `published` is `YYYY-MM-DD`, where the list says so."""

    url: str
    kind: Kind
    depth: int = 0
    published: str | None = None
