"""What the contents block proves: sections that stand nowhere in the text, and headings that looked like none.

The site's contents block lists `二、全力聚要素` and the text goes from `一` over a gap to `三`: the section was withheld.
Where there is no gap in which a line of the contents could have vanished, the body contradicts it: the line is dropped with the
warning `toc_contradicted`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipelines.outline.bare import PLAIN
from pipelines.outline.candidate import GLUED, LINE, Candidate
from pipelines.outline.markers import candidates
from pipelines.outline.reasons import NO_MARKER

_NOT_TITLE = re.compile(r"[\W_]+")
#: The dots and the page number that end a line of a printed contents page.
_PAGE_NUMBER = re.compile(r"(?:[.…·_\-]{2,20}|\t)[ ]{0,20}\d{1,3}[ ]*$")
_SHORT_LINE = re.compile(r"^[^\n]{2,80}$", re.MULTILINE)
#: Neighbours looked at where a line of the contents has no exact match.
_WINDOW = 64


def canonical_of(c: Candidate) -> str:
    """What of a title survives any layout: no white space, no punctuation."""
    return _NOT_TITLE.sub("", c.title)


def contents(toc: Sequence[str]) -> list[Candidate]:
    """The lines of a contents block as candidates; their offsets mean nothing."""
    lines = []

    for line in toc:
        line = _PAGE_NUMBER.sub("", line[:300]).strip("…_ \t\u3000.·")[:200]
        found = candidates(line)

        if found and found[0].start <= 2 and found[0].after < len(line):
            c = found[0]
            c.title = line[c.after :].rstrip("。．.：:；;，,、_ ")
        elif line and line not in ("目录", "提纲", "目录/提纲"):
            c = Candidate(PLAIN, "", None, 0, 0, 0)
            c.title = line
        else:
            continue

        c.before = LINE
        lines.append(c)

    return lines


def align(
    text: str,
    lines: Sequence[Candidate],
    found: Sequence[Candidate],
    headings: list[Candidate],
    gaps: Sequence[int],
    warnings: list[str],
    anywhere: bool = False,
) -> tuple[list[Candidate], bool]:
    """Merge the `lines` of the contents block into the headings: the stream of visible and missing sections in order.

    `anywhere`: the page says that text is withheld but not where, so a line may be missing without a gap.
    The second value says whether candidates that the parser had rejected became headings on the block's word.
    """
    if not lines:
        return headings, False

    for heading in headings:
        heading.known = False  # it is where a line is aligned with it

    match = _matched(lines, headings)
    promoted = _promote(text, lines, match, found, headings)

    if promoted:
        headings = sorted([*headings, *promoted], key=lambda c: c.start)
        match = _matched(lines, headings)

    return _merged(text, lines, match, headings, gaps, warnings, anywhere), bool(promoted)


def _merged(
    text: str,
    lines: Sequence[Candidate],
    match: Sequence[int | None],
    headings: Sequence[Candidate],
    gaps: Sequence[int],
    warnings: list[str],
    anywhere: bool,
) -> list[Candidate]:
    """Headings and missing lines in order; a line that no gap can hold is contradicted by the text."""
    after = _following(match)
    stream: list[Candidate] = []
    done = 0

    for k, line in enumerate(lines):
        at = match[k]
        if at is not None:
            stream.extend(headings[done : at + 1])
            done = at + 1
            _known_as(headings[at], line)
            continue

        low = headings[done - 1].start if done else -1
        high = _start_of(headings, after[k], len(text))
        first, behind = bisect_right(gaps, low), bisect_right(gaps, high)
        in_gap = first < behind

        if line.why or not (in_gap or anywhere):
            warnings.append("toc_contradicted")
            continue

        line.gap = gaps[first] if in_gap else high
        stream.append(line)

    stream.extend(headings[done:])
    return _in_order(stream)


def _known_as(heading: Candidate, line: Candidate) -> None:
    """The block lists a heading; it has the whole title where the text shows only its beginning."""
    heading.known = True

    if len(line.title) > len(heading.title) and line.title.startswith(heading.title):
        heading.title = line.title


def _start_of(headings: Sequence[Candidate], at: int | None, otherwise: int) -> int:
    return headings[at].start if at is not None else otherwise


def _in_order(stream: list[Candidate]) -> list[Candidate]:
    """Visible headings that the block does not list, on the right side of the missing ones' gaps."""
    return sorted(stream, key=lambda c: (c.start, 1) if c.gap is None else (c.gap, 0))


def _matched(lines: Sequence[Candidate], headings: Sequence[Candidate]) -> list[int | None]:
    """For each line of the block the index of its heading: equal titles in order first, then what lies between."""
    match: list[int | None] = [None] * len(lines)

    for k, i in _increasing(_equal_pairs(lines, headings)):
        match[k] = i

    after = _following(match)
    low = 0

    for k, line in enumerate(lines):
        at = match[k]
        if at is None:
            following = after[k]
            end = following if following is not None else len(headings)
            at = match[k] = _first_alike(line, headings, low, min(end, low + _WINDOW))

        if at is not None:
            low = at + 1

    return match


