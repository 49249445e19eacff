"""From a cleaned speech to its outline: `outline_of(speech)`.

    一、肯定成绩            -> level 1, own line
    一是总量不足。高端…      -> level 2, run-in: the title ends at the full stop
    ……gap……
    (三)平台建设             -> under a first-level section that nobody sees but `三、` below proves

Each step is a pass over a list of candidates and linear in it. `markers` finds every marker, `nesting` ranks their kinds and follows the
numbering, `titles` finds where titles end, `siblings` decides for each list whether it holds headings, and `align` adds what the contents
block and the numbering prove. Here the stream of sections becomes nested spans. Any text gives an outline, none an exception.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.outline.align import align, canonical_of, contents, infer
from pipelines.outline.markers import LINE, Candidate, candidates
from pipelines.outline.nesting import accept, ranks
from pipelines.outline.siblings import judge
from pipelines.outline.titles import measure
from pipelines.records import Outline, OutlineNode, Speech, Status

#: Headings without a marker: only these words, alone on their line. A pattern that begins with a break is searched 10 times as fast
#: as one that begins with `^`.
_UNNUMBERED = re.compile(
    r"\n[ \u3000]*(序[ \u3000]*言|前[ \u3000]*言|引[ \u3000]*言|导[ \u3000]*言|结[ \u3000]*语|结束语)[ \u3000]*$",
    re.M,
)
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


def outline_of(speech: Speech) -> Outline:
    """The outline of a speech; total: any text, gaps and contents block give one.

    >>> from pipelines.outline import plain_speech
    >>> [(n.level, n.marker, n.title) for n in outline_of(plain_speech("一、目标\\n干好。\\n二、措施\\n多干。")).nodes]
    [(1, '一', '目标'), (1, '二', '措施')]
    """
    return _outlined(speech)[0]


def decisions(speech: Speech) -> Iterator[Decision]:
    """Every candidate of a speech with its verdict, in order."""
    for c in _outlined(speech)[1]:
        begin = max(0, c.start - 12)
        context = speech.text[begin : c.start] + "▸" + speech.text[c.start : c.start + 24]
        yield Decision(
            c.start, c.kind, c.marker, not c.why, c.why or "heading", context.replace("\n", "⏎")
        )


def _outlined(speech: Speech) -> tuple[Outline, list[Candidate]]:
    text = speech.text
    gaps = sorted({min(max(g.at, 0), len(text)) for g in speech.gaps})
    lines = contents(speech.toc)
    listed = {canonical_of(line) for line in lines}
    found = candidates(text, frozenset(gaps))
    order = ranks([*lines, *found])
    lists = accept(text, found, order, gaps)
    _measure(speech, [c for c in found if not c.why], listed)
    judge(text, lists, order, gaps)
    headings = [c for c in found if not c.why]
    if unnumbered := _unnumbered(text):
        headings = sorted([*headings, *unnumbered], key=lambda c: c.start)
    warnings: list[str] = []
    stream, promoted = align(
        text, lines, found, headings, gaps, warnings, speech.completeness == "unknown"
    )
    if promoted:
        _measure(speech, [c for c in stream if c.gap is None], listed)
    stream = infer(stream, order, gaps, warnings)
    return _built(speech, stream, order, gaps, warnings), found


def _measure(speech: Speech, accepted: Sequence[Candidate], listed: set[str]) -> None:
    measure(speech.text, accepted, _DIVIDING in [r.rule for r in speech.removed])
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


def _built(
    speech: Speech,
    stream: Sequence[Candidate],
    order: dict[str, int],
    gaps: Sequence[int],
    warnings: list[str],
) -> Outline:
    """Nest the stream, and cut the text into preamble, sections and what nothing owns."""
    text = speech.text
    levels: list[int] = []
    ends: list[int] = [len(text)] * len(stream)
    open_: list[int] = []
    seen = [
        False
    ]  # behind the document and each open section: whether a section up to there is visible
    owned = 0  # up to here the text is preamble, some visible section's, or unplaced
    preamble_end: int | None = None
    unplaced: list[tuple[int, int]] = []
    for i, c in enumerate(stream):
        rank = order[c.kind]
        visible = c.gap is None
        at = c.start if c.gap is None else c.gap
        was_visible = seen[-1]
        while open_ and order[stream[open_[-1]].kind] >= rank:
            ends[open_.pop()] = at
            seen.pop()
        if preamble_end is None:
            preamble_end = owned = at
        if visible and not was_visible and owned < at:
            unplaced.append((owned, at))
        if visible or was_visible:
            owned = at
        open_.append(i)
        levels.append(len(open_))
        seen.append(visible or seen[-1])
    if preamble_end is None:
        preamble_end = len(text)
    elif not seen[-1] and owned < len(text):
        unplaced.append((owned, len(text)))
    nodes = [_node(c, level, end, gaps) for c, level, end in zip(stream, levels, ends, strict=True)]
    salutation = _ADDRESSED.search(text, 0, min(preamble_end, 400))
    return Outline(
        id=speech.id,
        version=speech.version,
        title=speech.title,
        url=speech.url,
        salutation=salutation["who"].strip() if salutation else None,
        preamble=(0, preamble_end),
        unplaced=tuple(unplaced),
        nodes=tuple(nodes),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _node(c: Candidate, level: int, end: int, gaps: Sequence[int]) -> OutlineNode:
    if c.gap is not None:
        return OutlineNode(
            level=level, marker=c.marker or None, number=c.number, title=c.title or None, status="missing",
            source="toc" if c.title else "numbering", form=None, start=None, end=None,
        )  # fmt: skip
    status: Status = "partial" if bisect_right(gaps, end) > bisect_right(gaps, c.start) else "full"
    return OutlineNode(
        level=level, marker=c.marker or None, number=c.number, title=c.title, status=status,
        source="both" if c.known else "body", form="line" if c.own_line else "run_in", start=c.start, end=end,
    )  # fmt: skip
