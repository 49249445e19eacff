"""The files that a page offers beside its text: names, addresses, formats.

attachments(page)  ->  (Attachment("附件1：名单.docx", "https://…/files/1.docx", "docx"),)
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from crawler.reading.page import Page
from crawler.reading.shown_text import Node
from pipelines.record_parts import Attachment

#: Endings of files that hold text, or hold files that do.
_FORMATS = frozenset("doc docx wps pdf ofd xls xlsx et ppt pptx rtf txt csv zip rar 7z".split())
_FILE = re.compile(r"\.(?P<format>[a-zA-Z0-9]{2,4})\Z")
#: A page that offers more is an index of files.
_MOST, _LONGEST_NAME = 100, 200
#: A text that only says where the text is.
_ELSEWHERE = re.compile(
    r"(?:具体|详细|全部|正文)?内容(?:详)?[见見]附件|[详詳具][见見體体]{1,2}(?:内容)?附件|[请請][点點][击擊](?:下[载載]|查看|打[开開])?附件|全文[见見]附件|[见見]附件(?:[。，)）]|$)",
    re.MULTILINE,
)
#: Characters of a text that says more than that.
_OWN_TEXT = 200


def attachments(page: Page) -> tuple[Attachment, ...]:
    """The files that the page links to, each address once, in the page's order.

    >>> page = Page.parse('<a href="/f/a.docx?x=1">报告全文</a><a href=/b.html>下一页</a>', "https://a.example/1.html")
    >>> attachments(page)
    (Attachment(name='报告全文', url='https://a.example/f/a.docx?x=1', format='docx'),)
    """
    bases = page.css("base[href]")
    home = _joined(page.url, bases[0].attributes.get("href") or "") if bases else page.url
    found: dict[str, Attachment] = {}

    for link in page.css("a[href]"):
        offered = _attachment(link, home)
        if offered and len(found) < _MOST:
            found.setdefault(offered.url, offered)

    return tuple(found.values())


def is_elsewhere(text: str, offered: tuple[Attachment, ...]) -> bool:
    """Whether a page's own text only says that the text is in an attachment.

    >>> is_elsewhere("具体内容见附件。", (Attachment("全文", "https://a.example/1.pdf", "pdf"),))
    True
    """
    is_short = len("".join(text.split())) < _OWN_TEXT

    return bool(offered) and is_short and bool(_ELSEWHERE.search(text))


def _attachment(link: Node, home: str) -> Attachment | None:
    href = (link.attributes.get("href") or "").strip()
    path = href.partition("#")[0].partition("?")[0]
    ending = _FILE.search(path)

    if ending is None or ending["format"].lower() not in _FORMATS:
        return None

    url = _joined(home, href)
    if not url:
        return None

    shown = " ".join(link.text().split()) or (link.attributes.get("title") or "").strip()
    name = shown or unquote(path.rpartition("/")[2])

    return Attachment(name[:_LONGEST_NAME], url, ending["format"].lower())


def _joined(home: str, href: str) -> str:
    """The address that a link leads to; empty where it cannot be read."""
    try:
        url = urljoin(home, href)
        urlsplit(url)
    except ValueError:
        return ""

    return url
