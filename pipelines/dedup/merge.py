"""The fullest text that all copies of a document together prove, and where each stretch of it comes from.

The fullest copy is the base. Every other copy is laid beside it, and what the base withheld is taken over where the text
on both sides of the place is the same in both. Where both go on with different words, the base's reading stays.

    base   各位代表 …… 一、总体情况 [omitted 300] 三、下一步打算 …… [cut off]
    copy             一、总体情况 …… 二、存在问题 …… 三、下一步打算 …… 谢谢大家
    merged 各位代表 …… 一、总体情况 …… 二、存在问题 …… 三、下一步打算 …… 谢谢大家

Nothing is invented: every stretch of the result stands in a copy, but for the line break that a gap stands for.
The result depends on the set of copies, not on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from pipelines.dedup.alignment import Aligned, Alignment, Block, align, aligned
from pipelines.dedup.compare import compare_numbers
from pipelines.dedup.fingerprint import SHINGLE, shingle_hashes
from pipelines.records import Completeness, Gap, Source, Speech, Stretch
from pipelines.text.canonical import canonical, canonical_offsets, content_hash, counted

#: Canonical characters that only one copy shows, in a place where the other says that nothing is missing, from which on
#: they are taken over as text that the other silently lacks. Shorter ones are edits.
SILENT = 12
#: The same at the very beginning or end of a text, where being cut off needs no second boundary.
SILENT_END = 6
#: A stretch this long against an eighth of it is a silent gap with a torn edge, not a different reading.
_TORN = 40
#: Where one text says that it is cut off and the other goes on with this much other text to its end, the other has left out,
#: without a notice, what the first still shows.
_PARTED = 24
#: Up to this many equal characters at the beginning of two lines that go on differently are two paragraphs that begin alike
#: (the longest such in the seeds: 4); more are one paragraph, cut through.
_BEGUN = 12
#: Marks that belong to what follows them.
_OPENING = "“‘「『（《〈【〔([{<—-·• \t\u3000"

#: Characters by which a stated count may be off and the gap be filled all the same.
_FILLED = 2

CONFLICT = "conflicting_copies"  # warning: copies have different numbers in the same place


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A text on its way: `donors` tile it with the ids of the copies that its stretches come from."""

    text: str
    gaps: tuple[Gap, ...]
    donors: tuple[Stretch, ...]
    aligned: Aligned


class _Slice(NamedTuple):
    """`draft.text[start:end]`."""

    draft: _Draft
    start: int
    end: int


_Item = _Slice | Gap
_Span = tuple[int, int]  # in a text


class _Place(NamedTuple):
    """A stretch between two blocks in one of the texts."""

    draft: _Draft
    chars: int  # canonical characters in it
    span: _Span
    gaps: tuple[Gap, ...]
    breaks: _Span  # canonical characters before the first gap, after the last

    @property
    def is_joint(self) -> bool:
        """Whether stretches of two copies meet in it."""
        return any(
            self.span[0] <= stretch.start <= self.span[1] for stretch in self.draft.donors[1:]
        )

    @property
    def whole(self) -> tuple[_Item, ...]:
        """All of it, gaps included."""
        return self.front + self.middle + self.back

    @property
    def front(self) -> tuple[_Item, ...]:
        """What stands before the first gap."""
        return (_Slice(self.draft, self.span[0], self.gaps[0].at if self.gaps else self.span[1]),)

    @property
    def back(self) -> tuple[_Item, ...]:
        """What stands after the last gap."""
        return (_Slice(self.draft, self.gaps[-1].at, self.span[1]),) if self.gaps else ()

    @property
    def middle(self) -> tuple[_Item, ...]:
        """The gaps and what stands between them."""
        items: list[_Item] = []
        for gap, following in zip_longest(self.gaps, self.gaps[1:]):
            items.append(gap)
            if following and following.at > gap.at:
                items.append(_Slice(self.draft, gap.at, following.at))
        return tuple(items)


