"""What becomes of one fetched page, from bytes to clean documents or links: all that a page's content can make slow.

    read = PageReader(asked)
    content = read(FetchedPage(kind="document", body=b"<html>…", url="https://…", …))

This runs in the page worker (`crawler.page_worker`): a page goes in, what it held comes out, and nothing else changes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.found import Found, Kind
from crawler.reading.document import fetched_page, read_document
from crawler.reading.encodings import Unreadable, decode, stated_charset
from crawler.reading.feed import entries, is_feed
from crawler.reading.link_address import canonical_target
from crawler.reading.links import FILES, list_links
from crawler.reading.list_page import is_list
from crawler.reading.page import Page
from crawler.reading.sitemap import sitemap_links
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.site import Site
from crawler.sites import site_names, site_of
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.failures import broken_stage, failure, iso
from pipelines.records import Failure, RawDocument, Speech, Trace

#: Any host: generic extraction only; begins at `-a url=` and stays on that host. What is a document and what a list is seen
#: when it is there.
WEB = Site(key="web", hosts=(), documents=(r"/.*",), never=(FILES + r"(?:\?.*)?",))

#: On `web`, links followed one behind the other from the page that was named (Heritrix: TooManyHopsDecideRule).
MOST_HOPS = 20
#: Links besides those of menus and accounts that a page shows which is a list, though it asks for a password.
LINKS_OF_A_LIST = 5
#: Paths that lead to no document and that nobody without an account should ask for.
_PRIVATE = re.compile(
    r"/(?:log-?in|log-?out|register|regist|reg|signup|passport|member|user|cart|pay|vip|admin)(?:[/.?]|\Z)",
    re.IGNORECASE,
)


_FILE = re.compile(FILES)


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it came. `url` is its canonical URL, `asked` the one that the frontier holds (they differ after a redirect),
    `address` where it was fetched; `when` is ISO 8601 UTC, `depth` how far from a start page a list is."""

    kind: Kind
    body: bytes
    content_type: str
    url: str
    asked: str
    address: str
    depth: int
    when: str


@dataclass(slots=True)
class PageContent:
    """What a page held: `results` of a document, `found` of a list or sitemap, or the `failure` that says why neither.

    `left` are canonical URLs of links that are not followed, as they would go on for ever.
    `kind` may differ from what was asked for: on `web`, what a page is shows when it is there. `generic` and `published`
    are of the document.
    """

    kind: Kind
    results: Sequence[Cleaned | Failure] = ()
    found: list[Found] = field(default_factory=list)
    failure: Failure | None = None
    generic: bool = False
    published: str | None = None
    is_document: bool = False
    left: list[str] = field(default_factory=list)

    def __reduce__(self) -> tuple[Any, ...]:
        """For the pipe: results as MessagePack, which takes a quarter of the time of pickling them (67 µs against 250)."""
        fields = (
            self.kind,
            self.found,
            self.failure,
            self.generic,
            self.published,
            self.is_document,
            self.left,
        )

        pairs = [(r.speech, r.trace) for r in self.results if isinstance(r, Cleaned)]
        if len(pairs) != len(self.results):
            return _content, (*fields, self.results)

        try:
            return _content, (*fields, msgspec.msgpack.encode(pairs))
        except UnicodeEncodeError:  # a lone surrogate in an address
            return _content, (*fields, self.results)


_PAIRS = msgspec.msgpack.Decoder(list[tuple[Speech, Trace]])


def _content(
    kind: Kind,
    found: list[Found],
    failure: Failure | None,
    generic: bool,
    published: str | None,
    is_document: bool,
    left: list[str],
    results: bytes | Sequence[Cleaned | Failure],
) -> PageContent:
    """The other end of `PageContent.__reduce__`."""
    if isinstance(results, bytes):
        results = [Cleaned(speech, trace) for speech, trace in _PAIRS.decode(results)]

    return PageContent(kind, results, found, failure, generic, published, is_document, left)


