"""Noise that a forum sets between and into the lines against copying: single signs parted by blanks.

`D z Z% D] ) X &. A D | [! & 3! * " J` on a line of its own; `. a -} W z B < * t =各单位要` before the words of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit

#: Six signs or more, each of one to three characters, parted by single blanks.
RUN = re.compile(r"(?<![!-~])[ \t]{0,4}(?:[!-~]{1,3}[ \t]){5,80}+[!-~]{0,3}")
#: Signs that no list of options, row of a table or formula is made of alone.
SIGN = re.compile(r"[\"\[\]{}|<>*^$#~;=_`?!@&\\\\]")
LETTER = re.compile(r"[A-Za-z]")
NUMBER = re.compile(r"[0-9]{2}|[0-9][.,%][0-9]")
#: A page that is guarded so has such runs at several places.
LEAST = 2


@rule(
    needs=tuple(f"{sign} " for sign in "[]{}|<>*^$#~;=_`?!@&"),
    budget=400,
    after=("page_head", "page_tail"),
    seen_on=("forum",),
)
def copy_noise(text: str, facts: Facts) -> Iterator[Edit]:
    """Runs of single signs go, by their form, where a page has several.

    >>> from pipelines.text.edits import apply
    >>> before = "D z Z% D] ) X &. A\\n一、收好 }` v& ! j[ . ?-\\n. a -} W z B < * t =各单位要交档案。"
    >>> apply(before, list(copy_noise.find(before, Facts())))
    '一、收好\\n各单位要交档案。'
    >>> list(copy_noise.find("A B C D E F\\n1 2 3 4 5 6 7", Facts()))
    []
    """
    runs = [found for found in RUN.finditer(text) if _is_noise(found[0])]

    if len(runs) < LEAST:
        return

    for found in runs:
        start, end = found.span()
        begins_line = start == 0 or text[start - 1] == "\n"

        if begins_line and text[end : end + 1] == "\n":
            end += 1
        elif end == len(text) and begins_line and start:
            start -= 1

        yield Edit(start, end)


def _is_noise(run: str) -> bool:
    """Whether a run mixes letters and signs as no text does."""
    if len(SIGN.findall(run)) < 2 or NUMBER.search(run):
        return False

    return bool(LETTER.search(run)) and len(set(run) - {" "}) >= 5