def joined(members: Iterable[Speech], id: str) -> Speech:
    """The record of copies of one document, under the identity of member `id`.

    `version`, `supersedes`, `family` and `links` are left as that member has them. One member alone stays as it is, but for
    its `cluster`. Raises KeyError where no member is `id`.
    """
    by_id = {speech.id: speech for speech in members}
    named = by_id[id]
    if len(by_id) == 1 and named.cluster == id and [source.id for source in named.sources] == [id]:
        return named  # as most are: nothing to put together
    order = sorted(by_id.values(), key=lambda s: (-s.counted_chars, -len(s.gaps), s.id))
    sources = _sources(order)
    cluster = min([*by_id, *(source.id for source in sources)])
    if len(order) == 1:
        return replace(named, cluster=cluster, sources=sources)
    base = order[0]
    draft, conflict, donors = _merged(order)
    changed = draft.text != base.text or draft.gaps != base.gaps
    warnings = {warning for speech in donors for warning in speech.warnings} | (
        {CONFLICT} if conflict else set()
    )
    facts: dict[str, Any] = {name: _stated(name, named, order) for name in _FACTS}
    return replace(
        named,
        **facts,
        title=next((speech.title for speech in order if speech.title), ""),
        toc=next((speech.toc for speech in order if speech.toc), ()),
        text=draft.text,
        gaps=draft.gaps,
        completeness=_completeness(draft, donors) if changed else base.completeness,
        declared_chars=next(
            (s.declared_chars for s in order if s.declared_chars is not None), None
        ),
        shown_chars=base.shown_chars,
        counted_chars=counted(draft.text),
        script="mixed" if len({speech.script for speech in donors}) > 1 else base.script,
        content_hash=content_hash(draft.text),
        cluster=cluster,
        sources=sources,
        provenance=draft.donors if len(draft.donors) > 1 or draft.donors[0].id != id else (),
        removed=base.removed,
        ruleset=base.ruleset,
        warnings=tuple(sorted(warnings - ({"count_off"} if changed else set()))),
    )


_FACTS = ("category", "published", "uploader", "format", "size", "pages", "crawled_at", "source")


def _stated(name: str, named: Speech, order: Sequence[Speech]) -> str | int | None:
    """A page's fact: as the named member states it, else as the fullest copy that does."""
    found = (getattr(speech, name) for speech in (named, *order))
    return next((value for value in found if value is not None), None)


def _sources(members: Sequence[Speech]) -> tuple[Source, ...]:
    """Every copy behind the members, by id; what a member says of itself counts most."""
    sources = {source.id: source for speech in members for source in speech.sources}
    for speech in members:
        if not any(source.id == speech.id for source in speech.sources):
            sources[speech.id] = Source(
                speech.id, speech.url, speech.site, speech.content_hash, speech.counted_chars
            )
    own = {s.id: source for s in members for source in s.sources if source.id == s.id}
    return tuple(source for _, source in sorted((sources | own).items()))


def _completeness(draft: _Draft, donors: Sequence[Speech]) -> Completeness:
    if any(gap.kind == "cut_off" for gap in draft.gaps):
        return "cut_off"
    if draft.gaps:
        return "gapped"
    claims = {speech.completeness for speech in donors}
    return "unknown" if "unknown" in claims and "full" not in claims else "full"


def _merged(order: Sequence[Speech]) -> tuple[_Draft, bool, list[Speech]]:
    """Take over from each copy in turn, until a whole round adds nothing.

    Returns the text, whether numbers conflict, and the copies that gave a part, the base first.
    """
    distinct = list({speech.content_hash: speech for speech in reversed(order)}.values())[::-1]
    drafts = [_draft(speech) for speech in distinct]
    draft, others = drafts[0], drafts[1:]
    conflict, changed = False, True
    for _ in range(len(drafts)):
        if not changed:
            break
        conflict = changed = False
        for other in others:
            side_by_side = align(draft.aligned, other.aligned)
            conflict |= compare_numbers(side_by_side).different > 0
            fuller = _taken_over(draft, other, side_by_side) or _closed(draft, side_by_side)
            if fuller is not None:
                draft, changed = fuller, True
    given = {stretch.id for stretch in draft.donors}
    donors = [
        s for i, s in enumerate(distinct) if i == 0 or given & {s.id, *(p.id for p in s.provenance)}
    ]
    return draft, conflict, donors