class PageReader:
    """Reads the pages of one crawl."""

    def __init__(self, asked: CrawlArguments) -> None:
        self._asked = asked
        self._site = asked.site
        self._site_names = site_names()
        self._home = f"{self._site.scheme}://{self._site.hosts[0]}"
        self._never = [re.compile(pattern) for pattern in self._site.never]

    def __call__(self, page: FetchedPage) -> PageContent:
        """Read a page; what cannot be read, or breaks a stage of ours, is a failure of this page alone."""
        content = PageContent(page.kind)

        try:
            raw = self._read(page, content)
        except MemoryError:
            raise
        except Unreadable as error:
            content.failure = self._failure(page, error.error, str(error))
            return content
        except Exception as error:
            content.failure = broken_stage(page.asked, self._site.key, "read", error)
            return content

        if raw is not None:
            self._clean(raw, content)

        return content

    def _read(self, page: FetchedPage, content: PageContent) -> RawDocument | None:
        charset = stated_charset(page.content_type)
        if page.kind == "document":
            return self._document(page, charset, content)

        text = decode(page.body, charset).text
        if page.kind == "sitemap":
            asked, is_document = self._asked, self._site.is_document
            links = sitemap_links(text, page.address, asked.real, is_document, content.left)
            content.found = list(links)
        else:
            content.found = self._links(text, page, page.asked, page.depth, content.left)

        return None

    def _document(
        self, fetched: FetchedPage, charset: str | None, content: PageContent
    ) -> RawDocument | None:
        page = fetched_page(fetched.body, charset, fetched.url)
        if self._site.key != WEB.key:
            raw = read_document(page, self._site, fetched.when)
        elif (found_raw := self._document_of_any_site(page, fetched, content)) is not None:
            raw = found_raw
        else:
            return None

        content.is_document = True
        content.generic = "generic_extraction" in raw.warnings
        content.published = raw.published

        return raw

    def _document_of_any_site(
        self, page: Page, fetched: FetchedPage, content: PageContent
    ) -> RawDocument | None:
        """The document of a page on `web`; `None` where it is a list, whose links are then in `content`."""
        content.found = self._document_links(page, fetched, content.left)

        if content.found and is_feed(page.html):
            content.kind = "list"
            return None

        try:
            raw = read_document(page, self._site, fetched.when)
        except Unreadable as error:
            if not content.found or not self._is_list_after_all(error, content, page):
                content.found = []
                raise

            content.kind = "list"
            return None

        if content.found and is_list(page):
            content.kind = "list"
            return None

        known = site_of(fetched.url)
        return replace(raw, site=known.key if known else "unknown")

    @staticmethod
    def _is_list_after_all(error: Unreadable, content: PageContent, page: Page) -> bool:
        """Whether a page that is no document is a list: the page head of a home page has a log-in form too."""
        if error.error == "list_page":
            return True

        shows_documents = len(content.found) >= LINKS_OF_A_LIST and is_list(page)
        return error.error == "login_wall" and shows_documents

    def _document_links(self, page: Page, fetched: FetchedPage, left: list[str]) -> list[Found]:
        if is_feed(page.html):
            return list(self._feed_links(page.html, fetched, left))

        links = self._links(page.html, fetched, fetched.url, 0, left)
        documents = [
            found._replace(depth=fetched.depth + 1)
            for found in links
            if found.kind == "document" and not self._is_private(found.url)
        ]

        if fetched.depth < MOST_HOPS:
            return documents

        left.extend(found.url for found in documents)
        return []

    def _feed_links(self, text: str, fetched: FetchedPage, left: list[str]) -> Iterator[Found]:
        for entry in entries(text):
            target = canonical_target(fetched.address, entry.url, self._asked.real, left=left)
            if target and self._site.is_document(target) and not self._is_private(target):
                yield Found(target, "document", published=entry.published)

    def _clean(self, raw: RawDocument, content: PageContent) -> None:
        try:
            results = clean(raw, self._site_names, raw.crawled_at)
        except MemoryError:
            raise
        except Exception as error:
            content.failure = broken_stage(raw.url, raw.site, "clean", error)
            return

        # What only `explain` shows stays here: it is a third of what would go through the pipe.
        content.results = [
            replace(result, raw_text="", marks=()) if isinstance(result, Cleaned) else result
            for result in results
        ]

        speeches = [result.speech for result in results if isinstance(result, Cleaned)]
        content.published = speeches[0].published if speeches else None

    def _links(
        self, html: str, page: FetchedPage, url: str, depth: int, left: list[str]
    ) -> list[Found]:
        real, is_document = self._asked.real, self._site.is_document
        trapped: list[str] = []
        links = list(list_links(html, page.address, url, depth, real, is_document, trapped))
        left.extend(link for link in trapped if not _FILE.fullmatch(urlsplit(link).path))

        return [
            found for found in links if found.kind == "document" or not self._is_private(found.url)
        ]

    def _is_private(self, url: str) -> bool:
        path = url.removeprefix(self._home)
        return bool(_PRIVATE.search(path)) or any(p.fullmatch(path) for p in self._never)

    def _failure(self, page: FetchedPage, error: str, detail: str) -> Failure:
        return failure(page.asked, self._site.key, "read", error, detail, iso(time.time()))
