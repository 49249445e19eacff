"""Filling and asking the embedded index beside SQLite's FTS5, on the same generated speeches in one run.

    python -m benchmarks.search [--documents 20000] [--characters 2800] [--engine tantivy] [--questions 200]

Both sides index the same tokens (pairs of characters), so that both are exact; FTS5 as one writes it first, contentless, the text
beside it. Asked are any two characters that stand side by side in a text, with and without filters, and longer phrases; a
question is the first ten hits with their places, and how many there are. Each side's time is CPU of this process. Every tenth
answer is compared with a scan of all texts.

Floors: two characters in the median 5 ms, in nine of ten questions 15 ms; every compared answer equal.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.search_corpus import speeches
from pipelines.records import Speech
from pipelines.search.bigrams import form, pattern, tokens
from pipelines.search.document import Document, Query, places
from pipelines.search.embedded import EmbeddedSink

#: Different texts; further documents repeat them under ids of their own, as generating takes longer than indexing.
DISTINCT = 4000
#: Documents written together.
_TOGETHER = 500
#: Of so many questions one is compared with a scan.
_COMPARED = 10

#: The floors in milliseconds; see the module.
MEDIAN, NINE_OF_TEN = 5.0, 15.0


class Side(NamedTuple):
    """An engine: how it is filled and asked; `ask` gives how many documents there are."""

    name: str
    fill: Callable[[Path, Iterable[Document]], None]
    open: Callable[[Path], Callable[[Query], int]]


class Kind(NamedTuple):
    """A kind of question."""

    name: str
    characters: tuple[int, ...]
    filtered: bool


KINDS = (
    Kind("two characters", (2,), False),
    Kind("two characters, filtered", (2,), True),
    Kind("three to eight", (3, 4, 6, 8), False),
)


def documents(count: int, characters: int) -> Iterator[Document]:
    """Documents of so many characters, each with an id of its own."""
    distinct = list(speeches(min(count, DISTINCT), characters))
    for number in range(count):
        speech = distinct[number % len(distinct)]
        yield Document(
            replace(speech, id=f"{number:032x}"),
            f"{number:032x}",
            (),
        )


def fill_tantivy(path: Path, given: Iterable[Document]) -> None:
    """Fill the index of this project."""
    rest = iter(given)
    with EmbeddedSink(path) as sink:
        while some := list(islice(rest, _TOGETHER)):
            sink.stored([document.speech.id for document in some])
            sink.write(some, {})


def open_tantivy(path: Path) -> Callable[[Query], int]:
    """Ask it."""
    sink = EmbeddedSink(path, create=False)
    return lambda query: sink.search(query, 10).total


_TABLES = """
CREATE TABLE documents (rowid INTEGER PRIMARY KEY, id TEXT UNIQUE, site TEXT, published TEXT, title TEXT, text TEXT);
CREATE VIRTUAL TABLE pairs USING fts5(title, text, content='', tokenize='unicode61');
"""


def fill_fts5(path: Path, given: Iterable[Document]) -> None:
    """What one writes first: pairs joined by spaces into FTS5."""
    path.mkdir()
    rest = iter(given)
    with sqlite3.connect(path / "fts5.db") as db:
        db.executescript(_TABLES)
        while some := [document.speech for document in islice(rest, _TOGETHER)]:
            _put(db, some)
            db.commit()
        db.execute("INSERT INTO pairs (pairs) VALUES ('optimize')")
    db.close()


def _put(db: sqlite3.Connection, some: list[Speech]) -> None:
    for speech in some:
        columns = (speech.id, speech.site, speech.published, speech.title, speech.text)
        row = db.execute(
            "INSERT INTO documents (id, site, published, title, text) VALUES (?, ?, ?, ?, ?)",
            columns,
        )
        words = tokens([speech.title, speech.text])
        db.execute("INSERT INTO pairs (rowid, title, text) VALUES (?, ?, ?)", (row.lastrowid, *words),)  # fmt: skip


_BEST = """
WITH found AS MATERIALIZED (
    SELECT pairs.rowid AS row, bm25(pairs, 8.0, 1.0) AS score
    FROM pairs JOIN documents AS d ON d.rowid = pairs.rowid WHERE pairs MATCH ? {filters}
)
SELECT (SELECT count(*) FROM found), d.title, d.text
FROM found JOIN documents AS d ON d.rowid = found.row ORDER BY score LIMIT 10
"""


def open_fts5(path: Path) -> Callable[[Query], int]:
    """Ask it."""
    db = sqlite3.connect(path / "fts5.db")

    def ask(query: Query) -> int:
        words = " AND ".join(f'"{" ".join(term.tokens)}"' for term in query.terms)
        values: list[str] = [words]
        filters = ""
        if query.sites:
            filters = "AND d.site = ? AND d.published >= ?"
            values += [query.sites[0], query.since or ""]
        rows = db.execute(_BEST.format(filters=filters), values).fetchall()
        for _, title, text in rows:
            places(title, text, (), query.terms)
        return int(rows[0][0]) if rows else 0

    return ask


SIDES = (
    Side("tantivy", fill_tantivy, open_tantivy),
    Side("FTS5", fill_fts5, open_fts5),
)


def questions(kind: Kind, texts: list[str], count: int, dice: random.Random) -> list[Query]:
    """Stretches of Han that stand in a text."""
    asked: list[Query] = []
    filters = {"sites": ("wm114",), "since": "2018-01-01"} if kind.filtered else {}
    while len(asked) < count:
        text = dice.choice(texts)
        at = dice.randrange(len(text) - 8)
        taken = text[at : at + dice.choice(kind.characters)]
        if all("\u4e00" <= char <= "\u9fff" for char in taken):
            asked.append(Query.of(taken, **filters))
    return asked


def scanned(query: Query, speeches_: list[Speech], forms: list[str]) -> int:
    """How many documents a scan finds."""
    (term,) = query.terms
    found = 0
    for speech, searched in zip(speeches_, forms, strict=True):
        if query.sites and (speech.site not in query.sites or (speech.published or "") < (query.since or "")):  # fmt: skip
            continue
        found += term.form in searched and bool(pattern(term).search(searched))
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--documents",
        type=int,
        default=20_000,
    )
    parser.add_argument(
        "--characters",
        type=int,
        default=2800,
    )
    parser.add_argument(
        "--questions",
        type=int,
        default=200,
    )
    parser.add_argument(
        "--engine",
        action="append",
        help="only this one: tantivy, FTS5",
    )
    options = parser.parse_args()
    sides = [side for side in SIDES if not options.engine or side.name in options.engine]
    with tempfile.TemporaryDirectory() as name:
        folders = {side.name: Path(name, side.name) for side in sides}
        for side in sides:
            given = documents(options.documents, options.characters)
            _filled(
                side,
                folders[side.name],
                given,
                options.documents,
            )
        return 0 if _asked(sides, folders, options) else 1


def _filled(side: Side, folder: Path, given: Iterator[Document], count: int) -> None:
    made = list(given)
    began = time.process_time()
    side.fill(folder, made)
    spent = (time.process_time() - began) / count
    size = sum(path.stat().st_size for path in folder.iterdir()) / count
    print(f"{side.name:8} filled: {spent * 1e6:6.0f} us CPU and {size / 1e3:5.1f} KB a document")


def _asked(sides: list[Side], folders: dict[str, Path], options: argparse.Namespace) -> bool:
    there = [document.speech for document in documents(options.documents, options.characters)]
    forms = [form(f"{speech.title}\n{speech.text}") for speech in there]
    ask = {side.name: side.open(folders[side.name]) for side in sides}
    dice = random.Random(4)
    good = True
    for kind in KINDS:
        asked = questions(
            kind,
            [speech.text for speech in there[:DISTINCT]],
            options.questions,
            dice,
        )
        spent: dict[str, list[float]] = {side.name: [] for side in sides}
        totals = []
        for number, query in enumerate(asked):
            found = {}
            for side in sides:
                began = time.process_time()
                found[side.name] = ask[side.name](query)
                spent[side.name].append(1e3 * (time.process_time() - began))
            totals.append(next(iter(found.values())))
            if number % _COMPARED == 0:
                found["scan"] = scanned(query, there, forms)
            if len(set(found.values())) > 1:
                print(f"{query.terms[0].form}: {orjson.dumps(found).decode()}")
                good = False
        print(f"{kind.name}: {statistics.median(totals):,.0f} documents in the median, {max(totals):,} at most")  # fmt: skip
        for name, times in spent.items():
            times.sort()
            median, high = statistics.median(times), times[int(len(times) * 0.9)]
            print(f"    {name:8} median {median:7.2f} ms   nine of ten {high:7.2f} ms")
            if name == "tantivy" and kind.characters == (2,):
                good &= median <= MEDIAN and high <= NINE_OF_TEN
    print("floors reached" if good else "BELOW A FLOOR")
    return good


if __name__ == "__main__":
    sys.exit(main())