def _equal_pairs(
    lines: Sequence[Candidate], headings: Sequence[Candidate]
) -> list[tuple[int, int]]:
    """Lines and headings with equal markers and titles, by line; the places of each from the last to the first."""
    where: dict[tuple[str, int, str], list[int]] = {}

    for i, h in enumerate(headings):
        where.setdefault(_identity(h), []).append(i)

    pairs: list[tuple[int, int]] = []
    for k, line in enumerate(lines):
        places = where.get(_identity(line), ())
        if len(places) <= _WINDOW:
            pairs.extend((k, i) for i in reversed(places))

    return pairs


def _identity(c: Candidate) -> tuple[str, int, str]:
    return c.kind, c.ordinal, canonical_of(c)


def _first_alike(line: Candidate, headings: Sequence[Candidate], low: int, high: int) -> int | None:
    return next((i for i in range(low, high) if _alike(line, headings[i])), None)


def _following(match: Sequence[int | None]) -> list[int | None]:
    """For each line the heading of the next line that has one."""
    after: list[int | None] = []
    known: int | None = None

    for at in reversed(match):
        after.append(known)
        known = at if at is not None else known

    return after[::-1]


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs in which both grow (patience sorting; `pairs` sorted by line, then places falling)."""
    tops: list[int] = []
    heads: list[int] = []
    back: list[int | None] = []

    for n, (_, i) in enumerate(pairs):
        at = bisect_left(tops, i)
        back.append(heads[at - 1] if at else None)

        if at == len(tops):
            tops.append(i)
            heads.append(n)
        elif i < tops[at]:  # of lines with the same heading the first one keeps it
            tops[at], heads[at] = i, n

    run = []
    last: int | None = heads[-1] if heads else None

    while last is not None:
        run.append(pairs[last])
        last = back[last]

    return run[::-1]


def _alike(line: Candidate, heading: Candidate) -> bool:
    """The same section by kind and number with a title that begins alike, or by title under another marker."""
    a, b = canonical_of(line), canonical_of(heading)

    if not a or not b:
        return False

    short, long = sorted((a, b), key=len)
    if line.kind != heading.kind:
        return (len(short) >= 4 and a == b) or (len(short) >= 8 and long.startswith(short))
    if line.ordinal != heading.ordinal:
        return False

    beginning = _common_beginning(a, b)
    common = len(set(a) & set(b))

    return beginning >= min(4, len(short)) or common * 3 >= 2 * len(set(long))


def _common_beginning(a: str, b: str) -> int:
    """How many code points two titles have in common at their heads."""
    pairs = zip(a, b, strict=False)
    differing = (i for i, (x, y) in enumerate(pairs) if x != y)

    return next(differing, min(len(a), len(b)))


def _promote(
    text: str,
    lines: Sequence[Candidate],
    match: Sequence[int | None],
    found: Sequence[Candidate],
    headings: Sequence[Candidate],
) -> list[Candidate]:
    """Rejected candidates that a line of the block names at the right place: it is a heading after all."""
    rejected: dict[tuple[str, int], list[Candidate]] = {}

    for c in found:
        if c.why and c.why not in NO_MARKER:
            rejected.setdefault((c.kind, c.ordinal), []).append(c)

    alone = _lines_of(text) if any(line.kind == PLAIN for line in lines) else {}

    after = _following(match)
    promoted = []
    low = -1

    for k, line in enumerate(lines):
        at = match[k]
        if at is not None:
            low = headings[at].start
            continue

        title = canonical_of(line)
        if line.why or len(title) < 2:
            continue

        high = _start_of(headings, after[k], len(text))
        if line.kind == PLAIN:
            promoted_here = _line_with(text, alone.get(title, []), low, high)
        else:
            promoted_here = _candidate_with(
                text, line, rejected.get((line.kind, line.ordinal), []), low, high
            )

        if promoted_here:
            promoted_here.title = line.title
            promoted.append(promoted_here)
            low = promoted_here.start

    return promoted


def _line_with(text: str, starts: Sequence[int], low: int, high: int) -> Candidate | None:
    """The first of the lines that begin at `starts` between two offsets, as a heading without marker."""
    i = bisect_right(starts, low)

    if i == len(starts) or starts[i] >= high:
        return None

    c = Candidate(PLAIN, "", None, 0, starts[i], starts[i])
    c.before = LINE
    c.line_end = text.find("\n", c.start) % (len(text) + 1)  # -1: the text ends with it

    return c


def _candidate_with(
    text: str, line: Candidate, places: Sequence[Candidate], low: int, high: int
) -> Candidate | None:
    """The first rejected candidate between two offsets that the title of `line` follows."""
    title = canonical_of(line)
    begin = bisect_right(places, low, key=lambda c: c.start)

    for c in places[begin : begin + _WINDOW]:
        if c.start >= high:
            return None

        shown = text[c.after : c.after + 2 * len(line.title)]
        if c.before > GLUED and _NOT_TITLE.sub("", shown).startswith(title):
            c.why = ""
            return c

    return None


def _lines_of(text: str) -> dict[str, list[int]]:
    """Where short lines begin, by their canonical form: a heading without marker can only be a line of its own."""
    starts: dict[str, list[int]] = {}

    for match in _SHORT_LINE.finditer(text):
        starts.setdefault(_NOT_TITLE.sub("", match[0]), []).append(match.start())

    return starts
