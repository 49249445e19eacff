"""From a page to a `RawDocument`: the site's own selectors first, the generic extraction where they find nothing."""

from __future__ import annotations

import json
from typing import Any

from crawler.reading.attachment_links import attachments, is_elsewhere
from crawler.reading.dates import stated
from crawler.reading.encodings import Unreadable, decode
from crawler.reading.further_pages import has_more_pages
from crawler.reading.list_page import list_evidence
from crawler.reading.main_text import main_text
from crawler.reading.page import Page
from crawler.reading.shown_text import Node, Shown
from crawler.reading.title import title_of
from crawler.reading.walls import wall
from crawler.site import Site
from pipelines.records import SIZE_LIMIT, RawDocument

#: A container with less text than this (code points) is an empty shell that a script was to fill.
_SHELL = 20


def fetched_document(
    body: bytes, charset: str | None, url: str, site: Site, when: str | None
) -> tuple[RawDocument, Page]:
    """A page as it was fetched, now or for the archive: decoded, parsed, extracted. `charset` is what the server says, `url`
    canonical, `when` ISO 8601 UTC. Raises Unreadable where it is no document."""
    page = fetched_page(body, charset, url)

    return read_document(page, site, when), page


def fetched_page(body: bytes, charset: str | None, url: str) -> Page:
    """A page as it was fetched, decoded and parsed. Raises Unreadable where it is no text."""
    if len(body) > SIZE_LIMIT:
        raise Unreadable("too_large", f"{len(body)} bytes")

    decoded = decode(body, charset)
    if is_json(decoded.text):
        raise Unreadable("not_text", "JSON, which is for programs")

    return Page.parse(decoded.text, url, decoded.utf8)


def is_json(text: str) -> bool:
    """Whether a text is one JSON object or array: what an interface answers, not a page.

    >>> is_json(' {"code": 0, "data": ["同志们"]}'), is_json("[会议纪要] 同志们：")
    (True, False)
    """
    opened = text.lstrip("\ufeff \t\r\n")

    if opened[:1] not in ("{", "["):
        return False

    try:
        return isinstance(json.loads(opened), (dict, list))
    except (ValueError, RecursionError):
        return False


def read_document(page: Page, site: Site, crawled_at: str | None) -> RawDocument:
    """The container's whole text, the title and the stated facts. A document that the site's selectors did not
    find carries the warning `generic_extraction`; a page without text gives an empty text. Raises Unreadable where the page
    is a wall (`login_wall`, `captcha`, `soft_404`, `download_form`) or a list (`list_page`)."""
    facts: dict[str, Any] = dict(site.facts(page)) if site.facts else {}
    stated_number = facts.pop("doc_id", None)
    shown = _own(page, site)
    chosen = None
    warnings: list[str] = []

    if shown is None:
        chosen = main_text(page)
        shown = page.shown(chosen.node, chosen.without) if chosen else Shown("")
        warnings.append("generic_extraction")

    if found := wall(page, shown.text):
        raise Unreadable(*found)
    if chosen and (evidence := list_evidence(page, chosen, shown.text)):
        raise Unreadable("list_page", evidence)

    if chosen and has_more_pages(page):
        warnings.append("more_pages")

    title = _title(page, site, chosen.node if chosen else None)
    offered = attachments(page)

    if is_elsewhere(shown.text, offered):
        warnings.append("text_in_attachment")

    around = stated(page, title, shown.text)
    facts.setdefault("published", around.published)
    facts.setdefault("source", around.source)
    number = site.number(page.url) or (str(stated_number) if stated_number else None)

    return RawDocument(
        url=page.url, site=site.key, title=title, text=shown.text, breaks=shown.breaks, doc_id=number,
        crawled_at=crawled_at, warnings=tuple(warnings), attachments=offered, **facts,
    )  # fmt: skip


def _own(page: Page, site: Site) -> Shown | None:
    """The text of what the first fitting selector finds. Several boxes side by side are one text (a page split in
    pieces); of boxes in different places the one with the most text is meant."""
    for selector in site.body:
        texts: dict[int, list[Shown]] = {}  # by parent
        inside: set[int] = set()
        found = page.css(selector)

        for node in found:
            if node.mem_id in inside:
                continue

            if len(found) > 1:
                inside |= {n.mem_id for n in node.css(selector)}

            shown = page.shown(node)
            if len(shown.text) >= _SHELL:
                texts.setdefault(_parent(node), []).append(shown)

        if texts:
            candidates = [Shown.joined(side_by_side) for side_by_side in texts.values()]
            return max(candidates, key=lambda shown: len(shown.text))

    return None


def _parent(node: Node) -> int:
    return node.parent.mem_id if node.parent is not None else 0


def _title(page: Page, site: Site, container: Node | None) -> str:
    """What the site's selectors find, unless it is the site's own name; else the title as any page gives it."""
    for selector in site.title:
        for node in page.css(selector)[:5]:
            text = " ".join(page.text(node).split("\n")).strip()
            if text and text not in site.names:
                return text

    return title_of(page, container)