def _draft(speech: Speech) -> _Draft:
    donors = speech.provenance or (Stretch(0, len(speech.text), speech.id),)
    gaps = tuple(sorted(speech.gaps, key=lambda gap: gap.at))
    return _Draft(speech.text, gaps, donors, aligned(speech.text, gaps))


def _taken_over(draft: _Draft, other: _Draft, side_by_side: Alignment) -> _Draft | None:
    """The draft with what the other copy can add, or None where that is nothing."""
    blocks = side_by_side.blocks
    if not blocks:
        return None
    items: list[_Item] = []
    kept = -1  # draft.text up to here is in `items`, and so are the gaps here
    behind = Block(len(draft.aligned), len(other.aligned), 0)
    before = Block(0, 0, 0)
    for number, block in enumerate((*blocks, behind)):
        first, last = number == 0, number == len(blocks)
        a, b = before.a + before.length, before.b + before.length
        if last and min(block.a - a, block.b - b) > _PARTED:
            back = _line_begun(draft, other, a, b, before.length)
            a, b = a - back, b - back
        here = _place(draft, a, block.a, first, last)
        there = _place(other, b, block.b, first, last)
        sure = (first or before.length >= SHINGLE) and (last or block.length >= SHINGLE)
        before = block
        better = _better(here, there, first, last, sure) if there.chars else None
        if better is not None:
            items += [*_with_gaps(draft, kept, here.span[0]), *better]
            kept = here.span[1]
    if not items:
        return None
    return _assembled([*items, *_with_gaps(draft, kept, len(draft.text) + 1)])


def _closed(draft: _Draft, side_by_side: Alignment) -> _Draft | None:
    """The draft without the gaps whose sides came from different copies and stand side by side in this one."""
    to_b = side_by_side.to_b
    starts = {tile.start for tile in draft.donors}
    closed = []
    for gap in draft.gaps:
        at = int(np.searchsorted(draft.aligned.offsets, gap.at))
        if 0 < at < len(to_b) and gap.at in starts and 0 <= to_b[at - 1] == to_b[at] - 1:
            closed += [gap] if int(to_b[at]) not in side_by_side.b.breaks else []
    if not closed:
        return None
    gaps = tuple(gap for gap in draft.gaps if gap not in closed)
    return replace(draft, gaps=gaps, aligned=aligned(draft.text, gaps))


def _with_gaps(draft: _Draft, start: int, end: int) -> Iterable[_Item]:
    """`draft.text[start:end]` with the gaps that lie inside.

    A `start` of -1 takes the gaps at the beginning along, an `end` past the text those at its end.
    """
    at = max(start, 0)
    for gap in draft.gaps:
        if start < gap.at < end:
            yield _Slice(draft, at, gap.at)
            yield gap
            at = gap.at
    yield _Slice(draft, at, min(end, len(draft.text)))


def _place(draft: _Draft, start: int, end: int, first: bool, last: bool) -> _Place:
    offsets, text = draft.aligned.offsets, draft.text
    span = (0 if first else int(offsets[start - 1]) + 1, len(text) if last else int(offsets[end]))
    gaps = tuple(gap for gap in draft.gaps if span[0] <= gap.at <= span[1])
    breaks = (0, 0)
    if gaps:
        front, back = np.searchsorted(offsets, [gaps[0].at, gaps[-1].at])
        breaks = (int(front) - start, end - int(back))
    return _Place(draft, end - start, span, gaps, breaks)


def _line_begun(draft: _Draft, other: _Draft, a: int, b: int, equal: int) -> int:
    """How many of the `equal` characters before `a` and `b` begin a line in both texts: two paragraphs that start with 第."""
    begun = _into_line(draft, a)
    return begun if begun == _into_line(other, b) and begun <= min(_BEGUN, equal) else 0


def _into_line(draft: _Draft, at: int) -> int:
    """Canonical characters of the line of character `at` that stand before it."""
    offsets = draft.aligned.offsets
    return at - int(np.searchsorted(offsets, draft.text.rfind("\n", 0, int(offsets[at])) + 1))


