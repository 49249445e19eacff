"""The table of code points that several stages speak of: white space, zero-width characters, punctuation and its widths.

A character class is a string that goes between `[` and `]` of a pattern; a set or a translation table says so.

    re.compile(f"[{BLANKS}]+")    "，".translate(HALF_WIDTH) -> ","    "?" in LOST -> True
"""

from __future__ import annotations

from typing import Final

# --- white space --------------------------------------------------------------------------------------------------

#: U+3000, the full-width blank that indents a paragraph.
IDEOGRAPHIC_SPACE: Final = "\u3000"
#: Class: blanks that the pages set between words and at line ends; no line break.
BLANKS: Final = " \t\u3000"
#: Class: blanks that exports of word processors add to these.
HARD_BLANKS: Final = BLANKS + "\u00a0"
#: Class: characters that end a line besides the line feed (UAX 14: BK, CR, NL).
LINE_BREAKS: Final = r"\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
#: Class: control and zero-width characters, direction marks, variation selectors. None of them shows.
INVISIBLE: Final = (
    r"\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
)
#: The zero-width characters among them that stand at the edge of titles and lines.
ZERO_WIDTH: Final = "\u200b\ufeff\u200e\u200f\u00ad"

# --- characters ---------------------------------------------------------------------------------------------------

#: Class: Han characters of the first block (URO), nearly all there are in a speech.
HAN: Final = "\u4e00-\u9fff"
#: Blocks of Han characters.
HAN_BLOCKS: Final = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x2FA20),
)
#: What stands for a character that was lost: a question mark of either width, U+FFFD.
LOST: Final = "?？\ufffd"
#: Class: the private-use characters by which CP936 shows pairs of its user-defined areas (AAA1 = U+E000 …).
PRIVATE_USE: Final = "\ue000-\ue765"
#: One past the last character of the Basic Multilingual Plane: the size of a table of it.
PLANE: Final = 0x10000

# --- punctuation --------------------------------------------------------------------------------------------------

#: Class: marks that end a sentence, in both widths. (A half-width full stop is a decimal point as well: not here.)
SENTENCE_STOPS: Final = "。！？!?"
#: Class: marks that end a clause, a list item or what introduces something.
CLAUSE_STOPS: Final = "；;：:"
#: Class: marks that part the words of a sentence.
COMMAS: Final = "，,、"
#: Class: the characters of an ellipsis.
ELLIPSES: Final = "…⋯"
#: Class: brackets and quotation marks that close.
CLOSING: Final = '”’」』）)》〉】"' + "'"

_WIDE = "，：；！？（）"
_HALF = ",:;!?()"
#: Half-width mark -> the full-width mark that extractors fold into it.
FULL_OF_HALF: Final = dict(zip(_HALF, _WIDE, strict=True))
#: Translation table: full-width marks become half-width, as those extractors do it.
HALF_WIDTH: Final = str.maketrans(_WIDE, _HALF)
#: Translation table: half-width marks become full-width.
FULL_WIDTH: Final = str.maketrans(_HALF, _WIDE)
#: Distance from an ASCII character to its full-width form.
FULL_WIDTH_SHIFT: Final = 0xFEE0
