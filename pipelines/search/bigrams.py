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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.text.script import fold

#: Raised when `tokens` or `hints` give others for some text: an index made with another one is made anew.
RECIPE = 2

#: Scripts written without spaces: every character is a unit of its own. Han with its radicals and extensions, iteration
#: marks and 〇, kana, bopomofo, hangul.
_UNSPACED = "⺀-⿟々-〇〡-〩぀-ヿ㄀-㄰㆐-ㇿ㐀-䶿一-鿿가-힯豈-﫿\U00020000-\U0003ffff"
WORD = rf"(?:(?![{_UNSPACED}])[^\W_])"
_ONE_WORD = re.compile(rf"{WORD}+")

#: Longer words (leaked base64, URLs run together) are indexed by their digest: PostgreSQL refuses lexemes from 2 KB on
#: and Lucene cuts tokens at 255 characters.
_LONGEST_WORD = 64

#: The commonest characters of such texts, whose lists of places are the longest: a hint names them.
_COMMON = "，、。的和在是一人工作要会中大国全发展建设业新高力实强进民政有为市县"
_LETTERS = "abcdefgh"

#: Code points are multiplied by _SPREAD modulo _PRIME, the first prime above the last code point, and written as two
#: digits to the base _HALF, the number of characters from U+0080 to U+07FF.
_PRIME, _SPREAD, _HALF = 1_114_117, 680_419, 0x780

_FOREIGN = 0xFDD1  # opens a word that does not begin with an ASCII letter or digit, so that no character looks like it
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
    """Code point -> code point of the search form (0: dropped), its class, its hint (0: none), the four columns it has in
    `hints` when the hint after it is left out (UTF-16, together in 64 bits); and what becomes several characters."""

    form: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    hint: NDArray[np.uint16]
    cells: NDArray[np.uint64]
    several: dict[str, str]


def form(text: str) -> str:
    """The search form of a text: what is compared. Lengths may differ from the text's.

    >>> form("國務院 ＡＩ")
    '国务院 ai'
    """
    return _form_codes(text.replace("\0", "")).tobytes().decode("utf-32-le")


def tokens(texts: Sequence[str]) -> list[str]:
    """The tokens of each text, each followed by a space: one call for many texts, at about 25 ns a character."""
    return _tokens(texts, _pairs)


def hints(texts: Sequence[str]) -> list[str]:
    """The tokens of each text as SQLite is given them: a character with a hint of the one after it.

    The hint is one of 8 letters, or for the 35 commonest characters the character itself. So a phrase whose last
    character is not a common one ends in a prefix, which `hinted` knows, and is as exact as with pairs. What it buys:
    FTS5's time goes by the number of different tokens: a filling with pairs took 533 us a text of 1,000 characters, with
    hints of 32 letters 331, with 32 letters alone 268, but then a query over 102,000 documents 22 ms in the median where
    it took 3.4 with the common characters and 0.4 with pairs. Fewer letters cost queries nothing: 440 us a text with 32,
    366 with 16, 341 with 8, and queries over 20,000 texts 1.6, 1.6 and 1.4 ms (in turn in one run, on a busy machine).

    A character is written as two of U+0080 to U+07FF, spread over them by a multiplication, because FTS5's hash of
    UTF-8 Han is poor: 5.1 steps along a chain for each token as they are, 1.3 like this.
    """
    return _tokens(texts, _hints)


def _tokens(
    texts: Sequence[str], lay_out: Callable[[NDArray[np.intp], NDArray[np.uint8]], NDArray[Any]]
) -> list[str]:
    if not texts:
        return []
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        joined = "\0".join([t.replace("\0", "") for t in texts])
    codes = _form_codes(joined).astype(
        np.intp
    )  # what indexing turns everything into, once instead of five times
    if not codes.size:
        return [""]
    kind = _tables().kind[codes]
    flat = lay_out(codes, kind).ravel()
    lines = (
        flat[flat != 0]
        .tobytes()
        .decode("utf-16-le" if flat.itemsize == 2 else "utf-32-le")
        .split("\n")
    )
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
    out[:-1, 1] = np.where(alone[:-1] & alone[1:], codes[1:], 0)
    after = np.append(kind[1:], np.uint8(_BETWEEN))
    before = np.append(np.uint8(_BETWEEN), kind[:-1])
    blank, between = kind == _BLANK, kind == _BETWEEN
    first = blank & (before != _BLANK)
    out[blank | between] = 0
    out[first, 0] = _BREAK
    out[between, 0] = _NEWLINE
    out[:, 2] = np.where(
        (kind == _CHAR) | first | ((kind == _IN_WORD) & (after != _IN_WORD)), _SPACE, 0
    )
    return out


