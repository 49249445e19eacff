"""Broken lines: a line break inside a sentence, where a page set a link, a wrap or nothing one can name.

`…全面\\n总结防汛经验…` is one sentence; a text born as PDF breaks every 20 to 40 characters. What stands
on a line of its own by right (headings, salutations, signatures, verses, rows of a table) stays there.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit
from pipelines.text.lines import ends_sentence, marker

LINE = re.compile(r"[^\n]+")

# Characters that begin no line: they close or continue what stands before them.
_NEVER_FIRST = frozenset("，。、；：！？,;:!?）)》〉”’」』】%％")
# Characters that end no line: they open or need what follows.
_NEVER_LAST = frozenset("（(《〈“‘「『【第的和与及对为以将把在被向从使让给并且或而但由因于")
_COMMAS = ("，", ",", "、")
_CREDIT = re.compile(r"\A(?:[—-]|\d{4}年)|\s|[:：]")
SALUTATION = re.compile(r"(?:各位|尊敬的|同志们|女士们|先生们|朋友们|亲爱的|老师们|同学们)[^。\n]{0,60}[：:]")
OWN = re.compile(r"附件|附表|附：|附:|抄送|主题词|[—-]{2}|[>》▲▼●■★]|(?:时间|地点|来源|作者)[:：]")
_LINK = re.compile(r"[。！？；;!?]")  # inside a line: it is running text, no heading

# Lines of running text are longer than headings: of 14 000 lines of reports and laws (shared/eval), 9 of those
# above 45 characters that end without a stop were no break, all of them ending in a bracket, and 6 were breaks.
_RUNNING = 45
_PLAIN = 25  # an unnumbered heading is shorter; the longer lines there were places, dates and sources (_CREDIT)
_SHORT = 20  # lines of verse, salutations and signatures
_WRAPPED = (16, 60)  # characters of a full line of a hard-wrapped text


class Line(NamedTuple):
    start: int
    end: int
    text: str  # without blanks around it
    indented: bool
    marker: str | None
    ended: bool


@rule(budget=40, after=("counted_splice",), seen_on=("wm114",))
def broken_line(text: str, facts: Facts) -> Iterator[Edit]:
    """A sentence goes on in the next line.

    >>> broken = "今天召开这次会议,主要任务是全面\\n总结去年工作,部署今年任务。"
    >>> [e.start for e in broken_line.find(broken, Facts())]
    [16]
    >>> list(broken_line.find("一、总体要求\\n坚持稳中求进。\\n特此报告。\\n市人民政府\\n2024年3月1日", Facts()))
    []
    """
    lines = [_line(found) for found in LINE.finditer(text) if not found[0].isspace()]
    if len(lines) < 2:
        return
    page = _Layout.of(lines, facts)
    gaps = sorted(gap.at for gap in facts.gaps)
    for k, (line, following) in enumerate(itertools.pairwise(lines)):
        if not _joins(lines, k, page):
            continue
        at = line.end
        while text[at - 1].isspace():
            at -= 1
        stop = following.start + (len(text[following.start : following.end]) - len(text[following.start : following.end].lstrip()))
        if bisect_right(gaps, stop) == bisect_right(gaps, at):
            yield Edit(at, stop, _between(line.text, following.text))


@dataclass(slots=True)
class _Layout:
    """What the lines of one document have in common."""

    width: int  # of a full line of a hard-wrapped text, 0 where it is none
    contents: tuple[str, ...]
    run_in: frozenset[int]  # numbers of lines whose markers open a paragraph, by what their neighbours do
    words: frozenset[str]  # three characters that stand together inside a line

    @classmethod
    def of(cls, lines: Sequence[Line], facts: Facts) -> _Layout:
        return cls(
            width=_width(lines),
            contents=tuple(_bare(entry) for entry in facts.toc),
            run_in=frozenset(_run_in(lines)),
            words=frozenset(line.text[k : k + 3] for line in lines for k in range(len(line.text) - 2)),
        )

    def knows(self, said: str, then: str) -> bool:
        """Whether the characters around a break stand together inside a line elsewhere."""
        return said[-2:] + then[:1] in self.words or said[-1:] + then[:2] in self.words


def _run_in(lines: Sequence[Line]) -> Iterator[int]:
    """Lines whose nearest neighbours of the same class are, for the most part, paragraphs and no headings."""
    classes: dict[str, list[int]] = {}
    for k, line in enumerate(lines):
        if line.marker:
            classes.setdefault(line.marker, []).append(k)
    for members in classes.values():
        runs = [(lines[k].ended and len(lines[k].text) > _SHORT) or len(lines[k].text) > _RUNNING for k in members]
        for at, k in enumerate(members):
            near = runs[max(0, at - 2) : at] + runs[at + 1 : at + 3]
            if sum(near) * 2 > len(near):
                yield k


def _line(found: re.Match[str]) -> Line:
    whole = found[0]
    said = whole.strip()
    indent = len(whole) - len(whole.lstrip())
    indented = whole.startswith("\u3000") or indent > 1
    return Line(found.start(), found.end(), said, indented, marker(said), ends_sentence(said))


def _width(lines: Sequence[Line]) -> int:
    """The width at which most lines break that end no sentence; 0 where the text is not wrapped."""
    open_ended = [len(line.text) for line in lines if not line.ended]
    lengths = Counter(n for n in open_ended if _WRAPPED[0] <= n <= _WRAPPED[1])
    if not lengths:
        return 0
    width = max(lengths, key=lambda n: (lengths[n] + lengths[n - 1] + lengths[n + 1], n))
    near = lengths[width] + lengths[width - 1] + lengths[width + 1]
    longer = sum(len(line.text) > width + 2 for line in lines)
    return width if near >= 4 and near * 3 >= len(lines) and longer * 10 <= len(lines) else 0


def _joins(lines: Sequence[Line], k: int, page: _Layout) -> bool:
    """Whether line k goes on in the next."""
    line, following = lines[k], lines[k + 1]
    said, then = line.text, following.text
    if (following.marker and said[-1] not in "第（(") or OWN.match(then):
        return False
    if then[0] in _NEVER_FIRST and not following.marker:
        return True
    if following.indented:
        return False
    if page.width and abs(len(said) - page.width) <= 1:
        return not line.ended or len(said) >= page.width
    if line.ended:
        return False
    if page.contents and (known := _in_contents(said, then, page.contents)) is not None:
        return known
    if said[-1] in "（(《〈“‘「『【第":
        return True
    if said.endswith(_COMMAS):
        return not (len(said) <= _SHORT and len(then) <= _SHORT)
    if said[-1] in "）)》”】" or SALUTATION.match(then):
        return False
    if len(said) > _RUNNING or _LINK.search(said) or k in page.run_in:
        return True
    if line.marker:
        return False
    goes_on = following.ended or len(then) > _PLAIN
    if said[-1] in _NEVER_LAST or (len(said) > _PLAIN and not _CREDIT.search(said)):
        return goes_on
    return goes_on and len(then) > _SHORT and page.knows(said, then)


def _in_contents(said: str, then: str, contents: Sequence[str]) -> bool | None:
    """Whether a line is only the beginning of a line of the contents (True), or one whole (False)."""
    bare, both = _bare(said), _bare(said + then)
    if bare in contents:
        return False
    if len(bare) > 3 and any(entry.startswith(bare) and both.startswith(entry) for entry in contents):
        return True
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\s,，、.．。:：;；_（）()]+", "", text)


def _between(said: str, then: str) -> str:
    """Nothing, but a blank where two words of Latin letters or numbers would become one."""
    return " " if said[-1].isascii() and said[-1].isalpha() and then[0].isascii() and then[0].isalpha() else ""
