"""Traditional and Simplified script: the one module that knows OpenCC.

`國務院` and `国务院` are the same word; mirrors serve mainland speeches in Traditional characters. Text that is
Simplified already must not be converted (乾安县 would become 干安县), so a text is looked at line by line and, where
a line has both scripts, clause by clause; only what is Traditional is converted.

    simplified("於是國務院乾隆") -> "于是国务院乾隆";  simplified("乾安县于洪区") -> "乾安县于洪区"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

import numpy
import numpy.typing as npt
import opencc

from pipelines.text.codepoints import HAN_BLOCKS, PLANE
from pipelines.text.script_words import REGIONAL, corrected

_CLAUSE = re.compile(r"[^\s,，。.;；:：!！?？、“”‘’\"'「」『』()（）《》〈〉【】\[\]…—]+")

Script = Literal["hans", "hant", "mixed"]

_NO_NAMES = "後"  # in GB 2312, and yet in no Simplified word

_SURROGATES = re.compile("([\ud800-\udfff]+)")

#: Most unchanged characters that two changes may lie apart and be recorded as one. (Measured on a Traditional page of
#: 2435 characters: 6 gives 84 edits that hold 3320 characters in the trace, 10 gives 30 and 4060, 24 gives 2 and 4798.)
NEIGHBOURS = 10


class Change(NamedTuple):
    """`text[start:end]` is Traditional and becomes `simplified`, of the same length."""

    start: int
    end: int
    simplified: str


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _single_characters() -> dict[int, str]:
    """Code point -> Simplified character, for every character that OpenCC changes when it stands alone."""
    characters = [chr(code) for block in HAN_BLOCKS for code in block]
    converted = _converter().convert("\n".join(characters)).split("\n")

    table = {}

    for before, after in zip(characters, converted, strict=True):
        if after != before and len(after) == 1:
            table[ord(before)] = after

    return table


def fold(text: str) -> str:
    """Every character in its Simplified form, one by one, whatever the words: for comparing, never for showing.

    >>> fold("乾安縣國務院"), fold("干安县国务院")
    ('干安县国务院', '干安县国务院')
    """
    return text.translate(_single_characters())


def _in(character: str, charset: str) -> bool:
    try:
        return bool(character.encode(charset))
    except UnicodeEncodeError:
        return False


#: A character's kind, by `_kinds`: only Traditional text has it, only Simplified text, or it is a form that Simplified text
#: shares with Hong Kong's (户 脱 税).
_HANT, _HANS, _SHARED = 1, 2, 4
_HONG_KONG = frozenset("户脱税悦蜕温兑强恒叶囱")
#: Characters under which a search is as fast as the table.
_SHORT = 500


@cache
def _kinds() -> npt.NDArray[numpy.uint8]:
    """The kind of every code point of the basic plane. (Looked up in half the time of a search.)"""
    table = numpy.zeros(PLANE + 1, numpy.uint8)  # the last stands for all beyond the plane
    table[[ord(c) for c in _traditional()]] = _HANT

    for c in _simplified_only():
        table[ord(c)] = _SHARED if c in _HONG_KONG else _HANS

    return table


def _kinds_in(text: str) -> bytes:
    """The kind of every character of a text."""
    return _kinds().take(_codes(text), mode="clip").tobytes()


@cache
def _traditional() -> frozenset[str]:
    """Characters that only Traditional text has: Simplified text knows 乾, 著 and 瞭 (GB 2312), but no 國."""
    changed = [chr(code) for code in (*_single_characters(), *map(ord, REGIONAL))]

    return _plane(c for c in changed if c in _NO_NAMES or not _in(c, "gb2312"))


@cache
def _is_traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(_traditional()))}]")


@cache
def _simplified_only() -> frozenset[str]:
    """Characters that only Simplified text has: Traditional text knows 后, 里 and 于 (Big5), but no 国."""
    simplified_forms = set(_single_characters().values())
    forms = [c for c in simplified_forms if _in(c, "gb2312") and not _in(c, "big5")]
    turned = opencc.OpenCC("s2t").convert("\n".join(forms)).split("\n")

    changed = []

    for form, traditional in zip(forms, turned, strict=True):
        if form != traditional:  # 着 is in both
            changed.append(form)

    return _plane(changed)


def _plane(characters: Iterable[str]) -> frozenset[str]:
    """Those of the basic plane: one beyond it makes a class a list that is walked (337 µs instead of 3 on a thousand
    characters)."""
    return frozenset([c for c in characters if ord(c) < PLANE])


def script_of(text: str) -> Script:
    """The script of a text by the characters that only one script has; `hans` where there are none.

    >>> script_of("國務院"), script_of("钱鍾书说,这里的创业工作还应当继续开展,进一步团结"), script_of("國務院 国务院")
    ('hant', 'hans', 'mixed')
    """
    kinds = _kinds_in(text)
    traditional = kinds.count(_HANT)

    if not traditional:
        return "hans"

    share = traditional / (traditional + kinds.count(_HANS))

    return "hant" if share > 0.9 else "hans" if share < 0.1 else "mixed"


def changes(text: str) -> list[Change]:
    """What is to be converted, sorted, disjoint, neighbours together.

    >>> changes("這是國務院的")
    [Change(start=0, end=4, simplified='这是国务')]
    """
    return script_and_changes(text)[1]


def script_and_changes(text: str) -> tuple[Script, list[Change]]:
    """`script_of` and `changes` at one look."""
    if len(text) < _SHORT and not _is_traditional().search(text):
        return "hans", []

    kinds = _kinds_in(text)
    traditional = kinds.count(_HANT)

    if not traditional:
        return "hans", []

    plain = kinds.count(_HANS)
    if not plain and (_SHARED not in kinds or traditional > kinds.count(_SHARED)):
        return "hant", _differences(text, _converted(text), 0)

    find = _in_traditional_text if traditional > plain else _in_simplified_text
    found: list[Change] = []
    start = 0

    for line in text.splitlines(keepends=True):
        end = start + len(line)
        found += find(line, kinds[start:end], start)
        start = end

    return script_of(text), found


def simplified(text: str) -> str:
    """The text with what is Traditional in it converted.

    >>> simplified("顯著著力"), simplified("陈雲同志在乾安县")
    ('显著着力', '陈雲同志在乾安县')
    """
    pieces: list[str] = []
    done = 0

    for start, end, new in changes(text):
        pieces += text[done:start], new
        done = end

    return "".join([*pieces, text[done:]]) if done else text


class _Scripts(NamedTuple):
    """Characters that only Traditional and only Simplified text has."""

    hant: int
    hans: int


def _counted(kinds: bytes, with_shared: bool = False) -> _Scripts:
    hans = kinds.count(_HANS)
    if with_shared:
        hans += kinds.count(_SHARED)

    return _Scripts(kinds.count(_HANT), hans)


def _in_traditional_text(line: str, kinds: bytes, start: int) -> Iterator[Change]:
    """What to convert in a line of a text that is Traditional for the most part.

    A clause converts where Traditional characters outnumber Simplified-only ones, with its line where neither do; else
    at least what only Traditional text has. (A mirror's table may lack a character, and a quotation be Simplified.)
    """
    whole = _counted(kinds)

    if not whole.hans:
        yield from _differences(line, _converted(line), start)
        return

    a_name = whole.hant * 2 < whole.hans  # in a Simplified line
    for clause in _CLAUSE.finditer(line):
        said = clause[0]
        at = start + clause.start()
        found = _counted(kinds[clause.start() : clause.end()])
        with_line = found.hant == found.hans and whole.hant > whole.hans

        if found.hant > found.hans or with_line:
            yield from _differences(said, _converted(said), at)
        elif found.hant and not a_name:
            yield from _only_traditional(said, at)


def _in_simplified_text(line: str, kinds: bytes, start: int) -> Iterator[Change]:
    """What to convert in a line of a text that is Simplified for the most part: Traditional lines and clauses, never
    a name or an old form among Simplified words."""
    whole = _counted(kinds, with_shared=True)

    if whole.hant < 2:
        return

    if not whole.hans:
        yield from _differences(line, _converted(line), start)
        return

    for clause in _CLAUSE.finditer(line):
        said = clause[0]
        at = start + clause.start()
        found = _counted(kinds[clause.start() : clause.end()], with_shared=True)
        sure = found.hant > 1 or (found.hant and whole.hant > whole.hans)

        if sure and not found.hans:
            yield from _differences(said, _converted(said), at)
        elif found.hant > 2 and found.hant > found.hans:
            yield from _only_traditional(said, at)


def _only_traditional(said: str, start: int) -> list[Change]:
    """Only the characters that leave no doubt."""
    only = _is_traditional().sub(lambda found: fold(found[0]), said)

    return _differences(said, only, start)


def _converted(text: str) -> str:
    """OpenCC's t2s, with what it leaves; of the same length as the text, else the text character by character."""
    try:
        new = _converter().convert(text)
    except UnicodeEncodeError:  # lone surrogates
        pieces = enumerate(_SURROGATES.split(text))
        return "".join([piece if k % 2 else _converted(piece) for k, piece in pieces])

    new = corrected(text, new)
    if len(new) == len(text):
        return new

    folded = [fold(c) for c in text]

    return "".join([f if len(f) == 1 else c for c, f in zip(text, folded, strict=True)])


def _differences(old: str, new: str, shift: int) -> list[Change]:
    """Where two texts of one length differ, neighbours together."""
    where = (_codes(old) != _codes(new)).nonzero()[0]

    if not where.size:
        return []

    distances = where[1:] - where[:-1]
    breaks = (distances > NEIGHBOURS).nonzero()[0]
    starts = [int(where[0])]
    starts += where[breaks + 1].tolist()
    ends = where[breaks].tolist()
    ends.append(int(where[-1]))

    changes = []

    for first, last in zip(starts, ends, strict=True):
        end = last + 1
        changes.append(Change(shift + first, shift + end, new[first:end]))

    return changes


def _codes(text: str) -> numpy.ndarray[tuple[int], numpy.dtype[numpy.uint32]]:
    return numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), numpy.uint32)


def only_simplified(character: str) -> bool:
    """Whether only Simplified text has a character.

    >>> only_simplified("国"), only_simplified("后"), only_simplified("國")
    (True, False, False)
    """
    return character in _simplified_only()


def is_simplified(text: str) -> bool:
    """Whether a text is Simplified for the most part.

    >>> is_simplified("国务院说"), is_simplified("國務院"), is_simplified("")
    (True, False, False)
    """
    kinds = _kinds_in(text)

    return kinds.count(_HANS) > kinds.count(_HANT)
