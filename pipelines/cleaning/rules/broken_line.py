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
from pipelines.text.chinese import MARKER_LETTERS, STOPS, ends_sentence, heading_marker
from pipelines.text.edits import Edit

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
SALUTATION = re.compile(
    r"(?:各位|尊敬的|同志们|女士们|先生们|朋友们|亲爱的|老师们|同学们)[^。\n]{0,60}[：:]"
)
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


class _Lines(NamedTuple):
    """The lines of a text that are not blank, side by side."""

    texts: list[str]  # without blanks around them
    ended: list[bool]
    indented: list[bool]


@rule(budget=40, after=("counted_splice", "one_line", "contents_block"), seen_on=("wm114",))
def broken_line(text: str, facts: Facts) -> Iterator[Edit]:
    """A sentence goes on in the next line.

    >>> broken = "今天召开这次会议,主要任务是全面\\n总结去年工作,部署今年任务。"
    >>> [e.start for e in broken_line.find(broken, Facts())]
    [16]
    >>> list(broken_line.find("一、总体要求\\n坚持稳中求进。\\n特此报告。\\n市人民政府\\n2024年3月1日", Facts()))
    []
    """
    lines = _lines(text)
    spans: list[tuple[int, int]] = []  # of the lines; worked out when one may go on
    gaps = sorted(gap.at for gap in facts.gaps)
    edits: list[Edit] = []
    page = _Layout(lines, facts)
    for _ in range(_ROUNDS):  # a joined line tells more than its pieces did
        joined = [k + 1 for k in page.open() if page.joins(k)]
        if joined:
            spans = spans or _spans(text)
            joined = [
                k
                for k in joined
                if bisect_right(gaps, spans[k][0]) == bisect_right(gaps, spans[k - 1][1])
            ]
        if not joined:
            break
        edits += [
            Edit(spans[k - 1][1], spans[k][0], _between(lines.texts[k - 1], lines.texts[k]))
            for k in joined
        ]
        firsts = sorted({*range(len(spans))}.difference(joined))
        groups = [*zip(firsts, [*firsts[1:], len(spans)], strict=True)]
        spans = [(spans[first][0], spans[end - 1][1]) for first, end in groups]
        lines = _Lines(
            [_joined(lines.texts[first:end]) for first, end in groups],
            [lines.ended[end - 1] for _, end in groups],
            [lines.indented[first] for first in firsts],
        )
        page = page.after(lines)
    yield from sorted(edits)


