"""What the contents block and the numbering prove: sections that stand nowhere in the text.

The site's contents block lists `二、全力聚要素` and the text goes from `一` over a gap to `三`: the section was withheld.
Without a contents block the numbering alone says as much, only the title is lost. Where there is no gap in which a line of the
contents could have vanished, the body contradicts it: the line is dropped with the warning `toc_contradicted`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipelines.outline.markers import GLUED, LINE, Candidate, candidates
from pipelines.text.numerals import renumbered

_NOT_TITLE = re.compile(r"[\W_]+")
#: The dots and the page number that end a line of a printed contents page.
_PAGE_NUMBER = re.compile(r"(?:[.…·_\-]{2,20}|\t)[ ]{0,20}\d{1,3}[ ]*$")
_SHORT_LINE = re.compile(r"^[^\n]{2,80}$", re.MULTILINE)
#: Sections inferred at one jump of the numbering; a larger jump is a misprint.
_MOST_INFERRED = 30
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
            c = Candidate("plain", "", None, 0, 0, 0)
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
    after = _following(match)
    stream: list[Candidate] = []
    done = 0
    for k, line in enumerate(lines):
        if match[k] is not None:
            at = match[k]
            assert at is not None
            stream.extend(headings[done : at + 1])
            done = at + 1
            headings[at].known = True
            if len(line.title) > len(headings[at].title) and line.title.startswith(
                headings[at].title
            ):
                headings[at].title = line.title
            continue
        lo = headings[done - 1].start if done else -1
        following = after[k]
        hi = headings[following].start if following is not None else len(text)
        i, j = bisect_right(gaps, lo), bisect_right(gaps, hi)
        if line.why or (i == j and not anywhere):
            warnings.append("toc_contradicted")
            continue
        line.gap = gaps[i] if i < j else hi
        stream.append(line)
    stream.extend(headings[done:])
    return _in_order(stream), bool(promoted)


def _in_order(stream: list[Candidate]) -> list[Candidate]:
    """Visible headings that the block does not list, on the right side of the missing ones' gaps."""
    return sorted(stream, key=lambda c: (c.start, 1) if c.gap is None else (c.gap, 0))


def _matched(lines: Sequence[Candidate], headings: Sequence[Candidate]) -> list[int | None]:
    """For each line of the block the index of its heading: equal titles in order first, then what lies between."""
    where: dict[tuple[str, int, str], list[int]] = {}
    for i, h in enumerate(headings):
        where.setdefault((h.kind, h.ordinal, canonical_of(h)), []).append(i)
    match: list[int | None] = [None] * len(lines)
    pairs: list[tuple[int, int]] = []
    for k, line in enumerate(lines):
        places = where.get((line.kind, line.ordinal, canonical_of(line)), ())
        if places and len(places) <= _WINDOW:
            pairs.extend((k, i) for i in reversed(places))
    for k, i in _increasing(pairs):
        match[k] = i
    after = _following(match)
    lo = 0
    for k, line in enumerate(lines):
        if match[k] is not None:
            lo = match[k] + 1  # type: ignore[operator]
            continue
        following = after[k]
        hi = min(following if following is not None else len(headings), lo + _WINDOW)
        for i in range(lo, hi):
            if _alike(line, headings[i]):
                match[k], lo = i, i + 1
                break
    return match


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
    n_: int | None = heads[-1] if heads else None
    while n_ is not None:
        run.append(pairs[n_])
        n_ = back[n_]
    return run[::-1]


def _alike(line: Candidate, heading: Candidate) -> bool:
    """The same section by kind and number with a title that begins alike, or by title under another marker."""
    a, b = canonical_of(line), canonical_of(heading)
    if not a or not b:
        return False
    short, long_ = (a, b) if len(a) <= len(b) else (b, a)
    if line.kind == heading.kind:
        if line.ordinal != heading.ordinal:
            return False
        shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(short))
        return shared >= min(4, len(short)) or len(set(a) & set(b)) * 3 >= 2 * len(set(long_))
    return (len(short) >= 4 and a == b) or (len(short) >= 8 and long_.startswith(short))


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
        if c.why and c.why not in ("the word goes on", "part of a word", "an enumeration"):
            rejected.setdefault((c.kind, c.ordinal), []).append(c)
    alone = _lines_of(text) if any(line.kind == "plain" for line in lines) else {}
    after = _following(match)
    promoted = []
    lo = -1
    for k, line in enumerate(lines):
        at = match[k]
        if at is not None:
            lo = headings[at].start
            continue
        title = canonical_of(line)
        if line.why or len(title) < 2:
            continue
        following = after[k]
        hi = headings[following].start if following is not None else len(text)
        if line.kind == "plain":
            starts = alone.get(title, [])
            i = bisect_right(starts, lo)
            if i < len(starts) and starts[i] < hi:
                c = Candidate("plain", "", None, 0, starts[i], starts[i])
                c.title, c.before = line.title, LINE
                c.line_end = text.find("\n", c.start) % (len(text) + 1)  # -1: the text ends with it
                promoted.append(c)
                lo = c.start
            continue
        places = rejected.get((line.kind, line.ordinal), [])
        begin = bisect_right(places, lo, key=lambda c: c.start)
        for c in places[begin : begin + _WINDOW]:
            if c.start >= hi:
                break
            if c.before > GLUED and _NOT_TITLE.sub(
                "", text[c.after : c.after + 2 * len(line.title)]
            ).startswith(title):
                c.why, c.title = "", line.title
                promoted.append(c)
                lo = c.start
                break
    return promoted


