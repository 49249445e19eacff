"""Whether a list of siblings holds headings or plain items: decided for the list as a whole.

（一）深化改革。进一步…      titles with a text behind them: headings
（一）出示证件；              items of a sentence
（一）各单位要认真学习…      whole sentences
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from statistics import median_low

from pipelines.outline.markers import LINE, UNITS, Candidate
from pipelines.outline.nesting import Siblings, cut_short, opens
from pipelines.outline.titles import TRIM

#: Longest title, in code points; two thirds of a list of headings are no longer. Of 927 headings of the development set the longest
#: has 28, in speeches they run to 40 at the first level (`在…中强化…的责任担当`). The first sentences of that set's plain items have
#: medians from 36 upwards, but for one list of 26.
_LONGEST = {"cn": 44, "part": 60, "subpart": 60, "chap": 60, "sect": 60}
_LONGEST_RUN_IN = 34
#: A line of its own is a title even when it is longer, if it has no end or paragraphs of text stand under it.
_LONGEST_LINE = 56
#: Longest median of bare titles that nothing stands under, where the document's other lists of the kind are headings.
_SHORT = 14
_START = attrgetter("start")
_BARE = "nothing stands under them"
_GOING_ON = ("；", ";", "，", ",", "、")
_ATTACHMENTS = re.compile(r"附[件表图录][ \u3000]*[:：]?$")


def judge(text: str, lists: Sequence[Siblings], order: dict[str, int], gaps: Sequence[int]) -> None:
    """Decide for each list of siblings whether it holds headings; members of the others get their `why`."""
    accepted = sorted([c for siblings in lists for c in siblings.members], key=_START)
    starts = [c.start for c in accepted]
    held: dict[str, int] = defaultdict(int)  # lists of headings less lists of items, by kind
    bare: list[Siblings] = []
    for siblings in _whole_lists(lists, order):
        parent = siblings.parent
        inside = (
            parent is not None
            and parent.why
            and (parent.before == LINE or siblings.members[0].start < parent.line_end)
        )
        if inside and sum(
            c.own_line and not c.stop.strip() for c in siblings.members
        ) * 3 < 2 * len(siblings.members):
            why = "inside a plain item"
        else:
            why = _plain(text, siblings, accepted, starts, order, gaps)
        held[siblings.kind] += -1 if why else 1
        if why == _BARE:
            bare.append(siblings)
        if why:
            for c in siblings.members:
                c.why = why
    for siblings in (
        bare
    ):  # as the document does elsewhere: （一）汽车号牌。 with a text, （一）小型车辆样图。 without
        if (
            held[siblings.kind] + 1 > 0
            and siblings.parent
            and median_low(len(c.title) for c in siblings.members) <= _SHORT
        ):
            for c in siblings.members:
                c.why = ""


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


def _plain(
    text: str,
    siblings: Siblings,
    accepted: Sequence[Candidate],
    starts: Sequence[int],
    order: dict[str, int],
    gaps: Sequence[int],
) -> str:
    """Why a list holds plain items, or nothing where it holds headings."""
    members, kind = siblings.members, siblings.kind
    if kind in UNITS and kind != "art":
        return ""
    if sum([c.known for c in members]) * 2 >= len(members):
        return ""
    semicolons = bodies = titles = 0
    for c in members:
        i = bisect_left(starts, c.start)
        stop = starts[i + 1] if i + 1 < len(starts) else len(text)
        child = i + 1 < len(starts) and order[accepted[i + 1].kind] > order[kind]
        tail = text[c.end : stop].rstrip()
        semicolons += tail.endswith(_GOING_ON) and not child
        bodies += (
            child
            or bool(tail.strip(TRIM))
            or bisect_right(gaps, stop) > bisect_right(gaps, c.start)
        )
        titles += _like_a_title(text, c, stop)
    n = len(members)
    if semicolons * 2 >= n:
        return "items of a sentence: they end in semicolons"
    if titles * 3 < 2 * n:
        return "items are whole sentences"
    lead = text[max(0, members[0].start - 8) : members[0].start].rstrip()
    if _ATTACHMENTS.search(lead):
        return "a list of attachments"
    introduced = lead.endswith(("：", ":"))
    if bodies * 2 < n and (
        siblings.parent is None
        or introduced
        or sum(c.own_line and not c.stop.strip() for c in members) < n
    ):
        return _BARE
    if n == 1 and (members[0].before < LINE or (introduced and kind not in _LONGEST)):
        only = members[0]
        return (
            ""
            if opens(text, siblings.parent, only) or (cut_short(only, gaps) and not introduced)
            else "alone"
        )
    return ""


def _like_a_title(text: str, c: Candidate, stop: int) -> bool:
    """Whether a member of a list looks like a title; `stop` is where the next marker stands."""
    alone = c.own_line and not c.stop.strip()
    if c.kind != "art" and not alone:
        under = (
            c.line_end if c.own_line else c.end + 1
        )  # paragraphs that have no marker stand under it
        alone = (c.own_line or text[under : under + 1] in (" ", "\u3000")) and bool(
            text[under : min(stop, under + 8)].strip()
        )
    if alone:
        return len(c.title) <= _LONGEST_LINE and c.title.count("，") + c.title.count(",") <= 3
    return len(c.title) <= _LONGEST.get(c.kind, _LONGEST_RUN_IN) and (
        c.loose or c.stop not in ("；", ";") or c.end == c.line_end
    )