def _lines(text: str) -> _Lines:
    whole = [line for line in text.split("\n") if line and not line.isspace()]
    texts = [line.strip() for line in whole]
    ended = [said[-1] in STOPS or ends_sentence(said) for said in texts]
    return _Lines(texts, ended, [line[0] == "\u3000" or line[:2].isspace() for line in whole])


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the lines that are not blank begin and end, without the blanks around them."""
    spans = []
    at = 0
    for whole in text.split("\n"):
        said = whole.strip()
        if said:
            start = at if whole[0] == said[0] else at + len(whole) - len(whole.lstrip())
            spans.append((start, start + len(said)))
        at += len(whole) + 1
    return spans


class _Layout:
    """What the lines of one document have in common; each property is worked out when a break first asks for it."""

    def __init__(self, lines: _Lines, facts: Facts) -> None:
        self.texts, self.ended, self.indented = lines
        self.facts = facts
        self.width = _width(lines)  # of a full line of a hard-wrapped text, 0 where it is none
        self.indents = bool(self.width) and sum(lines.indented) > 2
        self.shown = lines.texts
        self.asked = 0  # for words

    @cached_property
    def contents(self) -> tuple[str, ...]:
        """The lines of the contents block."""
        return tuple(_bare(entry) for entry in self.facts.toc)

    def after(self, joined: _Lines) -> _Layout:
        """The layout once lines are joined: what concerns numbers of lines is worked out anew."""
        layout = copy(self)
        layout.texts, layout.ended, layout.indented = joined
        layout.__dict__.pop("run_in", None)
        return layout

    @cached_property
    def inside(self) -> str:
        """As much text as a document has, line by line."""
        return "\n".join(self.shown)[:_DOCUMENT]

    @cached_property
    def words(self) -> frozenset[str]:
        """Three characters that stand together inside a line."""
        return frozenset([self.inside[k : k + 3] for k in range(len(self.inside) - 2)])

    @cached_property
    def run_in(self) -> frozenset[int]:
        """Numbers of lines whose nearest neighbours of the same class are mostly paragraphs, no headings."""
        classes: dict[str, list[int]] = {}
        for k, said in enumerate(self.texts):
            if (said[0] in MARKER_LETTERS or not said[0].isalpha()) and (
                kind := heading_marker(said)
            ):
                classes.setdefault(kind, []).append(k)
        found: list[int] = []
        for members in classes.values():
            runs = [len(self.texts[k]) > (_SHORT if self.ended[k] else _RUNNING) for k in members]
            for at, k in enumerate(members):
                near = runs[max(0, at - 2) : at] + runs[at + 1 : at + 3]
                if sum(near) * 2 > len(near):
                    found.append(k)
        return frozenset(found)

    def open(self) -> list[int]:
        """Numbers of the lines that may go on in the next: of most texts the few that end without a stop."""
        if self.width:
            return [*range(len(self.texts) - 1)]
        breaks = enumerate(zip(self.ended, self.texts[1:], strict=False))
        return [k for k, (ended, then) in breaks if not ended or then[0] in _NEVER_FIRST]

    def joins(self, k: int) -> bool:
        """Whether line k goes on in the next."""
        said, then = self.texts[k], self.texts[k + 1]
        ended, goes_on, indented = self.ended[k], not self.ended[k + 1], self.indented[k + 1]
        width = len(said) + 2 * self.indented[k]
        full = bool(self.width) and abs(width - self.width) <= 1
        if ended and not full and then[0] not in _NEVER_FIRST:
            return False
        inside = full and self.indents and not indented  # a paragraph would have its indent
        marked = not inside and heading_marker(then)
        if (marked and said[-1] not in "第（(") or OWN.match(then):
            return False
        if then[0] in _NEVER_FIRST and not marked:
            return True
        if indented:
            return False
        if full:
            if ended and SALUTATION.match(then):
                return False
            return not ended or width >= self.width
        if (known := self._in_contents(said, then)) is not None:
            return known
        if said[-1] in "（(《〈“‘「『【第":
            return True
        if said.endswith(_COMMAS):
            return not (len(said) <= _SHORT and len(then) <= _SHORT)
        if said[-1] in "）)》”】" or SALUTATION.match(then):
            return False
        own = heading_marker(said)
        if len(said) > _RUNNING or _LINK.search(said) or (own and k in self.run_in):
            return True
        if own and goes_on and (then[0] in "的了着" or self._tail(said, then)):
            return True  # a heading on two lines
        if own or (goes_on and len(then) <= _PLAIN):
            return False
        if _NEVER_LAST.search(said, max(0, len(said) - 3)) or (
            len(said) > _PLAIN and not _CREDIT.search(said)
        ):
            return True
        return len(then) > _SHORT and self._knows(said, then)

    def _knows(self, said: str, then: str) -> bool:
        """Whether the characters around a break stand together inside a line elsewhere."""
        around = [
            three for three in (said[-2:] + then[:1], said[-1:] + then[:2]) if len(three) == 3
        ]
        self.asked += 1
        return any(
            [three in (self.inside if self.asked < _FEW else self.words) for three in around]
        )

    def _tail(self, said: str, then: str) -> bool:
        """Whether a short line is the end of the heading above it, being a mere scrap or by words that stand
        together elsewhere."""
        if len(said) < _HEADING or len(then) > _SHORT:
            return False
        return (len(then) < 4 and then >= "\u3400") or (
            len(said) > _SHORT and self._knows(said, then)
        )

    def _in_contents(self, said: str, then: str) -> bool | None:
        """Whether a line is only the beginning of a line of the contents (True), or one whole (False)."""
        if not self.facts.toc:
            return None
        bare, both = _bare(said), _bare(said + then)
        if bare in self.contents:
            return False
        if len(bare) > 3 and any(
            entry.startswith(bare) and both.startswith(entry) for entry in self.contents
        ):
            return True
        return None


def _width(lines: _Lines) -> int:
    """The width at which most lines break that end no sentence, an indent counted as the two characters it stands for;
    0 where the text is not wrapped."""
    count = len(lines.texts)
    if (count - sum(lines.ended)) * 3 < count:
        return 0
    widths = [
        len(said) + 2 * indented for said, indented in zip(lines.texts, lines.indented, strict=True)
    ]
    open_ended = [width for width, ended in zip(widths, lines.ended, strict=True) if not ended]
    lengths = Counter(n for n in open_ended if _WRAPPED[0] <= n <= _WRAPPED[1])
    if not lengths:
        return 0
    width = max(lengths, key=lambda n: (lengths[n] + lengths[n - 1] + lengths[n + 1], n))
    near = lengths[width] + lengths[width - 1] + lengths[width + 1]
    longer = sum(n > width + 2 for n in widths)
    return width if near >= 4 and near * 3 >= count and longer * 10 <= count else 0


def _bare(text: str) -> str:
    return re.sub(r"[\s,，、.．。:：;；_（）()]+", "", text)


def _joined(texts: Sequence[str]) -> str:
    """Lines that are one."""
    return "".join(
        [texts[0], *(piece for a, b in pairwise(texts) for piece in (_between(a, b), b))]
    )


def _between(said: str, then: str) -> str:
    """Nothing, but a blank where two words of Latin letters or numbers would become one."""
    return (
        " "
        if said[-1].isascii() and said[-1].isalpha() and then[0].isascii() and then[0].isalpha()
        else ""
    )