def _hints(codes: NDArray[np.intp], kind: NDArray[np.uint8]) -> NDArray[Any]:
    """Four columns a code point: the two halves of a character (of a word nothing and itself), the hint, a space.

    All that can be is looked up at once; words, white space and what has no 16 bits are few.
    """
    tables = _tables()
    out: NDArray[Any] = tables.cells[codes].view(np.uint16).reshape(-1, 4)
    out[:-1, 2] = tables.hint[codes[1:]] * (kind[:-1] == _CHAR)
    at = np.flatnonzero(kind == _IN_WORD)
    if at.size:
        wide = at[codes[at] > 0xFFFF]
        if wide.size:
            out = out.astype(np.uint32)
            out[wide, 1] = codes[wide]
        out[at[np.append(at[1:] != at[:-1] + 1, True)], 3] = _SPACE
        starts = at[np.append(True, at[1:] != at[:-1] + 1)]
        out[starts[codes[starts] >= 0x80], 0] = _FOREIGN
    at = np.flatnonzero(kind == _BLANK)
    if at.size:
        starts = at[np.append(True, at[1:] != at[:-1] + 1)]
        out[starts, 0], out[starts, 3] = _BREAK, _SPACE
    return out


def phrases(query: str) -> tuple[Phrase, ...]:
    """The terms of a query, in its order, none twice. A query of nothing that can be looked for has none."""
    return tuple(dict.fromkeys(_phrase(term) for term in form(query).split()))


def hinted(phrase: Phrase) -> tuple[str, bool]:
    """A phrase in the tokens of `hints`, parted by spaces, and whether the last of them is a prefix."""
    line = hints([phrase.form])[0].rstrip(" ")
    last = phrase.form[-1]
    if _ONE_WORD.fullmatch(last):
        return line, False
    if last in _COMMON and len(phrase.form) > 1 and not _ONE_WORD.fullmatch(phrase.form[-2]):
        return line.rpartition(" ")[0], False
    return line, True


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
    searched = form(text)
    origin: Sequence[int] = range(len(text))
    if len(searched) != len(text) or any(_one(char) == "" for char in set(text)):
        pieces = [_one(char) for char in text]
        searched = "".join(pieces)
        origin = [at for at, piece in enumerate(pieces) for _ in piece]
    found = sorted(m.span() for term in terms for m in pattern(term).finditer(searched))
    open_span: tuple[int, int] | None = None
    for start, end in found:
        start, end = origin[start], origin[end - 1] + 1
        if open_span and start <= open_span[1]:
            open_span = open_span[0], max(end, open_span[1])
        else:
            if open_span:
                yield open_span
            open_span = start, end
    if open_span:
        yield open_span


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
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _shortened(line: str) -> str:
    return " ".join(
        [
            t
            if len(t) <= _LONGEST_WORD
            else f"{t[:16]}{hashlib.sha256(t.encode()).hexdigest()[:32]}"
            for t in line.split(" ")
        ]
    )


@lru_cache(maxsize=8192)
def _one(char: str) -> str:
    """The search form of one character."""
    code = int(_tables().form[ord(char)]) if char != "\0" else 0
    return _tables().several.get(char) or (chr(code) if code else "")


@cache
def _tables() -> _Tables:
    """Made once, in about 0.1 s: only blocks of characters in which anything happens are gone through one by one."""
    table = np.arange(_FIELD + 1, dtype=np.uint32)
    kind = np.full(_FIELD + 1, _CHAR, np.uint8)
    several: dict[str, str] = {}
    for low, high in ((0x3400, 0xA000), (0x20000, 0x2F800), (0x30000, 0x33480)):
        table[low:high] = _codes(fold("".join(map(chr, range(low, high)))))
    for low in [
        *range(0, 0x3400, 64),
        *range(0xA000, 0xAC00, 64),
        *range(0xD780, 0x20000, 64),
        *range(0x2F800, 0x2FA40, 64),
        *range(0xE0000, 0xE0200, 64),
    ]:
        block = "".join(map(chr, range(low, low + 64)))
        for word in _ONE_WORD.finditer(block):
            kind[low + word.start() : low + word.end()] = _IN_WORD
        if (
            block.isprintable()
            and block.lower() == block
            and unicodedata.is_normalized("NFKC", block)
        ):
            continue
        for code, char in enumerate(block, low):
            made = _made(char)
            if len(made) > 1:
                several[char] = made
                table[code] = code + _SEVERAL
            else:
                table[code] = ord(made) if made else 0
    kind[_SPACE] = _BLANK
    table[0], kind[_FIELD] = _FIELD, _BETWEEN
    hint = np.array([ord(c) for c in _LETTERS], np.uint16)[np.arange(_FIELD + 1) % len(_LETTERS)]
    for n, char in enumerate(_COMMON):
        hint[ord(char)] = 0x80 + n
    spread = np.arange(_FIELD + 1, dtype=np.uint64) * _SPREAD % _PRIME
    hint[kind != _CHAR] = 0
    cells = np.zeros((_FIELD + 1, 4), np.uint16)
    alone, word = kind == _CHAR, kind == _IN_WORD
    cells[alone, 0], cells[alone, 1] = 0x80 + spread[alone] // _HALF, 0x80 + spread[alone] % _HALF
    cells[alone, 3] = _SPACE
    cells[word, 1] = np.flatnonzero(
        word
    )  # above U+FFFF only the lower half: `_hints` sees to those
    cells[_FIELD, 0] = _NEWLINE
    return _Tables(table, kind, hint, cells.view(np.uint64)[:, 0], several)


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
