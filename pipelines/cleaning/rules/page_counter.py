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
CITED = re.compile(r"(?:见|在|翻到|看|材料|报告|文件|手册|方案)\s?的?\s?\Z")


@rule(needs=("页", "Page", "\n-", "\n—", "\n–", "\n－", "\n·", "\n ", "\n\u3000", *(f"\n{digit}" for digit in range(1, 10))), budget=40, after=("page_head",), seen_on=("jinchutou",))
def page_counter(text: str, facts: Facts) -> Iterator[Edit]:
    """Counters of pages go; the sentence around them closes.

    >>> from pipelines.text.edits import apply
    >>> before = "要加快第 3 页 共 8 页转型。\\n- 4 -\\n二、抓落实"
    >>> apply(before, list(page_counter.find(before, Facts())))
    '要加快转型。\\n二、抓落实'
    >>> list(page_counter.find("请看材料第3页,共8页的表格要填好。\\n—3℃\\n", Facts()))
    []
    """
    found = [Edit(m.start(), m.end()) for m in NUMBER_LINE.finditer(text)]
    for m in COUNTER.finditer(text):
        if int(m["at"]) > int(m["of"]) or CITED.search(text[max(0, m.start() - 4) : m.start()]):
            continue
        before = BEFORE.search(text[max(0, m.start() - 44) : m.start()])
        start = m.start() - len(before[0]) if before else m.start()
        own = (start == 0 or text[start - 1] == "\n") and text[m.end() : m.end() + 1] == "\n"
        found.append(Edit(start, m.end() + own))
    yield from sorted(found)
