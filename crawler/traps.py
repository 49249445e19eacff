"""Addresses without end: what brings nothing new many times in a row is left alone for the rest of the run.

    traps = Traps()
    if family := traps.note(visit): log(f"{family} is a trap")
    traps.is_closed(entry)          # whether a page of the frontier is left

Calendars, combinable filters and session ids make new addresses for ever. Each address is of a *family*: its path with
numbers and random names taken for equal. A family of documents is closed after `DOCUMENTS` first visits in a row to texts
that this run has already read, one of lists after `LISTS` pages in a row without a link that this run had not met. Pages
that are left stay due; a later run tries again.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from crawler.runs.apply import Visit
from crawler.runs.frontier import Entry
from pipelines.cleaning.clean import Cleaned

#: A site repeats itself by twos and threes (two addresses of one document), lists by tens (tags after categories).
DOCUMENTS, LISTS = 50, 100

_VARIES = re.compile(r"[0-9a-f]{16,}|(?=[a-z]*\d)[0-9a-z_-]{20,}|\d+", re.IGNORECASE)


def document_family(url: str) -> str:
    """What addresses of one kind of document have in common.

    >>> document_family("https://a.example/d/17.html?page=2&sid=9f")
    'https://a.example/d/0.html?page&sid'
    """
    parts = urlsplit(url)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    query = f"?{'&'.join(names)}" if names else ""

    return f"{list_family(url)}{query}"


def list_family(url: str) -> str:
    """What addresses of one kind of list have in common, whatever filters they name.

    >>> list_family("https://a.example/list/2026-03-04.html?year=2026")
    'https://a.example/list/0-0-0.html'
    """
    parts = urlsplit(url)

    return f"{parts.scheme}://{parts.netloc}{_VARIES.sub('0', parts.path)}"


class Traps:
    """What one run has met, and the families that it has closed."""

    def __init__(self) -> None:
        self._texts = set[str]()
        self._links = set[int]()
        self._in_a_row = Counter[str]()
        self._closed = set[str]()

    def note(self, visit: Visit) -> str | None:
        """Take in what a page brought. Returns its family where that is closed by it."""
        if visit.failure is not None or visit.not_modified:
            return None

        if visit.entry.kind == "document":
            family, most, is_new = (
                document_family(visit.entry.url),
                DOCUMENTS,
                self._new_text(visit),
            )
            if visit.entry.outcome is not None:  # looked at again: no new address
                return None
        elif visit.entry.kind == "list" and visit.entry.depth > 0:
            family, most, is_new = list_family(visit.entry.url), LISTS, self._new_link(visit)
        else:
            self._new_link(visit)
            return None

        self._in_a_row[family] = 0 if is_new else self._in_a_row[family] + 1
        if self._in_a_row[family] < most or family in self._closed:
            return None

        self._closed.add(family)
        return family

    def is_closed(self, entry: Entry) -> bool:
        """Whether a page is of a closed family: its documents that were never read, its lists."""
        if not self._closed:
            return False
        if entry.kind == "document":
            return entry.outcome is None and document_family(entry.url) in self._closed

        return entry.kind == "list" and entry.depth > 0 and list_family(entry.url) in self._closed

    def _new_text(self, visit: Visit) -> bool:
        hashes = {r.speech.content_hash for r in visit.results if isinstance(r, Cleaned)}
        is_new = not hashes <= self._texts or not hashes
        self._texts |= hashes

        return is_new

    def _new_link(self, visit: Visit) -> bool:
        documents = [found.url for found in visit.found if found.kind == "document"]
        if self._closed:
            documents = [url for url in documents if document_family(url) not in self._closed]

        met = {hash(url) for url in documents}
        is_new = not met <= self._links
        self._links |= met

        return is_new
