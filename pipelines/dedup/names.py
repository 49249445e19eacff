"""Names in the place of names: the sign that one template was filled for two counties, schools or people.

青河县新增就业1200人 … 平阳县新增就业860人         [青河]县 stands where the other text has [平阳]县
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from pipelines.dedup.alignment import Aligned, Alignment, Hunk, align

#: Canonical characters: a longer difference is no name and no number.
SMALL_HUNK = 24

#: How two titles differ: `place` where one name stands for another, `number` where only numbers do.
TitleDifference = Literal["same", "place", "number", "different", "unknown"]

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


class Names(NamedTuple):
    """Differences that look like one name for another."""

    repeated: int  # occurrences of pairs that come at least twice
    once: int
    torn: int  # the same, where one letter of the name differs: evidence only beside a nearer copy
    other: int  # hunks that are neither name nor number, masks not counted


class _Replaced(NamedTuple):
    """A word of the one text in the place of a word of the other; `named`: what stands around it says that it is a name."""

    x: str
    y: str
    named: bool


def is_masked(hunk: Hunk) -> bool:
    """Whether one side is a redaction (某县, X县), which contradicts nothing."""
    return bool(_MASK.fullmatch(hunk.a_text) or _MASK.fullmatch(hunk.b_text))


def is_numeric(hunk: Hunk) -> bool:
    """Whether both sides hold digits."""
    a_digits = any(char.isdecimal() for char in hunk.a_text)

    return a_digits and any(char.isdecimal() for char in hunk.b_text)


def _is_han(hunk: Hunk) -> bool:
    return bool(_HAN.fullmatch(hunk.a_text) and _HAN.fullmatch(hunk.b_text))


def replaced_names(hunks: Iterable[Hunk], side_by_side: Alignment) -> Names:
    """Sort the differences by whether they put one name for another."""
    pairs: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    other = 0

    for hunk in hunks:
        if is_masked(hunk) or is_numeric(hunk):
            continue

        if not _is_han(hunk):
            other += 1
            continue

        found = _replaced(hunk, side_by_side)
        pairs[found.x, found.y] += 1
        named[found.x, found.y] += found.named

    repeated = once = torn = 0
    for (x, y), count in pairs.items():
        part = x[0] == y[0] or x[-1] == y[-1]
        if _is_repeated(x, y, count, named[x, y]):
            repeated += count
        elif named[x, y] and _stands_alone(x, y, side_by_side):
            once += not part
            torn += part
        else:
            other += count

    return Names(repeated, once, torn, other)


def _replaced(hunk: Hunk, side_by_side: Alignment) -> _Replaced:
    """The two words that differ, each with the letter of its name that both texts share."""
    a, b = side_by_side.a, side_by_side.b
    x, y = hunk.a_text, hunk.b_text
    ahead = a.letters[hunk.a_end : hunk.a_end + 4]

    if min(len(x), len(y)) > 1:
        ends = _NAME_END.search(x) and _NAME_END.search(y)
        return _Replaced(
            x,
            y,
            bool(ends or _NAMED.match(ahead)),
        )

    if _NAMED_NEXT.match(ahead[1:]):
        # [青]河县, [清]河县: the letter behind belongs to the name.
        return _Replaced(
            x + ahead[0],
            y + ahead[0],
            True,
        )

    # 长[河]县, 长[阳]县: the letter before does.
    before_is_shared = hunk.a_start and side_by_side.to_b[hunk.a_start - 1] == hunk.b_start - 1 >= 0
    if before_is_shared:
        x, y = a.letters[hunk.a_start - 1] + x, b.letters[hunk.b_start - 1] + y

    return _Replaced(
        x,
        y,
        _NAMED_NEXT.match(ahead) is not None,
    )


def _is_repeated(x: str, y: str, count: int, named: int) -> bool:
    """Whether a pair comes often enough, and often enough as a name."""
    long = min(len(x), len(y)) >= 2
    part = x[0] == y[0] or x[-1] == y[-1]
    least_named = 0.6 * count if part or not long else 1

    return count > 1 and named >= least_named and (long or count > 2)


def _stands_alone(x: str, y: str, side_by_side: Alignment) -> bool:
    """Whether each of two names stands in its own text only."""
    if min(len(x), len(y)) < 2:
        return False

    return x not in side_by_side.b.letters and y not in side_by_side.a.letters


def title_difference(a: Aligned, b: Aligned) -> TitleDifference:
    """How two titles differ."""
    if not len(a) or not len(b):
        return "unknown"
    if len(a) == len(b) and (a.codes == b.codes).all():
        return "same"

    side_by_side = align(a, b)
    if side_by_side.matched < 0.4 * min(len(a), len(b)):
        return "different"

    number = False
    for hunk in side_by_side.hunks:
        if not hunk.a_text or not hunk.b_text or is_masked(hunk):
            continue

        if is_numeric(hunk):
            number = True
        elif _is_han(hunk) and _is_place(hunk, a):
            return "place"

    return "number" if number else "different"


def _is_place(hunk: Hunk, a: Aligned) -> bool:
    ahead = a.letters[hunk.a_end : hunk.a_end + 3]
    ends = _NAME_END.search(hunk.a_text) and _NAME_END.search(hunk.b_text)

    return bool(ends or _PLACE.match(ahead))
