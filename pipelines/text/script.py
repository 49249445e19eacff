"""Traditional and Simplified script: the one module that knows OpenCC.

`國務院` and `国务院` are the same word; mirrors serve mainland speeches in Traditional characters. Text that is
Simplified already must not be converted (乾安县 would become 干安县), so a text is looked at line by line and, where
a line has both scripts, clause by clause; only what is Traditional is converted.

    simplified("於是國務院乾隆") -> "于是国务院乾隆";  simplified("乾安县于洪区") -> "乾安县于洪区"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

import numpy
import numpy.typing as npt
import opencc

from pipelines.text.codepoints import HAN_BLOCKS, PLANE

# What OpenCC's t2s leaves in Taiwan's and Hong Kong's forms (found by comparing it with tw2s and hk2s, 1.4.2). Of
# 著 and 么, which tw2s also turns, the first is looked at in its word, the second is Simplified already.
_REGIONAL = dict(zip("潀痺睪簷颚鲶敍枱粧糭衞衹", "潨痹睾檐腭鲇叙台妆粽卫只", strict=True))
_IS_REGIONAL = re.compile(f"[{''.join(_REGIONAL)}]")

# 著 is a word of its own in these and the particle 着 everywhere else (看著, 著力, 沿著).
_AUTHORED = re.compile(
    r"""
    (?<! [专名巨原译编论显昭卓土遗拙新合所撰] )
    著
    (?! 名(?![额单]) | 作(?!业) | 称 | 述 | 录 | 者 | 书立说 | 有《 | 《 )
    """,
    re.VERBOSE,
)

# Converters that turn by phrases made 中國小 of 中小學: the word 国小 can stand there only before what schools have.
_SCHOOLS = re.compile(r"中国小(?=[生校教师课阶布体办招危、,，。;；]|老师|等|和|及|与|幼)")

_CLAUSE = re.compile(r"[^\s,，。.;；:：!！?？、“”‘’\"'「」『』()（）《》〈〉【】\[\]…—]+")

Script = Literal["hans", "hant", "mixed"]

_NO_NAMES = "後"  # in GB 2312, and yet in no Simplified word

# 覆 where it answers: t2s knows 答覆 and 反覆, not these.
_ANSWERED = re.compile(r"(?<=[批函回])覆(?![盖没])|覆(?=[函信])")

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
    characters = [chr(c) for block in HAN_BLOCKS for c in block]
    converted = _converter().convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


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


#: Bits of a character's kind, by `_kinds`.
_HANT, _HANS = 1, 2
#: Characters under which a search is as fast as the table.
_SHORT = 500


@cache
def _kinds() -> npt.NDArray[numpy.uint8]:
    """Of every code point of the basic plane whether only one script has it. (Looked up in half the time of a search.)"""
    table = numpy.zeros(PLANE + 1, numpy.uint8)  # the last stands for all beyond the plane
    for kind, pattern in ((_HANT, _traditional()), (_HANS, _simplified_only())):
        table[[ord(c) for c in pattern.pattern[1:-1]]] = kind
    return table


def _kinds_in(text: str) -> bytes:
    """The kind of every character of a text."""
    return _kinds().take(_codes(text), mode="clip").tobytes()


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that only Traditional text has: Simplified text knows 乾, 著 and 瞭 (GB 2312), but no 國."""
    return _any_of(
        c for c in map(chr, _single_characters()) if c in _NO_NAMES or not _in(c, "gb2312")
    )


@cache
def _simplified_only() -> re.Pattern[str]:
    """Characters that only Simplified text has: Traditional text knows 后, 里 and 于 (Big5), but no 国."""
    forms = [c for c in {*_single_characters().values()} if not _in(c, "big5") and _in(c, "gb2312")]
    other = opencc.OpenCC("s2t").convert("\n".join(forms)).split("\n")
    return _any_of(
        c for c, traditional in zip(forms, other, strict=True) if c != traditional
    )  # 着 is in both


def _any_of(characters: Iterator[str]) -> re.Pattern[str]:
    """A class of characters of the basic plane: one beyond it makes the class a list that is walked (337 µs instead
    of 3 on a thousand characters)."""
    return re.compile("[" + "".join(sorted(c for c in characters if ord(c) < PLANE)) + "]")


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
    if len(text) < _SHORT and not _traditional().search(text):
        return "hans", []
    kinds = _kinds_in(text)
    if _HANT not in kinds:
        return "hans", []
    if _HANS not in kinds:
        return "hant", _differences(text, _converted(text), 0)
    found: list[Change] = []
    script = script_of(text)
    start = 0
    for line in text.splitlines(keepends=True):
        found += _in_line(line, start, script == "hant")
        start += len(line)
    return script, found


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


def _in_line(line: str, start: int, mostly: bool) -> Iterator[Change]:
    """What to convert in one line of a text that has both scripts; `mostly` is Traditional."""
    traditional, plain = len(_traditional().findall(line)), len(_simplified_only().findall(line))
    if not plain and (traditional > 1 or mostly):
        yield from _differences(line, _converted(line), start)
    elif traditional > 1 or (mostly and traditional):
        for clause in _CLAUSE.finditer(line):
            said = clause[0]
            old, new = len(_traditional().findall(said)), len(_simplified_only().findall(said))
            if old and not new and (old > 1 or traditional > plain):
                yield from _differences(said, _converted(said), start + clause.start())
            elif old > 2 and old > new:  # a clause of both: only the characters that leave no doubt
                only = _traditional().sub(lambda found: fold(found[0]), said)
                yield from _differences(said, only, start + clause.start())


def _converted(text: str) -> str:
    """OpenCC's t2s, with what it leaves; of the same length as the text, else the text itself."""
    try:
        new = _converter().convert(text)
    except UnicodeEncodeError:  # lone surrogates
        return "".join(
            [p if k % 2 else _converted(p) for k, p in enumerate(_SURROGATES.split(text))]
        )
    if _IS_REGIONAL.search(new):
        new = _IS_REGIONAL.sub(lambda found: _REGIONAL[found[0]], new)
    if "著" in new:
        new = _AUTHORED.sub("着", new)
    if "覆" in new:
        new = _ANSWERED.sub("复", new)
    if "中国小" in new and "中國小" in text:
        new = _SCHOOLS.sub("中小学", new)
    return (
        new
        if len(new) == len(text)
        else "".join([c if len(s := fold(c)) != 1 else s for c in text])
    )


def _differences(old: str, new: str, shift: int) -> list[Change]:
    """Where two texts of one length differ, neighbours together."""
    where = (_codes(old) != _codes(new)).nonzero()[0]
    if not where.size:
        return []
    breaks = (where[1:] - where[:-1] > NEIGHBOURS).nonzero()[0]
    starts = [int(where[0]), *where[breaks + 1].tolist()]
    ends = [*where[breaks].tolist(), int(where[-1])]
    return [
        Change._make((shift + s, shift + e + 1, new[s : e + 1]))
        for s, e in zip(starts, ends, strict=True)
    ]


def _codes(text: str) -> numpy.ndarray[tuple[int], numpy.dtype[numpy.uint32]]:
    return numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), numpy.uint32)


def is_simplified(text: str) -> bool:
    """Whether a text is Simplified for the most part.

    >>> is_simplified("国务院说"), is_simplified("國務院"), is_simplified("")
    (True, False, False)
    """
    kinds = _kinds_in(text)
    return kinds.count(_HANS) > kinds.count(_HANT)
