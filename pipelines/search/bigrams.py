"""Exact phrase search for Chinese on engines that know words only.

A Chinese text has no spaces, so engines either find nothing in it or guess at words. Here every position of a text
gives one token: a character with the one after it (`科技 技创 创新 新`), or a Latin word or number whole. A query of
two characters or more is then the phrase of its pairs, a query of one character is a prefix, and both are exact: they
find what a plain scan of the search form finds, `scan` below, against which every sink is tested.

>>> tokens(["科技创新，2025年"])
['科技 技创 创新 新， ， 2025 年 ']
>>> [(p.tokens, p.prefix) for p in phrases("科技创新 5G网")]
[(('科技', '技创', '创新'), False), (('5g', '网'), True)]

The search form (NFKC, Simplified character by character, lower case) makes `國務院` find `国务院` and `ＡＩ` find `ai`.
White space parts the terms of a query, all of which must occur. A term is matched as it stands, punctuation included;
words and numbers are whole (`25` does not find `2025`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.text.script import fold

#: Raised when `tokens` gives others for some text: an index made with another one is made anew.
RECIPE = 2

#: Scripts written without spaces: every character is a unit of its own. Han with its radicals and extensions, iteration
#: marks and 〇, kana, bopomofo, hangul.
_UNSPACED = "⺀-⿟々-〇〡-〩぀-ヿ㄀-㄰㆐-ㇿ㐀-䶿一-鿿가-힯豈-﫿\U00020000-\U0003ffff"
WORD = rf"(?:(?![{_UNSPACED}])[^\W_])"
_ONE_WORD = re.compile(rf"{WORD}+")

#: Longer words (leaked base64, URLs run together) are indexed by their digest: PostgreSQL refuses lexemes from 2 KB on
#: and Lucene cuts tokens at 255 characters.
_LONGEST_WORD = 64

_BREAK = (
    0xFDD0  # a noncharacter: the token that stands for white space, so that no phrase crosses it
)
_FIELD = 0x110000  # stands between the texts of one call
_SEVERAL = 0x110000  # added to the code of a character that becomes several
_SPACE, _NEWLINE = 32, 10
_CHAR, _IN_WORD, _BLANK, _BETWEEN = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """One term of a query: tokens that stand one after another; with `prefix` the last may go on."""

    form: str
    tokens: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class _Tables:
    """Code point -> code point of the search form (0: dropped) and its class; and what becomes several characters."""

    form: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    several: dict[str, str]


def form(text: str) -> str:
    """The search form of a text: what is compared. Lengths may differ from the text's.

    >>> form("國務院 ＡＩ")
    '国务院 ai'
    """
    return _form_codes(text.replace("\0", "")).tobytes().decode("utf-32-le")


def tokens(texts: Sequence[str]) -> list[str]:
    """The tokens of each text, each followed by a space: one call for many texts, at about 25 ns a character."""
    if not texts:
        return []

    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        joined = "\0".join([text.replace("\0", "") for text in texts])

    codes = _form_codes(joined).astype(np.intp)  # indexing turns everything into it: once is enough
    if not codes.size:
        return [""]

    kind = _tables().kind[codes]
    flat = _pairs(codes, kind).ravel()
    lines = flat[flat != 0].tobytes().decode("utf-32-le").split("\n")

    return [_shortened(line) for line in lines] if _has_long_word(kind) else lines


def _has_long_word(kind: NDArray[np.uint8]) -> bool:
    """Whether any word is about too long (its token may be a character longer): the samples, which it would meet two of in
    a row, are looked at first, the lengths only where they say so."""
    sampled = kind[:: _LONGEST_WORD // 2] == _IN_WORD

    if not (sampled[1:] & sampled[:-1]).any():
        return False

    ends = np.flatnonzero(np.concatenate(([True], kind != _IN_WORD, [True])))
    return bool(np.diff(ends).max() > _LONGEST_WORD)


def _pairs(codes: NDArray[np.intp], kind: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Three columns a code point: itself, the character after it, a space at a token's end; 0 where there is none."""
    alone = kind == _CHAR
    out = np.zeros((codes.size, 3), np.uint32)
    out[:, 0] = codes

    out[:-1, 1] = np.where(
        alone[:-1] & alone[1:],
        codes[1:],
        0,
    )

    after = np.append(kind[1:], np.uint8(_BETWEEN))
    before = np.append(np.uint8(_BETWEEN), kind[:-1])
    blank, between = kind == _BLANK, kind == _BETWEEN
    first = blank & (before != _BLANK)
    out[blank | between] = 0
    out[first, 0] = _BREAK
    out[between, 0] = _NEWLINE

    out[:, 2] = np.where(
        (kind == _CHAR) | first | ((kind == _IN_WORD) & (after != _IN_WORD)),
        _SPACE,
        0,
    )
    return out


def phrases(query: str) -> tuple[Phrase, ...]:
    """The terms of a query, in its order, none twice. A query of nothing that can be looked for has none."""
    return tuple(dict.fromkeys(_phrase(term) for term in form(query).split()))


def scan(text: str, phrase: Phrase) -> bool:
    """Whether a phrase occurs in a text, by looking through it: what every index must agree with.

    >>> scan("到2025年底", *phrases("2025年")), scan("到2025年底", *phrases("25年"))
    (True, False)
    """
    return pattern(phrase).search(form(text)) is not None


