"""The title of a page that no selector of ours knows: `og:title`, the heading, or `<title>` without the site's name.

title_of(Page.parse("<title>在全市教育工作会议上的讲话_某某网</title>", ""))  ->  "在全市教育工作会议上的讲话"
"""

from __future__ import annotations

import re

from crawler.reading.page import Page

#: What parts a title from the names behind it: `_`, `|`, ` - `, `--`, `-`, ` > `.
_LAST_PIECE = re.compile(
    r"(?P<title>.{2,}?)\s{0,5}(?:[_|｜»›>]|[-–—]{1,2})\s{0,5}(?P<tail>[^_|｜»›>–—-]{1,40})$",
    re.DOTALL,
)
_SITE_FIRST = re.compile(
    r"(?P<site>[^_|｜»›>–—-]{2,12})\s{0,5}(?:[_|｜»›]|\s[-–—]\s|[-–—]{2})\s{0,5}(?P<title>.{8,})$",
    re.DOTALL,
)
#: What a site adds to its titles: its name, …
_SITE_WORDS = re.compile(
    r"[网網站]$|文[库庫]|文[档檔]|文秘|范文|公文|首[页頁]|[频頻]道|下[载載]|平[台臺]$|之家|百科|[论論][坛壇]|[栏欄]目|www\.|\.(?:com|cn|net|org)|[资資]料$|[阅閱][读讀]|第\d{1,4}[页頁]|免[费費]"
)
#: … and before that the section.
_SECTION = re.compile(
    r"(?:.{0,4}(?:[讲講][话話]|[发發]言|[总總][结結]|[汇匯][报報]|致[辞辭]|[报報]告|材料|体会|計劃|计划|方案|主持[词詞]|[党黨]建|稿)|.{0,3}[全大]全|精[选選])[稿类類]?"
)
_LONGEST = 200


def title_of(page: Page) -> str:
    """The page's title as written, without the site's name; empty where the page has none.

    >>> title_of(Page.parse("<title>2023-2024年度工作总结-工作总结-某某文秘网</title><h1>某某文秘网</h1>", ""))
    '2023-2024年度工作总结'
    >>> title_of(Page.parse("<title>讲话 - 站</title><h1>在大会上的讲话</h1>", ""))
    '在大会上的讲话'
    """
    named = [n.attributes.get("content") or "" for n in page.css('meta[property="og:title"]')[:1]]
    tops = [_line(n.text()) for n in page.css("title")[:1]]
    headings = [
        text
        for n in page.css("h1")[:5]
        if len(text := _line(page.text(n))) >= 4
        and not (_SITE_WORDS.search(text) and len(text) <= 12)
    ]
    whole = _line((*filter(None, (*named, *tops)), "")[0])
    bare = _without_site(whole)
    for heading in headings:  # the heading that the title repeats
        if heading in whole or (bare and bare in heading):
            return heading
    if headings and len(bare) <= 12 and _SITE_WORDS.search(bare):
        return headings[0]
    return bare or next(iter(headings), "")


def _line(text: str) -> str:
    return (
        " ".join(text.split())[:_LONGEST]
        if "\n" in text or "  " in text
        else text.strip()[:_LONGEST]
    )


def _without_site(title: str) -> str:
    """The title less the pieces that name the site, and the section before it."""
    first = _SITE_FIRST.match(title)
    if first and _SITE_WORDS.search(first["site"]) and not _SITE_WORDS.search(first["title"]):
        return first["title"]
    named = False
    while found := _LAST_PIECE.fullmatch(title):
        site = bool(_SITE_WORDS.search(found["tail"]))
        if not site and not (named and _SECTION.fullmatch(found["tail"])):
            break
        title, named = found["title"], True
    return title
