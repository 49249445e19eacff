"""What two speeches that share text are to each other: copies, one template filled twice, parts, a spun version, or nothing.

A copy may lack any stretch (cut off, gapped, elided without a notice), but where both texts go on between two common
stretches they must say the same, up to light edits. What contradicts is counted. In a *family* (one template, other
names and numbers) the contradictions are few too, but of one kind: numbers, and one name for another every time.

    青河县新增就业1200人 … 青河县      平阳县新增就业860人 … 平阳县          family
    青河县新增就业1200人 … 青河县      青河县新增就业120人 … 清河县          copies (and a conflict)
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from pipelines.dedup.alignment import Aligned, Alignment, Hunk, align, aligned
from pipelines.dedup.names import (
    SMALL_HUNK,
    Names,
    TitleDifference,
    is_masked,
    is_numeric,
    replaced_names,
    title_difference,
)
from pipelines.records import Speech
from pipelines.text.canonical import canonical

Kind = Literal["copy", "family", "other_part", "spun", "unrelated"]

#: Contradicting characters per character compared, up to which a pair are copies. Two copies with 5 % random edits each
#: differ by 0.04 to 0.10 (insertions and deletions contradict nothing), synonym-spun texts by 0.12 to 0.5, unrelated by > 0.6.
COPY = 0.13
#: Under this even a text whose differences are whole words, repeated, is only edited, not spun.
EDITED = 0.07
#: Above this nothing is claimed.
SPUN = 0.5
#: The same before the stretches between the anchors are compared, where a good part of them turns out to be equal.
HOPELESS = 0.8
#: Canonical characters that a pair must share; a shorter text must be shared whole.
LEAST = 40

#: Canonical characters that a pair must share to be copies though they part for good at one place.
PARTING = 200

_DECLARED_BAND = 0.02  # two declared lengths this near agree

_NUMBER = re.compile(r"[0-9]{1,20}|[〇零一二三四五六七八九十百千万亿两]{2,20}")


@dataclass(frozen=True, eq=False)
class Text:
    """A speech with what comparing needs, made once and only when asked for."""

    speech: Speech

    @cached_property
    def aligned(self) -> Aligned:
        """The text, ready for alignment."""
        return aligned(self.speech.text, self.speech.gaps)

    @cached_property
    def title(self) -> Aligned:
        """The title, ready for alignment."""
        return aligned(self.speech.title)


class Key(NamedTuple):
    """How far apart two copies are; the smaller, the nearer.

    `odds`: what speaks against one document (names and numbers that differ, twice, and titles) less what speaks for it
    (numbers that agree). It alone decides between two members of a family. `contradiction`: in thousandths of the text.
    """

    odds: int
    contradiction: int


class Relation(NamedTuple):
    """What a pair is, why, and how near."""

    kind: Kind
    evidence: str
    key: Key = Key(0, 0)


UNRELATED = Relation("unrelated", "")


class Numbers(NamedTuple):
    """Numbers standing at the same place of both texts: how many differ, how many (of two digits and more) agree."""

    different: int
    same: int


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """What two texts laid side by side show. Sizes are in canonical characters."""

    matched: int
    shorter: int  # of the two texts
    contradictions: list[int]
    title: TitleDifference
    numbers: Numbers
    names: Names
    synonyms: bool

    @property
    def compared(self) -> int:
        """Characters that agree or contradict."""
        return self.matched + sum(self.contradictions)

    @property
    def ratio(self) -> float:
        """The share of the compared characters that contradict."""
        return sum(self.contradictions) / self.compared

    @property
    def odds(self) -> int:
        """What speaks against one document, less what speaks for it."""
        names, numbers = self.names, self.numbers
        against = 2 * (numbers.different + names.repeated + names.once) + names.torn

        return against + (self.title != "same") - numbers.same


def relation(a: Text, b: Text) -> Relation:
    """What two speeches are to each other; the same whichever comes first."""
    if (b.speech.content_hash, b.speech.id) < (a.speech.content_hash, a.speech.id):
        a, b = b, a

    side_by_side = align(a.aligned, b.aligned, HOPELESS)
    matched = side_by_side.matched
    shorter = min(len(a.aligned), len(b.aligned))

    if matched < min(LEAST, 0.8 * shorter) or not matched:
        return UNRELATED

    title = title_difference(a.title, b.title)
    contradictions = _contradictions(side_by_side)

    _forgive_parting(
        contradictions,
        matched,
        shorter,
        title,
    )
    if sum(contradictions) > SPUN * (matched + sum(contradictions)):
        return UNRELATED

    return _judged(
        _evidence(
            side_by_side,
            shorter,
            title,
            contradictions,
        )
    )


def _forgive_parting(
    contradictions: list[int], matched: int, shorter: int, title: TitleDifference
) -> None:
    """Take the largest contradiction out where two texts part once and for all.

    So they do where one lacks a stretch without a notice and the other ends. That much in common is a document even so; a
    passage that two speeches quote has other words on both its sides.
    """
    largest = max(contradictions, default=0)
    share = 0.33 if title == "same" else 0.5

    if largest > SMALL_HUNK and matched >= max(PARTING, share * shorter):
        contradictions.remove(largest)


def _evidence(
    side_by_side: Alignment, shorter: int, title: TitleDifference, contradictions: list[int]
) -> _Evidence:
    small = [hunk for hunk in side_by_side.hunks if _is_small(hunk)]
    long = sum(bool(h.a_text and h.b_text) for h in side_by_side.hunks) - len(small)
    names = replaced_names(small, side_by_side)
    names = names._replace(other=names.other + names.torn + long)
    synonyms = _synonyms(small)

    if synonyms and names.repeated < 0.5 * names.other:
        names = names._replace(repeated=0, once=0)  # words that happen to stand before 县

    numbers = compare_numbers(side_by_side)
    return _Evidence(
        side_by_side.matched,
        shorter,
        contradictions,
        title,
        numbers,
        names,
        synonyms,
    )


def _is_small(hunk: Hunk) -> bool:
    return 0 < len(hunk.a_text) <= SMALL_HUNK and 0 < len(hunk.b_text) <= SMALL_HUNK


def _judged(evidence: _Evidence) -> Relation:
    """The verdict: a family, copies, a spun version, or nothing, in this order."""
    ratio = evidence.ratio

    reason = family_reason(
        evidence.numbers,
        evidence.names,
        evidence.title,
    )
    if reason and ratio <= 2.5 * COPY:
        return Relation("family", reason)

    edited = ratio <= EDITED
    if edited or (ratio <= COPY and not evidence.synonyms):
        shared = f"{evidence.matched} of {evidence.shorter} characters shared"
        return Relation(
            "copy",
            shared,
            Key(evidence.odds, round(1000 * ratio)),
        )

    words = sum(size for size in evidence.contradictions if size <= SMALL_HUNK)
    mostly_words = words / evidence.compared > 0.7 * ratio

    if evidence.matched >= 0.4 * evidence.shorter and mostly_words and not reason:
        percent = round(100 * ratio)
        return Relation(
            "spun",
            f"{percent} % of the words in the same places are others",
        )

    return UNRELATED


def parts(a: Speech, b: Speech) -> Relation:
    """Whether two speeches that share no text are parts of one document: title and declared length agree."""
    if a.declared_chars is None or b.declared_chars is None:
        return UNRELATED

    title = canonical(a.title)
    if not title or title != canonical(b.title):
        return UNRELATED

    declared = max(a.declared_chars, b.declared_chars)
    difference = abs(a.declared_chars - b.declared_chars)
    together = a.counted_chars + b.counted_chars

    if difference > _DECLARED_BAND * declared or together > 1.05 * declared:
        return UNRELATED

    return Relation(
        "other_part",
        f"same title, {declared} characters declared",
    )


def compare_numbers(side_by_side: Alignment) -> Numbers:
    """Compare the numbers that have the same neighbours in both texts."""
    text = side_by_side.a.letters
    different = same = 0

    for number in _NUMBER.finditer(text):
        other = _counterpart(side_by_side, *number.span())
        if other is None:
            continue

        if other == number[0]:
            same += len(other) > 1 and other.isdecimal()
        elif _NUMBER.fullmatch(other):
            different += 1

    return Numbers(different, same)


def _counterpart(side_by_side: Alignment, start: int, end: int) -> str | None:
    """What the other text has between the counterparts of the characters before `start` and at `end`, where it is short."""
    a, b, to_b = side_by_side.a, side_by_side.b, side_by_side.to_b
    before = int(to_b[start - 1]) if start else -1
    after = int(to_b[end]) if end < len(a) else len(b)

    if (start and before < 0) or after < 0:
        return None
    if not 0 < after - before - 1 <= SMALL_HUNK:
        return None

    return b.letters[before + 1 : after]


def _contradictions(side_by_side: Alignment) -> list[int]:
    """How many characters stand where the other text says something else, place by place, on the side that says less."""
    a, b = side_by_side.a, side_by_side.b
    found: list[int] = []

    for hunk in side_by_side.hunks:
        if is_masked(hunk):
            continue

        a_breaks = [at for at in a.breaks if hunk.a_start <= at <= hunk.a_end]
        b_breaks = [at for at in b.breaks if hunk.b_start <= at <= hunk.b_end]

        if not a_breaks or not b_breaks:
            found.append(min(len(hunk.a_text), len(hunk.b_text)))
            continue

        # One may show what precedes the gap and the other what follows it.
        found.append(min(a_breaks[0] - hunk.a_start, b_breaks[0] - hunk.b_start))
        found.append(min(hunk.a_end - a_breaks[-1], hunk.b_end - b_breaks[-1]))

    return [size for size in found if size]


def family_reason(numbers: Numbers, names: Names, title: TitleDifference) -> str:
    """The evidence that one template was filled twice, or nothing."""
    compared = numbers.different + numbers.same
    most_differ = numbers.different >= 3 and numbers.different >= 0.5 * compared
    once = names.once + numbers.different
    all_once = names.once + names.repeated + numbers.different

    reasons = (
        (
            numbers.different >= 2 and (numbers.same == 0 or most_differ),
            f"{numbers.different} of {compared} numbers differ",
        ),
        (
            names.repeated >= 2 and names.repeated >= 0.03 * names.other,
            f"another name in {names.repeated} places",
        ),
        (
            bool(names.once)
            and once
            >= max(
                3,
                numbers.same + 1,
                0.2 * names.other,
            ),
            f"{names.once} other names, {numbers.different} other numbers",
        ),
        (title == "place", "the titles name different places"),
        (
            title == "number" and 0 < numbers.different >= numbers.same,
            "the titles and the texts have different numbers",
        ),
        (
            bool(names.once) and all_once > 2 * names.other,
            f"another name in {names.once} places",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _synonyms(hunks: list[Hunk]) -> bool:
    """Whether the differences are whole words, the same ones again and again."""
    pairs = Counter((hunk.a_text, hunk.b_text) for hunk in hunks if not is_numeric(hunk))
    count = sum(pairs.values())
    again = sum(times for times in pairs.values() if times > 1)
    letters = sum(min(len(x), len(y)) * times for (x, y), times in pairs.items())

    return count > 4 and again >= 0.3 * count and letters >= 1.5 * count
