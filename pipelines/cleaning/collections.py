"""Pages that hold several documents: where each begins and ends in the page's raw text.

>>> page = "讲话稿(精选2篇)\\n篇1:在大会上的讲话\\n" + "同志们,抓落实。" * 9 + "\\n篇2\\n" + "各位代表,开好局。" * 9
>>> [(p.title, page[p.start : p.start + 3]) for p in parts(page)]
[('在大会上的讲话', '同志们'), ('', '各位代')]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.text.canonical import counted
from pipelines.text.numerals import value

_NUMBER = r"[一二三四五六七八九十]{1,3}|[0-9０-９]{1,2}"
_GLOSS = r"(?:\([a-zāáǎàēéěèīíǐìōóǒòūúǔùü]{1,6}\))?"

OPENING = re.compile(
    rf"""
    ^ [^\S\n]*+ [【\[（(《〈“"]? [^\S\n]{{0,4}}+
    (?P<before> [^\n。，,；;！!？?:：]{{0,40}}? )
    [^\S\n]{{0,8}}
    (?: 第 (?P<ordinal> {_NUMBER} ) 篇 {_GLOSS} | (?: 篇 {_GLOSS} | (?: [范範]文 | 例文 ) [^\S\n]? ) (?P<cardinal> {_NUMBER} ) )
    [^\S\n]{{0,4}} [】\]）)》〉”"]?
    (?: [^\S\n]{{0,4}} [:：、.．】] [^\S\n]{{0,8}}+ (?P<title> [^\n。；;]{{0,60}} ) )?
    [^\S\n]*+ $
    """,
    re.VERBOSE | re.MULTILINE,
)
CHAPTER = re.compile(r"\s*+第[一二三四五六七八九十\d]{1,3}[章节]")
SEVERAL = re.compile(
    rf"(?:{_NUMBER}|多|[几幾])\s?篇|合集|[汇匯]编|匯編|大全|[范範]文|精[选選]|集[锦錦]"
)

_LEAST = 30  # counted characters of a document; contents name them in lines without text between
_LEAD = 300  # counted characters before the first; more is text, and belongs to the first document


class Part(NamedTuple):
    """A document's stretch of the raw text, offsets in code points; `title` as it stands there, may be empty."""

    start: int
    end: int
    title: str


def parts(text: str) -> list[Part]:
    """The documents of a page, in order; one `Part` over the whole text where the page is one document.

    A document begins behind a line of its own that counts it (`篇1`, `第一篇:…`, `【范文二】`); two that count on
    from 1 make a collection. What stands above the first (a heading, a lead-in) belongs to none.
    """
    whole = [Part(0, len(text), "")]

    if not any(c in text for c in "篇范範例"):  # found ten times as fast as words
        return whole
    if not any(word in text for word in ("篇", "范文", "範文", "例文")):
        return whole

    found = list(OPENING.finditer(text))
    if len(found) < 2 and not (found and _leads(text, found[0])):
        return whole

    chain = _chain(text, _filled(text, found))
    if len(chain) < 2 or not _several(text, chain):
        return whole

    return _stretches(text, chain)


def _filled(text: str, found: list[re.Match[str]]) -> list[re.Match[str]]:
    """The openings that have a document below them, and no chapter."""
    filled = []
    ends = [m.start() for m in found[1:]] + [len(text)]

    for opening, end in zip(found, ends, strict=True):
        length = counted(text[opening.end() : end])
        if length >= _LEAST and not CHAPTER.match(text, opening.end()):
            filled.append(opening)

    return filled


def _chain(text: str, filled: list[re.Match[str]]) -> list[re.Match[str]]:
    """The openings that count on from 1. The first may have no line of its own: all above the second is it."""
    chain: list[re.Match[str]] = []

    for opening in filled:
        number = value(opening["ordinal"] or opening["cardinal"])
        if number == len(chain) + 1:
            chain.append(opening)
        elif number == 2 and not chain and _leads(text, opening):
            chain += [opening, opening]

    return chain


def _leads(text: str, opening: re.Match[str]) -> bool:
    """Whether what stands above an opening is a document itself."""
    return counted(text[: opening.start()]) >= _LEAD


def _several(text: str, chain: list[re.Match[str]]) -> bool:
    """Whether openings count documents: 篇1 does; 第一篇 may head a part of one document, unless the page says that it
    has several or each carries a title behind a colon."""
    if any(m["cardinal"] for m in chain):
        return True

    return bool(SEVERAL.search(text, 0, chain[0].start())) or all(
        m["title"] is not None for m in chain
    )


def _stretches(text: str, chain: list[re.Match[str]]) -> list[Part]:
    result: list[Part] = []
    for k, opening in enumerate(chain):
        last = k + 1 == len(chain)
        if k == 0 and chain[1] is opening:
            result.append(Part(0, opening.start(), ""))
            continue

        start = opening.end() + (opening.end() < len(text))
        if k == 0 and counted(text[: opening.start()]) >= _LEAD:
            start = 0

        end = len(text) if last else chain[k + 1].start()
        title = (opening["title"] or "").strip() or _title(opening["before"])
        result.append(Part(start, end, title))

    return result


def _title(before: str) -> str:
    """A heading that counts the documents of a page is no title of one of them, unless it stands with each."""
    said = before.strip()

    return said if len(said) > 4 else ""
