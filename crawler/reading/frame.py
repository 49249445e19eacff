"""Which site a saved page is from, when no address says so: its title's tail, its `og:site_name`, its copyright line.

    site_in_frame(Page.parse("<title>在全县会议上的讲话_新文秘网</title>", "file:a.html")).key  ->  "wm114"

A name somewhere else (a friend link, a quotation) proves nothing and is not looked at.
"""

from __future__ import annotations

import re

from crawler.reading.page import Page
from crawler.site import Site
from crawler.sites import site_names, sites

_OWNER = re.compile(
    r"(?P<before>[^\n]{0,40}?)(?:版[权權]所有|Copyright|©|&copy;|在(?P<here>[^\n]{2,12})上搜索)(?P<after>[^\n]{0,60})",
    re.IGNORECASE,
)
_FOOT = 3_000


def site_in_frame(page: Page) -> Site | None:
    """The one site that the page's own frame names; `None` where it names none, or two.

    >>> site_in_frame(Page.parse("<p>友情链接：新文秘网</p>", ""))
    """
    named = [
        n.attributes.get("content") or ""
        for n in page.css('meta[property="og:site_name"],meta[name="application-name"]')
    ]

    titles = [n.text(strip=True) for n in page.css("title")[:1]]
    foot = "\n".join(page.text(body) for body in page.css("body"))[-_FOOT:]
    owners = [" ".join(filter(None, found.groups())) for found in _OWNER.finditer(foot)]

    keys = {
        key
        for name, key in site_names().items()
        if name in named
        or any(title.endswith(name) for title in titles)
        or any(name in owner for owner in owners)
    }
    return sites()[keys.pop()] if len(keys) == 1 else None
