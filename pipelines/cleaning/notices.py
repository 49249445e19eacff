"""Notices of withheld text, recognised by what they are made of rather than by their wording.

`……(某某文秘网http://www.example.cn省略808字,正式会员可完整阅读)……` stands inside a speech, `预览结束,获取全文请联系老师!` at
its end, and the next site words both differently. So a notice is a *unit*: a bracket, a stretch between two ellipses,
a line of its own or the last sentence, that holds one of `ANCHORS`; and it must show *evidence*, point by point: a verb
of withholding, a count, an offer to the reader, a host's name, brackets, ellipses, its place. A sentence of a speech
that speaks of members, log-ins or downloads (`请各单位登录系统下载完整方案`) shows too little of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from pipelines.cleaning.notice_units import (
    DOTS,
    Unit,
    addresses_reader,
    host,
    is_inside_words,
    unit_at,
)
from pipelines.cleaning.notice_words import (
    ABRIDGED,
    ADVERTISED,
    ANCHOR,
    BOOK,
    COUNT,
    DECLARED,
    ELLIPSIS,
    ENDS_IN_ELLIPSIS,
    FOR_LEARNING,
    LEADS_IN,
    LEFT,
    LEFT_WORD,
    OFFER,
    OMISSION,
    OPENER,
    PAGES,
    PLACE,
    PREVIEW,
    READER,
    REPORTED_AFTER,
    REPORTED_BEFORE,
    REWARD,
    SHOWN,
    SITE_NAME,
    SITE_WORD,
    SPEECH,
    THE_REST,
    TITLE_INSIDE,
    number,
)
from pipelines.cleaning.prose import Prose
from pipelines.text.edits import Fact

#: Points of evidence that make a notice (measured on the cases in tests/data/rules: true notices reach 4 to 11,
#: sentences of speeches that use the same words −2 to 3).
ENOUGH = 4
#: A text is told to be longer than it is where its declared length is so many times what stands above the notice.
LONGER = 1.25
#: A unit is weighed again in every version of its text, and sites word all their notices alike.
_KEPT = 64
#: Marks behind which a text may end, or a notice follow a whole sentence.
_WHOLE = "。！？；：”’"
_ENDED = '。!！?？;；:：”’"」』)）》】….'

Kind = Literal["omitted", "cut_off", "page_limit", "somewhere"]


class Notice(NamedTuple):
    """One notice: its span (white space around it not included), what it says and what it must leave behind."""

    start: int
    end: int
    kind: Kind
    chars: int | None
    facts: tuple[Fact, ...]
    points: int


class _Said(NamedTuple):
    """What the words of a unit weigh, wherever it stands."""

    core: str  # without titles, and without what is drawn around it
    points: int
    omits: bool
    previews: bool
    advertises: bool
    counted: str | None  # the first figure with a unit
    declared: int | None  # the length of the whole
    signed: bool  # a host or a site's name stands in it
    host: bool
    left: bool  # dots open it
    right: bool  # dots close it


class _Place(NamedTuple):
    """Where a unit stands."""

    last: bool  # no text follows it
    breaks_off: bool  # the text before it stops in the middle of a sentence
    torn: bool  # it stands between dots inside a sentence
    longer: bool  # it declares a length that the text above it does not have


@lru_cache(maxsize=2)
def notices(text: str) -> tuple[Notice, ...]:
    """All notices of a text, in order, disjoint. Only their own neighbourhood is looked at: linear time.

    >>> [(n.kind, n.chars) for n in notices("推动产业升级……(此处隐藏350字,登录后查看)……的新局面。")]
    [('omitted', 350)]
    >>> notices("请各单位会后登录系统,下载完整方案,认真抓好落实。")
    ()
    """
    found: list[Notice] = []
    prose = Prose(text, addresses_reader)
    done = judged = 0

    for anchor in ANCHOR.finditer(text):
        start, end = anchor.span()
        if start < max(done, judged) or is_inside_words(text, start, end):
            continue

        if text[end - 1] in "….)）":  # they show that `略` is a word, and are none of it
            end -= 1

        unit = unit_at(text, start, end, done)
        notice = _notice(text, prose, unit) if unit else None

        if notice:
            found.append(notice)
            done = notice.end
        elif unit and not OPENER.search(text, unit.start, unit.end):
            judged = unit.end  # another anchor in it would be weighed as the same unit

    return tuple(found)


def _notice(text: str, prose: Prose, unit: Unit) -> Notice | None:
    """Weigh the evidence of a unit."""
    whole = text[unit.start : unit.end]
    said = _said(whole)

    if said is None:
        return None

    points = said.points + _points_of_form(text, unit, said)
    place = _place(text, prose, unit, said, points)
    points += _points_of_place(whole, unit, said, place)

    if points < ENOUGH or _quoted(text, unit, said):
        return None
    if _only_advertises(said, place):
        return None

    kind, chars, facts, speaks_of_rest = _means(whole, said)
    if kind is None:
        kind = _kind_by_place(prose, unit, said, place, speaks_of_rest)

    return Notice(unit.start, unit.end, kind, chars, facts, points)


@lru_cache(_KEPT)
def _said(whole: str) -> _Said | None:
    """Weigh the words of a unit; `None` where they withhold and offer nothing."""
    core = BOOK.sub("", whole).strip("…⋯.。·*＊=~～_—- \t\u3000\n")
    bare = core.strip("()（）【】[]")
    omission, preview, offer = OMISSION.search(bare), PREVIEW.search(core), OFFER.search(core)
    reward, reader = REWARD.search(core), READER.search(core)
    declared = _declared(core) if FOR_LEARNING.search(core) or omission or preview else None

    if not (omission or preview or offer or declared):
        return None
    if not (omission or preview or reward or reader or declared):
        return None

    left = bool(ELLIPSIS.match(whole))
    place, count = PLACE.search(core), COUNT.search(core)

    if omission and omission[0] == "略" and not (left or place or count or preview):
        return None  # the author's own: 具体名单(略)

    if not (omission or preview or reward or declared or count) and LEADS_IN.search(core):
        return None  # the text's own list follows

    named, signed = host(core), _site_name(core)
    evidence = (omission, preview, preview, offer, reward, reader, count, named or signed, place)
    points = sum(point is not None for point in evidence)

    if SPEECH.search(core) and not named and not (omission and count):
        points -= 3

    right = whole.endswith(DOTS) and bool(ENDS_IN_ELLIPSIS.search(whole))
    return _Said(
        core,
        points,
        omission is not None,
        preview is not None,
        ADVERTISED.search(core) is not None,
        count["n"] if count else None,
        declared,
        named is not None or signed is not None,
        named is not None,
        left,
        right,
    )


def _points_of_form(text: str, unit: Unit, said: _Said) -> int:
    """What sets a unit apart from the sentences around it."""
    left, right = unit.drawn or said.left, unit.drawn or said.right
    points = left + right + unit.own_line + unit.bracketed + _is_torn(text, unit, said)

    if unit.bracketed or left or right:
        return points

    set_apart = unit.own_line or said.counted is not None
    if not set_apart and not text[unit.start - 1 : unit.start].isspace():
        points -= 1

    if text[unit.end - 1] == "。" and said.counted is None and not said.host:
        points -= 1  # a sentence like any other

    return points


def _is_torn(text: str, unit: Unit, said: _Said) -> bool:
    """Whether a unit between dots stands inside a sentence."""
    left, right = unit.drawn or said.left, unit.drawn or said.right

    return left and right and unit.start > 0 and text[unit.start - 1] not in "。!！?？;；:：”\n"


def _place(text: str, prose: Prose, unit: Unit, said: _Said, points: int) -> _Place:
    longer = _declares_more(text, unit, said)
    last = points + 3 * longer >= ENOUGH - 2 and not prose.after(unit.end)

    return _Place(last, _breaks_off(text, unit.start), _is_torn(text, unit, said), last and longer)


def _points_of_place(whole: str, unit: Unit, said: _Said, place: _Place) -> int:
    if place.last:
        return 1 + place.breaks_off + 3 * place.longer

    set_apart = unit.bracketed or unit.drawn or said.left or said.right
    if whole.endswith("。") and not set_apart:
        return -2  # in the middle of a text it takes more than words to be none of its sentences

    return 0


def _declares_more(text: str, unit: Unit, said: _Said) -> bool:
    """Whether a unit states a length of the whole that the text above it falls short of by far."""
    if said.declared is None or not (unit.bracketed or unit.own_line):
        return False

    shown = len("".join(text[: unit.start].split()))
    return said.declared > LONGER * shown


def _only_advertises(said: _Said, place: _Place) -> bool:
    """Whether a unit behind a whole sentence offers material of the site and says nothing of this text's rest."""
    if not said.advertises or place.breaks_off or said.left:
        return False

    withholds = said.omits or said.previews or said.counted is not None
    return not withholds and not THE_REST.search(said.core)


