"""How often a section is found by its heading: chunks along sections beside fixed windows of the same size.

    python -m benchmarks.chunk_search [--queries 1000] [--size 500]

Queries are made of a document's title and one of its headings. A query is answered if one of the first five passages of BM25
(k1 1.2, b 0.75, over pairs of characters) lies in that section for the most part. Both sides see the same texts and the
document's title before each passage; a chunk also has the headings above it. Also printed: the share of passages that reach
over the beginning of a section of level 1 or 2. Texts: ../shared/eval/outline where it is, invented documents otherwise.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.outline_quality import drafts  # noqa: E402
from pipelines.outline import outline_of, plain_speech  # noqa: E402
from pipelines.outline.chunks import SIZE, chunks_of, context  # noqa: E402
from pipelines.records import Outline, Speech  # noqa: E402

SHARED = ROOT.parent / "shared/eval/outline"
FIRST = 5
K1, B = 1.2, 0.75


class Passage(NamedTuple):
    """A span of a document, and what an index holds of it."""

    document: int
    start: int
    end: int
    indexed: str


class Query(NamedTuple):
    """What is asked, and the section that answers it."""

    text: str
    document: int
    start: int
    end: int


class Bm25:
    """An index of passages over pairs of characters."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        counts = [Counter(pairs(p.indexed)) for p in passages]
        self.lengths = [c.total() for c in counts]
        self.usual = sum(self.lengths) / max(1, len(self.lengths))
        self.places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for term, times in count.items():
                self.places[term].append((number, times))

    def first(self, query: str) -> list[Passage]:
        """The best passages."""
        scores: dict[int, float] = defaultdict(float)
        for term in set(pairs(query)):
            found = self.places.get(term, [])
            rarity = math.log(1 + (len(self.passages) - len(found) + 0.5) / (len(found) + 0.5))
            for number, times in found:
                length = 1 - B + B * self.lengths[number] / self.usual
                scores[number] += rarity * times * (K1 + 1) / (times + K1 * length)
        best = sorted(scores, key=lambda n: (-scores[n], n))[:FIRST]
        return [self.passages[n] for n in best]


def pairs(text: str) -> Iterator[str]:
    """Pairs of neighbouring letters, as the index of this project has them."""
    letters = [c for c in text if c.isalnum()]
    return map("".join, pairwise(letters))


def documents() -> Iterator[Speech]:
    """The texts, each once."""
    names = ("dev.jsonl", "plain_reports.jsonl")
    shared = [SHARED / name for name in names if (SHARED / name).exists()]
    for path in shared:
        for line in path.open(encoding="utf-8"):
            record = json.loads(line)
            yield plain_speech(record["text"], title=record["title"], url=record["id"])
    if not shared:
        for number, (name, draft) in enumerate(drafts()):
            title = f"{name}{number}"
            yield plain_speech("\n".join(draft.lines), title=title, url=title)


def windows(number: int, speech: Speech, size: int) -> Iterator[Passage]:
    """Pieces of one size."""
    for start in range(0, len(speech.text), size):
        end = min(start + size, len(speech.text))
        yield Passage(number, start, end, f"{speech.title} {speech.text[start:end]}")


def chunks(number: int, speech: Speech, outline: Outline, size: int) -> Iterator[Passage]:
    """Pieces along the sections."""
    for chunk in chunks_of(speech, outline, size):
        yield Passage(number, chunk.start, chunk.end, f"{context(chunk)} {chunk.text}")


def queries(found: Sequence[tuple[Speech, Outline]], count: int) -> list[Query]:
    """Title and heading of `count` sections, the same every time."""
    every = [
        Query(f"{speech.title} {node.title}", number, node.start, node.end)
        for number, (speech, outline) in enumerate(found)
        for node in outline.nodes
        if node.title and node.start is not None and node.end is not None
    ]
    return random.Random(1).sample(every, min(count, len(every)))


def hits(index: Bm25, asked: Iterable[Query]) -> int:
    """How many queries are answered."""
    return sum(any(answers(p, query) for p in index.first(query.text)) for query in asked)


def answers(passage: Passage, query: Query) -> bool:
    """Whether most of a passage lies in the section that was asked for."""
    common = min(passage.end, query.end) - max(passage.start, query.start)
    return passage.document == query.document and 2 * common > passage.end - passage.start


def crossing(passages: Iterable[Passage], found: Sequence[tuple[Speech, Outline]]) -> float:
    """The share of passages with the beginning of a section of level 1 or 2 inside."""
    begins = [
        [n.start for n in outline.nodes if n.level <= 2 and n.start is not None]
        for _, outline in found
    ]
    every = list(passages)
    over = sum(any(p.start < at < p.end for at in begins[p.document]) for p in every)
    return over / max(1, len(every))


def main(argv: Sequence[str] | None = None) -> None:
    """Print both sides."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--queries", type=int, default=1000)
    options.add_argument("--size", type=int, default=SIZE)
    args = options.parse_args(argv)

    found = [(speech, outline_of(speech)) for speech in documents()]
    asked = queries(found, args.queries)
    sides: dict[str, list[Passage]] = {"chunks": [], "windows": []}
    for number, (speech, outline) in enumerate(found):
        sides["chunks"] += chunks(number, speech, outline, args.size)
        sides["windows"] += windows(number, speech, args.size)

    print(f"{len(found)} documents, {len(asked)} queries, passages of at most {args.size}")
    for name, passages in sides.items():
        share = hits(Bm25(passages), asked) / max(1, len(asked))
        over = crossing(passages, found)
        print(
            f"{name:8} {len(passages):6} passages  hit@{FIRST} {share:.3f}  over a section {over:.3f}"
        )


if __name__ == "__main__":
    main()
