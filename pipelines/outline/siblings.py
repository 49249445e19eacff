"""Whether a list of siblings holds headings or plain items: decided for the list as a whole.

（一）深化改革。进一步…      titles with a text behind them: headings
（一）出示证件；              items of a sentence
（一）各单位要认真学习…      whole sentences
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import attrgetter
from statistics import median_low

from pipelines.outline.bare import PLAIN_KINDS
from pipelines.outline.candidate import LINE, UNITS, Candidate
from pipelines.outline.nesting import Siblings, cut_short, opens
from pipelines.outline.reasons import (
    AGENDA,
    ALONE,
    ANNOUNCED,
    ATTACHMENTS,
    BARE,
    IN_ITEM,
    SEMICOLONS,
    SENTENCES,
)
from pipelines.outline.titles import TRIM

#: Longest title, in code points; two thirds of a list of headings are no longer. Of 927 headings of the development set the longest
#: has 28, in speeches they run to 40 at the first level (`在…中强化…的责任担当`). The first sentences of that set's plain items have
#: medians from 36 upwards, but for one list of 26.
_LONGEST = {"cn": 44, "part": 60, "subpart": 60, "chap": 60, "sect": 60}
_LONGEST_RUN_IN = 34
#: A line of its own is a title even when it is longer, if it has no end or paragraphs of text stand under it.
_LONGEST_LINE = 56
_LONGEST_BARE_LINE = 64
#: … and longer still if it has no end mark and something stands under it.
_LONGEST_WITH_TEXT = 90
#: A whole sentence may be a title that is longer by this much, if the texts of its list are at least so many times as long as
#: the titles, and it has at most two commas.
_LONGER_WITH_TEXT = 22
_BODIES_TO_TITLES = 1.5
#: … but not behind a lead (`抓好以下工作：`), where whole sentences are items; these kinds number what a speaker has to say.
_SPEAKERS_POINTS = frozenset(("formal", "cn", "di"))
#: How the turns of a meeting begin: 首先，请…；最后，让我们….
_TURN = re.compile(
    r"(?:有?请|让我们|由)(?:大家|各位|全体|.{1,20}(?:讲话|发言|宣读|通报|致辞|上台|观看|起立|就座|颁奖|作报告))|现在进行|下面进行|进行第.{1,3}项"
)
#: Longest median of bare titles that nothing stands under, where the document's other lists of the kind are headings.
_SHORT = 14
_START = attrgetter("start")
_GOING_ON = ("；", ";", "，", ",", "、")
#: What a line that is no title ends with: an item of a sentence, a lead to items.
_LEADS = frozenset("；;：:，,、")
_ATTACHMENTS = re.compile(r"附[件表图录][ \u3000]*[:：]?$")


class _Document:
    """The accepted candidates of a text in order, their ranks, and the gaps: what a list is judged by."""

    def __init__(
        self,
        text: str,
        lists: Sequence[Siblings],
        order: dict[str, int],
        gaps: Sequence[int],
    ) -> None:
        self.text, self.order, self.gaps = text, order, gaps
        self.accepted = sorted([c for siblings in lists for c in siblings.members], key=_START)
        self.starts = [c.start for c in self.accepted]

    def following(self, c: Candidate) -> Candidate | None:
        """The next accepted candidate."""
        i = bisect_left(self.starts, c.start) + 1

        return self.accepted[i] if i < len(self.accepted) else None

    def gap_within(self, start: int, end: int) -> bool:
        """Whether text was withheld between two offsets."""
        return bisect_right(self.gaps, end) > bisect_right(self.gaps, start)


def judge(text: str, lists: Sequence[Siblings], order: dict[str, int], gaps: Sequence[int]) -> None:
    """Decide for each list of siblings whether it holds headings; members of the others get their `why`."""
    document = _Document(text, lists, order, gaps)
    balance: dict[str, int] = defaultdict(int)  # lists of headings less lists of items, by kind
    bare: list[Siblings] = []

    for siblings in _whole_lists(lists, order):
        why = _verdict(_List(document, siblings))
        balance[siblings.kind] += -1 if why else 1

        if why == BARE:
            bare.append(siblings)

        if why:
            _set_why(siblings, why)

    for siblings in bare:
        if balance[siblings.kind] >= 0 and _like_the_others(siblings):
            _set_why(siblings, "")


def _set_why(siblings: Siblings, why: str) -> None:
    for c in siblings.members:
        c.why = "" if c.stated else why


def _like_the_others(siblings: Siblings) -> bool:
    """As the document does elsewhere: （一）汽车号牌。 with a text, （一）小型车辆样图。 without."""
    if siblings.parent is None:
        return False

    return median_low(len(c.title) for c in siblings.members) <= _SHORT


def _whole_lists(lists: Sequence[Siblings], order: dict[str, int]) -> list[Siblings]:
    """Lists whose numbers run on under the next parent are one list; from the highest kind down."""
    whole: dict[str, list[Siblings]] = defaultdict(list)

    for siblings in lists:
        same = whole[siblings.kind]
        if same and siblings.members[0].ordinal == same[-1].members[-1].ordinal + 1:
            same[-1] = same[-1]._replace(members=same[-1].members + siblings.members)
        else:
            same.append(siblings)

    return [siblings for kind in sorted(whole, key=lambda k: order[k]) for siblings in whole[kind]]


class _List:
    """One list of siblings and what was counted of its members."""

    def __init__(self, document: _Document, siblings: Siblings) -> None:
        self.document = document
        self.kind, self.parent, self.members = siblings.kind, siblings.parent, siblings.members
        self.size = len(self.members)
        self.semicolons = self.bodies = self.titles = 0
        self.has_long_bodies = False

        first = self.members[0]
        self.lead = document.text[max(0, first.start - 8) : first.start].rstrip()
        self.introduced = self.lead.endswith(("：", ":"))
        self.bare_lines = sum([c.own_line and not c.stop.strip() for c in self.members])
        titled = [c for c in self.members if self._has_text_under(c)]
        self.titled_lines = len(titled)
        self.bare_titles = sum([not c.stop.strip() for c in titled])

    def _has_text_under(self, c: Candidate) -> bool:
        """Whether it is a line of its own and something stands between it and the next marker, or one below it."""
        if not c.own_line or c.stop in _LEADS:
            return False

        stop, has_child = self._reach(c)
        return has_child or bool(self.document.text[c.line_end : stop].strip())

    def _reach(self, c: Candidate) -> tuple[int, bool]:
        """Where the next marker stands, and whether it stands below `c`."""
        document = self.document
        following = document.following(c)

        if following is None:
            return len(document.text), False

        return following.start, document.order[following.kind] > document.order[self.kind]

    def count(self) -> bool:
        """Count the members that end in semicolons, have a text, look like titles. Always true."""
        titles = sum([len(c.title) for c in self.members])
        bodies = sum([self._reach(c)[0] - c.end for c in self.members])
        items = self.kind == "art" or (self.introduced and self.kind not in _SPEAKERS_POINTS)
        self.has_long_bodies = not items and bodies >= _BODIES_TO_TITLES * titles

        for c in self.members:
            self._count(c)

        return True

    def _count(self, c: Candidate) -> None:
        document = self.document
        stop, has_child = self._reach(c)
        tail = document.text[c.end : stop].rstrip()

        if not has_child and tail.endswith(_GOING_ON):
            self.semicolons += 1

        if has_child or tail.strip(TRIM) or document.gap_within(c.start, stop):
            self.bodies += 1

        if _like_a_title(document.text, c, stop, has_child, self.has_long_bodies):
            self.titles += 1

    def stands_inside(self) -> bool:
        """Whether it stands in an item that is no heading, and its members are no lines of their own."""
        parent = self.parent

        if parent is None or not parent.why:
            return False

        in_its_line = self.members[0].start < parent.line_end
        if not in_its_line and (parent.before != LINE or parent.kind == "seq"):
            return False

        return max(self.bare_lines, self.titled_lines) * 3 < 2 * self.size

    def is_announced(self) -> bool:
        """Units in one line with nothing between them: 第一部分：粮库建设。第二部分：轮换管理。"""
        if self.kind not in UNITS or self.size < 2 or self.kind == "art":
            return False

        text = self.document.text
        pairs = list(pairwise(self.members))

        if any([a.line_end != b.line_end or self.document.following(a) is not b for a, b in pairs]):
            return False

        return not any([text[a.end : b.start].strip(TRIM) for a, b in pairs])

    def is_agenda(self) -> bool:
        """首先，请大家观看警示片。 The turns of a meeting."""
        if self.kind not in ("seq", "di"):
            return False

        turns = sum([bool(_TURN.match(c.title)) for c in self.members])
        return turns * 2 >= self.size

    def has_semicolons(self) -> bool:
        """Whether half of the items end as parts of a sentence; titles with paragraphs under them may end so."""
        return self.semicolons * 2 >= self.size and self.bare_titles * 3 < 2 * self.size

    def is_listed(self) -> bool:
        """Whether the contents block or the file's format names most members as headings."""
        return sum([c.known or c.stated for c in self.members]) * 2 >= self.size

    def has_no_bodies(self) -> bool:
        if self.bodies * 2 >= self.size:
            return False

        return self.parent is None or self.introduced or self.bare_lines < self.size

    def is_alone(self) -> bool:
        """Whether its only member may be chance: it stands in a line, or under a lead."""
        only = self.members[0]
        doubtful = only.before < LINE or (self.introduced and self.kind not in _LONGEST)

        if self.size > 1 or not doubtful:
            return False

        document = self.document
        if opens(document.text, self.parent, only):
            return False

        return self.introduced or not cut_short(only, document.gaps)


