"""Page counters of the printed document inside its text: `第 3 页 共 8 页` mid-sentence, `- 3 -` on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit

COUNTER = re.compile(
    r"""
    第\s?(?P<at>\d{1,4})\s?页 \s?[/／|,，、]?\s? (?:[(（]\s?)? (?:总\s?)?共\s?(?P<of>\d{1,4})\s?页 (?:\s?[)）])?
    (?: [ \t]?[-—–－]{1,2} )? (?! [的内上中里,，、] ) [ \t\u3000]*
    """,
    re.VERBOSE,
)
BEFORE = re.compile(r"[ \t\u3000]{0,40}(?:[-—–－]{1,2}[ \t]?)?\Z")
NUMBER_LINE = re.compile(
    r"""
    \n[ \t\u3000]*
    (?: [-—–－·•]{1,3}[ \t]?\d{1,3}[ \t]?[-—–－·•]{1,3} | 第\s?\d{1,3}\s?页 | Page\s?\d{1,3}(?:\s?of\s?\d{1,3})? | \d{1,3}\s?/\s?\d{1,3} )
    [ \t\u3000]*(?=\n|\Z)
    """,
    re.VERBOSE,
)
#: A line that breaks off: it ends in a character, or in a mark that ends no sentence.
OPEN_END = re.compile(r"[\u4e00-\u9fff\w,，、]\Z")
#: A line that goes on: a character that begins no marker, and a sentence's mark in it.
GOES_ON = re.compile(
    r"(?![一二三四五六七八九十]{1,3}(?:、|[是要])|第[一二三四五六七八九十]|附件|附[:：])[\u4e00-\u9fff][^\n]{0,200}?[,，。;；!！?？]"
)
#: A heading's line ends without a mark and is none the less whole.
HEADED = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．]|第[一二三四五六七八九十]{1,3}[章节条部])(?!.*[,，。;；])"
)
CITED = re.compile(r"(?:见|在|翻到|看|材料|报告|文件|手册|方案)\s?的?\s?\Z")


@rule(
    needs=(
        "页",
        "Page",
        "\n-",
        "\n—",
        "\n–",
        "\n－",
        "\n·",
        "\n ",
        "\n\u3000",
        *(f"\n{digit}" for digit in range(1, 10)),
    ),
    budget=40,
    after=("page_head",),
    seen_on=("jinchutou",),
)
def page_counter(text: str, facts: Facts) -> Iterator[Edit]:
    """Counters of pages go; the sentence around them closes.

    >>> from pipelines.text.edits import apply
    >>> before = "要加快第 3 页 共 8 页转型。\\n- 4 -\\n二、抓落实"
    >>> apply(before, list(page_counter.find(before, Facts())))
    '要加快转型。\\n二、抓落实'
    >>> before = "汛期每天巡查\\n- 3 -\\n两次,大雨时加密。"
    >>> apply(before, list(page_counter.find(before, Facts())))
    '汛期每天巡查两次,大雨时加密。'
    >>> list(page_counter.find("请看材料第3页,共8页的表格要填好。\\n—3℃\\n", Facts()))
    []
    """
    found = [
        Edit(m.start(), m.end() + _halves(text, m.start(), m.end(), facts))
        for m in NUMBER_LINE.finditer(text)
    ]

    for m in COUNTER.finditer(text):
        if int(m["at"]) > int(m["of"]) or CITED.search(text[max(0, m.start() - 4) : m.start()]):
            continue

        before = BEFORE.search(text[max(0, m.start() - 44) : m.start()])
        start = m.start() - len(before[0]) if before else m.start()
        own = (start == 0 or text[start - 1] == "\n") and text[m.end() : m.end() + 1] == "\n"

        if own and start:
            start -= _halves(text, start - 1, m.end(), facts)

        found.append(Edit(start, m.end() + own))

    yield from sorted(found)


def _halves(text: str, before: int, after: int, facts: Facts) -> bool:
    """Whether the lines that end and begin at two offsets are the halves of one sentence: then the break goes too."""
    if text[after : after + 1] != "\n" or any(before <= gap.at <= after + 1 for gap in facts.gaps):
        return False

    line = text[text.rfind("\n", 0, before) + 1 : before]
    return (
        bool(OPEN_END.search(line))
        and bool(GOES_ON.match(text, after + 1))
        and not HEADED.match(line)
    )
