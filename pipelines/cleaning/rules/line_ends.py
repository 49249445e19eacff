"""Line breaks and characters that are not what they seem: `\\r\\n`, form feeds, `x0dx0a` tokens, zero-width and direction marks.

`要抓x0dx0a好落实`, `会\\u200b议` come from exports of other systems; breaks become `\\n`, the invisible goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.codepoints import INVISIBLE, LINE_BREAKS
from pipelines.text.edits import Edit, cut

BREAK = rf"(?P<line>\r\n|[{LINE_BREAKS}]|(?:[_\\]?x0[dD]_?[_\\]?x0[aA]_?)|\\r\\n)"
STRAY = re.compile(rf"{BREAK}|[{INVISIBLE}]+")
_LITERALS = (
    *"\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\xad\u061c\u180e\u2060\ufeff",
    *map(chr, (*range(1, 9), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0))),
    *map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2061, 0x2070), *range(0xFE00, 0xFE10), 0xFFF9, 0xFFFA, 0xFFFB)),
    "x0dx0a", "x0Dx0A", "x0d_", "x0D_", "x0d\\", "x0D\\", "\\r\\n",
)  # fmt: skip


@rule(needs=_LITERALS, budget=100_000)
def line_ends(text: str, facts: Facts) -> Iterator[Edit]:
    """One kind of line break, and nothing invisible.

    >>> from pipelines.text.edits import apply
    >>> before = "会\\u200b议\\r\\n今天"
    >>> apply(before, list(line_ends.find(before, Facts())))
    '会议\\n今天'
    >>> list(line_ends.find("编号x0d1的设备\\n", Facts()))
    []
    """
    for found in STRAY.finditer(text):
        yield cut(found, inserted="\n" if found["line"] else "")
