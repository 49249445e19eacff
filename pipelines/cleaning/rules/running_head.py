"""Running heads and page numbers of a printed document whose pages are parted by form feeds: a PDF's text.

县水利局文件           <- at the top of every page
…要加快渠系改造,
- 3 -                  <- at the foot of every page
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit

#: A line that recurs stands at the same place of so many pages, and of such a share of them.
PAGES, SHARE = 3, 0.6
#: Lines from the top and from the foot of a page that are looked at, and their length in code points.
DEPTH, LONGEST = 2, 60
_NUMBER = re.compile(r"\d{1,4}|[一二三四五六七八九十]{1,3}")
_SENTENCE = re.compile(r"[。！？；]$")


class _Edge(NamedTuple):
    """A line near the top (`place` 0, 1) or the foot (−1, −2) of a page; `form` has its numbers blotted out."""

    start: int
    end: int
    place: int
    form: str


@rule(needs=("\f",), budget=LONGEST + 4)
def running_head(text: str, facts: Facts) -> Iterator[Edit]:
    """What is printed at the top or the foot of every page goes, and the page's end with it.

    >>> from pipelines.text.edits import apply
    >>> page = "县志办文件\\n第{}次修志,\\n- {} -\\n"
    >>> before = "\\f".join(page.format(n, n) for n in (1, 2, 3))
    >>> apply(before, list(running_head.find(before, Facts())))
    '第1次修志,\\n第2次修志,\\n第3次修志,\\n'
    >>> list(running_head.find("甲。\\f乙。", Facts()))
    []
    """
    edges = list(_edges(text))
    pages = text.count("\f") + 1
    counted = Counter((edge.place, edge.form) for edge in edges)
    recurring = {key for key, times in counted.items() if times >= PAGES and times >= SHARE * pages}
    heads = [Edit(edge.start, edge.end) for edge in edges if (edge.place, edge.form) in recurring]
    page_ends = [Edit(m.start(), m.end()) for m in re.finditer(r"(?<=\n)\f", text)]
    yield from sorted(heads + page_ends)


def _edges(text: str) -> Iterator[_Edge]:
    start = 0
    for page in text.split("\f"):
        lines = list(re.finditer(r"[^\n]*\n|[^\n]+$", page))
        shown = [line for line in lines if line[0].strip()]

        for place in range(-DEPTH, DEPTH):
            at = place if place >= 0 else len(shown) + place
            if not 0 <= at < len(shown) or (place < 0 and at < DEPTH):
                continue

            said = shown[at][0].strip()
            if len(said) <= LONGEST and not _SENTENCE.search(said):
                form = _NUMBER.sub("#", said)
                yield _Edge(start + shown[at].start(), start + shown[at].end(), place, form)

        start += len(page) + 1
