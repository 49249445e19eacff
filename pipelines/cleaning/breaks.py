"""Line ends at which a paragraph is proved to end: by the page's markup, or by blank lines.

`<p>市交通局</p><p>局长报告</p>` reaches cleaning as two lines with a break of kind `p` between them, whatever the words
look like; the break of a `<br>` (`br`) proves nothing. A text without kinds that parts its paragraphs by blank lines
proves the same by them. Rules that join or split lines ask `Breaks.proved` first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipelines.text.edits import Edit

#: A break with at least one blank line behind it.
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_BREAK = re.compile(r"\n\s*")
#: A text uses blank lines where so many of its breaks have one. (Fewer set a title or a date apart.)
_SHARE = 0.3
_LEAST = 3


class Breaks:
    """Offsets at which a paragraph is proved to begin, carried through the edits of the rules.

    >>> breaks = Breaks.of("甲\\n乙\\n丙", ("p", "br"))
    >>> breaks.proved(1, 2), breaks.proved(3, 4)
    (True, False)
    >>> breaks.move([Edit(0, 0, "前言")])
    >>> breaks.proved(1, 2), breaks.proved(3, 4)
    (False, True)
    """

    __slots__ = ("_pending", "_starts", "from_markup")

    def __init__(self, starts: Sequence[int] = (), from_markup: bool = False) -> None:
        self._starts = list(starts)
        self._pending: list[Sequence[Edit]] = []
        #: Whether the page's markup stated them.
        self.from_markup = from_markup

    @classmethod
    def of(cls, text: str, kinds: Sequence[str] = ()) -> Breaks:
        """The proved breaks of a raw text. `kinds` has `p` or `br` for each `\\n` of it, or is empty: unknown."""
        if kinds:
            return cls(list(_stated(text, kinds)), from_markup=True)

        found = [blank.end() for blank in _BLANK_LINE.finditer(text)]
        if len(found) < _LEAST or len(found) < _SHARE * len(_BREAK.findall(text)):
            return cls()

        return cls(found)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def move(self, edits: Sequence[Edit]) -> None:
        """Follow a step: `edits` are what was done to the text, sorted and disjoint."""
        if self._starts:
            self._pending.append(edits)

    def starts(self) -> list[int]:
        """Where paragraphs are proved to begin in the text as it stands, sorted."""
        for edits in self._pending:
            self._starts = _carried(self._starts, edits)

        self._pending.clear()
        return self._starts

    def proved(self, end: int, start: int) -> bool:
        """Whether a paragraph is proved to end between a line's end and the start of a line below it."""
        starts = self.starts()

        return bisect_right(starts, start) > bisect_right(starts, end)


def _stated(text: str, kinds: Sequence[str]) -> Iterator[int]:
    at = 0
    for kind in kinds:
        at = text.find("\n", at) + 1
        if at == 0:
            return

        if kind == "p":
            yield at


def _carried(offsets: Sequence[int], edits: Sequence[Edit]) -> list[int]:
    """Sorted offsets after a step. One inside a replaced stretch goes behind what replaces it."""
    carried = []
    shift = 0
    k = 0

    for at in offsets:
        while k < len(edits) and edits[k].end <= at and edits[k].start < at:
            shift += len(edits[k].inserted) - (edits[k].end - edits[k].start)
            k += 1

        if k < len(edits) and edits[k].start < at:
            behind = len(edits[k].inserted) - (edits[k].end - edits[k].start)
            carried.append(edits[k].end + shift + behind)
        else:
            carried.append(at + shift)

    return carried
