"""Writes pipelines/cleaning/anchor_edges.py: characters beside an anchor of a notice that make it none.

    python -m benchmarks.anchor_edges

`健全文化` spells 全文 across the edge of two words. For every anchor and every place inside it, the lexicon (jieba's)
tells which characters before it and behind it make words of its two halves.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from pipelines.cleaning.notice_words import ANCHORS
from pipelines.text.lexicon import dictionary

PAGE = Path(__file__).resolve().parents[1] / "pipelines" / "cleaning" / "anchor_edges.py"
#: Words that jieba's corpus has less often are mostly names and scraps.
FREQUENT = 20

HEAD = '''"""Characters beside an anchor of a notice that make it none: `健全文化` spells 全文 and speaks of no text.

Written by `python -m benchmarks.anchor_edges` from a lexicon; do not edit. Each anchor has, for places inside it, the
characters before it that make a word of its first half, and those behind it that make one of its second half.
"""

EDGES: dict[str, tuple[tuple[str, str], ...]] = {
'''


@cache
def words() -> frozenset[str]:
    """The lexicon's words of two characters or more."""
    found = set()
    with dictionary().open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(" ")
            if len(word) > 1 and int(count) >= FREQUENT:
                found.add(word)
    return frozenset(found)


def edges() -> dict[str, tuple[tuple[str, str], ...]]:
    """For each anchor the pairs of characters before it and behind it, of places where there are both."""
    before = defaultdict[str, set[str]](set)
    behind = defaultdict[str, set[str]](set)
    for word in words():
        for k in range(1, len(word)):
            before[word[k:]].add(word[k - 1])
            behind[word[:k]].add(word[k])

    found = {}
    for anchor in ANCHORS:
        halves = [(anchor[:k], anchor[k:]) for k in range(1, len(anchor))]
        pairs = [("".join(sorted(before[a])), "".join(sorted(behind[b]))) for a, b in halves]
        if pairs := [pair for pair in pairs if all(pair)]:
            found[anchor] = tuple(pairs)
    return found


def page() -> str:
    """The module."""
    rows = [f'    "{anchor}": {_pairs(pairs)},\n' for anchor, pairs in edges().items()]
    return f"{HEAD}{''.join(rows)}}}  # fmt: skip\n"


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    shown = ", ".join(f'("{before}", "{behind}")' for before, behind in pairs)
    return f"({shown},)" if len(pairs) == 1 else f"({shown})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
