"""A speech in chunks along its sections, for indexes that hold passages: `chunks_of(speech, outline, size)`.

    preamble                                       0–180    path []
    一、总体情况                                   180–187  path [一 总体情况]
    （一）备耕  …two paragraphs, 420 code points    187–607  path [一 总体情况, （一） 备耕]

Chunks tile the text: joined in order they are the text. None reaches over the beginning of a section of level 1 or 2. Within one,
a chunk ends where a lower section begins, a paragraph or a sentence ends, in this order of preference.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.outline.labels import separator
from pipelines.record_parts import OutlineNode
from pipelines.records import Chunk, ChunkHeading, Outline, Speech
from pipelines.text.chinese import SENTENCE_END

#: Code points of a chunk, at most.
SIZE = 500
#: A chunk must be able to hold a sentence.
LEAST_SIZE = 50
#: Sections whose beginnings always begin a chunk.
_DIVIDING_LEVEL = 2
_LINE_END = re.compile(r"\n+")


def chunks_of(speech: Speech, outline: Outline, size: int = SIZE) -> list[Chunk]:
    """The chunks of a speech in order, none longer than `size` code points; an empty text has none.

    >>> from pipelines.outline import outline_of, plain_speech
    >>> speech = plain_speech("开头。\\n一、修路\\n要快。\\n二、架桥\\n要稳。")
    >>> [(c.level, c.text) for c in chunks_of(speech, outline_of(speech))]
    [(0, '开头。\\n'), (1, '一、修路\\n要快。\\n'), (1, '二、架桥\\n要稳。')]
    """
    if size < LEAST_SIZE:
        raise ValueError(f"a chunk of {size} code points is too small: at least {LEAST_SIZE}")

    spans = list(_spans(speech.text, outline, size))
    ids = [_chunk_id(speech, start, end) for start, end in spans]
    paths = _Paths(outline)
    gaps = sorted({gap.at for gap in speech.gaps})
    chunks = []

    for i, (start, end) in enumerate(spans):
        path = paths.common(start, end - 1)
        chunks.append(
            Chunk(
                id=ids[i],
                speech=speech.id,
                version=speech.version,
                title=speech.title,
                path=tuple([_heading(node) for node in path]),
                level=path[-1].level if path else 0,
                start=start,
                end=end,
                text=speech.text[start:end],
                gap=_touches_gap(gaps, start, end),
                previous=ids[i - 1] if i else None,
                next=ids[i + 1] if i + 1 < len(ids) else None,
            )
        )

    return chunks


def context(chunk: Chunk) -> str:
    """The title of the speech and the headings above a chunk in one line, as an index stores them before its text.

    >>> context(Chunk(id="", speech="", version=1, title="汇报", path=(ChunkHeading("一", "修路", 1),), level=1, start=0, end=0,
    ...     text="", gap=False, previous=None, next=None))
    '汇报 / 一、修路'
    """
    headings = [f"{h.marker or ''}{separator(h.marker)}{h.title or ''}" for h in chunk.path]

    return " / ".join([part for part in (chunk.title, *headings) if part])


def _chunk_id(speech: Speech, start: int, end: int) -> str:
    named = f"{speech.id}\n{speech.version}\n{start}\n{end}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _heading(node: OutlineNode) -> ChunkHeading:
    return ChunkHeading(marker=node.marker, title=node.title, level=node.level)


def _touches_gap(gaps: Sequence[int], start: int, end: int) -> bool:
    """Whether a gap lies in a chunk: start < at <= end, and at the beginning of the text the one before it."""
    first = bisect_right(gaps, start) if start else 0

    return first < bisect_right(gaps, end)


# Paths


class _Paths:
    """The headings above any offset of the text, from the highest down; those withheld are among them."""

    def __init__(self, outline: Outline) -> None:
        self.starts: list[int] = []
        self.paths: list[tuple[OutlineNode, ...]] = []
        stack: list[OutlineNode] = []

        for node in outline.nodes:
            while stack and stack[-1].level >= node.level:
                stack.pop()

            stack.append(node)
            if node.start is not None:
                self.starts.append(node.start)
                self.paths.append(tuple(stack))

    def at(self, offset: int) -> tuple[OutlineNode, ...]:
        """The path at an offset: of the last visible section that begins before it, as far as it reaches."""
        i = bisect_right(self.starts, offset) - 1
        path = self.paths[i] if i >= 0 else ()

        return tuple([node for node in path if node.end is None or node.end > offset])

    def common(self, first: int, last: int) -> tuple[OutlineNode, ...]:
        """What the paths at two offsets have in common."""
        a, b = self.at(first), self.at(last)
        length = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x is not y), None)

        return a[: min(len(a), len(b)) if length is None else length]


# Cuts


def _spans(text: str, outline: Outline, size: int) -> Iterator[tuple[int, int]]:
    """Where the chunks begin and end."""
    high = {0, len(text), outline.preamble[1]}
    low: set[int] = set()

    for node in outline.nodes:
        if node.start is None or node.end is None:
            continue

        bounds = (node.start, node.end)
        (high if node.level <= _DIVIDING_LEVEL else low).update(bounds)

    for span in outline.unplaced:
        high.update(span)

    cuts = _Cuts(text, sorted(low))
    for start, end in pairwise(sorted(high)):
        yield from cuts.divided(start, end, size)


class _Cuts:
    """Places where a text may be cut, from the best kind to the worst."""

    def __init__(self, text: str, sections: Sequence[int]) -> None:
        self.kinds = (
            sections,
            [match.end() for match in _LINE_END.finditer(text)],
            [match.end() for match in SENTENCE_END.finditer(text)],
        )

    def divided(self, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
        """Pieces of at most `size`, of like length where the places allow."""
        while end - start > size:
            pieces = -(-(end - start) // size)
            least = max(1, (end - start) // pieces - size // 4)
            cut = self._best(start + least, start + size)
            yield start, cut
            start = cut

        yield start, end

    def _best(self, low: int, high: int) -> int:
        """The last place of the best kind in a stretch, its end if there is none."""
        for places in self.kinds:
            i = bisect_right(places, high) - 1
            if i >= bisect_left(places, low):
                return places[i]

        return high
