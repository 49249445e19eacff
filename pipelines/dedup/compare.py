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
_SMALL_HUNK = 24  # characters: a longer difference is no name and no number

_NUMBER = re.compile(r"[0-9]{1,20}|[〇零一二三四五六七八九十百千万亿两]{2,20}")
_MASK = re.compile(r"[xX某〇○Oo]{1,8}")
_HAN = re.compile(r"[\u3400-\u9fff]{1,24}")

#: What follows a name of a place, a body or a person, within two characters.
_NAMED = re.compile(
    r"""
    .{0,2}? (?:
        [县市区镇乡村州省旗盟局厅]           # 青河县, 教育局
      | 街道 | 社区 | 公司 | 集团 | 企业
      | 学校 | 大学 | 中学 | 小学 | 学院 | 医院 | 银行 | 开发区
      | 同志 | 书记 | 主任 | 校长 | 院长 | 部长 | 经理 | 主席 | 先生 | 女士 | 老师
    )""",
    re.VERBOSE,
)
_NAMED_NEXT = re.compile(r"[县市区镇乡村州省旗盟局厅]")
_PLACE = re.compile(r".{0,2}?[县市区镇乡村州省旗盟局厅]")
_NAME_END = re.compile(r"[县市区镇乡村州省旗盟局厅]$")


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


class _Names(NamedTuple):
    """Differences that look like one name for another."""

    repeated: int  # occurrences of pairs that come at least twice
    once: int
    torn: int  # the same, where one letter of the name differs: evidence only beside a nearer copy
    other: int  # hunks that are neither name nor number, masks not counted


def relation(a: Text, b: Text) -> Relation:
    """What two speeches are to each other; the same whichever comes first."""
    if (b.speech.content_hash, b.speech.id) < (a.speech.content_hash, a.speech.id):
        a, b = b, a
    side_by_side = align(a.aligned, b.aligned, HOPELESS)
    matched = side_by_side.matched
    shorter = min(len(a.aligned), len(b.aligned))
    if matched < min(LEAST, 0.8 * shorter) or not matched:
        return UNRELATED
    title = _titles(a.title, b.title)
    contradictions = _contradictions(side_by_side)
    # Where one lacks a stretch without a notice and the other ends, the texts part once and for all. That much in common
    # is a document even so; a passage that two speeches quote has other words on both its sides.
    largest = max(contradictions, default=0)
    if largest > _SMALL_HUNK and matched >= max(
        PARTING, (0.33 if title == "same" else 0.5) * shorter
    ):
        contradictions.remove(largest)
    contradicting = sum(contradictions)
    ratio = contradicting / (matched + contradicting)
    if ratio > SPUN:
        return UNRELATED
    numbers = compare_numbers(side_by_side)
    small = [
        h
        for h in side_by_side.hunks
        if 0 < len(h.a_text) <= _SMALL_HUNK and 0 < len(h.b_text) <= _SMALL_HUNK
    ]
    names = _names(small, side_by_side)
    long = sum(bool(h.a_text and h.b_text) for h in side_by_side.hunks) - len(small)
    names = names._replace(other=names.other + names.torn + long)
    if _synonyms(small) and names.repeated < 0.5 * names.other:
        names = names._replace(repeated=0, once=0)  # words that happen to stand before 县
    why = _family(numbers, names, title)
    if why and ratio <= 2.5 * COPY:
        return Relation("family", why)
    if ratio <= EDITED or (ratio <= COPY and not _synonyms(small)):
        evidence = f"{matched} of {shorter} characters shared"
        odds = (
            2 * (numbers.different + names.repeated + names.once)
            + names.torn
            + (title != "same")
            - numbers.same
        )
        return Relation("copy", evidence, Key(odds, round(1000 * ratio)))
    words = sum(c for c in contradictions if c <= _SMALL_HUNK) / (matched + contradicting)
    if matched >= 0.4 * shorter and words > 0.7 * ratio and not why:
        return Relation(
            "spun", f"{round(100 * ratio)} % of the words in the same places are others"
        )
    return UNRELATED


def parts(a: Speech, b: Speech) -> Relation:
    """Whether two speeches that share no text are parts of one document: title and declared length agree."""
    if a.declared_chars is None or b.declared_chars is None or not canonical(a.title):
        return UNRELATED
    declared = max(a.declared_chars, b.declared_chars)
    if (
        canonical(a.title) != canonical(b.title)
        or abs(a.declared_chars - b.declared_chars) > _DECLARED_BAND * declared
    ):
        return UNRELATED
    if a.counted_chars + b.counted_chars > 1.05 * declared:
        return UNRELATED
    return Relation("other_part", f"same title, {declared} characters declared")


def compare_numbers(side_by_side: Alignment) -> Numbers:
    """Compare the numbers that have the same neighbours in both texts."""
    a, b, to_b = side_by_side.a, side_by_side.b, side_by_side.to_b
    text = a.canonical(0, len(a))
    different = same = 0
    for number in _NUMBER.finditer(text):
        start, end = number.span()
        before = int(to_b[start - 1]) if start else -1
        after = int(to_b[end]) if end < len(a) else len(b)
        if (start and before < 0) or after < 0 or not 0 < after - before - 1 <= _SMALL_HUNK:
            continue
        other = b.canonical(before + 1, after)
        if other == number[0]:
            same += len(other) > 1 and other.isdecimal()
        elif _NUMBER.fullmatch(other):
            different += 1
    return Numbers(different, same)


