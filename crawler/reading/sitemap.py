"""Sitemaps (sitemaps.org 0.9), read with an XML parser: the pages they name, and further sitemaps.

<urlset><url><loc>https://www.wm114.cn/wen/9/17.html</loc><lastmod>2026-01-02</lastmod></url></urlset>

Broken XML is read as far as it can be; an entry whose address is none costs that entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from crawler.found import Found
from crawler.reading.link_address import canonical_target

#: Entries that are read of one file: the protocol's own limit.
MOST_ENTRIES = 50_000
#: Longest address of an entry: the protocol's own limit is 2,048 characters.
_LONGEST = 2_083
#: As it stands in addresses that nobody escaped; a parser would drop it.
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def sitemap_links(
    body: str,
    address: str,
    real: Callable[[str], str | None],
    is_document: Callable[[str], bool],
    left: list[str] | None = None,
) -> Iterator[Found]:
    """Documents of a sitemap with their `lastmod`, and the sitemaps that an index names. `address` is where it was fetched,
    `real` gives the canonical URL behind an address. `left` gets the canonical URLs of entries into a trap."""
    for count, (kind, place, modified) in enumerate(_entries(body)):
        if count >= MOST_ENTRIES:
            return

        target = canonical_target(address, place, real, left=left)
        if target is None:
            continue

        if kind == "sitemap":
            yield Found(target, "sitemap", 1)
        elif is_document(target):
            yield Found(target, "document", published=modified)


def _entries(body: str) -> Iterator[tuple[str, str, str | None]]:
    """Kind, address and day of each entry that names an address."""
    if "<" not in body:  # the protocol allows a mere list of addresses
        yield from (("url", line.strip(), None) for line in body.splitlines() if line.strip())
        return

    for entry in _elements(body):
        kind = _name(entry)
        if kind not in ("url", "sitemap"):
            continue

        stated = {_name(child): (child.text or "").strip() for child in entry}
        place = stated.get("loc", "")

        if not place or len(place) > _LONGEST:
            continue

        day = _DAY.match(stated.get("lastmod", ""))
        yield kind, place, day[0] if day else None


def _elements(body: str) -> Iterator[etree._Element]:
    """All elements in order. Entities and what lies elsewhere are not loaded."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )

    # The text is decoded already: what the declaration says of an encoding no longer holds.
    stripped = _BARE_AMPERSAND.sub("&amp;", body.lstrip("\ufeff \t\r\n"))
    content = stripped.encode("utf-8", "replace")
    content = re.sub(rb"\A<\?xml[^>]{0,200}\?>", b"", content)

    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return

    if root is not None:
        yield from root.iter(etree.Element)


def _name(element: etree._Element) -> str:
    """The name of an element without its namespace, in lower case."""
    return str(etree.QName(element).localname).lower() if isinstance(element.tag, str) else ""
