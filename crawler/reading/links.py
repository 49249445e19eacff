"""Links of list pages: which lead to documents, which to further lists.

A list is any page of the same host, linked from the start page, that carries document links; its path is not
presumed. From a list only its own further pages are followed: links that say so (下一页, a number, `rel=next`) or
whose address differs from the list's in digits alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector
from w3lib.html import strip_html5_whitespace

from crawler.found import Found
from crawler.reading.link_address import canonical_target
from crawler.reading.markup_guard import guarded

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
    left: list[str] | None = None,
) -> Iterator[Found]:
    """The links of a list page that are worth following, each once, documents with the date that stands beside them.

    `address` is where the page was fetched, `url` its canonical URL, `real` gives the canonical URL behind an address.
    `left` gets the canonical URLs of links into a trap.
    """
    page = Selector(guarded(html), type="html")
    rows = _Rows()
    base = page.css("base::attr(href)").get()
    seen = {url}
    further: list[Found] = []
    has_documents = depth == 0

    for link in page.css("a[href]")[:MOST_LINKS]:
        href = strip_html5_whitespace(link.attrib["href"])
        if not href or href.startswith(_NO_PAGE):
            continue

        target = canonical_target(address, href, real, base=base, left=left)
        if target is None or target in seen:
            continue

        if is_document(target):
            seen.add(target)
            has_documents = True
            yield Found(target, "document", published=rows.date_beside(link.root))
        elif _is_further(link, url, target, depth):
            seen.add(target)
            further.append(Found(target, "list", depth + 1))

    for rel in page.css("link[rel=next]::attr(href)").getall():
        target = canonical_target(address, rel, real, base=base, left=left)
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


#: Elements that are a row of a list, code points of one, and links that a row of one document has at the most.
_ROW_TAGS, _ROW, _ROW_LINKS = frozenset(("li", "tr", "dd", "p")), 2_000, 3


class _Rows:
    """The rows of a list, each looked at once."""

    def __init__(self) -> None:
        self._dates: dict[etree._Element, set[tuple[str, ...]]] = {}

    def date_beside(self, link: etree._Element) -> str | None:
        """The date in the link's own row, where there is just one."""
        row = next((above for above in link.iterancestors() if above.tag in _ROW_TAGS), link)

        if row not in self._dates:
            links = list(islice(row.iter("a"), _ROW_LINKS + 1))
            self._dates[row] = _dates(row, " ") if len(links) <= _ROW_LINKS else set()

        dates = self._dates[row] - _dates(link, "")  # a date in a title is of what is told
        if len(dates) != 1:
            return None

        year, month, day = map(int, next(iter(dates)))
        return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _dates(element: etree._Element, between: str) -> set[tuple[str, ...]]:
    text = between.join(element.itertext("*"))[:_ROW]
    return {found.groups() for found in _DATE.finditer(text)}
