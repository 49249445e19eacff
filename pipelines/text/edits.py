"""Edits: the only way a text is changed, so that every change can be named and taken back.

A rule that finds `……(某网省略808字,正式会员可完整阅读)……` yields one `Edit` over it that inserts a line break and
leaves a `Withheld(808, …)` behind. The engine applies a rule's edits in one go and carries what they leave
through the edits of later rules. Offsets are code points of the text that the rule was given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

FactName = Literal[
    "title",
    "site_host",
    "site_name",
    "doc_id",
    "category",
    "published",
    "uploader",
    "format",
    "size",
    "pages",
    "declared_chars",
    "shown_chars",
    "toc",
    "script",
    "withheld_somewhere",
    "source_script",
]


class Withheld(NamedTuple):
    """A gap the edit leaves: what the site says is missing (code points, `None` if it does not say).

    An `omitted` gap lies right after the inserted text, which must end its line; a `cut_off` one at the text's end.
    `notice` is filled in by the engine with what the edit removed unless the rule gives it.
    """

    chars: int | None = None
    kind: Literal["omitted", "cut_off"] = "omitted"
    notice: str | None = None


class Fact(NamedTuple):
    """Something the removed text stated; the first statement of a name wins, `toc` collects lines."""

    name: FactName
    value: str | int


class Caution(NamedTuple):
    """A stable warning code for the record (`masked`, `damaged_gloss` …)."""

    code: str


class Damaged(NamedTuple):
    """The span that the edit leaves was damaged on the page: `left` as it stood, `partial`ly mended, or `restored`."""

    kind: str


Leave = Withheld | Fact | Caution | Damaged


class Edit(NamedTuple):
    """Replace `text[start:end]` by `inserted`, leaving something behind. Where both are equal nothing changes:
    a *mark*, whose span `explain` shows."""

    start: int
    end: int
    inserted: str = ""
    leaves: tuple[Leave, ...] = ()


def cut(found: re.Match[str], *leaves: Leave, group: int | str = 0, inserted: str = "") -> Edit:
    """An edit that removes a match (or one of its groups).

    >>> cut(re.search("b", "abc"))
    Edit(start=1, end=2, inserted='', leaves=())
    """
    start, end = found.span(group)

    return Edit(start, end, inserted, leaves)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after sorted, disjoint edits.

    >>> apply("abcd", [Edit(1, 2), Edit(3, 3, "x")])
    'acxd'
    """
    pieces: list[str] = []
    done = 0

    for start, end, inserted, _ in edits:
        pieces.append(text[done:start])
        pieces.append(inserted)
        done = end

    pieces.append(text[done:])

    return "".join(pieces)


def restore(text: str, edits: Iterable[tuple[int, str, str]]) -> str:
    """Undo one step: `edits` are `(start in the step's input, removed, inserted)`, sorted.

    Raises ValueError where the text does not carry what the edits inserted.

    >>> restore("acxd", [(1, "b", ""), (3, "", "x")])
    'abcd'
    """
    pieces: list[str] = []
    read = 0  # in the step's output
    restored = 0  # in the step's input

    for start, removed, inserted in edits:
        kept = start - restored
        pieces.append(text[read : read + kept])
        read += kept

        if text[read : read + len(inserted)] != inserted:
            raise ValueError(f"the text at {read} is not what the edit at {start} inserted")

        pieces.append(removed)
        read += len(inserted)
        restored = start + len(removed)

    pieces.append(text[read:])

    return "".join(pieces)


class Carrier:
    """Carries offsets of a text over one step's edits.

    >>> carry = Carrier([Edit(1, 3, "x")])
    >>> [carry(p) for p in range(5)]
    [0, 1, 2, 2, 3]
    """

    __slots__ = ("_after", "_edits", "_starts")

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._starts: list[int] | None = (
            None  # worked out when an offset is first carried: most steps carry none
        )

        self._after: list[int] = []

    def _worked_out(self) -> list[int]:
        shift = 0
        for start, end, inserted, _ in self._edits:
            shift += len(inserted) - (end - start)
            self._after.append(shift)

        self._starts = [edit.start for edit in self._edits]

        return self._starts

    def __call__(self, at: int) -> int:
        """Where an offset goes: what lies inside a replaced stretch goes behind what replaces it, unless both are of
        one length (a change of script); an offset at an edit's start stays before it."""
        k = bisect_right(self._starts if self._starts is not None else self._worked_out(), at) - 1

        while k >= 0 and self._edits[k].start == at:  # an edit that begins here does not move it
            k -= 1

        if k < 0:
            return at

        edit = self._edits[k]
        if at < edit.end and len(edit.inserted) == edit.end - edit.start:
            return at + self._after[k]

        return max(at, edit.end) + self._after[k]

    def behind(self, edit: Edit) -> int:
        """The offset right behind what an edit of this step inserted (or behind the span of a mark)."""
        k = (
            bisect_right(
                self._starts if self._starts is not None else self._worked_out(), edit.start
            )
            - 1
        )

        while k >= 0 and self._edits[k].start == edit.start and self._edits[k].end > edit.end:
            k -= 1

        return edit.end + (self._after[k] if k >= 0 else 0)


class Origin:
    """Leads offsets of a step's output back to its input: `edits` are `(start in the input, removed, inserted)`.

    >>> back = Origin([(1, "bc", ""), (4, "", "x")])        # "abcde" -> "adxe"
    >>> [back(p) for p in range(4)], back(1, end=True)
    ([0, 3, 4, 4], 1)
    """

    __slots__ = ("_edits", "_starts")

    def __init__(self, edits: Iterable[tuple[int, str, str]]) -> None:
        self._edits = [(start, len(removed), len(inserted)) for start, removed, inserted in edits]
        self._starts: list[int] = []
        shift = 0

        for start, removed, inserted in self._edits:
            self._starts.append(start + shift)
            shift += inserted - removed

    def __call__(self, at: int, end: bool = False) -> int:
        """The input's offset: of a span's start behind what was removed there, of its end before it."""
        k = bisect_right(self._starts, at) - 1

        while end and k >= 0 and self._starts[k] == at:
            k -= 1

        if k < 0:
            return at

        start, removed, inserted = self._edits[k]
        within = at - self._starts[k]

        if within >= inserted:
            return start + removed + within - inserted

        if removed == inserted:  # character for character, as in a change of script
            return start + within

        return start + removed if end else start
