"""Full-width indents that a wrong decoding left as question marks: `???同志们:` at the start of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, cut

INDENT = re.compile(
    r"(?:(?<=\n)|\A)[ \t\u3000\xa0]{0,8}(?P<marks>[?？\ufffd]{2,8})(?=[ \t]{0,4}[\u4e00-\u9fff0-9((（“《A-Za-z])"
)
MIDDLE = re.compile(r"(?<=[。!！;；:：])(?P<marks>[?？\ufffd]{2,8})(?=[\u4e00-\u9fff((（“《])")


@rule(needs=("??", "？？", "\ufffd\ufffd"), budget=8)
def lost_indent(text: str, facts: Facts) -> Iterator[Edit]:
    """Question marks that open a paragraph go; where a paragraph's break was lost with them, it comes back.

    >>> from pipelines.text.edits import apply
    >>> before = "???同志们:\\n??今天开会。???会议有三项。"
    >>> apply(before, list(lost_indent.find(before, Facts())))
    '同志们:\\n今天开会。\\n会议有三项。'
    >>> list(lost_indent.find("怎么办??要靠改革!这是为什么???", Facts()))
    []
    """
    found = [cut(m, group="marks") for m in INDENT.finditer(text)]

    found += [
        cut(m, group="marks", inserted="\n") for m in MIDDLE.finditer(text) if len(m["marks"]) > 1
    ]

    yield from sorted(found)
