"""Filling and asking the SQLite index, beside the plain ways, on the same generated speeches in one run.

    python -m benchmarks.search [DOCUMENTS]        # 100,000 by default: about five minutes; 3 KB of text each

Filling: documents a second of processor time (one core), from speech and outline files to a durable index; the other
side is FTS5 with plain pairs of characters and its default settings. Asking: phrases of 2 to 8 characters drawn from the
texts; the other side is a scan, `in` over search forms that are all in memory. Both sides answer each question in turn,
and must agree.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.search_corpus import speeches
from pipelines.outline import outline_of
from pipelines.records import speech_from, to_line
from pipelines.search.bigrams import form, pattern, phrases, tokens
from pipelines.search.document import Query
from pipelines.search.index import fill, open_sink
from pipelines.speech_files import speech_files

#: Different texts; further documents repeat them under ids of their own, as generating takes longer than indexing.
DISTINCT = 10_000
QUESTIONS = 60


def main(documents: int) -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = write(folder, documents)
        spent = measured(lambda: filled(folder, documents))
        sample = min(documents, DISTINCT)
        plain = measured(lambda: plain_pairs(folder, sample))
        print(
            f"fill   {documents / spent:8,.0f} documents/s of one core   ({documents:,} documents, {spent / documents * 1e6:.0f} us each)"
        )
        print(
            f"       {sample / plain:8,.0f} documents/s with plain pairs and FTS5 as it comes: {plain / sample / (spent / documents):.1f} times as long"
        )
        ask(folder, texts, documents)


def measured(work: Callable[[], object]) -> float:
    """Processor seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def write(folder: Path, documents: int) -> list[str]:
    """Speech and outline files as a crawl leaves them; returns the texts."""
    made = list(speeches(min(documents, DISTINCT)))
    outlines = [outline_of(s) for s in made]
    for kind in ("speeches", "outlines"):
        (folder / kind).mkdir()
    for number, start in enumerate(range(0, documents, DISTINCT)):
        ids = [f"{number:04x}{s.id[4:]}" for s in made[: documents - start]]
        for kind, records in (("speeches", made), ("outlines", outlines)):
            with (folder / kind / f"{number}.jsonl").open("wb") as out:
                out.writelines(
                    to_line(replace(record, id=key))
                    for record, key in zip(records, ids, strict=False)
                )
    return [s.text for s in made]


def filled(folder: Path, documents: int) -> None:
    """The index of this project."""
    with open_sink(f"sqlite:///{folder / 'index.db'}") as sink:
        done = fill(sink, speech_files([folder / "speeches"]), print)
    assert done.total == documents


def plain_pairs(folder: Path, documents: int) -> None:
    """What one writes first: pairs joined by spaces into FTS5 with its defaults, the text beside it."""
    db = sqlite3.connect(folder / "plain.db")
    db.execute("CREATE TABLE texts (id TEXT, title TEXT, text TEXT)")
    db.execute(
        "CREATE VIRTUAL TABLE grams USING fts5(title, text, content='', tokenize='unicode61')"
    )
    with (folder / "speeches" / "0.jsonl").open("rb") as lines:
        while batch := [speech_from(line) for line in islice(lines, 500)]:
            for s in batch:
                row = db.execute(
                    "INSERT INTO texts VALUES (?, ?, ?)", (s.id, s.title, s.text)
                ).lastrowid
                db.execute(
                    "INSERT INTO grams (rowid, title, text) VALUES (?, ?, ?)",
                    (row, *tokens([s.title, s.text])),
                )
            db.commit()
    db.close()


def ask(folder: Path, texts: list[str], documents: int) -> None:
    """Phrases, each asked of both sides."""
    dice = random.Random(4)
    forms = [form(t) for t in texts]
    repeats = [documents // len(texts) + (n < documents % len(texts)) for n in range(len(texts))]
    asked: list[Query] = []
    while len(asked) < QUESTIONS:
        text = dice.choice(texts)
        at = dice.randrange(len(text) - 8)
        taken = text[at : at + dice.choice((2, 2, 3, 4, 4, 5, 6, 8))]
        if taken.isalpha() and len(phrases(taken)) == 1 and all(c >= "\u4e00" for c in taken):
            asked.append(Query.of(taken))
    times: dict[str, list[float]] = {"first ten hits": [], "all ids": [], "plain scan": []}
    hits = []
    with open_sink(f"sqlite:///{folder / 'index.db'}") as sink:
        for query in asked:
            start = time.perf_counter()
            found = sink.search(query, 10)
            times["first ten hits"].append(time.perf_counter() - start)
            start = time.perf_counter()
            everything = sink.matching(query)
            times["all ids"].append(time.perf_counter() - start)
            start = time.perf_counter()
            wanted = sum(
                query.terms[0].form in f
                for f, n in zip(forms, repeats, strict=True)
                for _ in range(n)
            )
            times["plain scan"].append(time.perf_counter() - start)
            in_text = sum(
                n for f, n in zip(forms, repeats, strict=True) if pattern(query.terms[0]).search(f)
            )
            assert wanted == in_text
            assert found.total == len(everything) >= wanted, query
            hits.append(found.total)
    print(
        f"ask    {QUESTIONS} phrases, {statistics.median(hits):,.0f} documents found in the median, {max(hits):,} at most"
    )
    for name, spent in times.items():
        spent.sort()
        print(
            f"       {name:15} median {statistics.median(spent) * 1e3:8.1f} ms   p90 {spent[int(len(spent) * 0.9)] * 1e3:8.1f} ms"
            f"   {statistics.median(times['plain scan']) / statistics.median(spent):8.1f} times as fast as the scan (medians)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
