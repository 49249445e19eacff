"""Word's automatic numbering: the `一、`, `（一）`, `1.` that Word sets before a paragraph and that stand in no run of text.

A paragraph names a list (`numId`) and a level (`ilvl`), itself or through its style; `numbering.xml` says how the
level counts (`numFmt`), how it is written (`lvlText`: `第%1章`, `%1.%2`), where it starts and after which level it starts
anew (ISO/IEC 29500-1, 17.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pipelines.text.numerals import han

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Levels of a list (ST_DecimalNumber 0 to 8).
LEVELS = 9
#: What stands for a bullet of a symbol font.
BULLET = "•"

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LEGAL = str.maketrans("零一二三四五六七八九十百", "零壹贰叁肆伍陆柒捌玖拾佰")
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


_ROMAN = (
    ("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40),
    ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1),
)  # fmt: skip


def _letters(number: int) -> str:
    """a … z, aa, bb …, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    written = ""
    for sign, worth in _ROMAN:
        times, number = divmod(number, worth)
        written += sign * times

    return written


def _digit_by_digit(number: int) -> str:
    return str(number).translate(_DIGITS)


def _han_below_a_hundred(number: int) -> str:
    """chineseCounting: in words to 99, from there on digit by digit."""
    return han(number) if number < 100 else _digit_by_digit(number)


def _thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return han(number)

    below = f"{'一' if 9 < rest < 20 else ''}{han(rest)}" if rest else ""
    return f"{han(thousands)}千{'零' if 0 < rest < 100 else ''}{below}"


def _circled(number: int) -> str:
    if 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if 21 <= number <= 35:
        return chr(ord("㉑") + number - 21)

    return chr(ord("㊱") + number - 36) if 36 <= number <= 50 else str(number)