def _lines_of(text: str) -> dict[str, list[int]]:
    """Where short lines begin, by their canonical form: a heading without marker can only be a line of its own."""
    starts: dict[str, list[int]] = {}
    for match in _SHORT_LINE.finditer(text):
        starts.setdefault(_NOT_TITLE.sub("", match[0]), []).append(match.start())
    return starts


def infer(
    stream: list[Candidate], order: dict[str, int], gaps: Sequence[int], warnings: list[str]
) -> list[Candidate]:
    """Add the sections that the numbering proves: `三` after `一` with a gap between them means `二`.

    Kinds are taken from the highest down, so a section inferred above is already there when those below are counted.
    """
    if not stream:
        return stream
    for kind in sorted({c.kind for c in stream if c.number}, key=lambda k: order[k]):
        stream = _inferred(stream, kind, order, gaps, warnings)
    return stream


def _inferred(
    stream: list[Candidate],
    kind: str,
    order: dict[str, int],
    gaps: Sequence[int],
    warnings: list[str],
) -> list[Candidate]:
    rank = order[kind]
    runs_on = _runs_on(stream, kind, rank, order)
    out: list[Candidate] = []
    last = 0  # the last number of this kind under the open parent
    since = 0  # index in `out` behind the last one of this kind, or behind the parent's heading
    for c in stream:
        if c.kind == kind and c.number:
            n = c.number
            lo = _place(out[since - 1]) if since else -1
            here = c.gap if c.gap is not None else c.start
            i, j = bisect_right(gaps, lo), bisect_right(gaps, here)
            if n <= last:
                last = 0
            if last + 1 < n and n - last <= _MOST_INFERRED:
                if i < j:
                    _put_missing(out, since, c, range(last + 1, n), gaps[i:j])
                elif last:
                    warnings.append("numbering_jumps")
            out.append(c)
            last, since = n, len(out)
            continue
        out.append(c)
        if order[c.kind] < rank and not runs_on:
            last, since = 0, len(out)
    return out


def _place(c: Candidate) -> int:
    """Where a section begins; one that is missing, just before its gap's end, so that others can share the gap."""
    return c.start if c.gap is None else c.gap - 1


def _runs_on(stream: Sequence[Candidate], kind: str, rank: int, order: dict[str, int]) -> bool:
    """Whether the numbers of a kind go on under the next parent: （三） is the first under 二."""
    runs = restarts = last = 0
    fresh = False
    for c in stream:
        if c.kind == kind and c.number:
            if fresh and last:
                runs += c.number == last + 1
                restarts += c.number == 1
            last, fresh = c.number, False
        elif order[c.kind] < rank:
            fresh = True
    return runs > restarts


def _put_missing(
    out: list[Candidate], since: int, proof: Candidate, numbers: range, gaps: Sequence[int]
) -> None:
    """Put the missing `numbers` into `out` at `gaps`: those after which the numbering below breaks, in their order."""
    chosen = list(gaps)
    if len(chosen) > 1:
        below = out[since:]
        starts = [c.start if c.gap is None else c.gap for c in below]
        breaks = []
        for gap in chosen:
            i = bisect_left(starts, gap)
            if i >= len(below):
                breaks.append(2)
            elif i == 0:
                breaks.append(1 if below[0].number == 1 else 2)
            else:
                a, b = below[i - 1], below[i]
                same = a.kind == b.kind and a.number and b.number
                breaks.append(
                    0
                    if same and b.ordinal == a.ordinal + 1
                    else 3
                    if same and b.ordinal <= a.ordinal
                    else 1
                )
        best = sorted(range(len(chosen)), key=lambda i: (-breaks[i], i))[: len(numbers)]
        chosen = [chosen[i] for i in sorted(best)]
    for k, n in enumerate(numbers):
        c = Candidate(proof.kind, renumbered(proof.marker, n), n, n, 0, 0)
        c.gap = chosen[min(k, len(chosen) - 1)]
        at = len(out)
        while at > since and out[at - 1].gap is None and out[at - 1].start >= c.gap:
            at -= 1
        while at > since and (out[at - 1].gap or 0) > c.gap:
            at -= 1
        out.insert(at, c)
