"""The title of a page that no selector of ours knows: the part of `<title>` that the page shows as a heading.

title_of(Page.parse("<title>在全市教育工作会议上的讲话--校长专栏-某校</title><h2>在全市教育工作会议上的讲话</h2>", ""))
    ->  "在全市教育工作会议上的讲话"

What stands behind the title (column, site) is told by agreement: it is not in the heading. Buttons and counters inside
a heading are told in the same way: they are not in `<title>`. Only where nothing agrees, words of site names decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.page import Page
from crawler.reading.shown_text import Node

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
    r"""
      [网網站]$|文[库庫]|文[档檔]|文秘|范文|公文|首[页頁]|[频頻]道|下[载載]|平[台臺]$|之家|百科|[论論][坛壇]|[栏欄]目|www\.|\.(?:com|cn|net|org)
    | [资資]料$|[阅閱][读讀]|第\d{1,4}[页頁]|免[费費]
    """,
    re.VERBOSE,
)
#: … and before that the section.
_SECTION = re.compile(
    r"""
    (?: .{0,4}(?:[讲講][话話]|[发發]言|[总總][结結]|[汇匯][报報]|致[辞辭]|[报報]告|材料|体会|計劃|计划|方案|主持[词詞]|[党黨]建|稿)
      | .{0,3}[全大]全|精[选選] ) [稿类類]?
    """,
    re.VERBOSE,
)
#: Where a part of `<title>` may end: at a sign that parts names, or at white space.
_JOINT = re.compile(r"\s{0,5}(?:[_|｜»›>·•]|[-–—]{1,2})\s{0,5}|\s{1,5}")
_SIGNS = re.compile(r"[\W_]+")
_LONGEST = 200
#: Headings in the order of the page, and how many of them are looked at; letters of a heading at the least.
_HEADINGS = "h1,h2,h3,h4,[class*=title i],[id*=title i],[class*=headline i],[class*=biaoti i]"
_MOST_HEADINGS, _LEAST = 60, 4
#: Letters and digits of buttons and counters that a heading may hold behind the title.
_BUTTONS = 40


def title_of(page: Page) -> str:
    """The page's title as written, without column and site; empty where the page has none.

    >>> title_of(Page.parse("<title>2023-2024年度工作总结-工作总结-某某文秘网</title><h1>某某文秘网</h1>", ""))
    '2023-2024年度工作总结'
    >>> title_of(Page.parse("<title>讲话 - 站</title><h1>在大会上的讲话</h1>", ""))
    '在大会上的讲话'
    >>> title_of(Page.parse("<title>春耕工作综述 某市某院</title><h1>春耕工作综述<i>打印 12</i></h1>", ""))
    '春耕工作综述'
    """
    tops = [_line(n.text()) for n in page.css("title")[:1]]
    named = [_line(n.attributes.get("content") or "") for n in page.css(_OPEN_GRAPH)[:1]]
    headings = list(_headings(page))
    for whole in filter(None, (*tops, *named)):
        if agreed := _agreed(whole, headings):
            return agreed
    return _unconfirmed(next(filter(None, (*named, *tops)), ""), headings)


_OPEN_GRAPH = 'meta[property="og:title"]'


def _headings(page: Page) -> Iterator[str]:
    """What the page shows as headings, the outer one where they nest."""
    for node in page.css(_HEADINGS)[:_MOST_HEADINGS]:
        text = _line(page.text(node)) if _is_short(node) else ""
        if text:
            yield text


def _is_short(node: Node) -> bool:
    return len(node.text()) <= 2 * _LONGEST


def _agreed(whole: str, headings: list[str]) -> str:
    """The longest part of `<title>` that a heading shows; as the heading writes it where it says no more."""
    shown = [(_plain(heading), heading) for heading in headings]
    for part in _parts(whole):
        plain = _plain(part)
        if len(plain) < _LEAST:
            continue
        for said, heading in shown:
            if said == plain:
                return heading
            if said.startswith(plain) and len(said) - len(plain) <= _BUTTONS:
                return part
    return ""


def _parts(whole: str) -> Iterator[str]:
    """A `<title>` and its parts, each shorter than the one before: without its last names, then without its first."""
    joints = list(_JOINT.finditer(whole))
    yield whole
    for joint in reversed(joints):
        yield whole[: joint.start()]
    for joint in joints:
        yield whole[joint.end() :]


def _plain(text: str) -> str:
    """Letters and digits only."""
    return _SIGNS.sub("", text).lower()


def _unconfirmed(whole: str, headings: list[str]) -> str:
    """The title where no heading repeats it: without the names of the site, unless nothing else is left."""
    bare = _without_site(whole)
    others = [
        heading
        for heading in headings
        if len(heading) >= _LEAST and not (_SITE_WORDS.search(heading) and len(heading) <= 12)
    ]
    for heading in others:  # the heading that the title repeats
        if bare and bare in heading:
            return heading
    if others and len(bare) <= 12 and _SITE_WORDS.search(bare):
        return others[0]
    return bare or next(iter(others), "")


def _line(text: str) -> str:
    if "\n" in text or "  " in text:
        text = " ".join(text.split())
    return text.strip()[:_LONGEST]


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
