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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np

from pipelines.dedup.alignment import Alignment, Block, align, aligned
from pipelines.dedup.compare import compare_numbers
from pipelines.dedup.damage import carried_damage
from pipelines.dedup.draft import (
    Draft,
    Item,
    Place,
    assembled,
    characters_into_line,
    draft_of,
    place_between,
    with_gaps,
)
from pipelines.dedup.fill import PARTED, Sides, better
from pipelines.dedup.fingerprint import SHINGLE
from pipelines.dedup.layout import best_laid_out_first
from pipelines.record_parts import Completeness, Gap, Source
from pipelines.records import Speech
from pipelines.speech_facts import stated_facts
from pipelines.text.canonical import content_hash, counted

#: Up to this many equal characters at the beginning of two lines that go on differently are two paragraphs that begin alike
#: (the longest such in the seeds: 4); more are one paragraph, cut through.
_BEGUN = 12

CONFLICT = "conflicting_copies"  # warning: copies have different numbers in the same place

_T = TypeVar("_T")

#: What a page states, taken from the named member first.
_FACTS = ("category", "published", "uploader", "format", "size", "pages", "crawled_at", "source")


class _Merged(NamedTuple):
    """A text put together: whether its copies contradict each other in a number, and which copies gave a part (base first)."""

    draft: Draft
    conflict: bool
    donors: list[Speech]


def merge_copies(members: Iterable[Speech], id: str) -> Speech:
    """The record of copies of one document, under the identity of member `id`.

    `version`, `supersedes`, `family` and `links` are left as that member has them. One member alone stays as it is, but for
    its `cluster`. Raises KeyError where no member is `id`.
    """
    by_id = {speech.id: speech for speech in members}
    named = by_id[id]

    if len(by_id) == 1 and _stands_alone(named):
        return named  # as most are: nothing to put together

    order = _fullest_first(by_id.values())
    sources = _sources(order)
    cluster = min([*by_id, *(source.id for source in sources)])

    if len(order) == 1:
        return replace(
            named,
            cluster=cluster,
            sources=sources,
        )

    return replace(
        _record(named, order),
        cluster=cluster,
        sources=sources,
    )


def _stands_alone(speech: Speech) -> bool:
    own_source = [source.id for source in speech.sources] == [speech.id]
    return speech.cluster == speech.id and own_source


def _fullest_first(members: Iterable[Speech]) -> list[Speech]:
    """The members, those with one canonical text together, the best laid out of them first."""
    by_text: dict[str, list[Speech]] = {}

    for speech in sorted(members, key=_fullness):
        by_text.setdefault(speech.content_hash, []).append(speech)

    return [speech for copies in by_text.values() for speech in best_laid_out_first(copies)]


def _fullness(speech: Speech) -> tuple[int, int, str]:
    return -speech.counted_chars, -len(speech.gaps), speech.id


def _record(named: Speech, order: Sequence[Speech]) -> Speech:
    """The merged text under the named member's identity; `order`: all members, the fullest first."""
    base = order[0]
    draft, conflict, donors = _merged(order)
    changed = draft.text != base.text or draft.gaps != base.gaps
    facts: dict[str, Any] = {name: _stated(name, named, order) for name in _FACTS}
    one_donor = len(draft.donors) == 1 and draft.donors[0].id == named.id
    scripts = {speech.script for speech in donors}

    title = _first(
        order,
        lambda speech: speech.title,
        "",
    )
    return replace(
        named,
        **facts,
        title=title,
        toc=_first(
            order,
            lambda speech: speech.toc,
            (),
        ),
        text=draft.text,
        gaps=draft.gaps,
        completeness=_completeness(draft, donors) if changed else base.completeness,
        declared_chars=_declared_chars(order),
        shown_chars=base.shown_chars,
        counted_chars=counted(draft.text),
        script="mixed" if len(scripts) > 1 else base.script,
        content_hash=content_hash(draft.text),
        provenance=() if one_donor else draft.donors,
        removed=base.removed,
        ruleset=base.ruleset,
        warnings=_warnings(donors, conflict, changed),
        attachments=_first(
            order,
            lambda speech: speech.attachments,
            (),
        ),
        damage=carried_damage(
            draft.text,
            draft.donors,
            {speech.id: speech for speech in order},
        ),
        facts=stated_facts(title, draft.text),
    )


def _first(order: Iterable[Speech], value: Callable[[Speech], _T], nothing: _T) -> _T:
    """The first value that says something."""
    return next(
        (found for speech in order if (found := value(speech))),
        nothing,
    )


def _declared_chars(order: Iterable[Speech]) -> int | None:
    declared = (speech.declared_chars for speech in order)
    return next(
        (chars for chars in declared if chars is not None),
        None,
    )


def _stated(name: str, named: Speech, order: Sequence[Speech]) -> str | int | None:
    """A page's fact: as the named member states it, else as the fullest copy that does."""
    found = (getattr(speech, name) for speech in (named, *order))

    return next((value for value in found if value is not None), None)


