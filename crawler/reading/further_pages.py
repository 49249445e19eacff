"""Whether a document goes on on another page.

    has_more_pages(page)     # <a href="/news/123_2.html">下一页</a>

A link says so (下一页, 余下全文) and leads to an address with a page number; pagers of comments lead nowhere by themselves.
"""

from __future__ import annotations

import re

from crawler.reading.page import Page

_SAYS = re.compile(
    r"[\s>»]{0,4}(?:下一?[页頁]|後一頁|后一页|余下全文|餘下全文|[阅閱][读讀]剩余)[\s>»]{0,4}"
)
_NUMBERED = re.compile(
    r"[_-](?P<page>\d{1,2})\.(?:s?html?|aspx?|php)|[?&](?:page|pageno|p|pn)=(?P<query>\d{1,2})\b",
    re.IGNORECASE,
)
#: Links that are looked at, from the end of the page: pagers stand below the text.
_MOST = 2_000


def has_more_pages(page: Page) -> bool:
    """Whether a link of the page leads to the next page of the same text.

    >>> has_more_pages(Page.parse('<a href="/a/7_2.html">下一页</a>', ""))
    True
    >>> has_more_pages(Page.parse('<a href="/a/8.html">下一页</a> <a href="javascript:;">下一页</a>', ""))
    False
    """
    for link in page.css("a")[-_MOST:]:
        if not _SAYS.fullmatch(link.text()):
            continue

        attributes = link.attributes
        leads_to = f"{attributes.get('href') or ''} {attributes.get('onclick') or ''}"

        if _NUMBERED.search(leads_to):
            return True

    return False