#: The first row whose test holds decides: an empty verdict makes the list's members headings, any other is why they are none.
_LISTS: tuple[tuple[Callable[[_List], bool], str], ...] = (
    (lambda s: s.kind in PLAIN_KINDS, ""),
    (_List.stands_inside, IN_ITEM),
    (_List.is_announced, ANNOUNCED),
    (lambda s: s.kind in UNITS and s.kind != "art", ""),
    (_List.is_agenda, AGENDA),
    (_List.is_listed, ""),
    (lambda s: s.count() and s.has_semicolons(), SEMICOLONS),
    (lambda s: s.titles * 3 < 2 * s.size, SENTENCES),
    (lambda s: bool(_ATTACHMENTS.search(s.lead)), ATTACHMENTS),
    (_List.has_no_bodies, BARE),
    (_List.is_alone, ALONE),
)


def _verdict(siblings: _List) -> str:
    """Why a list holds plain items, or nothing where it holds headings."""
    return next((verdict for test, verdict in _LISTS if test(siblings)), "")


def _like_a_title(
    text: str, c: Candidate, stop: int, has_child: bool, has_long_bodies: bool
) -> bool:
    """Whether a member of a list looks like a title; `stop` is where the next marker stands."""
    commas = c.title.count("，") + c.title.count(",")

    if _stands_alone(text, c, stop):
        longest = _LONGEST_LINE
        if not c.stop.strip():
            has_text = has_child or bool(text[c.line_end : stop].strip())
            longest = _LONGEST_WITH_TEXT if has_text else _LONGEST_BARE_LINE
        elif commas <= 2 and has_long_bodies:
            longest += _LONGER_WITH_TEXT

        return len(c.title) <= longest and commas <= 3

    longest = _LONGEST.get(c.kind, _LONGEST_RUN_IN)
    if c.stop in "。." and commas <= 2 and has_long_bodies:
        longest += _LONGER_WITH_TEXT

    if len(c.title) > longest:
        return False

    return c.loose or c.stop not in ("；", ";") or c.end == c.line_end


def _stands_alone(text: str, c: Candidate, stop: int) -> bool:
    """Whether the title is a line without end mark, or paragraphs without marker stand under its line."""
    if c.own_line and not c.stop.strip():
        return True
    if c.kind == "art":
        return False

    under = c.line_end if c.own_line else c.end + 1
    if not c.own_line and text[under : under + 1] not in (" ", "\u3000"):
        return False

    return bool(text[under : min(stop, under + 8)].strip())