def _in_series(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


#: numFmt -> how a number is written; what is not listed counts in digits.
FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _han_below_a_hundred,
    "chineseCountingThousand": _thousands,
    "taiwaneseCounting": _han_below_a_hundred,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": _thousands,
    "ideographDigital": _digit_by_digit,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "chineseLegalSimplified": lambda number: _thousands(number).translate(_LEGAL),
    "ideographLegalTraditional": lambda number: _thousands(number).translate(_LEGAL),
    "ideographTraditional": _in_series(_STEMS),
    "ideographZodiac": _in_series(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalZero": lambda number: f"{number:02}",
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "ordinal": _ordinal,
    "none": lambda number: "",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts. `restart`: the level (from 1) after which it starts anew, 0 for never."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


class ListReference(NamedTuple):
    """The list and the level that a paragraph names."""

    number: str
    level: int


@dataclass(slots=True)
class _List:
    """An abstract list: its levels and how far each has counted."""

    levels: dict[int, Level]
    style_link: str | None = None
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Instance:
    """A `num`: the abstract list it counts in, with levels of its own and numbers to start anew from."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)


class Numbering:
    """The lists of a document and how far they have counted. Ask for labels in reading order."""

    def __init__(self, root: Any | None, lists_of_styles: Mapping[str, str]) -> None:
        """`root`: the parsed `numbering.xml`; `lists_of_styles`: style id -> numId, for lists that a style names."""
        self._lists: dict[str, _List] = {}
        self._instances: dict[str, _Instance] = {}
        self._lists_of_styles = lists_of_styles

        if root is None:
            return

        for element in root.iterfind(f"{W}abstractNum"):
            self._lists[element.get(f"{W}abstractNumId", "")] = _abstract_list(element)

        for element in root.iterfind(f"{W}num"):
            self._instances[element.get(f"{W}numId", "")] = _instance(element)

    def level_of_style(self, number: str, styles: Sequence[str]) -> int:
        """The level that a list gives to the first of some styles that it names; 0 where it names none."""
        found = self._resolved(number)

        if found is None:
            return 0

        _, counted = found
        named = {level.style: at for at, level in counted.levels.items() if level.style}

        return next((named[style] for style in styles if style in named), 0)

    def label(self, reference: ListReference) -> str | None:
        """What Word shows before the next paragraph of this list and level, `None` where it shows nothing."""
        found = self._resolved(reference.number)

        if found is None or not 0 <= reference.level < LEVELS:
            return None

        instance, counted = found
        levels = {**counted.levels, **instance.levels}
        level = levels.get(reference.level)

        if level is None:
            return None

        self._count(reference.level, instance, counted, levels)
        if level.number_format == "bullet":
            return _bullet(level.text)

        return _written(level, counted.counts, levels) or None

    def _resolved(self, number: str) -> tuple[_Instance, _List] | None:
        """The instance and the list it counts in; a list that only points to a style's is followed once."""
        instance = self._instances.get(number)
        counted = self._lists.get(instance.abstract) if instance else None

        if instance is None or counted is None:
            return None

        if not counted.levels and counted.style_link:
            named = self._instances.get(self._lists_of_styles.get(counted.style_link, ""))
            linked = self._lists.get(named.abstract) if named else None
            counted = linked or counted

        return instance, counted

    def _count(
        self, at: int, instance: _Instance, counted: _List, levels: Mapping[int, Level]
    ) -> None:
        counts = counted.counts
        if at in instance.starts and at not in instance.started:
            instance.started.add(at)
            counts[at] = instance.starts[at]
        elif at in counts:
            counts[at] += 1
        else:
            counts[at] = instance.starts.get(at, levels[at].start)

        for above in range(at):
            if above not in counts and above in levels:
                counts[above] = levels[above].start

        for below in range(at + 1, LEVELS):
            restart = levels[below].restart if below in levels else None
            if restart is None or (restart and at < restart):
                counts.pop(below, None)


def _abstract_list(element: Any) -> _List:
    link = element.find(f"{W}numStyleLink")
    levels = {_number(level, "ilvl", 0): _level(level) for level in element.iterfind(f"{W}lvl")}

    return _List(levels, link.get(f"{W}val") if link is not None else None)


def _instance(element: Any) -> _Instance:
    abstract = element.find(f"{W}abstractNumId")
    made = _Instance(abstract.get(f"{W}val", "") if abstract is not None else "")

    for override in element.iterfind(f"{W}lvlOverride"):
        at = _number(override, "ilvl", 0)
        own = override.find(f"{W}lvl")
        start = override.find(f"{W}startOverride")

        if own is not None:
            made.levels[at] = _level(own)

        if start is not None:
            made.starts[at] = _number(start, "val", 1)
            if at in made.levels:
                made.levels[at] = replace(made.levels[at], start=made.starts[at])

    return made


def _level(element: Any) -> Level:
    def value(name: str) -> str | None:
        found = element.find(f"{W}{name}")
        return None if found is None else found.get(f"{W}val")

    restart = value("lvlRestart")
    legal = element.find(f"{W}isLgl")
    start = value("start")

    return Level(
        start=int(start) if start and start.isdigit() else 1,
        number_format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        restart=int(restart) if restart and restart.isdigit() else None,
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        style=value("pStyle"),
    )


def _number(element: Any, name: str, default: int) -> int:
    said = element.get(f"{W}{name}", "")
    return int(said) if said.isdigit() else default


def _written(level: Level, counts: Mapping[int, int], levels: Mapping[int, Level]) -> str:
    """`lvlText` with the numbers of the levels that it names."""
    label = level.text

    for at in range(LEVELS):
        sign = f"%{at + 1}"
        if sign not in label:
            continue

        shown = levels.get(at, level)
        decimal = level.legal and shown.number_format != "none"
        write = str if decimal else FORMATS.get(shown.number_format, str)
        label = label.replace(sign, write(counts.get(at, shown.start)))

    return label


def _bullet(text: str) -> str:
    sign = text[:1]
    private = not sign or "\ue000" <= sign <= "\uf8ff"

    return BULLET if private else text
