"""Why a sign is a heading or none: every verdict of the parser, once.

`scrapy outline --explain` shows them, and each has its cases in tests/data/outline_reasons.json.
"""

from __future__ import annotations

# The sign itself (markers): it is no marker at all.
GOES_ON = "the word goes on"
PART_OF_WORD = "part of a word"
ENUMERATION = "an enumeration"
NOTHING_FOLLOWS = "nothing follows"
INSIDE = "inside a sentence"

# Its number (nesting): where it does not fit, the sign begins no section.
NO_FIRST = "no 首先 before it"
NO_SECOND = "no second one follows"
NUMBER = "the number does not fit"

# The list it stands in (siblings): the items are no headings.
IN_ITEM = "inside a plain item"
SEMICOLONS = "items of a sentence: they end in semicolons"
SENTENCES = "items are whole sentences"
ATTACHMENTS = "a list of attachments"
BARE = "nothing stands under them"
ALONE = "alone"
ANNOUNCED = "parts that are only announced: nothing stands between them"
AGENDA = "items of an agenda"

#: Verdicts that no line of a contents block overrules: there is no marker at this place.
NO_MARKER = frozenset((GOES_ON, PART_OF_WORD, ENUMERATION))
