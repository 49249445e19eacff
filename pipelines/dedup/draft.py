"""A text that is being put together from several copies: its stretches, its gaps, and which copy each stretch comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from pipelines.dedup.alignment import Aligned, aligned
from pipelines.dedup.fingerprint import shingle_hashes
from pipelines.record_parts import Gap, Stretch
from pipelines.records import Speech
from pipelines.text.canonical import canonical, canonical_offsets, counted

#: Marks that belong to what follows them.
_OPENING = "“‘「『（《〈【〔([{<—-·• \t\u3000"

#: Share of a stretch's shingles that must stand elsewhere in the text for the stretch to count as known.
_KNOWN = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An unfinished text. `donors` tile it with the ids of the copies that its stretches come from."""

    text: str
    gaps: tuple[Gap, ...]
    donors: tuple[Stretch, ...]
    aligned: Aligned


class Slice(NamedTuple):
    """`draft.text[start:end]`."""

    draft: Draft
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.draft.text[self.start : self.end]


Item = Slice | Gap
Items = tuple[Item, ...]
_Span = tuple[int, int]  # offsets in a text


class Place(NamedTuple):
    """A stretch between two blocks of an alignment, in one of the two texts."""

    draft: Draft
    chars: int  # canonical characters in it
    span: _Span
    gaps: tuple[Gap, ...]
    breaks: _Span  # canonical characters before the first gap, after the last

    @property
    def is_joint(self) -> bool:
        """Whether stretches of two copies meet in it."""
        start, end = self.span

        return any(start <= stretch.start <= end for stretch in self.draft.donors[1:])

    @property
    def whole(self) -> Items:
        """All of it, gaps included."""
        return self.front + self.middle + self.back

    @property
    def front(self) -> Items:
        """What stands before the first gap."""
        end = self.gaps[0].at if self.gaps else self.span[1]

        return (Slice(self.draft, self.span[0], end),)

    @property
    def back(self) -> Items:
        """What stands after the last gap."""
        if not self.gaps:
            return ()

        return (
            Slice(
                self.draft,
                self.gaps[-1].at,
                self.span[1],
            ),
        )

    @property
    def middle(self) -> Items:
        """The gaps and what stands between them."""
        items: list[Item] = []

        for gap, following in zip_longest(self.gaps, self.gaps[1:]):
            items.append(gap)
            if following and following.at > gap.at:
                items.append(Slice(self.draft, gap.at, following.at))

        return tuple(items)

    @property
    def is_noted(self) -> bool:
        """Whether the site itself says that something is missing here."""
        return any(
            gap.notice or gap.chars is not None or gap in self.draft.gaps for gap in self.gaps
        )

    def has_inner_gap(self, first: bool) -> bool:
        """Whether a gap stands inside the text, not just at its edge, with something shown beyond it."""
        beyond = self.breaks[0] if first else self.breaks[1]

        return bool(self.gaps) and beyond > 0

    def as_if_cut(self, first: bool) -> Place:
        """A place at a text's edge as if a notice of being cut had stood there."""
        at = self._shown_from() if first else self.span[1]
        breaks = (0, self.chars) if first else (self.chars, 0)

        return self._replace(
            gaps=(Gap(at, None, "omitted", ""),),
            breaks=breaks,
        )

    def _shown_from(self) -> int:
        """Where what a place shows begins: with its line, or behind the marks that end what stands before it."""
        start, end = self.span
        text, offsets = self.draft.text, self.draft.aligned.offsets
        number = int(np.searchsorted(offsets, start))
        shown = min(end, int(offsets[number])) if number < len(offsets) else end
        line = text.rfind("\n", start, shown) + 1
        marks = text[start:shown]

        return line or start + len(marks.rstrip(_OPENING))


def draft_of(speech: Speech) -> Draft:
    """A copy as it stands."""
    donors = speech.provenance or (Stretch(0, len(speech.text), speech.id),)
    gaps = tuple(sorted(speech.gaps, key=lambda gap: gap.at))

    return Draft(
        speech.text,
        gaps,
        donors,
        aligned(speech.text, gaps),
    )


def place_between(draft: Draft, start: int, end: int, first: bool, last: bool) -> Place:
    """The place from canonical character `start` to `end`; `first` and `last`: it lies at that edge of the text."""
    offsets, text = draft.aligned.offsets, draft.text
    begins = 0 if first else int(offsets[start - 1]) + 1
    ends = len(text) if last else int(offsets[end])

    gaps = tuple(gap for gap in draft.gaps if begins <= gap.at <= ends)

    if not gaps:
        return Place(
            draft,
            end - start,
            (begins, ends),
            (),
            (0, 0),
        )

    front, back = np.searchsorted(offsets, [gaps[0].at, gaps[-1].at])
    breaks = (int(front) - start, end - int(back))

    return Place(
        draft,
        end - start,
        (begins, ends),
        gaps,
        breaks,
    )


