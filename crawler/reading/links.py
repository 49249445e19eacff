"""Links of list pages: which lead to documents, which to further lists.

A list is any page of the same host, linked from the start page, that carries document links; its path is not
presumed. From a list only its own further pages are followed: links that say so (下一页, a number, `rel=next`) or
whose address differs from the list's in digits alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from parsel import Selector
from w3lib.html import strip_html5_whitespace

from crawler.found import Found
from crawler.reading.link_address import canonical_target

#: What a link to the next page of a list says.
NEXT = re.compile(
    r"""
    [\s<«‹\[【(（]{0,4}
    (?: 第?\s?\d{1,5}\s?[页頁]? | [下后後]\s?一?\s?[页頁] | [尾末]\s?[页頁] | 更多 | 查看更多 | next | more | older )
    [\s>»›\]】)）]{0,4} | [>»›]{1,3}
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Paths of files that are no pages.
FILES = r"[^?]*\.(?i:jpe?g|png|gif|webp|svg|ico|css|js|json|pdf|docx?|pptx?|xlsx?|zip|rar|7z|mp[34]|exe|apk|xml|txt)"
_FILE = re.compile(FILES)
_DIGITS = re.compile(r"\d{1,9}")
_DATE = re.compile(r"(?<!\d)(20\d\d|19\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")

#: Links read of one page: a page that has more is none.
MOST_LINKS = 5_000
#: What opens a link that leads to no page.
_NO_PAGE = ("#", "javascript:", "mailto:", "tel:")
#: How deep paging is followed in one run where every page has something new.
DEEPEST = 2_000


def list_links(
    html: str,
    address: str,
    url: str,
    depth: int,
    real: Callable[[str], str | None],
    is_document: Callable[[str], bool],
) -> Iterator[Found]:
    """The links of a list page that are worth following, each once, documents with the date that stands beside them.

    `address` is where the page was fetched, `url` its canonical URL, `real` gives the canonical URL behind an address.
    """
    page = Selector(html, type="html")
    base = page.css("base::attr(href)").get()
    seen = {url}
    further: list[Found] = []
    has_documents = depth == 0
    for link in page.css("a[href]")[:MOST_LINKS]:
        href = strip_html5_whitespace(link.attrib["href"])
        if not href or href.startswith(_NO_PAGE):
            continue
        target = canonical_target(address, href, real, base=base)
        if target is None or target in seen:
            continue
        if is_document(target):
            seen.add(target)
            has_documents = True
            yield Found(target, "document", published=_beside(link))
        elif _is_further(link, url, target, depth):
            seen.add(target)
            further.append(Found(target, "list", depth + 1))
    for rel in page.css("link[rel=next]::attr(href)").getall():
        target = canonical_target(address, rel, real, base=base)
        if target and target not in seen and depth < DEEPEST:
            seen.add(target)
            further.append(Found(target, "list", depth + 1))
    if has_documents:
        yield from further


def _is_further(link: Selector, url: str, target: str, depth: int) -> bool:
    """Whether a link may lead to a list: any link of a start page, paging of a list."""
    if depth and not (depth < DEEPEST and _is_paging(link, url, target)):
        return False
    return not _FILE.fullmatch(urlsplit(target).path)


def _is_paging(link: Selector, url: str, target: str) -> bool:
    text = strip_html5_whitespace("".join(link.css("::text").getall()))
    if NEXT.fullmatch(text) or link.attrib.get("rel") == "next":
        return True
    return bool(_DIGITS.search(target)) and _DIGITS.sub("0", target) == _DIGITS.sub("0", url)


def _beside(link: Selector) -> str | None:
    """The date in the link's own row of the list, where there is just one."""
    row = link.xpath("ancestor::*[self::li or self::tr or self::dd or self::p][1]")
    dates = {
        m.groups() for m in _DATE.finditer(" ".join((row or link).css("::text").getall())[:2000])
    }
    title = {m.groups() for m in _DATE.finditer("".join(link.css("::text").getall())[:2000])}
    dates -= title  # a date in a title is of what the document tells
    if len(dates) != 1 or len((row or link).css("a[href]")) > 3:
        return None
    year, month, day = map(int, dates.pop())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None
