"""From a page to a `RawDocument`: the site's own selectors first, the generic extraction where they find nothing."""

from __future__ import annotations

from crawler.reading.page import Page
from crawler.site import Site
from pipelines.records import RawDocument


def read_document(page: Page, site: Site, crawled_at: str | None) -> RawDocument:
    """The container's whole text, the title and the stated facts. A document that the site's selectors did not
    find carries the warning `generic_extraction`."""
    body = next((n for s in site.body for n in page.css(s)), None)
    title = next((n.text(strip=True) for s in site.title for n in page.css(s)), "")
    facts = dict(site.facts(page)) if site.facts else {}
    return RawDocument(
        url=page.url, site=site.key, title=title, text=page.text(body or page.css("body")[0]),
        doc_id=site.number(page.url), crawled_at=crawled_at,
        warnings=() if body else ("generic_extraction",), **facts,  # type: ignore[arg-type]
    )
