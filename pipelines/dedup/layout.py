"""Which of several copies of one text has the better layout: its own paragraphs, unbroken and not run together.

Copies whose canonical text is equal may be laid out differently: one page shows ten paragraphs, another all of them in one line,
which cleaning splits where headings prove a paragraph, a third is wrapped at a fixed width. The words are the same, so what
counts is where the lines end.

>>> whole = "各位同志：\\n一、总体情况\\n今年以来，各项工作进展顺利。\\n谢谢大家。"
>>> wrapped = "各位同志：一、总体情况今年以来，各项工作进展\\n顺利。谢谢大家。"
>>> ragged_lines(whole), ragged_lines(wrapped)
(0, 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.records import Speech
from pipelines.text.chinese import ends_sentence, heading_marker

#: Rules that guess where lines end.
_LINE_RULES = frozenset({"one_line", "broken_line", "lost_indent"})
#: Code points: a longer line without an end mark is no heading and no salutation; no heading with a number.
_LONGEST_HEADING, _LONGEST_NUMBERED = 20, 40
#: A copy that lacks so much punctuation has been damaged, whatever its lines: share of the fullest copy's characters.
_PUNCTUATED = 0.99


class _Layout(NamedTuple):
    """How well a copy is laid out; the smaller, the better."""

    lacks_punctuation: bool
    gaps: int  # a copy that says where something is missing tells more: counted negative
    ragged: int
    lines: int  # counted negative
    repairs: int
    chars: int  # counted negative
    id: str


def ragged_lines(text: str) -> int:
    """How many lines end inside a sentence. The last line, headings and salutations are none."""
    lines = text.split("\n")[:-1]

    return sum(_is_ragged(line) for line in lines)


def _is_ragged(line: str) -> bool:
    bare = line.strip()
    longest = _LONGEST_NUMBERED if heading_marker(bare) else _LONGEST_HEADING

    return len(bare) > longest and not ends_sentence(bare)


def best_laid_out_first(copies: Sequence[Speech]) -> list[Speech]:
    """Copies of equal canonical text, the best layout first; the same whatever their order."""
    fullest = max(copy.counted_chars for copy in copies)

    def layout(copy: Speech) -> _Layout:
        return _Layout(
            lacks_punctuation=copy.counted_chars < _PUNCTUATED * fullest,
            gaps=-len(copy.gaps),
            ragged=ragged_lines(copy.text),
            lines=-copy.text.count("\n"),
            repairs=line_repairs(copy),
            chars=-copy.counted_chars,
            id=copy.id,
        )

    return sorted(copies, key=layout)


def line_repairs(copy: Speech) -> int:
    """How many line ends of a copy cleaning has set or taken away."""
    return sum(removed.count for removed in copy.removed if removed.rule in _LINE_RULES)
