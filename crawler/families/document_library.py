"""The document library: one piece of software behind jinchutou, bdocx, 31ppt and a dozen sister sites.

A page repeats its title, shows an upload card (`上传人：doc****iu 文档编号：1562 上传时间：2020-12-18 格式：DOCX 页数：6
大小：16.59KB`), pictures of the first pages, and below `资源描述` the text itself in the static HTML. Documents stand at
`/p-NUMBER.html`, which redirects to `/shtml/HEX.html` on some of the sites, or at `/shtml/view-NUMBER.html`.
"""

from __future__ import annotations

import re
from html import unescape

from crawler.reading.page import Page
from crawler.site import Site

#: Addresses of the family. A number is decimal and short; a hexadecimal name carries no number, the card has it.
P_NUMBER = r"/p-(?P<id>\d{1,15})\.html"
VIEW = r"/shtml/view-(?:(?P<id>\d{1,15})|[0-9a-f]{8,64})\.html"
HEX = r"/shtml/[0-9a-f]{8,64}\.html"
DOC_NUMBER = r"/doc/(?P<id>\d{1,15})\.html"
DOWNLOAD_FORM = r"/(?:d|down|download)[-/]\d{1,15}\.html?"

TITLE = ("h1", ".doc-title", ".detail-title")
#: Where the text has been seen or may stand [G]; what nobody has named, the generic extraction finds.
BODY = (".resource", ".doc-text", "#docContent", ".doc-content", ".resource-desc", ".detail-text")

_LABEL = re.compile(
    r"""
    (?P<label> 上传人 | 上传者 | 文档编号 | 上传时间 | 上传日期        # each opens with a literal: places are found fast
      | 格式 | 文档格式 | 文件格式 | 页数 | 文档页数 | 总页数 | 大小 | 文档大小 | 文件大小 )
    \s{0,9} [：:] \s{0,9}
    (?P<value> \S (?: [^：:\n]{0,59}? \S)? )
    (?= \s{0,99} (?: $ | \n | [^\s：:]{2,6} \s{0,9} [：:] ) )
    """,
    re.VERBOSE | re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]{0,999}>")
_ANCHOR = re.compile(r"文档编号|上传时间|上传人|上传日期")
_PAGE_COUNT = re.compile(r"Viewer\._pageCount\s{0,9}=\s{0,9}[\"']?(?P<pages>\d{1,5})")
_DATE = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})")


def card(page: Page) -> dict[str, str | int]:
    """What the upload card, the viewer script and the `og:` fields state, under the names of `RawDocument`.

    >>> card(Page.parse("<li>上传人：<a>doc**iu</a></li><li>文档编号：1562</li><li>上传时间：2020-12-8</li><li>页数：6</li>", ""))
    {'uploader': 'doc**iu', 'doc_id': '1562', 'published': '2020-12-08', 'pages': 6}
    """
    stated: dict[str, str | int] = {}

    if at := _ANCHOR.search(page.html):
        start = max(0, at.start() - 600)
        about = unescape(_TAG.sub(" ", page.html[start : at.end() + 2400].replace("</", "\n</")))

        for found in _LABEL.finditer(about):
            for name, value in _fact(found["label"], found["value"].strip()):
                stated.setdefault(name, value)

    if found_pages := _PAGE_COUNT.search(page.html):
        stated.setdefault("pages", int(found_pages["pages"]))

    for node in page.css('meta[property="og:document:type"]')[:1]:
        if kind := (node.attributes.get("content") or "").strip():
            stated.setdefault("format", kind)

    return stated


def _fact(label: str, value: str) -> list[tuple[str, str | int]]:
    if label.startswith("上传人") or label == "上传者":
        return [("uploader", value)]
    if label == "文档编号":
        return [("doc_id", value)] if re.fullmatch(r"[0-9A-Za-z]{1,40}", value) else []

    if label.startswith("上传"):
        date = _DATE.match(value)
        return (
            [("published", f"{date['y']}-{int(date['m']):02}-{int(date['d']):02}")] if date else []
        )

    if label.endswith("格式"):
        return [("format", value)] if len(value) <= 10 else []

    if label.endswith("页数"):
        pages = re.match(r"\d{1,5}", value)
        return [("pages", int(pages[0]))] if pages else []

    return [("size", value)] if len(value) <= 15 else []


def library(
    key: str,
    *hosts: str,
    names: tuple[str, ...] = (),
    documents: tuple[str, ...] = (P_NUMBER, VIEW, HEX),
    at: str = "/p-{}.html",
) -> Site:
    """A site of the family; `at` is the path of a document by its number."""
    return Site(
        key=key, hosts=hosts, names=names, documents=documents, never=(DOWNLOAD_FORM,), title=TITLE, body=BODY, facts=card,
        numbered=lambda n: at.format(n),
    )  # fmt: skip