def with_gaps(draft: Draft, start: int, end: int) -> Iterator[Item]:
    """`draft.text[start:end]` with the gaps that lie inside.

    A `start` of -1 takes the gaps at the beginning along, an `end` past the text those at its end.
    """
    at = max(start, 0)

    for gap in draft.gaps:
        if start < gap.at < end:
            yield Slice(draft, at, gap.at)
            yield gap
            at = gap.at

    yield Slice(
        draft,
        at,
        min(end, len(draft.text)),
    )


def characters_into_line(draft: Draft, at: int) -> int:
    """Canonical characters of the line of character `at` that stand before it."""
    offsets = draft.aligned.offsets

    line = (
        draft.text.rfind(
            "\n",
            0,
            int(offsets[at]),
        )
        + 1
    )
    return at - int(np.searchsorted(offsets, line))


def counted_in(items: Iterable[Item]) -> int:
    """Characters without white space in these items."""
    return sum(counted(item.text) for item in items if isinstance(item, Slice))


def lines_in(items: Iterable[Item], least: int) -> Counter[str]:
    """How often each canonical line of at least `least` characters stands in these items."""
    pieces = [item.text for item in items if isinstance(item, Slice)]
    lines = [canonical(line) for piece in pieces for line in piece.split("\n")]

    return Counter(line for line in lines if len(line) >= least)


def stands_elsewhere(there: Place, draft: Draft) -> bool:
    """Whether the stretch stands in the draft already: a paragraph in another order is not a missing one."""
    stretch = aligned(there.draft.text[slice(*there.span)])
    hashes = shingle_hashes(stretch.codes)

    if not len(hashes):
        return False

    found = np.isin(hashes, shingle_hashes(draft.aligned.codes))
    return float(found.mean()) > _KNOWN


def overlapping(front: Items, back: Items) -> tuple[int, Items]:
    """How many canonical characters end the one and begin the other, and the two with these once.

    The marks that follow them come from `back`, unless it ends there.
    """
    apart = 0, (*front, *back)

    if not front or not back:
        return apart

    before, after = front[0], back[0]
    if not isinstance(before, Slice) or not isinstance(after, Slice):
        return apart

    ending, ends = canonical_offsets(before.text)
    beginning, offsets = canonical_offsets(after.text)

    for size in range(
        min(len(ending), len(beginning)),
        0,
        -1,
    ):
        if ending[-size] != beginning[0] or (ending[-size:] != beginning[:size]).any():
            continue

        rest = after._replace(start=after.start + int(offsets[size - 1]) + 1)
        if rest.start == rest.end:
            return size, (before,)

        return size, (before._replace(end=before.start + int(ends[-1]) + 1), rest)

    return apart


def assembled(items: Sequence[Item]) -> Draft:
    """Put slices and gaps together: a gap stands between two lines, or at the end."""
    text = ""
    gaps: list[Gap] = []
    donors: list[Stretch] = []

    for item, more in zip(
        items,
        _text_follows(items),
        strict=True,
    ):
        if isinstance(item, Slice):
            donors += _donors_of(item, len(text))
            text += item.text
            continue

        if more and text and not text.endswith("\n"):
            text += "\n"
            donors[-1] = replace(donors[-1], end=len(text))

        gaps.append(
            replace(
                item,
                at=len(text),
                kind="omitted" if more else item.kind,
            )
        )

    return Draft(
        text,
        tuple(gaps),
        _tiles(donors),
        aligned(text, gaps),
    )


def _text_follows(items: Sequence[Item]) -> list[bool]:
    """For each item, whether any text stands behind it."""
    follows = [False] * len(items)
    shown = False

    for number in range(len(items) - 1, -1, -1):
        follows[number] = shown
        item = items[number]
        shown |= isinstance(item, Slice) and item.end > item.start

    return follows


def _donors_of(piece: Slice, at: int) -> Iterator[Stretch]:
    """Which copies a slice comes from, at its new place."""
    shift = at - piece.start

    for stretch in piece.draft.donors:
        start, end = max(stretch.start, piece.start), min(stretch.end, piece.end)
        if start < end:
            yield Stretch(
                start + shift,
                end + shift,
                stretch.id,
            )


def _tiles(donors: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Neighbouring stretches of one copy as one."""
    tiles: list[Stretch] = []

    for stretch in donors:
        if tiles and tiles[-1].id == stretch.id:
            tiles[-1] = replace(tiles[-1], end=stretch.end)
        elif stretch.end > stretch.start:
            tiles.append(stretch)

    return tuple(tiles)
