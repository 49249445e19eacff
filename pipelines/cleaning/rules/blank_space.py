"""White space that means nothing: indents, trailing blanks, empty lines, invisible characters.

`　　同志们：\\n\\n　　今天……` is two paragraphs, one a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, cut

BLANK = re.compile(
    r"""
    \A\s+ | \s+\Z                              # around the text
    | [^\S\n]*\n\s*                            # a break with all blank around it: becomes one break
    """,
    re.VERBOSE,
)


@rule(budget=100_000)
def blank_space(text: str, facts: Facts) -> Iterator[Edit]:
    """One paragraph a line, without indents or empty lines."""
    for found in BLANK.finditer(text):
        inserted = "\n" if found.start() > 0 and found.end() < len(text) else ""
        if found[0] != inserted:
            yield cut(found, inserted=inserted)