def _contradictions(side_by_side: Alignment) -> list[int]:
    """How many characters stand where the other text says something else, place by place, on the side that says less."""
    a, b = side_by_side.a, side_by_side.b
    found = []
    for hunk in side_by_side.hunks:
        if _MASK.fullmatch(hunk.a_text) or _MASK.fullmatch(hunk.b_text):
            continue
        a_breaks = [x for x in a.breaks if hunk.a_start <= x <= hunk.a_end]
        b_breaks = [x for x in b.breaks if hunk.b_start <= x <= hunk.b_end]
        if (
            a_breaks and b_breaks
        ):  # one may show what precedes the gap and the other what follows it
            found.append(min(a_breaks[0] - hunk.a_start, b_breaks[0] - hunk.b_start))
            found.append(min(hunk.a_end - a_breaks[-1], hunk.b_end - b_breaks[-1]))
        else:
            found.append(min(len(hunk.a_text), len(hunk.b_text)))
    return [size for size in found if size]


def _names(hunks: list[Hunk], side_by_side: Alignment) -> _Names:
    """Sort the differences by whether they put one name for another."""
    pairs: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    other = 0
    a, b, to_b = side_by_side.a, side_by_side.b, side_by_side.to_b
    for hunk in hunks:
        if _MASK.fullmatch(hunk.a_text) or _MASK.fullmatch(hunk.b_text) or _numeric(hunk):
            continue
        if not _HAN.fullmatch(hunk.a_text) or not _HAN.fullmatch(hunk.b_text):
            other += 1
            continue
        x, y = hunk.a_text, hunk.b_text
        ahead = a.letters[hunk.a_end : hunk.a_end + 4]
        if min(len(x), len(y)) == 1 and _NAMED_NEXT.match(
            ahead[1:]
        ):  # [青]河县, [清]河县: the letter behind belongs to the name
            x, y, here = x + ahead[0], y + ahead[0], True
        elif min(len(x), len(y)) == 1:  # 长[河]县, 长[阳]县: the letter before does
            here = _NAMED_NEXT.match(ahead) is not None
            if hunk.a_start and to_b[hunk.a_start - 1] == hunk.b_start - 1 >= 0:
                x, y = a.letters[hunk.a_start - 1] + x, b.letters[hunk.b_start - 1] + y
        else:
            ends = _NAME_END.search(x) and _NAME_END.search(y)
            here = bool(ends or _NAMED.match(ahead))
        pairs[x, y] += 1
        named[x, y] += here
    repeated = once = torn = 0
    for (x, y), count in pairs.items():
        long = min(len(x), len(y)) >= 2
        part = x[0] == y[0] or x[-1] == y[-1]
        if (
            count > 1
            and named[x, y] >= (0.6 * count if part or not long else 1)
            and (long or count > 2)
        ):
            repeated += count
        elif long and named[x, y] and x not in b.letters and y not in a.letters:
            once += not part
            torn += part
        else:
            other += count
    return _Names(repeated, once, torn, other)


def _numeric(hunk: Hunk) -> bool:
    return any(c.isdecimal() for c in hunk.a_text) and any(c.isdecimal() for c in hunk.b_text)


def _titles(a: Aligned, b: Aligned) -> Literal["same", "place", "number", "different", "unknown"]:
    """How two titles differ: `place` where one name stands for another, `number` where only numbers do."""
    if not len(a) or not len(b):
        return "unknown"
    if len(a) == len(b) and (a.codes == b.codes).all():
        return "same"
    side_by_side = align(a, b)
    if side_by_side.matched < 0.4 * min(len(a), len(b)):
        return "different"
    number = False
    for hunk in side_by_side.hunks:
        if (
            not hunk.a_text
            or not hunk.b_text
            or _MASK.fullmatch(hunk.a_text)
            or _MASK.fullmatch(hunk.b_text)
        ):
            continue
        if _numeric(hunk):
            number = True
        elif _HAN.fullmatch(hunk.a_text) and _HAN.fullmatch(hunk.b_text):
            ahead = a.canonical(hunk.a_end, hunk.a_end + 3)
            ends = _NAME_END.search(hunk.a_text) and _NAME_END.search(hunk.b_text)
            if ends or _PLACE.match(ahead):
                return "place"
    return "number" if number else "different"


def _family(numbers: Numbers, names: _Names, title: str) -> str:
    """The evidence that one template was filled twice, or nothing."""
    compared = numbers.different + numbers.same
    if numbers.different >= 2 and (
        numbers.same == 0 or (numbers.different >= 3 and numbers.different >= 0.5 * compared)
    ):
        return f"{numbers.different} of {compared} numbers differ"
    if names.repeated >= 2 and names.repeated >= 0.03 * names.other:
        return f"another name in {names.repeated} places"
    once = names.once + numbers.different
    if names.once and once >= 3 and once > numbers.same and once >= 0.2 * names.other:
        return f"{names.once} other names, {numbers.different} other numbers"
    if title == "place":
        return "the titles name different places"
    if title == "number" and numbers.different and numbers.different >= numbers.same:
        return "the titles and the texts have different numbers"
    if names.once and names.once + names.repeated + numbers.different > 2 * names.other:
        return f"another name in {names.once} places"
    return ""


def _synonyms(hunks: list[Hunk]) -> bool:
    """Whether the differences are whole words, the same ones again and again."""
    pairs = Counter((h.a_text, h.b_text) for h in hunks if not _numeric(h))
    count = sum(pairs.values())
    again = sum(n for n in pairs.values() if n > 1)
    letters = sum(min(len(x), len(y)) * n for (x, y), n in pairs.items())
    return count > 4 and again >= 0.3 * count and letters >= 1.5 * count
