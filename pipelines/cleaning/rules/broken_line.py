"""Broken lines: a line break inside a sentence, where a page set a link, a wrap or nothing one can name.

`…要认真\\n总结防汛经验…` is one sentence; a text born as PDF breaks every 40 to 90 columns. Headings, names, dates,
captions, verses and rows of a table stand on lines of their own by right, and most real texts break nowhere else: so
the document as a whole tells how it breaks its lines, and where it is neither wrapped nor torn only a grammar's proof
joins two of them. Where a paragraph is proved to end (`Facts.breaks`) nothing joins, unless the document's blocks tear
its sentences throughout.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.cleaning.line_grammar import (
    ANNOUNCED,
    COMMAS,
    CONTINUES,
    CREDIT,
    INNER_COMMA,
    INNER_STOP,
    LATIN,
    NAME,
    NEVER_FIRST,
    NEVER_LAST,
    OPENING,
    OWN,
    PAIRS,
    RUNS,
)
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.chinese import STOPS, ends_sentence, heading_marker, salutation
from pipelines.text.edits import Edit
from pipelines.text.lexicon import word

#: Characters of a line of running text; of 14,000 lines of reports and laws all but a few headings are shorter.
_RUNNING = 45
_SHORT = 20  # lines of verse, salutations and signatures
_HEADING = 14  # a heading that a page wraps is not shorter
_POINT = 12  # a point with fewer has hardly begun
_FRAGMENT = 3  # the beginning of a sentence behind a stop has more characters than this
_ROUNDS = (
    8  # a joined line tells more than its pieces did; after three nothing changes in any real text
)
_COLUMNS, _CHARACTERS = (32, 124), (16, 62)  # of a full line of a hard-wrapped text
#: A word is torn by a break where a lexicon has it so often, and lacks one of those that the break leaves.
_TORN_WORD = 30


class _Line(NamedTuple):
    """A line, or several that were found to be one."""

    start: int  # in the text, without blanks around it
    end: int
    text: str
    first: str  # the line it begins with
    last: str  # the line it ends with
    indented: bool

    @property
    def ended(self) -> bool:
        return self.text[-1] in STOPS or ends_sentence(self.text)


class _Measure(NamedTuple):
    """How long the full lines of a wrapped text are; a width of 0 is that of a text that is not wrapped."""

    width: int
    by_columns: bool = True

    @property
    def spread(self) -> int:
        """By how much full lines differ: signs that begin no line, half-width letters."""
        return 4 if self.by_columns else 3

    def of(self, line: _Line) -> int:
        """The length of a line's last line, an indent counted as the two characters it stands for."""
        indent = 2 * (line.indented and line.last is line.first)

        return columns(line.last) + 2 * indent if self.by_columns else len(line.last) + indent

    def is_full(self, line: _Line) -> bool:
        """Whether a line is as long as they get."""
        return bool(self.width) and self.width - self.spread < self.of(line) <= self.width + 2

    def is_filled(self, line: _Line) -> bool:
        """Whether a line has no room left."""
        return self.of(line) >= self.width


_UNWRAPPED = _Measure(0)


@rule(budget=40, after=("counted_splice", "one_line", "contents_block"), seen_on=("wm114",))
def broken_line(text: str, facts: Facts) -> Iterator[Edit]:
    """A sentence goes on in the next line.

    >>> broken = "各乡镇汇报了进度。今天召开这次会议，主要任务是全面\\n总结去年工作，部署今年任务。"
    >>> [e.start for e in broken_line.find(broken, Facts())]
    [25]
    >>> list(broken_line.find("一、总体要求\\n坚持稳中求进。\\n特此报告。\\n市人民政府\\n2024年3月1日", Facts()))
    []
    """
    lines = list(_lines(text))

    if len(lines) < 2:
        return

    document = _Document(lines, facts)
    edits: list[Edit] = []

    for _ in range(_ROUNDS):
        joined = [k for k, pair in enumerate(pairwise(lines)) if document.joins(*pair)]
        if not joined:
            break

        edits += [_edit(lines[k], lines[k + 1]) for k in joined]
        lines = _merged(lines, frozenset(joined))

    yield from sorted(edits)


def columns(line: str) -> int:
    """The width of a line: two columns for a Han character or a full-width sign, one for any other.

    >>> columns("6 月 12 日，开会")
    16
    """
    return len(line.encode("gbk", "replace"))


def _lines(text: str) -> Iterator[_Line]:
    """The lines of a text that are not blank."""
    at = 0

    for whole in text.split("\n"):
        said = whole.strip()
        if said:
            start = at + len(whole) - len(whole.lstrip())
            indented = whole[0] == "\u3000" or whole[:2].isspace()
            yield _Line(start, start + len(said), said, said, said, indented)

        at += len(whole) + 1


def _merged(lines: Sequence[_Line], joined: frozenset[int]) -> list[_Line]:
    """The lines, those of which `joined` names the number made one with the next."""
    merged: list[_Line] = []

    for k, line in enumerate(lines):
        if k - 1 in joined:
            before = merged.pop()
            text = before.text + _between(before.text, line.text) + line.text
            line = _Line(before.start, line.end, text, before.first, line.last, before.indented)

        merged.append(line)

    return merged


