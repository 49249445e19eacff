"""The stretch around an anchor that can be a notice: a bracket, a line of its own, pieces of a line, with the dots and
drawn lines around it.

In `形成推 ……(未完,全文共900字,请阅读下面提示信息。)` the anchor 未完 lies in the unit `……(未完, … 。)`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.cleaning.anchor_edges import EDGES
from pipelines.cleaning.notice_words import (
    BOUNDARY,
    BRACKET,
    CLOSERS,
    COUNT,
    DRAWN,
    ELLIPSIS_AFTER,
    ELLIPSIS_BEFORE,
    ELLIPSIS_BELOW,
    HAN,
    HINT,
    HOST,
    OFFER,
    OMISSION,
    OPENERS,
    PIECES,
    PREVIEW,
    READER,
    REWARD,
    RULED,
    SPEECH,
)

DOTS = ("…", "⋯", ".", "。", "·", "．")
#: A notice that opens in dots and a bracket behind a sentence is a unit of its own.
_OWN_UNIT = re.compile(r"[…⋯.。·．]{1,12}\s{0,4}[((（【\[〔]")
#: Code points before an anchor's line and behind it that are looked at.
_BEFORE, _BEHIND = 300, 400
#: … and those among which the pieces of a line lie.
_LEFT, _RIGHT = 160, 200


class Unit(NamedTuple):
    """A stretch that can be a notice."""

    start: int
    end: int
    bracketed: bool
    own_line: bool
    drawn: bool  # between drawn lines: *** … ***


def is_inside_words(text: str, start: int, end: int) -> bool:
    """Whether an anchor spells across the edge of two words, as 全文 in `健全文化` does.

    >>> is_inside_words("要健全文化阵地", 2, 4), is_inside_words("阅读全文", 2, 4)
    (True, False)
    """
    if start == 0 or end >= len(text):
        return False

    before, behind = text[start - 1], text[end]
    pairs = EDGES.get(text[start:end], ())

    return any(before in lefts and behind in rights for lefts, rights in pairs)


def unit_at(text: str, start: int, end: int, floor: int) -> Unit | None:
    """The unit around an anchor; `floor` is where the notice before it ends. `None` in the middle of a sentence."""
    low = max(floor, start - _BEFORE)
    line_start = text.rfind("\n", low, start) + 1 or low
    line_end = text.find("\n", end, end + _BEHIND)

    if line_end < 0:
        line_end = min(len(text), end + _BEHIND)

    bracket = _bracket(text, start, end, line_start, line_end)
    core = bracket or _in_pieces(text, start, end, line_start, line_end)

    if core is None:
        return None

    first, last = _without_blanks(text, *core)
    first, last = _with_dots(text, first, last, floor)
    drawn = _between_drawn_lines(text, first, last, floor)

    if drawn:
        first, last = drawn

    own_line = _blank_to_break(text, first, -1) and _blank_to_break(text, last, 1)
    return Unit(first, last, bracket is not None, own_line, drawn is not None)


def addresses_reader(piece: str) -> bool:
    """Whether a piece beside a notice belongs to it: it says nothing, or it offers as well."""
    if not HAN.search(piece) or HINT.match(piece):
        return True
    if SPEECH.search(piece):
        return False
    if len(piece) <= 24 and PREVIEW.search(piece) and not piece.endswith(("。", "！", "!")):
        return True

    said = sum(
        bool(pattern.search(piece)) for pattern in (OMISSION, PREVIEW, OFFER, REWARD, READER)
    )
    return said > 1 or (said == 1 and host(piece) is not None)


def host(words: str) -> re.Match[str] | None:
    """The first host's name in some words."""
    return HOST.search(words) if "." in words else None


