"""Pages and text files on this machine.

    document(LocalFile("saved/report.html", "report.html"), site=None)     # RawDocument or Failure

The site is the one that is named, else that of the page's own canonical address, else what its frame names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crawler.reading import attachments
from crawler.reading.document import read_document
from crawler.reading.encodings import Decoded, Unreadable, decode
from crawler.reading.frame import site_in_frame
from crawler.reading.page import Page
from crawler.site import Site
from crawler.sites import site_of
from pipelines.failures import failure
from pipelines.records import SIZE_LIMIT, Failure, RawDocument

MARKUP = (".html", ".htm", ".xhtml", ".shtml", ".shtm")
SITELESS = Site(key="unknown", hosts=())
#: Code points of a page in which its canonical address is looked for.
_HEAD = 20_000
_CANONICAL = re.compile(
    r"""<(?:link|meta)\b(?=[^>]{0,300}(?:rel=["']?canonical|property=["']?og:url))[^>]{0,300}?(?:href|content)=["']?(?P<url>https?://[^\s"'<>]{4,300})""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A page or text file. `name` is its path relative to the folder argument, or its own name."""

    path: str
    name: str

    @property
    def address(self) -> str:
        """Its `file:` address."""
        return "file:" + self.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def document(file: LocalFile, site: Site | None) -> RawDocument | Failure:
    """The document of a file; `site` is the one that `--site` names."""
    key = site.key if site else "unknown"
    try:
        with open(file.path, "rb") as stream:
            body = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        return _failure(file, key, "undecodable", f"cannot be read: {error.strerror}")
    if len(body) > SIZE_LIMIT:
        return _failure(file, key, "too_large", f"over {SIZE_LIMIT} bytes")
    if file.path.lower().endswith(attachments.ENDINGS):
        return _attachment_document(file, body, key)
    try:
        decoded = decode(body)
    except Unreadable as error:
        return _failure(file, key, error.error, str(error))
    if _is_markup(file.path, decoded.text):
        return _page_document(file, decoded, site)
    return RawDocument(url=file.address, site=key, text=decoded.text)


def _attachment_document(file: LocalFile, body: bytes, key: str) -> RawDocument | Failure:
    try:
        read = attachments.read_attachment(body, file.name)
    except Unreadable as error:
        return _failure(file, key, error.error, str(error))
    return RawDocument(
        url=file.address,
        site=key,
        title=read.title,
        text=read.text,
        breaks=read.breaks,
        toc=read.toc,
        format=file.path.lower().rpartition(".")[2],
    )


def _page_document(file: LocalFile, decoded: Decoded, site: Site | None) -> RawDocument | Failure:
    named = _CANONICAL.search(decoded.text[:_HEAD])
    home = named["url"] if named else ""
    page = Page.parse(decoded.text, file.address, decoded.utf8)
    known = site or site_of(home) or site_in_frame(page) or SITELESS
    try:
        document = read_document(page, known, None)
    except Unreadable as error:
        return _failure(file, known.key, error.error, str(error))
    number = known.number(home) if home else None
    return replace(document, site=known.key, doc_id=document.doc_id or number)


def _is_markup(path: str, text: str) -> bool:
    """Whether a file is a page, by its ending or, but for `.txt`, by how it begins."""
    name = path.lower()
    if name.endswith(MARKUP):
        return True
    start = text[:400].lstrip("\ufeff \t\r\n").lower()
    return not name.endswith(".txt") and start.startswith(("<!doctype", "<html"))


def _failure(file: LocalFile, site: str, error: str, detail: str) -> Failure:
    return failure(file.address, site, "read", error, detail, None)
