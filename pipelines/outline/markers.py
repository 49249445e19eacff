"""Where headings may begin: every marker in a text, what kind and number it is, and what stands before it.

In `…完成任务。（二）加强培训。各县要…` a marker of kind `pcn`, number 2, stands after a sentence's end. In
`小(二)型水库` and `一、二、三产业` the same signs are no markers; they are kept as candidates with the reason why
not, so that `scrapy outline --explain` can show it and a false line of a contents block is recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum

from pipelines.text.numerals import HAN_DIGITS, value

#: Kinds from the highest to the lowest, by custom (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）). The document's own nesting
#: can change the order, see `nesting.ranks`.
CUSTOM = (
    "part", "subpart", "chap", "sect", "art",  # 第一编 第一部分 / 分编 / 章 / 节 / 条
    "cn", "pcn", "di", "num", "dot2", "dot3", "dot4", "pnum", "numr", "circ",  # 一、 （一） 第一， 1. 1.1 1.1.1 1.1.1.1 （1） 1） ①
    "seq", "shi", "yao",  # 首先， 一是 一要
)  # fmt: skip


#: Kinds that are headings wherever they are numbered as such, and articles.
UNITS = ("part", "subpart", "chap", "sect", "art")
INSIDE = "inside a sentence"


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
        "own_line", "start", "stop", "title", "why",
    )  # fmt: skip

    def __init__(
        self, kind: str, marker: str, number: int | None, ordinal: int, start: int, after: int
    ) -> None:
        self.kind, self.marker, self.number, self.ordinal = kind, marker, number, ordinal
        self.start, self.after = start, after
        self.before = GLUED
        self.why = ""
        self.title = ""
        self.end = after  # where the title ends
        self.stop = ""  # the punctuation that ended the title
        self.own_line = False  # nothing but the heading stands on its line
        self.line_end = after
        self.loose = False  # the title's end was guessed from its words
        self.following: Candidate | None = None  # the next one of this kind
        self.known = False  # the contents block lists it
        self.gap: int | None = (
            None  # for a section that is not in the text: the gap (its `at`) that holds it
        )


_HAN = f"[{HAN_DIGITS}]"
_ORDINAL = "[一二三四五六七八九十百零]"
_DIGIT = "[0-9０-９]"
_CIRCLED = "①-⑳㉑-㉟㊱-㊿"
#: All markers. One character is taken first and then looked back at: a pattern that begins with one set of characters is
#: searched 20 times as fast as one that begins with alternatives (13 against 305 ns a code point of the development set).
MARKER = re.compile(
    rf"""
    [第一二三四五六七八九十百零（(〔【\[0-9０-９{_CIRCLED}⒈-⒛⑴-⒇㈠-㈩首其再最]
    (?:
        (?<=第) (?P<unit>{_HAN}{{1,6}}|[0-9]{{1,3}}) [ \u3000]? (?P<of>分编|编|篇|部分|章|节|条)
      | (?<=第) [一二三四五六七八九十]{{1,3}} (?P<di>，|,|、|：|:)
      | (?<={_ORDINAL}) (?<![第、{HAN_DIGITS}].) {_ORDINAL}{{0,4}} (?P<cn>[ \u3000]?(?:、|．|\.(?![0-9])))
      | (?<={_ORDINAL}) (?<![第{HAN_DIGITS}].) {_ORDINAL}? (?:(?P<shi>是)|(?P<yao>要))
      | (?<=[（(〔【\[]) [ ]? (?P<pcn>{_ORDINAL}{{1,5}}) [ ]? [）)〕】\]]
      | (?<=[（(〔【\[]) [ ]? (?P<pnum>{_DIGIT}{{1,2}}) [ ]? [）)〕】\]]
      | (?<={_DIGIT}) (?<![0-9０-９.．A-Za-z].) [0-9]? (?P<dot>(?:[.．][0-9]{{1,2}}){{1,3}}) (?![0-9%％‰])
      | (?<={_DIGIT}) (?<![0-9０-９.．A-Za-z].) {_DIGIT}? (?P<num>[ \u3000]?(?:、|．(?![0-9])|\.(?![0-9])))
      | (?<={_DIGIT}) (?<![0-9０-９.．A-Za-z].) {_DIGIT}? (?P<bare>[ \u3000]{{1,4}}) (?=[一-鿿]{{2}})
      | (?<={_DIGIT}) (?<![0-9０-９.．A-Za-z（(].) {_DIGIT}? (?P<numr>[）)])
      | (?<=[{_CIRCLED}]) (?P<circ>)
      | (?<=[⒈-⒛]) (?P<dotted>)
      | (?<=[⑴-⒇]) (?P<bracketed>)
      | (?<=[㈠-㈩]) (?P<ideograph>)
      | (?<=[首其再最]) (?:(?<=首)先|(?<=其)次|(?<=再)[次者]|(?<=最)后) (?P<seq>，|,|、|：|:)
      | (?<=其) [一二三四五六七八九] (?P<qi>，|,|、|：|:|是)
    )
    """,
    re.VERBOSE,
)
#: Groups that hold the separator, which is no part of the marker.
_SEPARATORS = frozenset(("di", "cn", "num", "bare", "seq", "qi"))
_AFTER = frozenset("、．.")
_COLONS = frozenset("：:")

_KIND_OF_UNIT = {
    "编": "part", "篇": "part", "部分": "part", "分编": "subpart", "章": "chap", "节": "sect", "条": "art",
}  # fmt: skip
_KIND_OF_GROUP = {
    "bare": "num",
    "dotted": "num",
    "bracketed": "pnum",
    "ideograph": "pcn",
    "qi": "seq",
}
_SEQUENCE = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 4}

#: What cannot follow a marker: the word goes on. 小(二)型水库, （一）项, 一、二、三产业, 第三章的规定, 1.5万 …
_GOES_ON = {
    "pcn": re.compile(r"[（(]|[型期级类标段项款号条]|[、，,；;。及和与至]|[a-zA-Z]?[）)]"),
    "pnum": re.compile(r"[、，,；;。及和与至）)]|[号项款]"),
    "cn": re.compile(
        rf"[{HAN_DIGITS}][、，,个类级次是]|[{HAN_DIGITS}]{{1,3}}(?:产业|季度|线|类|级|期|批|轮|等奖|方面|年级)|[。；;）)]"
    ),
    "di": re.compile(rf"[{HAN_DIGITS}][、，,产类级个批次轮]|第[{HAN_DIGITS}]"),
    "num": re.compile(r"[0-9０-９]|[%％‰]|[）)，,；;。]"),
    "dot": re.compile(
        r"[0-9%％‰万亿元个人户家倍吨米公度年月日时分平多余左右左、，,。；;）)\-—~～]|[a-zA-Z]"
    ),
    "numr": re.compile(r"[、，,；;。）)]"),
    "circ": re.compile(r"[、，,；;。）)和及与至]|[①-⑳]"),
    "unit": re.compile(r"[的之所中、，,）)》和及与至或第规项款内]|规定"),
    "shi": re.compile(r"[、，,。；;）)]"),
    "yao": re.compile(r"[、，,。；;）)件素点目]"),
}
#: What a bare number counts: `1 总则` is a heading, `3 个月` none.
_COUNTED = re.compile(r"[年月日时分秒个项名人户家类级次倍点多余万亿元件台套所座条批公千百米吨亩]")
#: What cannot stand before one that is glued to it: `第（一）`, `小（二）`, `达3.`, `按照（一）`, `根据第三条`.
_GOES_BEFORE = re.compile(
    r"[第小条款项年月日至到约达近超—~～\-+×/A-Za-z0-9０-９.．、，,]$|(?:按照|依照|根据|依据|适用|违反|符合|本法|前述|上述|见|与|和|及)$"
)

#: … and the words that end in 一 and go on with a list: 统一、规范.
_WORD_OF_ONE = frozenset("统同唯单专万逐归不之如划合其每某")

_ENDS_SENTENCE = frozenset('。！？!?；;：:…”"’」』）)》】]|　')
_SPACES = frozenset(" \t\u3000\u00a0\u200b\ufeff\u200e\u200f\u00ad")
#: A line this long that does not end a sentence was torn; what follows it does not begin a paragraph.
#: (Titles stay under 60: of the 1,113 development headings the longest on its own line has 44 characters.)
_TORN = 60


def candidates(text: str, breaks: Collection[int] = ()) -> list[Candidate]:
    """Every marker of `text` in order; `breaks` are offsets (code points) where a gap's right side begins.

    >>> [(c.kind, c.number, c.before.name, c.why) for c in candidates("一、目标\\n小(二)型水库三座。1.修好。")]
    [('cn', 1, 'LINE', ''), ('pcn', 2, 'GLUED', 'the word goes on'), ('num', 1, 'SENTENCE', '')]
    """
    found: list[Candidate] = []
    line_end = -1
    previous_end, previous_comma = -1, False
    for match in MARKER.finditer(text):
        group = match.lastgroup or ""
        candidate = _candidate(text, match, group)
        if candidate is None:
            continue
        start = candidate.start
        if start > line_end:
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
        candidate.line_end = line_end
        _look_before(text, candidate, breaks)
        after = candidate.after
        while after < line_end and text[after] in _SPACES:
            after += 1
        spaced = after > candidate.after
        if text[after : after + 1] in _COLONS and after + 1 < line_end:  # 第一部分：总体情况
            after += 1
            while after < line_end and text[after] in _SPACES:
                after += 1
        candidate.after = candidate.end = after
        key = "unit" if group == "of" else "dot" if group == "dot" else candidate.kind
        if key == "unit" and spaced and candidate.before < SENTENCE:
            candidate.before = (
                SENTENCE  # `…附则第三十条 本规定…`: no reference has a space behind it
            )
        if group == "bare" and (candidate.before < LINE or _COUNTED.match(text, candidate.after)):
            continue  # a number in running text
        candidate.why = _false_friend(text, candidate, key, spaced)
        if (
            not candidate.why
            and candidate.kind == "cn"
            and previous_comma
            and previous_end == start
        ):
            candidate.why = "an enumeration"
        previous_end, previous_comma = match.end(), candidate.kind == "cn"
        found.append(candidate)
    following: dict[str, Candidate] = {}
    for candidate in reversed(found):
        candidate.following = following.get(candidate.kind)
        if not candidate.why:
            following[candidate.kind] = candidate
    return found


def _false_friend(text: str, c: Candidate, key: str, spaced: bool) -> str:
    """Why a sign at this place is no marker at all, or nothing. `spaced`: a space follows, so no word goes on."""
    spaced_unit = spaced and key == "unit"
    goes_on = _GOES_ON.get(key)
    if goes_on and not spaced_unit and goes_on.match(text, c.after):
        return "the word goes on"
    if c.kind in ("cn", "shi", "yao") and c.start and text[c.start - 1] in _WORD_OF_ONE:
        return "part of a word"
    if c.before == GLUED:
        if not spaced_unit and _GOES_BEFORE.search(text[max(0, c.start - 2) : c.start]):
            return "part of a word"
        if c.kind in ("di", "seq") or (c.kind in ("shi", "yao") and c.ordinal > 1):
            return INSIDE  # 一是 may stand glued to the title above it
    if c.after >= c.line_end and c.kind != "art":
        return "nothing follows"
    return ""


def _candidate(text: str, match: re.Match[str], group: str) -> Candidate | None:
    start, after = match.span()
    if group == "of":
        number = value(match["unit"])
        return (
            Candidate(_KIND_OF_UNIT[match["of"]], match[0], number, number, start, after)
            if number
            else None
        )
    kind = _KIND_OF_GROUP.get(group, group)
    marker = text[start : match.start(group)] if group in _SEPARATORS else match[0]
    if group not in _SEPARATORS and text[after : after + 1] in _AFTER:
        after += 1
    if group == "seq":
        return Candidate(kind, marker, None, _SEQUENCE[marker], start, after)
    if group == "dot":
        parts = marker.replace("．", ".").split(".")
        kind, numeral = f"dot{len(parts)}", parts[-1]
    elif group in ("shi", "yao"):
        numeral = marker[:-1]
    elif group in ("di", "qi"):
        numeral = marker[1:]
    else:
        numeral = marker.strip("（(〔【[）)〕】] ")
    number = value(numeral)
    return Candidate(kind, marker, number, number, start, after) if number else None


def _look_before(text: str, candidate: Candidate, breaks: Collection[int]) -> None:
    at = candidate.start - 1
    while at >= 0 and text[at] in _SPACES:
        at -= 1
    if at < 0 or candidate.start in breaks or at + 1 in breaks:
        candidate.before = LINE
    elif text[at] == "\n":
        candidate.before = GLUED if _torn(text, at, breaks) else LINE
    elif text[at] in _ENDS_SENTENCE:
        candidate.before = SENTENCE
    elif at < candidate.start - 1:
        candidate.before = SPACE


def _torn(text: str, at: int, breaks: Collection[int]) -> bool:
    """Whether the line that ends at `at` (its `\\n`) stops in the middle of a sentence."""
    last = at - 1
    while last >= 0 and text[last].isspace() and text[last] != "\n":
        last -= 1
    return (
        last >= _TORN
        and text[last] != "\n"
        and text[last] not in _ENDS_SENTENCE
        and "\n" not in text[last - _TORN : last]
    )
