"""When a page was published and where its text is from, as the page states it.

    stated(page, title, text)    ->  Stated(published="2024-03-05", source="某某日报")

What the markup names as the date of publication comes first (`<meta name=PubDate>`, JSON-LD, `<time>`), then what a
reader sees: a labelled date, else a short line with a date between the heading and the text. A date inside the text is
of what the text tells (a meeting's, a law's) and is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crawler.reading.page import Page
from crawler.reading.shown_text import Node


@dataclass(frozen=True, slots=True)
class Stated:
    """`published` is ISO `YYYY-MM-DD`, `source` as written; `None` where the page says nothing."""

    published: str | None = None
    source: str | None = None


_DATE = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)\s{0,2}(?:[-/.]|年)\s{0,2}(?P<m>\d{1,2})\s{0,2}(?:[-/.]|月)\s{0,2}(?P<d>\d{1,2})(?:\s{0,2}[日号])?(?!\d)"
    r"(?P<time>\D{0,6}\d{1,2}[:：时]\d{1,2})?"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)")
_BLANK_LINES = re.compile(r"\s{0,99}\n\s{0,99}")
#: Years in which pages were published.
_FIRST_YEAR, _LAST_YEAR = 1990, 2099

#: Names of `<meta>` that say when the page was published, the most definite first.
_META = (
    "pubdate", "publishdate", "article:published_time", "og:published_time", "og:release_date", "datepublished",
    "publish_time", "publish-date", "publish_date", "publicationdate", "originalpublicationdate", "apub:time",
    "weibo: article:create_at", "bytedance:published_time", "rnews:datepublished", "dc.date.issued", "dc.date",
    "dcterms.date", "sailthru.date", "parsely-pub-date", "firstpublishedtime", "createdate", "pagepubdate", "date",
)  # fmt: skip
#: When it was last changed: tells the year of a date without one.
_META_CHANGED = ("dateupdate", "datemodified", "article:modified_time", "og:updated_time")
_META_SOURCE = ("contentsource", "source", "mediaid", "article:author:source")
_JSON_LD = re.compile(r'"(?:datePublished|pubDate)"\s{0,3}:\s{0,3}"(?P<value>[^"]{8,40})"')
_SHORT = re.compile(
    r"(?:[发發][布表佈]|[时時][间間]|日期)[^\d\n]{0,6}(?:(?P<y>\d\d)-)?(?P<m>\d\d)-(?P<d>\d\d)(?=\s)"
)
#: As English calendars write it: Dec 28 Sat 2013.
_ENGLISH = re.compile(
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s{1,3}(?P<d>\d{1,2}),?\s{1,3}"
    r"(?:[A-Z][a-z]{2},?\s{1,3})?(?P<y>(?:19|20)\d\d)"
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_TIME = "time[datetime],[itemprop=datePublished]"

_LABEL = re.compile(
    r"(?:[发發][布表佈]|[发發]文|[上刊][传傳载載]|更新|修改|[录錄]入|[成生]文|[时時][间間]|日期|[编編][辑輯]于|最[后後]更新)[^\d\n]{0,8}$"
)
_CHANGED = re.compile(r"更新|修改|[编編][辑輯]于")
#: What a date of something else has around it.
_OTHER = re.compile(
    r"版[权權]|[©]|copyright|[备備]案|[浏瀏][览覽]器|今天是|[截至]止|有效", re.IGNORECASE
)
_SOURCE = re.compile(
    r"""
    (?: (?:文章|信息|稿件|新[闻聞]|[资資]料|[内內]容)?[来來]源 | 稿源 | 出[处處] | [转轉][载載]自 | 摘自 )
    \s{0,4}[:：]\s{0,12}
    (?P<name> [^\s:：|｜，。；【】\[\]()（）<>]{2,24} (?:\ [^\s:：|｜，。\d]{2,12})? )
    """,
    re.VERBOSE,
)
_NO_SOURCE = re.compile(
    r"作者|[发發]布|[时時][间間]|日期|[编編][辑輯]|[浏瀏点點]|字[号號体體]|[责責]任|^\d|人[气氣]|未知|不[详詳]|[来來]源|[阅閱][读讀]|打印|分享|[网網]址|http"
)

#: Code points of the page around heading and text in which a date of the page is looked for, and of a line that holds one.
_ABOVE, _BELOW, _INSIDE, _LINE = 400, 300, 160, 120
#: Code points of the first and last line by which the text is found again in the page.
_WORDS = 10


def stated(page: Page, title: str, text: str) -> Stated:
    """What a page states of its publication. `text` is the main text as extraction found it.

    >>> html = "<h1>在春耕会上的讲话</h1><div>时间：2024-3-5 来源：某某日报</div><p>2023年2月1日，我们开过会。</p>"
    >>> stated(Page.parse(html, ""), "在春耕会上的讲话", "2023年2月1日，我们开过会。")
    Stated(published='2024-03-05', source='某某日报')
    """
    around = _Around.of(page, title, text)
    metas = _metas(page)
    named = next(_named(page, metas), None)

    return Stated(
        published=named or around.published() or around.short_date(_changed(metas)),
        source=_named_source(metas) or around.source(),
    )


def _named(page: Page, metas: Mapping[str, str]) -> Iterator[str]:
    """The dates that the markup names, the most definite first."""
    for name in _META:
        if found := _iso(metas.get(name, "")):
            yield found

    for found_in_script in _JSON_LD.finditer(page.html):
        if found := _iso(found_in_script["value"]):
            yield found

    times = page.css(_TIME)
    if len(times) <= 2:  # more of them are dates of other pages
        for node in times:
            attributes = node.attributes
            value = attributes.get("datetime") or attributes.get("content") or node.text()

            if found := _iso(value):
                yield found


def _changed(metas: Mapping[str, str]) -> str | None:
    return next(filter(None, (_iso(metas.get(name, "")) for name in _META_CHANGED)), None)


def _metas(page: Page) -> dict[str, str]:
    """The page's `<meta>` by name, in lower case; the first of each counts."""
    values: dict[str, str] = {}

    for node in page.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")

        if name:
            values.setdefault(name.strip().lower(), attributes.get("content") or "")

    return values


