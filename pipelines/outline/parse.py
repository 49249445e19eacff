"""From a cleaned speech to its outline: `outline_of(speech)`.

    一、肯定成绩            -> level 1, own line
    一是总量不足。高端…      -> level 2, run-in: the title ends at the full stop
    ……gap……
    (三)平台建设             -> under a first-level section that nobody sees but `三、` below proves

Each step is a pass over a list of candidates and linear in it. `markers` finds every marker, `ranks` orders their kinds, `nesting`
follows the numbering, `titles` finds where titles end, `siblings` decides for each list whether it holds headings, `align` adds what the
contents block proves and `missing` what the numbering proves; `sections` turns the stream of headings into nested spans. Any text gives
an outline, none an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pipelines.outline.align import align, canonical_of, contents
from pipelines.outline.bare import bare_headings, stated_headings
from pipelines.outline.candidate import LINE, Candidate
from pipelines.outline.documents import beginnings
from pipelines.outline.markers import candidates
from pipelines.outline.missing import infer
from pipelines.outline.nesting import accept
from pipelines.outline.ranks import ranks
from pipelines.outline.sections import Sections, nested
from pipelines.outline.siblings import judge
from pipelines.outline.titles import measure
from pipelines.records import Outline, Speech

#: Headings without a marker: only these words, alone on their line. A pattern that begins with a break is searched 10 times as fast
#: as one that begins with `^`.
_UNNUMBERED = re.compile(
    r"\n[ \u3000]*(序[ \u3000]*言|前[ \u3000]*言|引[ \u3000]*言|导[ \u3000]*言|结[ \u3000]*语|结束语)[ \u3000]*$",
    re.M,
)
_NONE: Mapping[int, int | None] = MappingProxyType({})
#: The cleaning rule that divides a text without breaks where its marks allow.
_DIVIDING = "one_line"
#: Who is addressed, at the beginning of a line: it names people and ends with a colon, a greeting, or alone with `!`.
_ADDRESSED = re.compile(
    r"""
    ^[ \u3000]*
    (?P<who>
      [^。！？!?；;:：\n]{0,16}?
      (?: 尊敬的 | 敬爱的 | 亲爱的 | 各位 | 诸位 | 全体 | 同志 | 广大 | [\u4e00-\u9fff]{0,3}(?![他我她它你咱人])[\u4e00-\u9fff]们 | 主席 | 女士 | 先生 )
      (?: [^。！？!?；;:：\n]{0,60}? [们导宾表员友志学委记长席师生人士官家者亲众民板工总伴事] )??
    )
    [ \u3000]*
    (?: [:：]
      | [，,!！] [ ]? (?:大家|你们)? (?:早上|上午|中午|下午|晚上|新年|节日)? 好 [^\u4e00-\u9fff]
      | [!！，,] [ \u3000]* $
    )
    """,
    re.VERBOSE | re.MULTILINE,
)


class Decision(NamedTuple):
    """Why a candidate is or is not a heading, for `scrapy outline --explain`. `start` counts code points."""

    start: int
    kind: str
    marker: str
    heading: bool
    why: str
    context: str


def outline_of(speech: Speech, stated: Mapping[int, int | None] = _NONE) -> Outline:
    """The outline of a speech; total: any text, gaps and contents block give one.

    `stated`: offsets (code points) of lines that are headings because the file's format says so, and their levels where it
    names them.

    >>> from pipelines.outline import plain_speech
    >>> [(n.level, n.marker, n.title) for n in outline_of(plain_speech("一、目标\\n干好。\\n二、措施\\n多干。")).nodes]
    [(1, '一', '目标'), (1, '二', '措施')]
    """
    return _outlined(speech, stated)[0]


def decisions(speech: Speech, stated: Mapping[int, int | None] = _NONE) -> Iterator[Decision]:
    """Every candidate of a speech with its verdict, in order."""
    for c in _outlined(speech, stated)[1]:
        begin = max(0, c.start - 12)
        context = speech.text[begin : c.start] + "▸" + speech.text[c.start : c.start + 24]

        yield Decision(
            c.start, c.kind, c.marker, not c.why, c.why or _said(c), context.replace("\n", "⏎")
        )


def _said(c: Candidate) -> str:
    """Why a candidate is a heading."""
    if c.known and not c.reason:
        return "heading: the contents block lists it"

    return f"heading: {c.reason}" if c.reason else "heading"


def _outlined(speech: Speech, stated: Mapping[int, int | None]) -> tuple[Outline, list[Candidate]]:
    text = speech.text
    gaps = sorted({min(max(g.at, 0), len(text)) for g in speech.gaps})
    lines = contents(speech.toc)
    listed = {canonical_of(line) for line in lines}

    found = candidates(text, frozenset(gaps))
    bare = stated_headings(text, found, stated) if stated else bare_headings(text)

    if bare:
        found = sorted([*found, *bare], key=lambda c: c.start)

    order = ranks(lines, found, stated)
    starts = beginnings(text)
    lists = accept(text, found, order, gaps, starts)
    _measure(speech, [c for c in found if not c.why], listed)
    judge(text, lists, order, gaps)

    headings = [c for c in found if not c.why]

    if unnumbered := _unnumbered(text):
        headings = sorted([*headings, *unnumbered], key=lambda c: c.start)

    warnings: list[str] = []
    anywhere = speech.completeness == "unknown"
    stream, promoted = align(text, lines, found, headings, gaps, warnings, anywhere)

    if promoted:
        _measure(speech, [c for c in stream if c.gap is None], listed)

    stream = infer(stream, order, gaps, warnings, starts)
    sections = nested(len(text), stream, order, gaps, starts)

    return _written(speech, sections, warnings), found


def _measure(speech: Speech, accepted: Sequence[Candidate], listed: set[str]) -> None:
    """Set the titles, and which of them the contents block lists."""
    divided = any([removed.rule == _DIVIDING for removed in speech.removed])
    measure(speech.text, accepted, divided)

    if listed:
        for c in accepted:
            c.known = c.known or canonical_of(c) in listed


def _unnumbered(text: str) -> list[Candidate]:
    found = []
    for match in _UNNUMBERED.finditer("\n" + text):
        start, end = match.start(1) - 1, match.end(1) - 1
        c = Candidate("", "", None, 0, start, start)
        c.title, c.end, c.own_line, c.before = match[1], end, True, LINE
        found.append(c)

    return found


def _written(speech: Speech, sections: Sections, warnings: list[str]) -> Outline:
    salutation = _ADDRESSED.search(speech.text, 0, min(sections.preamble_end, 400))
    return Outline(
        id=speech.id,
        version=speech.version,
        title=speech.title,
        url=speech.url,
        salutation=salutation["who"].strip() if salutation else None,
        preamble=(0, sections.preamble_end),
        unplaced=tuple(sections.unplaced),
        nodes=tuple(sections.nodes),
        warnings=tuple(dict.fromkeys(warnings)),
    )