def _better(
    here: _Place, there: _Place, first: bool, last: bool, sure: bool
) -> tuple[_Item, ...] | None:
    """What to put in the place of `here`, or None where it stays. `there` holds at least a character.

    Only what stands between `sure` sides, that are no chance, is taken for a silent gap.
    """
    edge = first or last
    if not here.gaps and here.chars == 0:
        if not edge and not there.gaps and here.is_joint:
            return (
                there.whole
            )  # no copy shows these two sides together, and this one shows what stands between
        silent = (
            sure
            and there.chars >= (SILENT_END if edge else SILENT)
            and not _known(there, here.draft)
        )
        return there.whole if silent else None
    # At the edge of a text, a copy that has begun later or ended earlier is as good as gapped there.
    if not here.gaps and edge and _inner(there, first):
        return _composed(_virtual(here, first), there, last)
    if not here.gaps and last and there.gaps and min(here.chars, there.chars) > _PARTED:
        return _composed(_virtual(here, True), there, last=False)
    if not here.gaps:
        torn = sure and not there.gaps and there.chars >= _TORN and there.chars >= 8 * here.chars
        return there.whole if torn and not _known(there, here.draft) else None
    if there.gaps:
        return _composed(here, there, last)
    if edge and _inner(here, first):
        return _composed(here, _virtual(there, first), last)
    more = there.chars - here.chars
    stated = [gap.chars for gap in here.gaps]
    if last and min(here.chars, there.chars) > _PARTED:
        return _composed(here, _virtual(there, True), last=False)
    if last and here.breaks[1] == 0:
        return there.whole if more >= 2 else None
    enough = 2.0 if None in stated else max(2.0, 0.5 * sum(c for c in stated if c is not None))
    return there.whole if more >= enough and here.chars <= _PARTED else None


def _inner(place: _Place, first: bool) -> bool:
    """Whether a gap stands inside the text, not just at the edge, with something shown beyond it."""
    return bool(place.gaps) and place.breaks[0 if first else 1] > 0


def _virtual(place: _Place, first: bool) -> _Place:
    """A place at a text's edge as if its notice of being cut had stood there."""
    at = _next_start(place) if first else place.span[1]
    return place._replace(
        gaps=(Gap(at, None, "omitted", ""),), breaks=(0, place.chars) if first else (place.chars, 0)
    )


def _next_start(place: _Place) -> int:
    """Where what a place shows begins: with its line, or behind the marks that end what stands before it."""
    start, end = place.span
    offsets = place.draft.aligned.offsets
    number = int(np.searchsorted(offsets, start))
    shown = min(end, int(offsets[number])) if number < len(offsets) else end
    line = place.draft.text.rfind("\n", start, shown) + 1
    marks = place.draft.text[start:shown]
    return line or start + len(marks.rstrip(_OPENING))


def _composed(here: _Place, there: _Place, last: bool) -> tuple[_Item, ...] | None:
    """Both have a gap: the longer front, then what is still missing, then the longer back.

    More than a torn edge of what `here` shows is never given up for other words.
    """
    front = there.breaks[0] > here.breaks[0] + 1 and here.breaks[0] <= _PARTED
    back = there.breaks[1] > here.breaks[1] + 1 and here.breaks[1] <= _PARTED
    if not front and not back:
        return None
    if front and back and len(here.gaps) == 1:
        return there.whole
    both_cut = last and len(here.gaps) == 1 and here.breaks[1] == there.breaks[1] == 0
    stays = there if both_cut or not _noted(here) else here
    goes = here if stays is there else there
    middle, ahead, behind = (
        stays.middle,
        (there if front else here).front,
        (there if back else here).back,
    )
    if len(stays.gaps) == 1:
        gap = stays.gaps[0]
        added = (goes.front if (stays is here) == front else ()) + (
            goes.back if (stays is here) == back else ()
        )
        replaced = (stays.front if (stays is here) == front else ()) + (
            stays.back if (stays is here) == back else ()
        )
        left = None if gap.chars is None else gap.chars - _counted(added) + _counted(replaced)
        common, met = _overlap(ahead, behind)
        if common >= SHINGLE or (left is not None and common and abs(left + common) <= _FILLED):
            return met
        by_its_word = (
            left is not None and left <= _FILLED
        )  # the site's: nothing is missing any more
        middle = () if by_its_word else (replace(gap, chars=left),)
    composed = (*ahead, *middle, *behind)
    return None if _twice(composed, here, there) else composed


