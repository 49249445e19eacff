"""A place where a heading may begin, and the kinds of its marker: what all steps of the parser hand on."""

from __future__ import annotations

from enum import IntEnum

#: Kinds from the highest to the lowest, by custom (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）). The document's own nesting
#: can change the order, see `nesting.ranks`.
CUSTOM = (
    "part", "subpart", "chap", "sect", "art",  # 第一编 第一部分 / 分编 / 章 / 节 / 条
    "formal",  # 壹、
    "cn", "pcn", "di", "num", "dot2", "dot3", "dot4", "pnum", "numr", "circ",  # 一、 （一） 第一， 1. 1.1 1.1.1 1.1.1.1 （1） 1） ①
    "seq", "shi", "yao",  # 首先， 一是 一要
)  # fmt: skip


#: Kinds that are headings wherever they are numbered as such, and articles.
UNITS = ("part", "subpart", "chap", "sect", "art")


class Before(IntEnum):
    """What stands before a marker, from nothing at all to the beginning of a line."""

    GLUED = 0
    SPACE = 1
    SENTENCE = 2
    LINE = 3


#: By themselves, as asking an enumeration for a member takes 90 ns and each marker is compared with several.
GLUED, SPACE, SENTENCE, LINE = Before


class Candidate:
    """A marker in the text. `start` is its first code point, `after` the first one behind its separator.

    `why` says what was decided: empty while it is still a heading, otherwise the reason why it is none.
    """

    __slots__ = (
        "after", "before", "end", "following", "gap", "kind", "known", "line_end", "loose", "marker", "number", "ordinal",
        "own_line", "reason", "start", "stated", "stop", "title", "why",
    )  # fmt: skip

    def __init__(
        self, kind: str, marker: str, number: int | None, ordinal: int, start: int, after: int
    ) -> None:
        self.kind, self.marker, self.number, self.ordinal = kind, marker, number, ordinal
        self.start, self.after = start, after
        self.before = GLUED
        self.why = ""
        self.reason = ""  # why its number was accepted
        self.title = ""
        self.end = after  # where the title ends
        self.stop = ""  # the punctuation that ended the title
        self.own_line = False  # nothing but the heading stands on its line
        self.line_end = after
        self.loose = False  # the title's end was guessed from its words
        self.following: Candidate | None = None  # the next one of this kind
        self.stated = False  # the file's format says that it is a heading
        self.known = False  # the contents block lists it

        self.gap: int | None = (
            None  # for a section that is not in the text: the gap (its `at`) that holds it
        )
