"""Site: what a site file has to say, and what follows from it for addresses.

SITE = Site(
    key="wm114", names=("新文秘网",), hosts=("www.wm114.cn", "wm114.cn"), starts=("/",),
    documents=(r"/wen/\\d+/(?P<id>\\d+)\\.html",), body=("div.article-content",), title=("h1",),
    numbered=lambda n: f"/wen/{n // 2000 + 1}/{n}.html",
)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

from crawler.session_ids import without_session

if TYPE_CHECKING:
    from crawler.reading.page import Page

#: Query parameters that say where a visitor came from, never which page is meant.
TRACKING = (
    "from",
    "spm",
    "share",
    "source",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "bd_vid",
)


@dataclass(frozen=True)
class Site:
    """One site. The first of `hosts` is the one that canonical URLs carry.

    `documents` are patterns that a document page's path and query match in full; a group `id` is the site's own number.
    `never` are patterns of pages that look like documents and are none (download forms). `starts` are paths where
    discovery begins. `title` and `body` are CSS selectors in the order in which they are tried; `body` chooses the
    container, whose whole text goes to cleaning. `facts` reads what the page states in its markup, under the field
    names of `RawDocument`. `numbered` gives the path of a document by its number where the site numbers them.
    """

    key: str
    hosts: tuple[str, ...]
    names: tuple[str, ...] = ()
    scheme: str = "https"
    starts: tuple[str, ...] = ("/",)
    documents: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    facts: Callable[[Page], Mapping[str, str | int]] | None = field(default=None, compare=False)
    numbered: Callable[[int], str] | None = field(default=None, compare=False)

    def is_document(self, url: str) -> bool:
        """Whether an address (of the real site) is a document page."""
        return self._matched(url) is not None

    def number(self, url: str) -> str | None:
        """The site's own document number in an address, if it carries one."""
        found = self._matched(url)

        return found.groupdict().get("id") if found else None

    def canonical(self, url: str) -> str:
        """Canonical URL: scheme and first host of the site, no fragment, no tracking parameters, no session ids. An address of another
        host keeps its own scheme, host and port; one that cannot be read comes back as it is.

        >>> Site("wm114", ("www.wm114.cn", "wm114.cn")).canonical("http://wm114.cn/wen/9/17.html?from=a&x=1#top")
        'https://www.wm114.cn/wen/9/17.html?x=1'
        """
        try:
            plain = url_query_cleaner(without_session(url), TRACKING, remove=True)
            parts = urlsplit(canonicalize_url(plain))
            host = parts.hostname
        except ValueError:
            return url

        if host in self.hosts:
            parts = parts._replace(scheme=self.scheme, netloc=self.hosts[0])

        return parts.geturl()

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
        return tuple(map(re.compile, self.documents)), tuple(map(re.compile, self.never))

    def _matched(self, url: str) -> re.Match[str] | None:
        try:
            parts = urlsplit(url)
        except ValueError:
            return None

        where = parts.path + (f"?{parts.query}" if parts.query else "")
        wanted, unwanted = self._patterns

        if any(p.fullmatch(where) for p in unwanted):
            return None

        return next((m for m in (p.fullmatch(where) for p in wanted) if m), None)