def _in_pieces(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """The pieces of a line around an anchor that can be a notice, without what is drawn at their edges."""
    pieces = _pieces(text, start, end, line_start, line_end)

    if pieces is None:
        return None

    first, last = pieces
    if _quotes(text[first:start], text[end:last]):
        return None

    while first < last and text[first] in RULED:
        first += 1

    while last > first and text[last - 1] in RULED:
        last -= 1

    return first, last


def _pieces(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """The piece of a line that holds an anchor, and its neighbours as far as they speak to the reader too."""
    low, high = max(line_start, start - _LEFT), min(line_end, end + _RIGHT)
    ends = [found.span() for found in BOUNDARY.finditer(text, low, high)]
    left = [low, *(e for _, e in ends if e <= start)]
    right = [*(e for s, e in ends if s >= end), high]

    if (low > line_start and len(left) == 1) or (high < line_end and len(right) == 1):
        return None  # the middle of a long sentence

    first, last = left.pop(), right.pop(0)
    if _is_speech(text[first:last]):
        return first, last

    for _ in range(PIECES):
        if not left or not addresses_reader(text[left[-1] : first]):
            break

        first = left.pop()

    for k in range(min(2 * PIECES, len(right))):
        if _opens_own_unit(text, last) or not addresses_reader(text[last : right[k]]):
            break

        last = right[k]

    return first, last


def _is_speech(piece: str) -> bool:
    """Whether the anchor's own piece reads like the speaker's: it is weighed by itself."""
    return bool(SPEECH.search(piece)) and host(piece) is None and not COUNT.search(piece)


def _opens_own_unit(text: str, at: int) -> bool:
    """Whether dots and a bracket stand around an offset, where a notice opens."""
    while at > 0 and text[at - 1] in "…⋯.。·． ":
        at -= 1

    return bool(_OWN_UNIT.match(text, at) or _OWN_UNIT.match(text, at + 1))


def _quotes(before: str, after: str) -> bool:
    """Whether a quotation opens before an anchor and closes after it: the sentence quotes a notice."""
    for opening, closing in ("“”", "‘’", "「」", "『』"):
        if before.rfind(opening) > before.rfind(closing) and closing in after:
            return True

    return before.count('"') % 2 == 1 and '"' in after


def _bracket(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """The outermost bracket of at most 200 characters around an anchor; one left open runs to the line's end."""
    opened: list[int] = []

    for found in BRACKET.finditer(text, max(line_start, start - 160), start):
        if found[0] in OPENERS:
            opened.append(found.start())
        elif opened and found[0] in CLOSERS:
            opened.pop()

    if not opened:
        return None

    first, depth = opened[0], len(opened)
    unclosed = None if text[first] in "<＜" else (first, min(line_end, len(text)))

    for found in BRACKET.finditer(text, end, end + 220):
        if found[0] in OPENERS:
            depth += 1
        elif found[0] in CLOSERS:
            depth -= 1
            if depth == 0:
                return first, found.end()
        elif not text.startswith("收藏", found.end()):
            return unclosed and (first, found.start())

    return unclosed


def _without_blanks(text: str, first: int, last: int) -> tuple[int, int]:
    while first < last and text[first].isspace():
        first += 1

    while last > first and text[last - 1].isspace():
        last -= 1

    return first, last


def _with_dots(text: str, first: int, last: int, floor: int) -> tuple[int, int]:
    """A span with the ellipses around it; those of a notice may stand on lines of their own."""
    around = text[max(floor, first - 32) : first]
    before = ELLIPSIS_BEFORE.search(around) if around.rstrip().endswith(DOTS) else None
    above = before is not None and "\n" in before[0]
    after = (ELLIPSIS_BELOW if above else ELLIPSIS_AFTER).match(text, last)

    if before:
        first -= len(before[0])

    return first, after.end() if after else last


def _between_drawn_lines(text: str, first: int, last: int, floor: int) -> tuple[int, int] | None:
    """A span with the same line drawn before and behind it."""
    drawn = DRAWN.search(text, max(floor, first - 26), first)

    if not drawn:
        return None

    line = drawn["line"]
    at = last + (text[last : last + 1] in (" ", "\t", "\u3000"))

    if text.startswith(line, at):
        return drawn.start(), at + len(line)

    return None


def _blank_to_break(text: str, at: int, step: int) -> bool:
    """Whether only blanks stand between an offset and the line's edge."""
    k = at - 1 if step < 0 else at

    while 0 <= k < len(text) and text[k] != "\n":
        if not text[k].isspace():
            return False

        k += step

    return True
