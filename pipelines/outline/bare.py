"""Headings without a marker: short lines between paragraphs, decided for the document as a whole.

    工作成效                       alone on its line, no end mark
    今年以来，各乡镇……明显上升。    a paragraph or a numbered heading under it
    存在问题

One such line proves nothing; two with the usual words do, or three of the same length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median_low

from pipelines.outline.candidate import LINE, Candidate
from pipelines.outline.reasons import NO_MARKER
from pipelines.text.chinese import ends_sentence, heading_marker

#: The kind of a heading without marker, in a text and in a contents block.
PLAIN = "plain"
#: … and where the file's format names its level, which differs from that of others.
STATED_KINDS = tuple(f"plain{level}" for level in range(1, 10))
PLAIN_KINDS = frozenset((PLAIN, *STATED_KINDS))
#: Headings beside the numbered ones, though these begin behind them.
_PREFACE = re.compile(
    r"[前引序导][ \u3000]*[言语]|结[ \u3000]*[语论]|结束语|摘[ \u3000]*要|导读|概述|目[ \u3000]*录"
)
#: Longest such heading, and the shortest paragraph that may stand under it (code points).
_LONGEST = 12
_PARAGRAPH = 15
_SHORT_LINE = re.compile(r"\n[ \t\u3000]{0,8}([\u4e00-\u9fff“”0-9]{3,14})[ \t\u3000]{0,8}(?=\n)")
_USUAL = re.compile(
    r"""
    (?: (?:取得|工作|主要|突出|重点)?的?(?:成效|成绩|成果|亮点|做法|举措|经验|进展|业绩)(?:与|和|及)?(?:体会|经验|做法|启示)?
      | (?:特色|工作|创新|典型)(?:亮点|经验|做法|案例|特色)
      | (?:存在|主要|突出)的?(?:主要|突出)?(?:问题|困难|不足|短板)(?:及|和|与)?(?:原因|不足|困难|建议|原因分析)?
      | 原因分析 | 形势分析 | (?:几点|经验|心得|工作)?(?:体会|启示|思考|建议) | (?:意见|对策|工作|有关|几点)(?:建议|打算)
      | (?:下一?步|今后|来年|明年|下阶段|下半年)的?(?:工作)?(?:打算|安排|计划|思路|措施|重点|方向|举措)
      | (?:基本|总体|工作|有关|主要|任务|履职|完成)(?:情况|概况|思路|要求|目标|任务|原则|做法|经验|安排|内容)
      | .{1,6}(?:时期|年|年度|阶段)的?(?:工作|主要|重点|发展|总体)?(?:回顾|目标|任务|工作|打算|安排|要求)
      | 指导思想 | (?:保障|工作|推进|具体|整改|主要)措施 | 努力方向 | 组织保障 | 整改情况 | 工作背景 | 工作回顾 | 工作部署
    )
    """,
    re.VERBOSE,
)


def bare_headings(text: str) -> list[Candidate]:
    """The lines of `text` that are headings without a marker, in order; none if the document does not prove them.

    >>> paragraph = "今年以来，各乡镇结合实际推动粮库改造，进度好于预期，群众比较满意。"
    >>> [c.title for c in bare_headings(f"各位：\\n工作成效\\n{paragraph}\\n存在问题\\n{paragraph}")]
    ['工作成效', '存在问题']
    """
    lines = list(_lines(text))
    usual = sum([_USUAL.fullmatch(c.title) is not None for c in lines])

    if len(lines) < 2 or not ((2 * usual > len(lines) and usual >= 2) or _of_one_length(lines)):
        return []

    return lines


def _of_one_length(lines: Sequence[Candidate]) -> bool:
    """Three or more headings of the same length, each with another word: they were written as a series."""
    lengths = {len(c.title) for c in lines}
    titles = {c.title for c in lines}

    return len(lines) >= 3 and len(lengths) == 1 and len(titles) == len(lines)


def _lines(text: str) -> Iterator[Candidate]:
    for match in _SHORT_LINE.finditer("\n" + text):
        start, end = match.start(1) - 1, match.end(1) - 1
        before = text[max(0, match.start() - 40) : match.start()].rstrip()[-1:]

        if before and not ends_sentence(before):
            continue

        if _opens_a_section(text, end + 1):
            c = Candidate(PLAIN, "", None, 0, start, start)
            c.title, c.end, c.line_end = match[1], end, end
            c.own_line, c.before = True, LINE
            yield c


def _opens_a_section(text: str, at: int) -> bool:
    """Whether the line that begins at `at` is a paragraph or a numbered heading."""
    end = text.find("\n", at)
    line = text[at : end if end >= 0 else len(text)].strip()

    if heading_marker(line) is not None:
        return True

    return len(line) >= _PARAGRAPH and ends_sentence(line)


def stated_headings(
    text: str, found: Sequence[Candidate], stated: Mapping[int, int | None]
) -> list[Candidate]:
    """Mark the candidates at the offsets that a file's format states as headings; the rest as headings without marker."""
    at_start = {c.start: c for c in found if c.why not in NO_MARKER}
    several_levels = len({level for level in stated.values() if level}) > 1
    plain = []

    for start, level in stated.items():
        numbered = at_start.get(start)
        if numbered is not None:
            numbered.stated, numbered.why, numbered.before = True, "", LINE
            continue

        names_level = several_levels and level
        kind = STATED_KINDS[min(level, 9) - 1] if names_level and level else PLAIN
        line = _whole_line(text, start, kind)

        if line is not None:
            plain.append(line)

    return plain


