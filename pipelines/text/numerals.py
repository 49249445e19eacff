"""Ordinals as headings write them: `一` … `九十九`, `12`, `１２`, `⑫`, `⒓`, `㈢`, and back in the same style.

`（十二）` and `12.` both stand for 12; a section known only from its neighbours' numbering is written as they are.
"""

from __future__ import annotations

import re
import unicodedata

#: One digit of a Chinese numeral, as a character class's inside.
HAN_DIGITS = "一二三四五六七八九十百零〇两"

_VALUES = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
#: The forms of accounts, which number the parts of long works: 壹、 贰、.
FORMAL_DIGITS = "壹贰叁肆伍陆柒捌玖拾"
_FROM_FORMAL = str.maketrans(FORMAL_DIGITS + "貳參叄陸", "一二三四五六七八九十" + "二三三六")
_TO_FORMAL = str.maketrans("一二三四五六七八九十", FORMAL_DIGITS)
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_NUMERAL = re.compile(
    rf"[{HAN_DIGITS}]{{1,8}}|[{FORMAL_DIGITS}貳參叄陸]{{1,3}}|[0-9]{{1,4}}|[０-９]{{1,4}}|[①-⑳㉑-㉟㊱-㊿⑴-⒇⒈-⒛㈠-㈩]"
)


def value(numeral: str) -> int | None:
    """The number a numeral stands for, `None` where it is none.

    Chinese digits are read up to 99,999,999 (`三千二百零五`, `一万二千`, `廿三`), four of them without a unit
    digit by digit, as years are written (`二〇二四`); a mixture that no number is written as (`一二十`, `十百`) is none.

    >>> [value(s) for s in ("三", "十", "十二", "二十", "三十五", "一百零二", "12", "１２", "⑫", "⒓", "㈢", "第")]
    [3, 10, 12, 20, 35, 102, 12, 12, 12, 12, 3, None]
    >>> [value(s) for s in ("三千二百零五", "廿三", "卅", "一万二千", "十二万", "二〇二四", "一二十", "一二")]
    [3205, 23, 30, 12000, 120000, 2024, None, None]
    >>> value("贰"), value("拾壹")
    (2, 11)
    """
    if numeral in _SMALL:
        return _SMALL[numeral]

    plain = unicodedata.normalize("NFKC", numeral).strip("().")
    if plain.isascii() and plain.isdigit():
        return int(plain)

    spelled = "".join([_TENS.get(c, c) for c in plain.translate(_FROM_FORMAL)])
    if len(spelled) == 4 and all(c in _VALUES for c in spelled):
        return int("".join([str(_VALUES[c]) for c in spelled]))

    return _with_units(spelled)


def _with_units(numeral: str) -> int | None:
    """A numeral of digits and units: each unit smaller than the one before it within its four places."""
    above, unit, below = numeral.rpartition("万")

    if not unit:
        return _under_ten_thousand(below)

    high = _under_ten_thousand(above)
    low = _under_ten_thousand(below) if below else 0

    return None if high is None or low is None else high * 10_000 + low


def _under_ten_thousand(numeral: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for c in numeral:
        unit = _UNITS.get(c)
        if unit:
            if unit >= last:
                return None

            total += (1 if digit is None else digit) * unit
            digit, last = 0, unit
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

    >>> [renumbered(m, 2) for m in ("(三)", "一是", "第十章", "12", "（４）", "③", "⒊", "1.3", "叁")]
    ['(二)', '二是', '第二章', '2', '（２）', '②', '⒉', '1.2', '贰']
    """
    found = None

    for found in _NUMERAL.finditer(marker):  # noqa: B007  (the last one counts: `1.3`)
        pass

    if found is None:
        return marker

    old = found[0]
    if old[0] in HAN_DIGITS:
        new = han(number)
    elif old.translate(_FROM_FORMAL) != old:
        new = han(number).translate(_TO_FORMAL)
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
