"""Damaged stretches of copies, found again in the text that was put together from them.

    carried_damage(merged_text, provenance, {copy.id: copy, …})

A copy's damage goes on only where its own characters stand in the merged text: where another copy gave the words, they
are sound. A stretch is found by its characters with those around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.record_parts import Damage, Stretch
from pipelines.records import Speech

#: Code points on either side by which a damaged stretch is known.
CONTEXT = 8


def carried_damage(
    text: str, stretches: Sequence[Stretch], copies: Mapping[str, Speech]
) -> tuple[Damage, ...]:
    """The damage of `text`, of which each stretch comes from one of the copies; sorted, none twice."""
    found = {
        (at, at + damage.end - damage.start, damage.kind)
        for stretch in stretches
        for copy in _behind(stretch, copies)
        for damage in copy.damage
        if (at := _place(text, stretch, copy.text, damage)) is not None
    }

    return tuple(Damage(*span) for span in sorted(found))


def _behind(stretch: Stretch, copies: Mapping[str, Speech]) -> list[Speech]:
    """The copy that gave a stretch; where it is itself part of a merged record, whichever holds it."""
    named = copies.get(stretch.id)

    return [named] if named else list(copies.values())


def _place(text: str, stretch: Stretch, copy: str, damage: Damage) -> int | None:
    """Where a damaged stretch of a copy stands in its share of the merged text."""
    for before, behind in ((CONTEXT, CONTEXT), (CONTEXT, 0), (0, CONTEXT)):
        start = max(damage.start - before, 0)
        known = copy[start : damage.end + behind]

        at = text.find(
            known,
            stretch.start,
            stretch.end,
        )
        if at >= 0:
            return at + damage.start - start

    return None