def _edit(line: _Line, then: _Line) -> Edit:
    return Edit(line.end, then.start, _between(line.text, then.text))


def _between(said: str, then: str) -> str:
    """Nothing, but a blank where two words of Latin letters would become one."""
    latin = said[-1].isascii() and said[-1].isalpha() and then[0].isascii() and then[0].isalpha()

    return " " if latin else ""


class _Document:
    """How one document breaks its lines."""

    def __init__(self, lines: Sequence[_Line], facts: Facts) -> None:
        self.facts = facts
        self.gaps = sorted(gap.at for gap in facts.gaps)
        self.contents = tuple(_bare(entry) for entry in facts.toc)
        self.wrap = _measure(lines)
        self.indents = bool(self.wrap.width) and sum(line.indented for line in lines) > 2

        points = [line for line in lines if heading_marker(line.text) in ("shi", "yao")]
        self.points_end = sum(line.ended for line in points) > 1  # 一是 … are sentences here
        self.torn = False  # links or whatever tear sentences here and there
        self.blocks_tear = False  # blocks of the page are mere lines
        self._judge(lines)

    def _judge(self, lines: Sequence[_Line]) -> None:
        """Tell from the breaks that visibly tear a sentence how the others are to be taken."""
        pairs = list(pairwise(lines))
        tears = [pair for pair in pairs if self._is_torn(*pair)]
        proved = sum(self._is_proved(*pair) for pair in pairs)
        torn_blocks = sum(self._is_proved(*pair) for pair in tears)
        self.blocks_tear = torn_blocks > 2 and torn_blocks * 4 >= proved

        sure = len(tears) if self.blocks_tear else len(tears) - torn_blocks
        doubtful = sum(not line.ended and len(line.text) > _RUNNING for line in lines)
        self.torn = sure > 1 and sure * 4 >= doubtful

    def joins(self, line: _Line, then: _Line) -> bool:
        """Whether a line goes on in the next: the first of the tests that knows decides."""
        for test in _TESTS:
            verdict = test(self, line, then)
            if verdict is not None:
                return verdict

        return False

    def _is_proved(self, line: _Line, then: _Line) -> bool:
        return bool(self.facts.breaks) and self.facts.breaks.proved(line.end, then.start)

    def _is_torn(self, line: _Line, then: _Line) -> bool:
        """Whether a sentence goes on over a break by what its two sides look like."""
        if _stands_alone(self, line, then) is False or _latin_below(self, line, then) is False:
            return False
        if self.wrap.is_full(line) and not line.ended:
            return True

        tests = (_closing_sign, _left_open, _comma, _open_sentence, _governing_word)
        return any(test(self, line, then) for test in tests)

    def crosses_gap(self, line: _Line, then: _Line) -> bool:
        return bisect_right(self.gaps, then.start) > bisect_right(self.gaps, line.end)


# --- the tests of a break: each knows (True: joins, False: does not) or leaves it to the next (None) ---


def _gap_between(page: _Document, line: _Line, then: _Line) -> bool | None:
    return False if page.crosses_gap(line, then) else None


def _paragraph_proved(page: _Document, line: _Line, then: _Line) -> bool | None:
    if page.blocks_tear or not page._is_proved(line, then):
        return None

    return False


def _stands_alone(page: _Document, line: _Line, then: _Line) -> bool | None:
    """The next line has a marker, greets, or is of the kind that stands by itself."""
    if line.text.endswith(("第", "（", "(")):
        return None

    inside = page.indents and page.wrap.is_full(line) and not then.indented  # else it had an indent
    if not inside and heading_marker(then.text):
        return False
    if OWN.match(then.text) or salutation(then.text) or (line.ended and salutation(line.text)):
        return False

    return None


def _closing_sign(page: _Document, line: _Line, then: _Line) -> bool | None:
    """The next line opens with a sign or a word that begins none."""
    if then.text[0] in NEVER_FIRST:
        return True

    return True if not line.ended and CONTINUES.match(then.text) else None


def _indent(page: _Document, line: _Line, then: _Line) -> bool | None:
    return False if then.indented else None