def _whole_line(text: str, start: int, kind: str) -> Candidate | None:
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    title = text[start:line_end].strip()

    if not title:
        return None

    c = Candidate(kind, "", None, 0, start, start)
    c.title, c.end, c.line_end = title, start + len(title), line_end
    c.own_line, c.before, c.stated = True, LINE, True

    return c


def rank_of_stated(
    found: Sequence[Candidate], stated: Mapping[int, int | None], order: dict[str, int]
) -> dict[str, int]:
    """Ranks of headings without marker whose level the format names: between the kinds that it puts above and below them."""
    levels: dict[str, list[int]] = {}

    for c in found:
        level = stated.get(c.start)
        if level and c.kind not in PLAIN_KINDS:
            levels.setdefault(c.kind, []).append(level)

    usual = {kind: median_low(numbers) for kind, numbers in levels.items()}

    ranks = {}

    for own, kind in enumerate(STATED_KINDS, 1):
        below = [order[k] for k, level in usual.items() if level > own]
        beside = [order[k] for k, level in usual.items() if level == own]
        above = [order[k] for k, level in usual.items() if level < own]

        if beside:
            ranks[kind] = min(beside)
        elif below:
            ranks[kind] = min(below) - 10 + own
        else:
            ranks[kind] = max(above, default=0) + own

    return ranks


def rank_of_bare(found: Sequence[Candidate], order: dict[str, int]) -> int | None:
    """Where headings without marker stand in `order`: above the kinds that begin anew under them, below those that count on.

    `None` where the numbering says nothing.
    """
    restarts: dict[str, int] = {}

    for kind, first, last in _first_numbers(found):
        restarts.setdefault(kind, 0)
        if first == 1:
            restarts[kind] += 2 if last else 1
        elif first == last + 1:
            restarts[kind] -= 2

    below = [order[k] for k, balance in restarts.items() if balance > 0]
    above = [order[k] for k, balance in restarts.items() if balance < 0]

    if below:
        return min(below) - 10

    return max(above) + 10 if above else None


def _first_numbers(found: Sequence[Candidate]) -> Iterator[tuple[str, int, int]]:
    """For each heading without marker and each kind: the kind, the first number behind it, the last one before it (0: none)."""
    last: dict[str, int] = {}
    fresh: set[str] | None = None

    for c in found:
        if c.kind == PLAIN:
            fresh = None if _PREFACE.fullmatch(c.title) else set()
        elif c.before == LINE and c.number and not c.why:
            if fresh is not None and c.kind not in fresh:
                fresh.add(c.kind)
                yield c.kind, c.number, last.get(c.kind, 0)

            last[c.kind] = c.number
