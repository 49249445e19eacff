"""One line: a page that serves a whole document as one paragraph, its breaks blanks or nothing at all.

`…讲话 同志们: 今天…。 一、深刻认识…意义 (一)创新驱动是… 当前,全球…` has its paragraphs parted by blanks;
`…的责任担当。二、在肯定成绩中…` has only its headings to tell where one begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.chinese import HEADING_MARKER, ends_sentence, heading_marker
from pipelines.text.edits import Edit

LINE = re.compile(r"[^\n]+")
BLANK = re.compile(r"[^\S\n]+")

# A marker of a section in running text, behind a sentence's end or behind a heading.
SECTION = re.compile(
    r"""
    (?<! [第、\d一二三四五六七八九十（(小] )
    (?: (?P<cn>  (?P<a>[一二三四五六七八九十]{1,3}) 、 (?! [一二三四五六七八九十\d] [、产] ) )
      | (?P<pcn> [（(] (?P<b>[一二三四五六七八九十]{1,3}) [）)] (?! 型 ) )
      | (?P<art> 第 (?P<c>[一二三四五六七八九十百零]{1,6}) [章节条] [^\S\n] )
    )
    """,
    re.VERBOSE,
)
#: All who are addressed, one after the other: 同胞们,同志们,朋友们: is one salutation.
SALUTATION = re.compile(
    r"(?P<who>(?:[^\s。,，:：;；!！?？]{1,16}[们导宾表员友志长家][,，、]\s?){0,6}(?:(?:各位|尊敬的)[^\s。,，:：]{1,20}[,，、])?(?:同志们|朋友们|同胞们|各位[^\s。,，:：]{1,20}))[,，]?[^\s。:：]{0,12}[:：]"
)
#: Two full-width blanks open a paragraph in print; so many on a line part its paragraphs, and nothing else does.
INDENT = re.compile(r"\u3000{2,8}")
INDENTS = 3

OWN = re.compile(
    r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日|附件|\?{3}"
)  # a date below a signature, a lost indent

_LATIN = re.compile(r"(?![Xx*]+[\u4e00-\u9fff])[\x21-\x7e]")
_HEADING = 8  # characters of a heading, its marker with it
_WHOLE = 60  # characters of a document; a shorter line has nothing to divide
_LONG = 600  # a chronicle's entries reach 500; no paragraph of 1 in 200 reports is as long
_STOPS = "。！？!?；;…”）)"


@rule(budget=20, after=("counted_splice", "preview_end"), seen_on=("hancun", "jinchutou"))
def one_line(text: str, facts: Facts) -> Iterator[Edit]:
    """A document on one line is divided where its own marks allow.

    >>> text = "同志们: 今天召开会议,部署今年的工作。 一、总体要求 坚持稳中求进。 二、重点任务 抓好项目,抓好招商,落实责任,确保完成。"
    >>> [text[e.end : e.end + 4] for e in one_line.find(text, Facts())]
    ['今天召开', '一、总体', '坚持稳中', '二、重点', '抓好项目']
    """
    if not _is_one_line(text, facts):
        return

    whole = [
        (line.start(), line[0].rstrip())
        for line in LINE.finditer(text)
        if len(line[0]) >= _WHOLE and not line[0].isspace()
    ]

    blanks = [[b for b in BLANK.finditer(said) if b.start()] for _, said in whole]
    signs = 0

    for (_, said), found in zip(whole, blanks, strict=True):
        signs += sum(_ends(said, blank) for blank in found)

    for (start, said), found in zip(whole, blanks, strict=True):
        indents = [blank for blank in found if INDENT.fullmatch(blank[0])]
        if len(indents) >= INDENTS:
            for blank in indents:
                yield Edit(start + blank.start(), start + blank.end(), "\n")
        elif signs > 1:
            yield from _at_blanks(said, start, found)
        else:
            yield from _at_sections(said, start)


def _is_one_line(text: str, facts: Facts) -> bool:
    """Whether a text has no lines but those that its gaps make, or most of it lies on lines too long for paragraphs
    of a text that has others."""
    lengths = [len(line) for line in text.split("\n") if line and not line.isspace()]
    pieces = 1 + sum(gap.kind == "omitted" for gap in facts.gaps)

    if len(lengths) <= pieces:
        return True

    long = [length for length in lengths if length >= _LONG]
    return sum(long) * 2 >= sum(lengths)


def _ends(said: str, blank: re.Match[str]) -> bool:
    """Whether a blank stands where a paragraph ends or one with a marker begins."""
    return ends_sentence(said[max(0, blank.start() - 6) : blank.start()]) or bool(
        HEADING_MARKER.match(said, blank.end())
    )


def _at_blanks(said: str, shift: int, blanks: Sequence[re.Match[str]]) -> Iterator[Edit]:
    """Breaks for the blanks between paragraphs."""
    begun = 0  # where the paragraph at hand begins

    for k, blank in enumerate(blanks):
        until = blanks[k + 1].start() if k + 1 < len(blanks) else len(said)
        if _parts(said[begun : blank.start()].lstrip(), said[blank.end() : until]):
            begun = blank.end()
            yield Edit(shift + blank.start(), shift + blank.end(), "\n")


def _parts(before: str, after: str) -> bool:
    """Whether a blank between two stretches is where a paragraph ends."""
    found = HEADING_MARKER.match(before)

    if found and found.end() >= len(before):  # `第一条 凡在…`
        return False
    if (
        ends_sentence(before)
        or heading_marker(after)
        or OWN.match(after)
        or SALUTATION.match(after)
    ):
        return True
    if _LATIN.match(after):  # `投入 300 万元`; behind a heading it may be a date
        return bool(found) and len(before) >= _HEADING

    return not before[-1:].isascii() and len(before) > 3 and len(after) > 3


def _at_sections(line: str, shift: int) -> Iterator[Edit]:
    """Breaks before markers of sections, where a sentence has ended or where they continue the count; and around a
    salutation."""
    greeting = SALUTATION.search(line, 0, _LONG)

    if greeting:
        if greeting.start():
            yield Edit(shift + greeting.start(), shift + greeting.start(), "\n")

        yield Edit(shift + greeting.end(), shift + greeting.end(), "\n")

    done = greeting.end() if greeting else 0
    for found in SECTION.finditer(line, done):
        if found.start() and line[found.start() - 1] in _STOPS:
            yield Edit(shift + found.start(), shift + found.start(), "\n")
