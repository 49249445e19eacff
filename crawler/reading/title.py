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
from crawler.reading.prose import ABOUT
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
_JOINT = re.compile(r"\s{0,5}(?:[_|｜»›>·•@]|[-–—]{1,2}|::)\s{0,5}|\s{1,5}")
#: Counters that a site puts in front: (3 条消息).
_COUNTER = re.compile(r"[(（][^()（）]{0,12}\d[^()（）]{0,24}[)）]\s{0,3}")
#: What a heading may say behind the title: (2022年), [摘登].
_ADDED = re.compile(r"\s{0,3}(?:[(（][^()（）]{1,20}[)）]|[\[【][^\[\]【】]{1,12}[\]】])")
_SIGNS = re.compile(r"[\W_]+")
_LONGEST = 200
#: Headings in the order of the page, and how many of them are looked at; letters of a heading at the least.
_HEADINGS = "h1,h2,h3,h4,h5,[class*=title i]:not([class*=share i]),[id*=title i],[class*=headline i],[class*=biaoti i]"
_MOST_HEADINGS, _LEAST = 60, 4
#: A name of a site or column is no longer (code points); a title is no shorter than the last (letters and digits).
_NAME, _TITLE = 12, 9
#: Around the text a heading is looked for in this many elements.
_NEAR = 3
#: Letters and digits of buttons and counters that a heading may hold behind the title.
_BUTTONS = 40


def title_of(page: Page, text: Node | None = None) -> str:
    """The page's title as written, without column and site; empty where the page has none. `text` is the container of the
    main text: where `<title>` names a column only, the heading beside it is meant.

    >>> title_of(Page.parse("<title>2023-2024年度工作总结-工作总结-某某文秘网</title><h1>某某文秘网</h1>", ""))
    '2023-2024年度工作总结'
    >>> title_of(Page.parse("<title>讲话 - 站</title><h1>在大会上的讲话</h1>", ""))
    '在大会上的讲话'
    >>> title_of(Page.parse("<title>春耕工作综述 某市某院</title><h1>春耕工作综述<i>打印 12</i></h1>", ""))
    '春耕工作综述'
    """
    tops = [_line(n.text()) for n in page.css("title")[:1]]
    named = [_line(n.attributes.get("content") or "") for n in page.css(_OPEN_GRAPH)[:1]]
    headings = list(_shown(page, page.css(_HEADINGS)))
    stated = [name for name in named if name not in tops]

    for shown in (headings, stated):
        for whole in filter(None, (*tops, *named)):
            if agreed := _agreed(whole, shown):
                return agreed

    title = _unconfirmed(next(filter(None, (*named, *tops)), ""), headings)
    if len(_plain(title)) < _TITLE and text is not None:
        return _beside(page, text) or title

    return title


_OPEN_GRAPH = 'meta[property="og:title"]'


def _shown(page: Page, nodes: list[Node]) -> Iterator[str]:
    """What the page shows as headings, each once, in its order."""
    seen: set[int] = set()

    for node in nodes:
        if node.mem_id in seen or len(node.text()) > 2 * _LONGEST:
            continue

        seen.add(node.mem_id)
        if text := _line(page.text(node)):
            yield text

        if len(seen) >= _MOST_HEADINGS:
            return


def _beside(page: Page, text: Node) -> str:
    """The heading that stands nearest around the text."""
    around = text

    for _ in range(_NEAR):
        if around.parent is None or around.tag == "body":
            break

        for heading in _shown(page, around.css(_HEADINGS)):
            if len(_plain(heading)) >= _TITLE and not ABOUT.search(heading):
                return heading

        around = around.parent

    return ""


def _agreed(whole: str, headings: list[str]) -> str:
    """The longest part of `<title>` that a heading shows; as the heading writes it where it says no more."""
    shown = [(_plain(heading), heading) for heading in headings]

    for part in _parts(whole):
        plain = _plain(part)
        is_name = len(part) <= _NAME and _SITE_WORDS.search(part)

        if len(plain) < _LEAST or (is_name and part != whole):
            continue

        for said, heading in shown:
            if said == plain or (heading.startswith(part) and _ADDED.fullmatch(heading, len(part))):
                return heading
            if said.startswith(plain) and len(said) - len(plain) <= _BUTTONS:
                return part

    return ""


def _parts(whole: str) -> Iterator[str]:
    """A `<title>` and its parts, each shorter than the one before: without its last names, then without its first. The
    first go only where most is left."""
    if counter := _COUNTER.match(whole):
        yield from _parts(whole[counter.end() :])

    joints = list(_JOINT.finditer(whole))
    yield whole

    for joint in reversed(joints):
        yield whole[: joint.start()]

    for joint in joints:
        if joint.end() * 2 < len(whole):
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