def _twice(composed: Iterable[_Item], here: _Place, there: _Place) -> bool:
    """Whether a line stands twice that neither copy shows twice there: the pieces are not in the order that was thought."""
    shown = _lines(here.whole) | _lines(there.whole)
    return any(count > max(1, shown[line]) for line, count in _lines(composed).items())


def _lines(items: Iterable[_Item]) -> Counter[str]:
    pieces = (item.draft.text[item.start : item.end] for item in items if isinstance(item, _Slice))
    lines = (canonical(line) for piece in pieces for line in piece.split("\n"))
    return Counter(line for line in lines if len(line) >= SILENT)


def _overlap(front: tuple[_Item, ...], back: tuple[_Item, ...]) -> tuple[int, tuple[_Item, ...]]:
    """How many canonical characters end the one and begin the other, and the two with these once.

    The marks that follow them come from `back`, unless it ends there.
    """
    if not front or not back or not isinstance(front[0], _Slice) or not isinstance(back[0], _Slice):
        return 0, (*front, *back)
    before, after = front[0], back[0]
    ending, ends = canonical_offsets(before.draft.text[before.start : before.end])
    beginning, offsets = canonical_offsets(after.draft.text[after.start : after.end])
    for size in range(min(len(ending), len(beginning)), 0, -1):
        if ending[-size] == beginning[0] and (ending[-size:] == beginning[:size]).all():
            rest = after._replace(start=after.start + int(offsets[size - 1]) + 1)
            if rest.start == rest.end:
                return size, (before,)
            return size, (before._replace(end=before.start + int(ends[-1]) + 1), rest)
    return 0, (*front, *back)


def _noted(place: _Place) -> bool:
    return any(gap.notice or gap.chars is not None or gap in place.draft.gaps for gap in place.gaps)


def _counted(items: Iterable[_Item]) -> int:
    return sum(counted(i.draft.text[i.start : i.end]) for i in items if isinstance(i, _Slice))


def _known(there: _Place, draft: _Draft) -> bool:
    """Whether the stretch stands elsewhere in the draft already: a paragraph in another order is not a missing one."""
    stretch = shingle_hashes(aligned(there.draft.text[slice(*there.span)]).codes)
    return (
        len(stretch) > 0
        and float(np.isin(stretch, shingle_hashes(draft.aligned.codes)).mean()) > 0.5
    )


def _assembled(items: Sequence[_Item]) -> _Draft:
    """Put slices and gaps together: a gap stands between two lines, or at the end."""
    text, gaps, donors = "", [], list[Stretch]()
    shown_after = [False] * len(items)
    shown = False
    for i in range(len(items) - 1, -1, -1):
        shown_after[i] = shown
        item = items[i]
        shown |= isinstance(item, _Slice) and item.end > item.start
    for item, more in zip(items, shown_after, strict=True):
        if isinstance(item, _Slice):
            donors += _given(item, len(text))
            text += item.draft.text[item.start : item.end]
            continue
        if more and text and not text.endswith("\n"):
            text += "\n"
            donors[-1] = replace(donors[-1], end=len(text))
        gaps.append(replace(item, at=len(text), kind="omitted" if more else item.kind))
    tiles: list[Stretch] = []
    for stretch in donors:
        if tiles and tiles[-1].id == stretch.id:
            tiles[-1] = replace(tiles[-1], end=stretch.end)
        elif stretch.end > stretch.start:
            tiles.append(stretch)
    return _Draft(text, tuple(gaps), tuple(tiles), aligned(text, gaps))


def _given(piece: _Slice, at: int) -> Iterable[Stretch]:
    """Which copies a slice comes from, at its new place."""
    shift = at - piece.start
    for stretch in piece.draft.donors:
        start, end = max(stretch.start, piece.start), min(stretch.end, piece.end)
        if start < end:
            yield Stretch(start + shift, end + shift, stretch.id)