def _warnings(donors: Iterable[Speech], conflict: bool, changed: bool) -> tuple[str, ...]:
    warnings = {warning for speech in donors for warning in speech.warnings}
    if conflict:
        warnings.add(CONFLICT)

    if changed:
        warnings.discard("count_off")

    return tuple(sorted(warnings))


def _sources(members: Sequence[Speech]) -> tuple[Source, ...]:
    """Every copy behind the members, by id; what a member says of itself counts most."""
    sources = {source.id: source for speech in members for source in speech.sources}

    for speech in members:
        own = [source for source in speech.sources if source.id == speech.id]
        sources[speech.id] = own[-1] if own else _as_source(speech)

    return tuple(source for _, source in sorted(sources.items()))


def _as_source(speech: Speech) -> Source:
    return Source(
        speech.id,
        speech.url,
        speech.site,
        speech.content_hash,
        speech.counted_chars,
    )


def _completeness(draft: Draft, donors: Sequence[Speech]) -> Completeness:
    if any(gap.kind == "cut_off" for gap in draft.gaps):
        return "cut_off"
    if draft.gaps:
        return "gapped"

    claims = {speech.completeness for speech in donors}
    return "unknown" if "unknown" in claims and "full" not in claims else "full"


def _merged(order: Sequence[Speech]) -> _Merged:
    """Take over from each copy in turn, until a whole round adds nothing."""
    distinct = _distinct_texts(order)
    drafts = [draft_of(speech) for speech in distinct]
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
    donors = [distinct[0], *[s for s in distinct[1:] if given & _ids_behind(s)]]

    return _Merged(draft, conflict, donors)


def _distinct_texts(order: Sequence[Speech]) -> list[Speech]:
    """The first copy of each text."""
    by_text: dict[str, Speech] = {}

    for speech in order:
        by_text.setdefault(speech.content_hash, speech)

    return list(by_text.values())


def _ids_behind(speech: Speech) -> set[str]:
    return {speech.id, *(stretch.id for stretch in speech.provenance)}


def _taken_over(draft: Draft, other: Draft, side_by_side: Alignment) -> Draft | None:
    """The draft with what the other copy can add, or None where that is nothing."""
    if not side_by_side.blocks:
        return None

    items: list[Item] = []
    kept = -1  # draft.text up to here is in `items`, and so are the gaps here

    for here, there, sides in _differing_places(draft, other, side_by_side.blocks):
        found = better(here, there, sides) if there.chars else None
        if found is not None:
            start, end = here.span
            items += [*with_gaps(draft, kept, start), *found]
            kept = end

    if not items:
        return None

    return assembled([*items, *with_gaps(draft, kept, len(draft.text) + 1)])


def _differing_places(
    draft: Draft, other: Draft, blocks: Sequence[Block]
) -> Iterator[tuple[Place, Place, Sides]]:
    """What stands between two blocks in each of the texts, before the first and behind the last."""
    begin, end = Block(0, 0, 0), Block(len(draft.aligned), len(other.aligned), 0)

    for number, (before, block) in enumerate(pairwise((begin, *blocks, end))):
        first, last = number == 0, number == len(blocks)
        a, b = before.a + before.length, before.b + before.length

        if last and min(block.a - a, block.b - b) > PARTED:
            back = _line_begun(draft, other, a, b, before.length)
            a, b = a - back, b - back

        here = place_between(draft, a, block.a, first, last)
        there = place_between(other, b, block.b, first, last)
        sure_before = first or before.length >= SHINGLE
        sure_behind = last or block.length >= SHINGLE
        yield here, there, Sides(first, last, sure_before and sure_behind)


def _closed(draft: Draft, side_by_side: Alignment) -> Draft | None:
    """The draft without the gaps whose sides came from different copies and stand side by side in this one."""
    starts = {stretch.start for stretch in draft.donors}

    closed = [
        gap for gap in draft.gaps if gap.at in starts and _is_closed(draft, gap, side_by_side)
    ]
    if not closed:
        return None

    gaps = tuple(gap for gap in draft.gaps if gap not in closed)
    return replace(
        draft,
        gaps=gaps,
        aligned=aligned(draft.text, gaps),
    )


def _is_closed(draft: Draft, gap: Gap, side_by_side: Alignment) -> bool:
    """Whether the characters before and after a gap are neighbours in the other text, with no gap between them there."""
    to_b = side_by_side.to_b
    at = int(np.searchsorted(draft.aligned.offsets, gap.at))

    if not 0 < at < len(to_b):
        return False

    before, after = int(to_b[at - 1]), int(to_b[at])
    return 0 <= before == after - 1 and after not in side_by_side.b.breaks


def _line_begun(draft: Draft, other: Draft, a: int, b: int, equal: int) -> int:
    """How many of the `equal` characters before `a` and `b` begin a line in both texts: two paragraphs that start with 第."""
    begun = characters_into_line(draft, a)
    same = begun == characters_into_line(other, b)

    return begun if same and begun <= min(_BEGUN, equal) else 0
