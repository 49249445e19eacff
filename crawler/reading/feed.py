"""RSS and Atom feeds: lists of documents in XML (RSS 2.0, RFC 4287, RDF Site Summary 1.0).

is_feed(text)
entries(text)  ->  [Entry("https://…/1.html", "2024-03-05"), …]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate
from typing import NamedTuple

from lxml import etree

_FEED = re.compile(
    r"\s{0,99}(?:<\?xml[^>]{0,400}\?>\s{0,99})?(?:<\?[^>]{0,400}\?>\s{0,99}|<!--.{0,2000}?-->\s{0,99}){0,9}<(?:rss|feed|rdf:RDF)\b",
    re.DOTALL,
)
_ENTRIES = ("item", "entry")
_DATES = ("pubDate", "published", "date", "updated")
#: Entries that are read of one feed.
_MOST = 5_000


class Entry(NamedTuple):
    """One entry: its address as written, and the ISO date of its publication."""

    url: str
    published: str | None


def is_feed(text: str) -> bool:
    """Whether a text is a feed, by its first element.

    >>> is_feed('<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>')
    True
    """
    return bool(_FEED.match(text[:8_000].lstrip("\ufeff")))


def entries(text: str) -> Iterator[Entry]:
    """The entries of a feed in its order; what is broken behind the last whole one is left out.

    >>> list(entries("<rss><channel><item><link>https://a.example/1</link>"
    ...              "<pubDate>Tue, 05 Mar 2024 09:00:00 +0800</pubDate></item></channel></rss>"))
    [Entry(url='https://a.example/1', published='2024-03-05')]
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    source = re.sub(r"^\s*<\?xml[^>]{0,400}\?>", "", text.lstrip("\ufeff"), count=1)
    root = etree.fromstring(source.encode("utf-8", "replace"), parser)

    if root is None:
        return

    found = 0
    for element in root.iter():
        if _name(element) not in _ENTRIES:
            continue

        url = _url(element)
        if url and found < _MOST:
            found += 1
            yield Entry(url, _published(element))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _url(entry: etree._Element) -> str:
    """The address of an entry: RSS writes it into `link`, Atom as its `href`."""
    for child in entry:
        if _name(child) != "link" or child.get("rel", "alternate") != "alternate":
            continue

        url = (child.get("href") or child.text or "").strip()
        if url:
            return url

    return ""


def _published(entry: etree._Element) -> str | None:
    values = {_name(child): (child.text or "").strip() for child in entry}
    for name in _DATES:
        if found := _iso(values.get(name, "")):
            return found

    return None


def _iso(value: str) -> str | None:
    stated = re.match(r"(\d{4})-(\d\d)-(\d\d)", value)
    parts = tuple(map(int, stated.groups())) if stated else (parsedate(value) or ())[:3]

    try:
        return date(*parts).isoformat() if len(parts) == 3 else None
    except ValueError:
        return None