def _named_source(metas: Mapping[str, str]) -> str | None:
    for name in _META_SOURCE:
        value = " ".join(metas.get(name, "").split())
        if 2 <= len(value) <= 24 and not _NO_SOURCE.search(value):
            return value

    return None


def _iso(value: str) -> str | None:
    """The date at the beginning of a value, or of seconds since 1970."""
    value = value.strip()
    found = _DATE.match(value) or _COMPACT.match(value)

    return _valid(found) if found else None


def _valid(found: re.Match[str]) -> str | None:
    """A date of the calendar, in years in which there were pages."""
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None

    return day.isoformat() if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


@dataclass(frozen=True, slots=True)
class _Around:
    """What the page shows, and where heading and text stand in it (code points)."""

    shown: str
    heading: int
    start: int
    end: int

    @classmethod
    def of(cls, page: Page, title: str, text: str) -> _Around:
        bodies = page.css("body")
        shown = _lines(bodies[0]) if bodies else ""
        lines = [line for line in map(str.strip, text.split("\n")) if len(line) > 3]
        lines = lines[1:] if lines[1:] and lines[0] == title else lines
        start = _place(shown, lines[0][:_WORDS], 0) if lines else -1
        heading = _place(shown, title, 0, start) if title else -1

        if start < 0:
            start = heading + len(title) if heading >= 0 else 0

        end = _place(shown, lines[-1][-_WORDS:], start) if lines else -1
        return cls(shown, heading if heading >= 0 else start, start, end if end >= 0 else start)

    def published(self) -> str | None:
        """The best of the dates around the text."""
        best: tuple[int, str] | None = None

        for found in self._dates():
            day = _valid(found)
            rank = self._rank(found) if day else None

            if day and rank is not None and (best is None or rank < best[0]):
                best = (rank, day)

        return best[1] if best else None

    def short_date(self, changed: str | None) -> str | None:
        """A labelled date whose year has two digits, or none and stands in the date of the last change."""
        for low, high in self._places():
            for found in _SHORT.finditer(self.shown, low, high):
                if found["y"]:
                    return _iso(f"20{found['y']}-{found['m']}-{found['d']}")
                if changed and changed.endswith(f"{found['m']}-{found['d']}"):
                    return changed

            for found in _ENGLISH.finditer(self.shown, low, high):
                return _iso(f"{found['y']}-{_MONTHS.index(found['month']) + 1}-{found['d']}")

        return None

    def source(self) -> str | None:
        """Where the text is from, as a line near the heading or the end says."""
        for low, high in self._places():
            for found in _SOURCE.finditer(self.shown, low, high):
                name = found["name"].strip()
                if not _NO_SOURCE.search(name):
                    return name

        return None

    def _places(self) -> list[tuple[int, int]]:
        above = max(0, min(self.heading, self.start) - _ABOVE), self.start + _INSIDE
        return [above, (self.end, self.end + _BELOW)]

    def _dates(self) -> Iterator[re.Match[str]]:
        for low, high in self._places():
            yield from _DATE.finditer(self.shown, max(0, low), high)

    def _rank(self, found: re.Match[str]) -> int | None:
        """How little a date is worth as that of publication; `None` where it is of something else."""
        line_start = self.shown.rfind("\n", 0, found.start()) + 1
        line_end = self.shown.find("\n", found.end())
        line = self.shown[line_start : line_end if line_end >= 0 else len(self.shown)]
        before = self.shown[max(0, found.start() - 16) : found.start()].replace("\n", " ")

        if _OTHER.search(line) or len(line) > _LINE:
            return None

        label = _LABEL.search(before)
        between = self.heading <= found.start() < self.start
        is_alone = len(line) <= len(found[0]) + 40
        rank = 0 if label and not _CHANGED.search(label[0]) else 1 if found["time"] else 2

        if between:
            return rank

        inside = self.start <= found.start() < self.end
        says_more = len(line) > len(found[0]) + 12 or "，" in line

        if inside and (not label or says_more):
            return None
        if label or (found["time"] and is_alone):
            return 10 + rank

        return 20 + rank if is_alone and found.start() < self.start else None


def _lines(body: Node) -> str:
    """What a body shows; pieces of a line may stand in lines of their own."""
    text = body.text(separator="\n", strip=True, skip_empty=True)

    return _BLANK_LINES.sub("\n", text)


def _place(shown: str, words: str, low: int, high: int = -1) -> int:
    """Where words stand, whatever blanks are between their letters; the last place where an end is given. -1 for none."""
    letters = [re.escape(letter) for letter in words if not letter.isspace()]
    places = re.finditer(r"\s{0,3}".join(letters), shown[low : high if high >= 0 else None])
    found = [place.start() for place in places]

    if not found:
        return -1

    return low + (found[-1] if high >= 0 else found[0])
