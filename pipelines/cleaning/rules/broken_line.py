"""Broken lines: a line break inside a sentence, where a page set a link, a wrap or nothing one can name.

`…要认真\\n总结防汛经验…` is one sentence; a text born as PDF breaks every 20 to 40 characters. What stands
on a line of its own by right (headings, salutations, signatures, verses, rows of a table) stays there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit
from pipelines.text.lines import OPENING, STOPS, ends_sentence, marker

# Characters that begin no line: they close or continue what stands before them.
_NEVER_FIRST = frozenset("，。、；：！？,;:!?）)》〉”’」』】%％")
# Characters that end no line: they open or need what follows.
_NEVER_LAST = re.compile(
    r"""
    (?: [的和与及对为以将把在被向从使让给并且或而但由因于是不已正都也还就又再很更最要会能可应须]
    | 全面 | 进一步 | 切实 | 认真 | 深入 | 积极 | 大力 | 着力 | 努力 | 不断 | 充分 | 更加 | 主要 | 必须 | 应当 | 可以
    | 没有 | 通过 | 按照 | 根据 | 围绕 | 结合 | 针对 | 关于 | 以及 | 同时 | 我们 | 大家 | 他们 | 这些 | 各项 ) \Z
    """,
    re.VERBOSE,
)
_COMMAS = ("，", ",", "、")
_CREDIT = re.compile(r"\A(?:[—-]|\d{4}年)|\s|[:：]")
SALUTATION = re.compile(r"(?:各位|尊敬的|同志们|女士们|先生们|朋友们|亲爱的|老师们|同学们)[^。\n]{0,60}[：:]")
OWN = re.compile(r"附件|附表|附：|附:|抄送|主题词|[—-]{2}|[>》▲▼●■★]|(?:时间|地点|来源|作者)[:：]")
_LINK = re.compile(r"[。！？；;!?]")  # inside a line: it is running text, no heading

# Lines of running text are longer than headings: of 14 000 lines of reports and laws (shared/eval), 9 of those
# above 45 characters that end without a stop were no break, all of them ending in a bracket, and 6 were breaks.
_RUNNING = 45
_PLAIN = 25  # an unnumbered heading is shorter; the longer lines there were places, dates and sources (_CREDIT)
_HEADING = 14  # a line that a page wraps is not shorter
_SHORT = 20  # lines of verse, salutations and signatures
_DOCUMENT = 50_000  # characters; more than all but books have
_FEW = 40  # words are sought in the text as it stands; more take longer than the table of all
_ROUNDS = 8  # after three nothing changes in any text of shared/eval
_WRAPPED = (16, 60)  # characters of a full line of a hard-wrapped text


class Line(NamedTuple):
    start: int
    end: int
    text: str  # without blanks around it
    indented: bool
    ended: bool

    @property
    def width(self) -> int:
        """Characters the line is wide, its indent counted as the two it stands for."""
        return len(self.text) + 2 * self.indented


@rule(budget=40, after=("counted_splice", "one_line", "contents_block"), seen_on=("wm114",))
def broken_line(text: str, facts: Facts) -> Iterator[Edit]:
    """A sentence goes on in the next line.

    >>> broken = "今天召开这次会议,主要任务是全面\\n总结去年工作,部署今年任务。"
    >>> [e.start for e in broken_line.find(broken, Facts())]
    [16]
    >>> list(broken_line.find("一、总体要求\\n坚持稳中求进。\\n特此报告。\\n市人民政府\\n2024年3月1日", Facts()))
    []
    """
    lines = list(_lines(text))
    gaps = sorted(gap.at for gap in facts.gaps)
    edits: list[Edit] = []
    page = _Layout(lines, facts)
    for _ in range(_ROUNDS):  # a joined line tells more than its pieces did
        joined = {
            k + 1 for k in page.open()
            if page.joins(k) and bisect_right(gaps, lines[k + 1].start) == bisect_right(gaps, lines[k].end)
        }
        if not joined:
            break
        groups: list[list[Line]] = []
        for k, line in enumerate(lines):
            if k in joined:
                before = lines[k - 1]
                edits.append(Edit(before.end, line.start, _between(before.text, line.text)))
                groups[-1].append(line)
            else:
                groups.append([line])
        lines = [_joined(group) for group in groups]
        page = page.after(lines)
    yield from sorted(edits)


def _lines(text: str) -> Iterator[Line]:
    """The lines that are not blank, without the blanks around them."""
    at = 0
    for whole in text.split("\n"):
        said = whole.strip()
        if said:
            start = at if whole[0] == said[0] else at + len(whole) - len(whole.lstrip())
            indented = start > at and (start - at > 1 or whole[0] == "\u3000")
            yield Line._make((start, start + len(said), said, indented, said[-1] in STOPS or ends_sentence(said)))
        at += len(whole) + 1


class _Layout:
    """What the lines of one document have in common; each property is worked out when a break first asks for it."""

    def __init__(self, lines: Sequence[Line], facts: Facts) -> None:
        self.lines = lines
        self.facts = facts
        self.width = _width(lines)  # of a full line of a hard-wrapped text, 0 where it is none
        self.indents = bool(self.width) and sum([line.indented for line in lines]) > 2
        self.shown = lines
        self.asked = 0  # for words

    @cached_property
    def contents(self) -> tuple[str, ...]:
        """The lines of the contents block."""
        return tuple(_bare(entry) for entry in self.facts.toc)

    def after(self, joined: Sequence[Line]) -> _Layout:
        """The layout once lines are joined: what concerns numbers of lines is worked out anew."""
        layout = copy(self)
        layout.lines = joined
        layout.__dict__.pop("run_in", None)
        return layout

    @cached_property
    def inside(self) -> str:
        """As much text as a document has, line by line."""
        return "\n".join([line.text for line in self.shown])[:_DOCUMENT]

    @cached_property
    def words(self) -> frozenset[str]:
        """Three characters that stand together inside a line."""
        return frozenset([self.inside[k : k + 3] for k in range(len(self.inside) - 2)])

    @cached_property
    def run_in(self) -> frozenset[int]:
        """Numbers of lines whose nearest neighbours of the same class are mostly paragraphs, no headings."""
        classes: dict[str, list[int]] = {}
        for k, line in enumerate(self.lines):
            if (line.text[0] in OPENING or not line.text[0].isalpha()) and (kind := marker(line.text)):
                classes.setdefault(kind, []).append(k)
        found: list[int] = []
        for members in classes.values():
            runs = [_runs(self.lines[k]) for k in members]
            for at, k in enumerate(members):
                near = runs[max(0, at - 2) : at] + runs[at + 1 : at + 3]
                if sum(near) * 2 > len(near):
                    found.append(k)
        return frozenset(found)

    def open(self) -> list[int]:
        """Numbers of the lines that may go on in the next: of most texts the few that end without a stop."""
        lines = self.lines
        if self.width:
            return [*range(len(lines) - 1)]
        return [k for k, (line, then) in enumerate(pairwise(lines)) if not line.ended or then.text[0] in _NEVER_FIRST]

    def joins(self, k: int) -> bool:
        """Whether line k goes on in the next."""
        line, following = self.lines[k], self.lines[k + 1]
        said, then = line.text, following.text
        full = bool(self.width) and abs(line.width - self.width) <= 1
        if line.ended and not full and then[0] not in _NEVER_FIRST:
            return False
        inside = full and self.indents and not following.indented  # a paragraph would have its indent
        marked = not inside and marker(then)
        if (marked and said[-1] not in "第（(") or OWN.match(then):
            return False
        if then[0] in _NEVER_FIRST and not marked:
            return True
        if following.indented:
            return False
        if full:
            if line.ended and SALUTATION.match(then):
                return False
            return not line.ended or line.width >= self.width
        if (known := self._in_contents(said, then)) is not None:
            return known
        if said[-1] in "（(《〈“‘「『【第":
            return True
        if said.endswith(_COMMAS):
            return not (len(said) <= _SHORT and len(then) <= _SHORT)
        if said[-1] in "）)》”】" or SALUTATION.match(then):
            return False
        own = marker(said)
        if len(said) > _RUNNING or _LINK.search(said) or (own and k in self.run_in):
            return True
        if own and not following.ended and (then[0] in "的了着" or self._tail(said, then)):
            return True  # a heading on two lines
        if own or not (following.ended or len(then) > _PLAIN):
            return False
        if _NEVER_LAST.search(said, max(0, len(said) - 3)) or (len(said) > _PLAIN and not _CREDIT.search(said)):
            return True
        return len(then) > _SHORT and self._knows(said, then)

    def _knows(self, said: str, then: str) -> bool:
        """Whether the characters around a break stand together inside a line elsewhere."""
        around = [three for three in (said[-2:] + then[:1], said[-1:] + then[:2]) if len(three) == 3]
        self.asked += 1
        return any([three in (self.inside if self.asked < _FEW else self.words) for three in around])

    def _tail(self, said: str, then: str) -> bool:
        """Whether a short line is the end of the heading above it, being a mere scrap or by words that stand
        together elsewhere."""
        if len(said) < _HEADING or len(then) > _SHORT:
            return False
        return (len(then) < 4 and then >= "\u3400") or (len(said) > _SHORT and self._knows(said, then))

    def _in_contents(self, said: str, then: str) -> bool | None:
        """Whether a line is only the beginning of a line of the contents (True), or one whole (False)."""
        if not self.facts.toc:
            return None
        bare, both = _bare(said), _bare(said + then)
        if bare in self.contents:
            return False
        if len(bare) > 3 and any(entry.startswith(bare) and both.startswith(entry) for entry in self.contents):
            return True
        return None


def _runs(line: Line) -> bool:
    """Whether a line is running text, no heading."""
    return (line.ended and len(line.text) > _SHORT) or len(line.text) > _RUNNING


def _width(lines: Sequence[Line]) -> int:
    """The width at which most lines break that end no sentence; 0 where the text is not wrapped."""
    open_ended = [line.width for line in lines if not line.ended]
    if len(open_ended) * 3 < len(lines):
        return 0
    lengths = Counter(n for n in open_ended if _WRAPPED[0] <= n <= _WRAPPED[1])
    if not lengths:
        return 0
    width = max(lengths, key=lambda n: (lengths[n] + lengths[n - 1] + lengths[n + 1], n))
    near = lengths[width] + lengths[width - 1] + lengths[width + 1]
    longer = sum(line.width > width + 2 for line in lines)
    return width if near >= 4 and near * 3 >= len(lines) and longer * 10 <= len(lines) else 0


def _bare(text: str) -> str:
    return re.sub(r"[\s,，、.．。:：;；_（）()]+", "", text)


def _joined(group: Sequence[Line]) -> Line:
    """Lines that are one."""
    if len(group) == 1:
        return group[0]
    said = [group[0].text]
    for before, line in pairwise(group):
        said += _between(before.text, line.text), line.text
    first, last = group[0], group[-1]
    return Line(first.start, last.end, "".join(said), first.indented, last.ended)


def _between(said: str, then: str) -> str:
    """Nothing, but a blank where two words of Latin letters or numbers would become one."""
    return " " if said[-1].isascii() and said[-1].isalpha() and then[0].isascii() and then[0].isalpha() else ""
