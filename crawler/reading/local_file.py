"""Pages and text files on this machine.

    document(LocalFile("saved/report.html", "report.html"), site=None)     # RawDocument or Failure

The site is the one that is named, else that of the page's own canonical address, else what its frame names.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from crawler.reading import attachments, markdown_file
from crawler.reading.document import read_document
from crawler.reading.encodings import Decoded, Unreadable, decode
from crawler.reading.frame import site_in_frame
from crawler.reading.page import Page
from crawler.site import Site
from crawler.sites import site_of
from pipelines.failures import failure
from pipelines.records import SIZE_LIMIT, Failure, LocalDocument, RawDocument

MARKUP = (".html", ".htm", ".xhtml", ".shtml", ".shtm")
SITELESS = Site(key="unknown", hosts=())
#: Code points of a page in which its canonical address is looked for.
_HEAD = 20_000
_CANONICAL = re.compile(
    r"""<(?:link|meta)\b(?=[^>]{0,300}(?:rel=["']?canonical|property=["']?og:url))[^>]{0,300}?(?:href|content)=["']?(?P<url>https?://[^\s"'<>]{4,300})""",
    re.IGNORECASE,
)
_SAVED_FROM = re.compile(
    r"<!--\s{0,9}saved from url=\(\d{1,6}\)(?P<url>https?://[^\s\"'<>]{4,2000})", re.IGNORECASE
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

    def size(self) -> int:
        """Bytes of the file; 0 where it has gone."""
        try:
            return os.stat(self.path).st_size
        except OSError:
            return 0


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

    identity = file_identity(file.path, body)
    if file.path.lower().endswith(markdown_file.ENDINGS):
        return _markdown_document(file, decoded, key, identity)
    if _is_markup(file.path, decoded.text):
        return _page_document(file, decoded, site, identity)

    return LocalDocument(url=file.address, site=key, text=decoded.text, identity=identity)


def _attachment_document(file: LocalFile, body: bytes, key: str) -> RawDocument | Failure:
    try:
        read = attachments.read_attachment(body, file.name)
    except Unreadable as error:
        return _failure(file, key, error.error, str(error))

    return LocalDocument(
        url=file.address,
        identity=file_identity(file.path, body),
        site=key,
        title=read.title,
        text=read.text,
        breaks=read.breaks,
        toc=read.toc,
        format=file.path.lower().rpartition(".")[2],
    )


def _markdown_document(file: LocalFile, decoded: Decoded, key: str, identity: str) -> LocalDocument:
    read = markdown_file.markdown_text(decoded.text)

    return LocalDocument(
        url=file.address,
        identity=identity,
        site=key,
        title=read.title,
        text=read.shown.text,
        breaks=read.shown.breaks,
    )


def file_identity(path: str, body: bytes) -> str:
    """What a file without an address of its own is known by: its path as given, and its content.

    >>> file_identity("./saved//a.txt", b"") == file_identity("saved/a.txt", b"") != file_identity("saved/a.txt", b"x")
    True
    """
    given = os.path.normpath(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    return f"file:{given}#sha256:{hashlib.sha256(body).hexdigest()}"


def own_address(text: str) -> str:
    """The address that a page names as its own, by `canonical`, `og:url` or a browser's `saved from url`; empty where it
    names none, or only its site's front page.

    >>> own_address('<link rel="canonical" href="https://docs.example/9.html">')
    'https://docs.example/9.html'
    >>> own_address('<link rel="canonical" href="https://docs.example/">')
    ''
    """
    head = text[:_HEAD]
    named = _CANONICAL.search(head) or _SAVED_FROM.search(head)

    if named is None:
        return ""

    address = html.unescape(named["url"])
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""

    is_front_page = parts.path in ("", "/") and not parts.query
    return "" if is_front_page or not parts.hostname else address


def _page_document(
    file: LocalFile, decoded: Decoded, site: Site | None, identity: str
) -> RawDocument | Failure:
    home = own_address(decoded.text)
    page = Page.parse(decoded.text, file.address, decoded.utf8)
    known = site or site_of(home) or site_in_frame(page) or SITELESS

    try:
        document = read_document(page, known, None)
    except Unreadable as error:
        return _failure(file, known.key, error.error, str(error))

    number = known.number(home) if home else None
    stated = {field.name: getattr(document, field.name) for field in fields(document)}
    stated |= {"site": known.key, "doc_id": document.doc_id or number}

    return LocalDocument(**stated, identity=known.canonical(home) if home else identity)


def _is_markup(path: str, text: str) -> bool:
    """Whether a file is a page, by its ending or, but for `.txt`, by how it begins."""
    name = path.lower()

    if name.endswith(MARKUP):
        return True

    start = text[:400].lstrip("\ufeff \t\r\n").lower()
    return not name.endswith(".txt") and start.startswith(("<!doctype", "<html"))


def _failure(file: LocalFile, site: str, error: str, detail: str) -> Failure:
    return failure(file.address, site, "read", error, detail, None)
