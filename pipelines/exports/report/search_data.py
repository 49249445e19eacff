"""The data of the report's search page: scripts that a page loads from disk as well as from a web server.

| file | calls | with |
|---|---|---|
| `data/form.js` | `harvest.form` | the search form of every character that has another |
| `data/docs-N.js` | `harvest.docs` | one row a document, what lists and facets show |
| `data/grams-N.js` | `harvest.grams` | term -> documents, for the terms whose first character falls to shard N |
| `data/text/…/ID.js` | `harvest.text` | title, sections and text of a document, for excerpts and long phrases |

A term is a pair of neighbouring characters, a character or a whole word of the search form (`pipelines.search.bigrams`). A
query of one or two characters is answered by the terms alone; of a longer phrase every candidate's text is looked through, so
what the page finds is what `scrapy search` finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from pipelines.records import Speech
from pipelines.search.bigrams import WORD, form
from pipelines.search.document import Section

#: Shards of the terms: 10,000 documents give about 80 KB each.
SHARDS = 256
#: Documents of one file of rows.
ROWS = 5_000

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_UNITS = re.compile(rf"{WORD}+|\S")
_SPACE = re.compile(r"\s+")


class SearchData:
    """Terms and rows, gathered document by document. Memory: about 2 KB a document and 100 bytes a term."""

    def __init__(self) -> None:
        self._postings: list[dict[str, bytearray]] = [{} for _ in range(SHARDS)]
        self._last: dict[str, int] = {}
        self._rows: dict[int, list[Any]] = {}

    def add(
        self, place: int, row: Sequence[Any], speech: Speech, sections: Sequence[Section]
    ) -> None:
        """Take a document in. Places must come in rising order: terms keep the steps between them."""
        self._rows[place] = list(row)
        labels = [section.label for section in sections]

        for term in terms("\n".join([speech.title, *labels, speech.text])):
            self._post(term, place)

    def _post(self, term: str, place: int) -> None:
        postings = self._postings[ord(term[0]) % SHARDS]
        posted = postings.get(term)

        if posted is None:
            posted = postings[term] = bytearray()
            step = place + 1
        else:
            step = place - self._last[term]

        self._last[term] = place
        while step >= 32:
            posted.append(_CODES[32 + step % 32])
            step //= 32

        posted.append(_CODES[step])

    def files(self) -> Iterator[tuple[str, str]]:
        """Every file but the texts: name and content."""
        yield "data/form.js", _call("form", _other_forms())
        last = max(self._rows, default=-1)

        for number, start in enumerate(range(0, last + 1, ROWS)):
            rows = [self._rows.get(place) for place in range(start, min(start + ROWS, last + 1))]
            yield f"data/docs-{number}.js", _call("docs", number, rows)

        for number, postings in enumerate(self._postings):
            shard = {term: posted.decode("ascii") for term, posted in sorted(postings.items())}
            yield f"data/grams-{number}.js", _call("grams", number, shard)


_CODES = _DIGITS.encode()


def text_file(speech: Speech, sections: Sequence[Section]) -> tuple[str, str]:
    """The text of a document: name and content of its file."""
    entry = [speech.title, [list(section) for section in sections], speech.text]

    return f"data/text/{speech.id[:2]}/{speech.id}.js", _call("text", speech.id, entry)


def terms(text: str) -> set[str]:
    """The terms of a text: characters, pairs of neighbouring characters, whole words.

    >>> sorted(terms("科技 5G网"))
    ['5g', '技', '科', '科技', '网']
    """
    found: set[str] = set()

    for run in _SPACE.split(form(text)):
        units = _UNITS.findall(run)
        found.update(units)

        for first, second in pairwise(units):
            if _is_character(first) and _is_character(second):
                found.add(first + second)

    return found


def _is_character(unit: str) -> bool:
    return not _IS_WORD.match(unit)


_IS_WORD = re.compile(WORD)


def _other_forms() -> list[Any]:
    """Characters whose search form is one other character (two strings side by side), and those with another number."""
    single: list[tuple[str, str]] = []
    several: dict[str, str] = {}

    for code in range(0x21, 0xFFFE):
        if 0xD800 <= code < 0xF900:
            continue

        character = chr(code)
        other = form(character)

        if other == character:
            continue

        if len(other) == 1 and other <= "\uffff":  # one unit of UTF-16
            single.append((character, other))
        else:
            several[character] = other

    return ["".join([a for a, _ in single]), "".join([b for _, b in single]), several]


def _call(name: str, *arguments: Any) -> str:
    """A script that hands JSON to the page. U+2028 and U+2029 end lines in old scripts."""
    said = ",".join([msgspec.json.encode(argument).decode() for argument in arguments])
    said = said.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

    return f"harvest.{name}({said})\n"