def _kind_by_place(
    prose: Prose, unit: Unit, said: _Said, place: _Place, speaks_of_rest: bool
) -> Kind:
    at_end = place.last and (said.previews or speaks_of_rest)
    if said.omits and not at_end:
        return "omitted"
    if place.last:
        return "cut_off"

    return "somewhere" if unit.own_line and not prose.before(unit.start) else "omitted"


@lru_cache(_KEPT)
def _means(whole: str, said: _Said) -> tuple[Kind | None, int | None, tuple[Fact, ...], bool]:
    """What a notice is by its words alone (`None`: that depends on its place), the length it tells, the facts it
    states, and whether it speaks of the rest."""
    core = said.core
    facts = tuple(_facts(whole, core))

    if said.counted is None and ("页" in core or "范围" in core) and PAGES.search(core):
        return "page_limit", None, facts, False
    if said.counted is None and ABRIDGED.search(core):
        return "somewhere", None, facts, False

    chars = _left(core)
    if chars is None and not _told_lengths(facts):
        chars = number(said.counted)

    return None, chars, facts, bool(THE_REST.search(core))


def _breaks_off(text: str, at: int) -> bool:
    """Whether the text before an offset stops in the middle of a sentence."""
    before = text[max(0, at - 40) : at].rstrip()

    return bool(before) and before[-1] not in _ENDED


