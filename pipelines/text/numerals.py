"""Ordinals as headings write them: `一` … `九十九`, `12`, `１２`, `⑫`, `⒓`, `㈢`, and back in the same style.

`（十二）` and `12.` both stand for 12; a section known only from its neighbours' numbering is written as they are.
"""

from __future__ import annotations

import re
import unicodedata

#: One digit of a Chinese numeral, as a character class's inside.
HAN_DIGITS = "一二三四五六七八九十百零〇两"

_VALUES = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMERAL = re.compile(
    rf"[{HAN_DIGITS}]{{1,8}}|[0-9]{{1,4}}|[０-９]{{1,4}}|[①-⑳㉑-㉟㊱-㊿⑴-⒇⒈-⒛㈠-㈩]"
)


def value(numeral: str) -> int | None:
    """The number a numeral stands for, `None` where it is none (or above 999 in Chinese digits).

    >>> [value(s) for s in ("三", "十", "十二", "二十", "三十五", "一百零二", "12", "１２", "⑫", "⒓", "㈢", "第")]
    [3, 10, 12, 20, 35, 102, 12, 12, 12, 12, 3, None]
    """
    if numeral in _SMALL:
        return _SMALL[numeral]
    plain = unicodedata.normalize("NFKC", numeral).strip("().")
    if plain.isascii() and plain.isdigit():
        return int(plain)
    return _han(plain)


def _han(numeral: str) -> int | None:
    total, digit = 0, None
    for c in numeral:
        if c in "百十":
            total += (1 if digit is None else digit) * (100 if c == "百" else 10)
            digit = 0
        elif c not in _VALUES or digit:
            return None
        else:
            digit = _VALUES[c]
    return total + digit if digit is not None else None


def han(number: int) -> str:
    """1 … 999 in Chinese digits.

    >>> [han(n) for n in (1, 10, 12, 20, 35, 102, 110)]
    ['一', '十', '十二', '二十', '三十五', '一百零二', '一百一十']
    """
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = digits[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


_SMALL = {han(n): n for n in range(1, 100)}


def renumbered(marker: str, number: int) -> str:
    """`marker` with its numeral replaced by `number`, in the same style of writing.

    >>> [renumbered(m, 2) for m in ("(三)", "一是", "第十章", "12", "（４）", "③", "⒊", "1.3")]
    ['(二)', '二是', '第二章', '2', '（２）', '②', '⒉', '1.2']
    """
    found = None
    for found in _NUMERAL.finditer(marker):  # noqa: B007  (the last one counts: `1.3`)
        pass
    if found is None:
        return marker
    old = found[0]
    if old[0] in HAN_DIGITS:
        new = han(number)
    elif old.isascii():
        new = str(number)
    elif "０" <= old[0] <= "９":
        new = "".join(chr(ord(c) - 48 + 0xFF10) for c in str(number))
    else:
        new = _same_series(old, number)
    return marker[: found.start()] + new + marker[found.end() :]


def _same_series(sign: str, number: int) -> str:
    for first, last in (("①", "⑳"), ("⑴", "⒇"), ("⒈", "⒛"), ("㈠", "㈩")):
        if first <= sign <= last and ord(first) + number - 1 <= ord(last):
            return chr(ord(first) + number - 1)
    return str(number)