@lru_cache(maxsize=256)
def pattern(phrase: Phrase) -> re.Pattern[str]:
    """What finds a phrase in a search form: its characters, not within a longer word."""
    opens = rf"(?<!{WORD})" if _ONE_WORD.match(phrase.form) else ""
    closes = rf"(?!{WORD})" if _ONE_WORD.fullmatch(phrase.form[-1]) else ""

    return re.compile(opens + re.escape(phrase.form) + closes)


def spans(text: str, terms: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Where any of the terms stands in a text: spans in its code points, sorted, joined where they overlap."""
    searched, origin = _with_origin(text)
    found = sorted(m.span() for term in terms for m in pattern(term).finditer(searched))
    current: tuple[int, int] | None = None

    for start, end in found:
        if origin is not None:
            start, end = int(origin[start]), int(origin[end - 1]) + 1

        if current and start <= current[1]:
            current = current[0], max(end, current[1])
            continue

        if current:
            yield current

        current = start, end

    if current:
        yield current


def _with_origin(text: str) -> tuple[str, NDArray[np.intp] | None]:
    """The search form of a text, and for each of its characters which character of the text it comes from.

    `None`: from the one at the same place.
    """
    tables = _tables()
    codes = tables.form[_codes(text)]
    codes[codes == _FIELD] = 0  # NUL
    becomes_several = np.flatnonzero(codes > _FIELD).tolist()

    if codes.all() and not becomes_several:
        return codes.tobytes().decode("utf-32-le"), None

    if not becomes_several:
        kept = np.flatnonzero(codes)
        return codes[kept].tobytes().decode("utf-32-le"), kept

    lengths = (codes != 0).astype(np.intp)
    for at in becomes_several:
        lengths[at] = len(tables.several[text[at]])

    return form(text), np.repeat(np.arange(len(text)), lengths)


def _phrase(term: str) -> Phrase:
    line = tokens([term])[0].split(" ")[:-1]
    if _ONE_WORD.fullmatch(term[-1]):
        return Phrase(term, tuple(line), False)
    if len(term) > 1 and not _ONE_WORD.fullmatch(term[-2]):
        return Phrase(term, tuple(line[:-1]), False)

    return Phrase(term, tuple(line), True)


def _form_codes(text: str) -> NDArray[np.uint32]:
    tables = _tables()
    codes: NDArray[np.uint32] = tables.form[_codes(text)]
    several = np.unique(codes[codes > _FIELD])

    if several.size:
        for char in [chr(int(code) - _SEVERAL) for code in several]:
            text = text.replace(char, tables.several[char])

        codes = tables.form[_codes(text)]

    kept: NDArray[np.uint32] = codes[codes != 0]
    return kept


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(
        text.encode("utf-32-le", "surrogatepass"),
        np.uint32,
    )


def _shortened(line: str) -> str:
    return " ".join(
        [
            t
            if len(t) <= _LONGEST_WORD
            else f"{t[:16]}{hashlib.sha256(t.encode()).hexdigest()[:32]}"
            for t in line.split(" ")
        ]
    )


#: Blocks of ideographs, which become one Simplified character each.
_IDEOGRAPHS = ((0x3400, 0xA000), (0x20000, 0x2F800), (0x30000, 0x33480))
#: Stretches in which other characters may change, gone through in blocks of 64.
_OTHERS = (
    (0, 0x3400),
    (0xA000, 0xAC00),
    (0xD780, 0x20000),
    (0x2F800, 0x2FA40),
    (0xE0000, 0xE0200),
)
_BLOCK = 64


@cache
def _tables() -> _Tables:
    """Made once, in about 0.1 s: only blocks of characters in which anything happens are gone through one by one."""
    table = np.arange(_FIELD + 1, dtype=np.uint32)
    kind = np.full(_FIELD + 1, _CHAR, np.uint8)
    several: dict[str, str] = {}

    for low, high in _IDEOGRAPHS:
        table[low:high] = _codes(fold("".join(map(chr, range(low, high)))))

    for begin, end in _OTHERS:
        for low in range(begin, end, _BLOCK):
            block = "".join(map(chr, range(low, low + _BLOCK)))
            for word in _ONE_WORD.finditer(block):
                kind[low + word.start() : low + word.end()] = _IN_WORD

            if not _stays(block):
                _enter_block(table, several, low, block)

    kind[_SPACE] = _BLANK
    table[0], kind[_FIELD] = _FIELD, _BETWEEN

    return _Tables(table, kind, several)


def _stays(block: str) -> bool:
    """Whether the search form changes nothing in a block of characters."""
    normal = unicodedata.is_normalized("NFKC", block)

    return block.isprintable() and block.lower() == block and normal


def _enter_block(table: NDArray[np.uint32], several: dict[str, str], low: int, block: str) -> None:
    """Enter what becomes of each character of a block."""
    for code, char in enumerate(block, low):
        made = _made(char)
        if len(made) > 1:
            several[char] = made
            table[code] = code + _SEVERAL
        else:
            table[code] = ord(made) if made else 0


def _made(char: str) -> str:
    """The search form of one character. ASCII punctuation comes back full-width: tokenizers split at it otherwise."""
    form = fold(unicodedata.normalize("NFKC", char)).lower()

    return "".join([_kept(c) for c in form])


def _kept(char: str) -> str:
    if char.isspace():
        return " "
    if (
        unicodedata.category(char) in ("Cc", "Cf", "Cs")
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or ord(char) & 0xFFFE == 0xFFFE
    ):
        return ""
    if "!" <= char <= "~" and not char.isalnum():
        return chr(ord(char) + 0xFEE0)

    return char