def _site_name(core: str) -> re.Match[str] | None:
    return SITE_NAME.search(core) if SITE_WORD.search(core) else None


def _left(core: str) -> int | None:
    """How much is left by the notice's own word (还有1200字未显示)."""
    found = LEFT.search(core) if LEFT_WORD.search(core) else None

    return number(found["n"] or found["m"]) if found else None


def _declared(core: str) -> int | None:
    found = DECLARED.search(core)
    return number(found["n"] or found["m"]) if found else None


def _told_lengths(facts: tuple[Fact, ...]) -> bool:
    """Whether a notice's figures are those of the whole or of what is shown."""
    return any(fact.name in ("declared_chars", "shown_chars") for fact in facts)


def _facts(whole: str, core: str) -> Iterator[Fact]:
    """What a notice states besides: the lengths of the whole and of the shown part, host, name, title."""
    declared = DECLARED.search(core)

    if declared and (length := number(declared["n"] or declared["m"])):
        yield Fact("declared_chars", length)

    shown = _shown(core, declared)
    if shown:
        yield Fact("shown_chars", shown)

    named, signed = host(core), _site_name(core)
    if named:
        yield Fact("site_host", named["host"].lower())

    if signed:
        yield Fact("site_name", signed["name"])

    title = TITLE_INSIDE.search(whole)
    if title:
        yield Fact("title", title["title"].strip())


def _shown(core: str, declared: re.Match[str] | None) -> int | None:
    """The length of what is shown, unless the words that tell it are those that declare the whole."""
    found = SHOWN.search(core)

    if not found:
        return None
    if declared and declared.start() <= found.start() and found.end() <= declared.end():
        return None

    return number(found["n"] or found["m"])


def _quoted(text: str, unit: Unit, said: _Said) -> bool:
    """A notice that the speech itself quotes or reports is the speech's. A signed or counted one behind dots may
    follow any word, since it cuts anywhere."""
    before = text[max(0, unit.start - 16) : unit.start]
    line = before[before.rfind("\n") + 1 :]
    rest = text[unit.end : unit.end + 16].partition("\n")[0]

    for opening, closing in ("“”", "‘’", "「」", "『』", '""'):
        k = line.rfind(opening)
        if k >= 0 and closing not in line[k + 1 :] and closing in rest:
            return True

    if REPORTED_AFTER.match(rest):
        return True

    cuts_anywhere = said.left and (said.signed or (said.omits and said.counted is not None))
    return not cuts_anywhere and bool(REPORTED_BEFORE.search(line))