def _full_line(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A full line of a wrapped text goes on; one that ends a sentence only where it has no room left."""
    if not page.wrap.is_full(line):
        return None

    return not line.ended or page.wrap.is_filled(line)


def _sentence_ended(page: _Document, line: _Line, then: _Line) -> bool | None:
    return False if line.ended else None


def _latin_below(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A Latin paragraph does not go on a Chinese sentence."""
    if LATIN.match(then.text) and not line.text[-1].isascii():
        latin = sum(c.isascii() for c in then.text)
        return False if latin * 2 > len(then.text) else None

    return None


def _contents(page: _Document, line: _Line, then: _Line) -> bool | None:
    """The contents have a line that this one only begins, or this one whole."""
    if not page.contents:
        return None

    bare, both = _bare(line.text), _bare(line.text + then.text)
    if bare in page.contents:
        return False

    begun = [entry for entry in page.contents if len(bare) > 3 and entry.startswith(bare)]
    return True if any(both.startswith(entry) for entry in begun) else None


def _left_open(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A bracket or a quotation is left open, and the next line closes it."""
    if line.text[-1] in OPENING or line.text.endswith("第"):
        return True

    at = max(line.text.rfind(c) for c in "（(《〈")
    if at < 0 or PAIRS[line.text[at]] in line.text[at:]:
        return None

    closes = then.text.find(PAIRS[line.text[at]], 0, 60)
    opens = then.text.find(line.text[at], 0, 60)

    return True if closes >= 0 and not 0 <= opens < closes else None


def _comma(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A comma goes on, but between lines of verse or of a list."""
    if not line.text.endswith(COMMAS):
        return None

    return len(line.text) > _SHORT or len(then.text) > _SHORT


def _open_sentence(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A sentence has begun behind another one on the line, and is no caption or by-line."""
    if line.ended:
        return None

    stops = list(INNER_STOP.finditer(line.text))
    if not stops:
        return None

    begun = line.text[stops[-1].end() :]
    if len(begun) <= _FRAGMENT or line.text[-1] in "）)》”】":
        return None
    if CREDIT.search(begun) or NAME.fullmatch(begun):
        return None

    return True if INNER_COMMA.search(line.text) and len(line.text) > _SHORT else None


def _governing_word(page: _Document, line: _Line, then: _Line) -> bool | None:
    """The last word needs what follows."""
    if len(line.text) <= _FRAGMENT or len(then.text) <= _FRAGMENT:
        return None
    if ANNOUNCED.search(line.text):
        return True
    if not (page.torn or RUNS.search(line.text)):
        return None  # a title on two lines looks the same as two titles

    return True if NEVER_LAST.search(line.text, max(0, len(line.text) - 8)) else None


def _begun_point(page: _Document, line: _Line, then: _Line) -> bool | None:
    """`一是强化` opens a sentence, never a heading."""
    opened = heading_marker(line.text) in ("shi", "yao") and len(line.text) <= _POINT

    return True if opened and then.ended and page.points_end else None


def _torn_document(page: _Document, line: _Line, then: _Line) -> bool | None:
    """In a document torn elsewhere a long line without a stop is torn too, unless it is a heading by its marker."""
    if not page.torn or line.ended or line.text[-1] in "）)》”】":
        return None
    if CREDIT.search(RUNS.split(line.text)[-1]):
        return None

    running = len(line.text) > _RUNNING or (
        len(line.text) > _SHORT and bool(INNER_COMMA.search(line.text))
    )
    return True if running and not heading_marker(line.text) else None


def _torn_word(page: _Document, line: _Line, then: _Line) -> bool | None:
    """A word of the lexicon lies across the break: in a long line, or before a scrap of a heading."""
    scrap = len(then.text) <= _FRAGMENT and not then.ended and len(line.text) >= _HEADING
    running = len(line.text) > _RUNNING and INNER_COMMA.search(line.text)

    if line.ended or not (running or scrap):
        return None
    if CREDIT.search(line.text[-12:]):
        return None

    a, b, c, d = *line.text[-2:], *then.text[:2].ljust(2)
    torn = word(b, c) >= _TORN_WORD and not (word(a, b) and word(c, d))

    return True if torn else None


_Test = Callable[[_Document, _Line, _Line], bool | None]
_TESTS: tuple[_Test, ...] = (
    _gap_between,  # the two sides of a gap never join
    _paragraph_proved,
    _stands_alone,
    _latin_below,
    _closing_sign,
    _indent,
    _full_line,
    _sentence_ended,
    _contents,
    _left_open,
    _comma,
    _open_sentence,
    _governing_word,
    _begun_point,
    _torn_document,
    _torn_word,
)


def _measure(lines: Sequence[_Line]) -> _Measure:
    """How the text is wrapped: by columns or by characters, whichever more of its open lines agree in."""
    count = len(lines)
    open_ended = [line for line in lines if not line.ended]

    if len(open_ended) * 3 < count:
        return _UNWRAPPED

    by_columns = _most_common(open_ended, _Measure(0, by_columns=True))
    by_characters = _most_common(open_ended, _Measure(0, by_columns=False))
    measure, near = max(by_characters, by_columns, key=lambda found: found[1])
    longer = sum(measure.of(line) > measure.width + measure.spread for line in lines)
    wrapped = near >= 4 and near * 3 >= count and longer * 10 <= count

    return measure if wrapped else _UNWRAPPED


def _most_common(open_ended: Sequence[_Line], measure: _Measure) -> tuple[_Measure, int]:
    """The width that most open lines are near to, and how many are."""
    least, most = _COLUMNS if measure.by_columns else _CHARACTERS
    lengths = Counter(n for n in map(measure.of, open_ended) if least <= n <= most)

    def near(width: int) -> int:
        return sum(lengths[n] for n in range(width - measure.spread + 1, width + 1))

    width = max(lengths, key=lambda n: (near(n), n), default=0)
    return measure._replace(width=width), near(width) if width else 0


def _bare(text: str) -> str:
    return re.sub(r"[\s,，、.．。:：;；_（）()]+", "", text)
