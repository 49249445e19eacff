"""Where headings may begin: every marker in a text, what kind and number it is, and what stands before it.

In `…完成任务。（二）加强培训。各县要…` a marker of kind `pcn`, number 2, stands after a sentence's end. In
`小(二)型水库` and `一、二、三产业` the same signs are no markers; they are kept as candidates with the reason why
not, so that `scrapy outline --explain` can show it and a false line of a contents block is recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from string import ascii_letters, digits

from pipelines.outline.candidate import GLUED, LINE, SENTENCE, SPACE, Candidate
from pipelines.outline.reasons import (
    ENUMERATION,
    GOES_ON,
    INSIDE,
    NOTHING_FOLLOWS,
    PART_OF_WORD,
)
from pipelines.text.chinese import SENTENCE_END, ends_sentence, heading_marker
from pipelines.text.numerals import FORMAL_DIGITS, HAN_DIGITS, value

_HAN = f"[{HAN_DIGITS}]"
_ORDINAL = "[一二三四五六七八九十百零]"
_DIGIT = "[0-9０-９]"
_CIRCLED = "①-⑳㉑-㉟㊱-㊿"
#: All markers. One character is taken first and then looked back at: a pattern that begins with one set of characters is
#: searched 20 times as fast as one that begins with alternatives (13 against 305 ns a code point of the development set).
MARKER = re.compile(
    rf"""
    [第一二三四五六七八九十百零{FORMAL_DIGITS}貳參叄陸（(〔【\[0-9０-９{_CIRCLED}⒈-⒛⑴-⒇㈠-㈩首其再最]
    (?:
        (?<=第) (?P<unit>{_HAN}{{1,6}}|[0-9]{{1,3}}) [ \u3000]? (?P<of>分编|编|篇|部分|章|节|条)
      | (?<=第) [一二三四五六七八九十]{{1,3}} (?P<di>，|,|、|：|:)
      | (?<={_ORDINAL}) (?<![第、{HAN_DIGITS}].) {_ORDINAL}{{0,4}} (?P<cn>[ \u3000]?(?:、|．|\.(?![0-9])))
      | (?<={_ORDINAL}) (?<![第、{HAN_DIGITS}].) {_ORDINAL}{{0,2}} (?P<comma>[ \u3000]?[，,])
      | (?<=[{FORMAL_DIGITS}貳參叄陸]) [壹拾]? (?P<formal>[ \u3000]?[、．.])
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
_SEPARATORS = frozenset(("di", "cn", "comma", "formal", "num", "bare", "seq", "qi"))
_AFTER = frozenset("、．.")
_COLONS = frozenset("：:")

_KIND_OF_UNIT = {
    "编": "part", "篇": "part", "部分": "part", "分编": "subpart", "章": "chap", "节": "sect", "条": "art",
}  # fmt: skip
_KIND_OF_GROUP = {
    "bare": "num",
    "comma": "cn",
    "dotted": "num",
    "bracketed": "pnum",
    "ideograph": "pcn",
    "qi": "seq",
}
#: Kinds whose marker begins with a Chinese numeral: the word before may end in 一.
_WITH_NUMERAL_FIRST = frozenset(("cn", "shi", "yao"))
_SEQUENCE = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 4}

#: What cannot follow a marker: the word goes on. 小(二)型水库, （一）项, 一、二、三产业, 第三章的规定, 1.5万 …
_GOES_ON = {
    "pcn": re.compile(r"[（(]|[、，,；;。及和与至]|[a-zA-Z]?[）)]"),
    "pnum": re.compile(r"[、，,；;。及和与至）)]"),
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
    "unit": re.compile(r"[课的之所中、，,）)》和及与至或第规项款内]|规定"),
    "shi": re.compile(r"[、，,。；;）)]"),
    "yao": re.compile(r"[、，,。；;）)件素点目]"),
}
#: … where words stand before it in its line: 小（二）型, 第（三）项. At the head of a sentence （一）项目建设 is a heading.
_GOES_ON_IN_LINE = {
    "pcn": re.compile(r"[型期级类标段项款号条]"),
    "pnum": re.compile(r"[号项款]"),
    "unit": re.compile(r"有关"),
    "cn": re.compile(rf"[{HAN_DIGITS}]{{1,3}}(?:号|月|层|楼|审|中|小|院|队|组|班|标段|师|国)"),
}
#: Both numerals count the same word: 高一、高二、高三, 周一、周三.
_COUNTED_TWICE = re.compile(r"([\u4e00-\u9fff])[一二三四五六七八九十]{1,3}、\1\Z")
#: What a bare number counts: `1 总则` is a heading, `3 个月` none.
_COUNTED = re.compile(r"[年月日时分秒个项名人户家类级次倍点多余万亿元件台套所座条批公千百米吨亩]")
#: What cannot stand before one that is glued to it: `第（一）`, `小（二）`, `达3.`, `按照（一）`, `根据第三条`.
_GOES_BEFORE = re.compile(
    r"(?:[第小条款项年月日至到约达近超—~～\-+×/A-Za-z0-9０-９.．、，,]|按照|依照|根据|依据|适用|违反|符合|本法|前述|上述|见|与|和|及)\Z"
)

#: … and the words that end in 一 and go on with a list: 统一、规范.
_WORD_OF_ONE = frozenset("统同唯单专万逐归不之如划合其每某")

_ENDS_SENTENCE = frozenset('。！？!?；;：:…”"’」』）)》】]|　')
_SPACES = frozenset(" \t\u3000\u00a0\u200b\ufeff\u200e\u200f\u00ad")
#: A line this long that does not end a sentence was torn; what follows it does not begin a paragraph.
#: (Titles stay under 60: of the 1,113 development headings the longest on its own line has 44 characters.)
_TORN = 60
_LONGEST_TITLE = 100
#: Longest title that stands on a line below its marker.
_NEXT_LINE = 30
#: … and a line that ends in an address was not torn either.
_NEVER_TORN = _ENDS_SENTENCE | frozenset("\n/" + ascii_letters + digits)


def candidates(text: str, breaks: Collection[int] = ()) -> list[Candidate]:
    """Every marker of `text` in order; `breaks` are offsets (code points) where a gap's right side begins.

    >>> [(c.kind, c.number, c.before.name, c.why) for c in candidates("一、目标\\n小(二)型水库三座。1.修好。")]
    [('cn', 1, 'LINE', ''), ('pcn', 2, 'GLUED', 'the word goes on'), ('num', 1, 'SENTENCE', '')]
    """
    found: list[Candidate] = []
    line_end = -1
    comma_end = -1  # where the previous marker ends, if it is written with 、

    for match in MARKER.finditer(text):
        candidate = _candidate(text, match)
        if candidate is None:
            continue

        start = candidate.start
        if start > line_end:
            line_end = _end_of_line(text, start)

        candidate.line_end = line_end
        _look_before(text, candidate, breaks)
        spaced = _skip_separator(text, candidate)
        group = match.lastgroup

        if group == "of" and candidate.after >= line_end and candidate.before == LINE:
            _take_title_from_next_line(text, candidate)

        if group == "bare" and not _numbers_a_heading(text, candidate):
            continue
        if group == "comma" and candidate.before < LINE:
            continue  # a list in running text

        key = "unit" if group == "of" else "dot" if group == "dot" else candidate.kind
        candidate.why = _false_friend(text, candidate, key, spaced)

        if not candidate.why and candidate.kind == "cn" and comma_end == start:
            candidate.why = ENUMERATION

        comma_end = match.end() if candidate.kind == "cn" else -1
        found.append(candidate)

    _link_followers(found)
    return found


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _skip_separator(text: str, c: Candidate) -> bool:
    """Move `after` behind blanks and a colon (`第一部分：总体情况`); whether a blank follows the marker itself."""
    after = _behind_blanks(text, c.after, c.line_end)
    spaced = after > c.after

    if text[after : after + 1] in _COLONS and after + 1 < c.line_end:
        after = _behind_blanks(text, after + 1, c.line_end)

    c.after = c.end = after
    return spaced


def _take_title_from_next_line(text: str, c: Candidate) -> None:
    """第一章 alone on its line, and the title on the next one."""
    start = _behind_blanks(text, c.line_end + 1, len(text))
    end = _end_of_line(text, start)
    line = text[start:end].strip()

    if not 2 <= len(line) <= _NEXT_LINE or ends_sentence(line) or heading_marker(line):
        return

    c.after = c.end = start
    c.line_end = end


def _behind_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in _SPACES:
        at += 1

    return at


def _numbers_a_heading(text: str, c: Candidate) -> bool:
    """Whether a number with only a blank behind it opens its line and counts nothing: `1 总则`, not `3 个月`."""
    return c.before == LINE and not _COUNTED.match(text, c.after)


def _link_followers(found: list[Candidate]) -> None:
    following: dict[str, Candidate] = {}
    for candidate in reversed(found):
        candidate.following = following.get(candidate.kind)
        if not candidate.why:
            following[candidate.kind] = candidate


def _false_friend(text: str, c: Candidate, key: str, spaced: bool) -> str:
    """Why a sign at this place is no marker at all, or nothing. `spaced`: a blank follows, so no word goes on."""
    spaced_unit = spaced and key == "unit"

    if spaced_unit and c.before < SENTENCE:
        c.before = SENTENCE  # `…附则第三十条 本规定…`: no reference has a blank behind it

    goes_on = _GOES_ON.get(key)
    if goes_on and not spaced_unit and goes_on.match(text, c.after):
        return GOES_ON

    goes_on = _GOES_ON_IN_LINE.get(key) if c.before < SENTENCE else None
    if goes_on and not spaced_unit and goes_on.match(text, c.after):
        return GOES_ON
    if c.kind == "cn" and c.before == GLUED and _counts_the_same_word(text, c):
        return ENUMERATION
    if c.kind in _WITH_NUMERAL_FIRST and c.start and text[c.start - 1] in _WORD_OF_ONE:
        return PART_OF_WORD

    if c.before == GLUED:
        if not spaced_unit and _GOES_BEFORE.search(text[max(0, c.start - 2) : c.start]):
            return PART_OF_WORD
        if c.kind in ("di", "seq") or (c.kind in ("shi", "yao") and c.ordinal > 1):
            return INSIDE  # 一是 may stand glued to the title above it

    if c.after >= c.line_end and c.kind != "art":
        return NOTHING_FOLLOWS

    return ""


def _counts_the_same_word(text: str, c: Candidate) -> bool:
    """Whether the same character stands before this numeral and the next or the previous one."""
    word = text[c.start - 1 : c.start]

    if not "\u4e00" <= word <= "\u9fff":
        return False

    follows = text[c.after : c.after + 1] == word and text[c.after + 1 : c.after + 2] in HAN_DIGITS
    return follows or bool(_COUNTED_TWICE.search(text[max(0, c.start - 6) : c.start]))


def _candidate(text: str, match: re.Match[str]) -> Candidate | None:
    group = match.lastgroup or ""
    start, after = match.span()

    if group == "of":
        kind, marker, numeral = _KIND_OF_UNIT[match["of"]], match[0], match["unit"]
    else:
        kind = _KIND_OF_GROUP.get(group, group)
        marker = match[0]

        if group in _SEPARATORS:
            marker = text[start : match.start(group)]
        elif text[after : after + 1] in _AFTER:
            after += 1

        if group == "seq":
            return Candidate(kind, marker, None, _SEQUENCE[marker], start, after)

        if group == "dot":
            kind = f"dot{1 + marker.count('.') + marker.count('．')}"

        numeral = _numeral(group, marker)

    number = value(numeral)
    return Candidate(kind, marker, number, number, start, after) if number else None


def _numeral(group: str, marker: str) -> str:
    """What of a marker is its number."""
    if group == "dot":
        return marker.replace("．", ".").rsplit(".", 1)[1]
    if group in ("shi", "yao"):
        return marker[:-1]
    if group in ("di", "qi"):
        return marker[1:]

    return marker.strip("（(〔【[）)〕】] ")


def _look_before(text: str, candidate: Candidate, breaks: Collection[int]) -> None:
    """Set what stands before a candidate."""
    at = candidate.start - 1

    while at >= 0 and text[at] in _SPACES:
        at -= 1

    if at < 0 or candidate.start in breaks or at + 1 in breaks:
        candidate.before = LINE
    elif text[at] == "\n":
        candidate.before = GLUED if _torn(text, at) else LINE
    elif text[at] in _ENDS_SENTENCE:
        candidate.before = SENTENCE
    elif at < candidate.start - 1:
        candidate.before = SPACE


def _torn(text: str, at: int) -> bool:
    """Whether the line that ends at `at` (its `\\n`) stops in the middle of a sentence."""
    last = at - 1

    while last >= 0 and text[last].isspace() and text[last] != "\n":
        last -= 1

    if last < _TORN or text[last] in _NEVER_TORN:
        return False
    if "\n" in text[last - _TORN : last]:
        return False

    return not _is_long_heading(text, last)


def _is_long_heading(text: str, last: int) -> bool:
    """Whether the line that ends with `last` is one sentence with a marker before it: a title, however long."""
    begin = text.rfind("\n", max(0, last - _LONGEST_TITLE), last) + 1

    if not begin and last > _LONGEST_TITLE:
        return False

    line = text[begin : last + 1]
    return heading_marker(line) is not None and not SENTENCE_END.search(line)
