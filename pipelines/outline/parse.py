"""From a cleaned speech to its outline: `outline_of(speech)`.

    一、肯定成绩            -> level 1, own line
    一是总量不足。高端…      -> level 2, run-in: the title ends at the full stop
    ……gap……
    (三)平台建设             -> under a first-level section that nobody sees but `三、` below proves

Four steps, each a pass over a list of candidates and linear in it: `markers.candidates` finds every marker; `ranks`
orders the kinds of marker by how they nest in *this* document; `_accept` follows the numbering; `_judge` decides for each list of
siblings as a whole whether it holds headings or plain items. `align` then adds what the contents block and the
numbering prove, and `_nodes` turns the stream into nested spans. Any text gives an outline, none an exception.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median_low
from typing import NamedTuple

from pipelines.outline.align import align, canonical_of, contents, infer
from pipelines.outline.markers import CUSTOM, INSIDE, Before, Candidate, candidates
from pipelines.outline.titles import TRIM, measure
from pipelines.records import Outline, OutlineNode, Speech, Status

#: Longest median title of a list of headings, in code points. Of 927 headings of the development set the longest has 28; speeches
#: run to 40 at the first level (`在…中强化…的责任担当`). The first sentences of plain items have medians from 36 upwards.
_LONGEST = {"cn": 44, "part": 60, "subpart": 60, "chap": 60, "sect": 60}
_LONGEST_RUN_IN = 34
#: A line of its own is a title even when it is longer, if it has no end or paragraphs of text stand under it.
_LONGEST_LINE = 56
#: … and of bare titles that nothing stands under, where the document's other lists of the kind are headings.
_SHORT = 14
_NO_SECOND = "no second one follows"
_BARE = "nothing stands under them"
#: A line longer than this may hold several paragraphs (code points; the longest paragraph of the development set has 547).
_PARAGRAPH = 900
_UNITS = ("part", "subpart", "chap", "sect", "art")
#: Headings without a marker: only these words, alone on their line.
_UNNUMBERED = re.compile(r"^[ \u3000]*(序[ \u3000]*言|前[ \u3000]*言|引[ \u3000]*言|导[ \u3000]*言|结[ \u3000]*语|结束语)[ \u3000]*$", re.M)
#: The cleaning rule that divides a text without breaks where its marks allow.
_DIVIDING = "one_line"
_ATTACHMENTS = re.compile(r"附[件表图录][ \u3000]*[:：]?$")
#: Who is addressed, at the beginning of a line: it names people and ends with a colon, a greeting, or alone with `!`.
_ADDRESSED = re.compile(
    r"""
    ^[ \u3000]*
    (?P<who>
      [^。！？!?；;:：\n]{0,16}?
      (?: 尊敬的 | 敬爱的 | 亲爱的 | 各位 | 诸位 | 全体 | 同志 | 广大 | [\u4e00-\u9fff]{0,3}(?![他我她它你咱人])[\u4e00-\u9fff]们 | 主席 | 女士 | 先生 )
      (?: [^。！？!?；;:：\n]{0,60}? [们导宾表员友志学委记长席师生人士官家者亲众民板工总伴事] )??
    )
    [ \u3000]*
    (?: [:：]
      | [，,!！] [ ]? (?:大家|你们)? (?:早上|上午|中午|下午|晚上|新年|节日)? 好 [^\u4e00-\u9fff]
      | [!！，,] [ \u3000]* $
    )
    """,
    re.VERBOSE | re.MULTILINE,
)


class Decision(NamedTuple):
    """Why a candidate is or is not a heading, for `scrapy outline --explain`. `start` counts code points."""

    start: int
    kind: str
    marker: str
    heading: bool
    why: str
    context: str


def outline_of(speech: Speech) -> Outline:
    """The outline of a speech; total: any text, gaps and contents block give one.

    >>> from pipelines.outline import plain_speech
    >>> [(n.level, n.marker, n.title) for n in outline_of(plain_speech("一、目标\\n干好。\\n二、措施\\n多干。")).nodes]
    [(1, '一', '目标'), (1, '二', '措施')]
    """
    return _outlined(speech)[0]


def decisions(speech: Speech) -> Iterator[Decision]:
    """Every candidate of a speech with its verdict, in order."""
    for c in _outlined(speech)[1]:
        begin = max(0, c.start - 12)
        context = speech.text[begin : c.start] + "▸" + speech.text[c.start : c.start + 24]
        yield Decision(c.start, c.kind, c.marker, not c.why, c.why or "heading", context.replace("\n", "⏎"))


def _outlined(speech: Speech) -> tuple[Outline, list[Candidate]]:
    text = speech.text
    gaps = sorted({min(max(g.at, 0), len(text)) for g in speech.gaps})
    lines = contents(speech.toc)
    listed = {canonical_of(line) for line in lines}
    found = candidates(text, frozenset(gaps))
    order = ranks([*lines, *found])
    lists = _accept(text, found, order, gaps)
    _measure(speech, [c for c in found if not c.why], listed)
    _judge(text, lists, order, gaps)
    headings = [c for c in found if not c.why]
    headings = sorted([*headings, *_unnumbered(text)], key=lambda c: c.start)
    warnings: list[str] = []
    stream, promoted = align(text, lines, found, headings, gaps, warnings, speech.completeness == "unknown")
    if promoted:
        _measure(speech, [c for c in stream if c.gap is None], listed)
    stream = infer(stream, order, gaps, warnings)
    return _built(speech, stream, order, gaps, warnings), found


def ranks(found: Iterable[Candidate]) -> dict[str, int]:
    """Rank of every kind in this document, 0 the highest: the custom, corrected by what the numbering shows.

    A kind that counts on (`2.`) across a run of another that began anew (`(一) (二)`) stands above it. So does one that
    counts on where the other restarts, or that opens the paragraph in which the other begins. Where both count on
    (`二、 第三条 三、 第四条`), the rarer one stands above.
    """
    votes: dict[tuple[str, str], int] = defaultdict(int)
    both: dict[tuple[str, str], int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    last: dict[str, int] = {}
    first_since: dict[str, dict[str, int]] = defaultdict(dict)  # kind -> other kind -> its first ordinal since
    opener: Candidate | None = None  # the marker that the paragraph begins with
    for c in found:
        if c.why or c.before < Before.SENTENCE:
            continue
        kind, n = c.kind, c.ordinal
        if c.before == Before.LINE:
            opener = c
        elif n == 1 and opener and opener.kind != kind and c.start < opener.line_end < opener.start + _PARAGRAPH:
            votes[opener.kind, kind] += 2
        if n > 1 and n == last.get(kind, 0) + 1:
            for other, began in first_since[kind].items():
                if began == 1:
                    votes[kind, other] += 1
                else:
                    both[kind, other] += 1
        elif n == 1 and kind in last:
            for other, began in first_since[kind].items():
                if began > 1:
                    votes[other, kind] += 1
        for seen in last:
            if seen != kind:
                first_since[seen].setdefault(kind, n)
        last[kind] = n
        count[kind] += 1
        first_since[kind].clear()
    for (above, below), n in both.items():
        votes[above, below] += n if count[above] < count[below] else 0
    present = [kind for kind in CUSTOM if kind in last]
    for _ in present:
        for i in range(len(present) - 1):
            above, below = present[i], present[i + 1]
            if votes[below, above] > 2 * votes[above, below] + (above != "art") and above not in _UNITS[:-1]:
                present[i], present[i + 1] = below, above
    slots = iter(present)
    order = [next(slots) if kind in last else kind for kind in CUSTOM]
    # A preface stands beside the highest sections; only above chapters, as published laws are set.
    top = next((i for i, kind in enumerate(order) if kind in last), 0)
    # One that only the contents block knows stands under whatever it follows.
    return {"": -1 if order[top] in _UNITS else top, "plain": len(order)} | {kind: i for i, kind in enumerate(order)}


class _Level:
    """An open section while the numbering is followed."""

    __slots__ = ("last", "list_of", "owner", "rank")

    def __init__(self, owner: Candidate | None, rank: int) -> None:
        self.owner, self.rank = owner, rank
        self.last: dict[str, Candidate] = {}
        self.list_of: dict[str, list[Candidate]] = {}


class _Siblings(NamedTuple):
    kind: str
    parent: Candidate | None
    members: list[Candidate]


def _accept(text: str, found: Sequence[Candidate], order: dict[str, int], gaps: Sequence[int]) -> list[_Siblings]:
    """Follow the numbering; candidates that do not fit get their `why`. Returns the lists of siblings."""
    lists: list[_Siblings] = []
    stack = [_Level(None, -2)]
    counted: dict[str, Candidate] = {}  # the last one of each kind, whatever its parent
    for c in found:
        if c.why:
            continue
        rank = order[c.kind]
        depth = len(stack)
        while stack[depth - 1].rank >= rank:
            depth -= 1
        parent = stack[depth - 1]
        before = parent.last.get(c.kind)
        c.why = _misfit(c, before, counted.get(c.kind), gaps)
        if c.why and c.why != INSIDE and _opens(text, parent.owner, c):
            so_far = counted.get(c.kind)
            if c.ordinal == 1 or (so_far and c.ordinal == so_far.ordinal + 1):
                c.why = ""
        if c.why == _NO_SECOND and _cut_short(c, gaps):
            c.why = ""
        if c.why:
            continue
        del stack[depth:]
        members = parent.list_of.get(c.kind)
        if members is None or (before and c.ordinal <= before.ordinal):
            members = parent.list_of[c.kind] = []
            lists.append(_Siblings(c.kind, parent.owner, members))
        members.append(c)
        parent.last[c.kind] = c
        counted[c.kind] = c
        stack.append(_Level(c, rank))
    return lists


def _misfit(c: Candidate, before: Candidate | None, counted: Candidate | None, gaps: Sequence[int]) -> str:
    """Why the number of `c` does not fit here, or nothing."""
    n, last = c.ordinal, before.ordinal if before else 0
    next_fits = c.following is not None and c.following.ordinal == n + 1
    if c.kind == "seq":
        return "" if n == 1 or n > last > 0 else "no 首先 before it"
    strong = c.before >= Before.SENTENCE
    if n == last + 1 and last:
        return ""
    if c.kind in ("shi", "yao") and c.before == Before.GLUED:
        return _NO_SECOND if next_fits and c.following and c.following.before >= Before.SENTENCE else INSIDE
    if n == 1:
        if strong or (next_fits and last != 1) or (c.before == Before.SPACE and c.kind == "cn"):
            return ""
        return _NO_SECOND
    if not last and counted and n == counted.ordinal + 1 and (strong or next_fits or c.before == Before.SPACE):
        return ""
    # A gap may have swallowed those between, or all above it: 6. is the first 1. or （一） that is seen.
    since = before.start if before else counted.start if counted else -1
    if strong and bisect_right(gaps, c.start) > bisect_right(gaps, since):
        return ""
    if n == last + 2 and last and next_fits:
        return ""  # one was lost on the way
    if c.kind in _UNITS and strong and 0 < n - last <= 10:
        return ""
    if c.before == Before.LINE and (last or c.kind in _UNITS or c.kind in ("cn", "pcn")) and abs(n - last) <= 5:
        return ""
    return "the number does not fit"


def _opens(text: str, parent: Candidate | None, c: Candidate) -> bool:
    """Whether `c` stands where the parent's title ends: `一、重要意义 （一）是必然选择`."""
    return parent is not None and c.start - parent.after <= 60 and not re.search("[。！？；;!?：:\n]", text[parent.after : c.start])


def _cut_short(c: Candidate, gaps: Sequence[int]) -> bool:
    """Whether a second one may have stood in a gap: one lies before the next of the kind. Glued signs prove nothing."""
    reach = c.following.start if c.following else c.line_end
    return c.before > Before.GLUED and bisect_right(gaps, reach) > bisect_right(gaps, c.start)


def _measure(speech: Speech, accepted: Sequence[Candidate], listed: set[str]) -> None:
    measure(speech.text, accepted, any(r.rule == _DIVIDING for r in speech.removed))
    if listed:
        for c in accepted:
            c.known = c.known or canonical_of(c) in listed


def _judge(text: str, lists: Sequence[_Siblings], order: dict[str, int], gaps: Sequence[int]) -> None:
    """Decide for each list of siblings whether it holds headings; members of the others get their `why`."""
    accepted = sorted((c for siblings in lists for c in siblings.members), key=lambda c: c.start)
    starts = [c.start for c in accepted]
    held: dict[str, int] = defaultdict(int)  # lists of headings less lists of items, by kind
    bare: list[_Siblings] = []
    for siblings in _whole_lists(lists, order):
        parent = siblings.parent
        inside = parent is not None and parent.why and (parent.before == Before.LINE or siblings.members[0].start < parent.line_end)
        if inside and sum(c.own_line and not c.stop.strip() for c in siblings.members) * 3 < 2 * len(siblings.members):
            why = "inside a plain item"
        else:
            why = _plain(text, siblings, accepted, starts, order, gaps)
        held[siblings.kind] += -1 if why else 1
        if why == _BARE:
            bare.append(siblings)
        if why:
            for c in siblings.members:
                c.why = why
    for siblings in bare:  # as the document does elsewhere: （一）汽车号牌。 with a text, （一）小型车辆样图。 without
        if held[siblings.kind] + 1 > 0 and siblings.parent and median_low(len(c.title) for c in siblings.members) <= _SHORT:
            for c in siblings.members:
                c.why = ""


def _whole_lists(lists: Sequence[_Siblings], order: dict[str, int]) -> list[_Siblings]:
    """Lists whose numbers run on under the next parent are one list; from the highest kind down."""
    whole: dict[str, list[_Siblings]] = defaultdict(list)
    for siblings in lists:
        same = whole[siblings.kind]
        if same and siblings.members[0].ordinal == same[-1].members[-1].ordinal + 1:
            same[-1] = same[-1]._replace(members=same[-1].members + siblings.members)
        else:
            same.append(siblings)
    return [siblings for kind in sorted(whole, key=lambda k: order[k]) for siblings in whole[kind]]


def _plain(
    text: str,
    siblings: _Siblings,
    accepted: Sequence[Candidate],
    starts: Sequence[int],
    order: dict[str, int],
    gaps: Sequence[int],
) -> str:
    """Why a list holds plain items, or nothing where it holds headings."""
    members, kind = siblings.members, siblings.kind
    if kind in _UNITS and kind != "art":
        return ""
    if sum(c.known for c in members) * 2 >= len(members):
        return ""
    semicolons = bodies = titles = 0
    for c in members:
        i = bisect_left(starts, c.start)
        stop = starts[i + 1] if i + 1 < len(starts) else len(text)
        child = i + 1 < len(starts) and order[accepted[i + 1].kind] > order[kind]
        tail = text[c.end : stop].rstrip()
        semicolons += tail.endswith(("；", ";", "，", ",", "、")) and not child
        bodies += child or len(tail.strip(TRIM)) > 0 or bisect_right(gaps, stop) > bisect_right(gaps, c.start)
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
    if bodies * 2 < n and (siblings.parent is None or introduced or sum(c.own_line and not c.stop.strip() for c in members) < n):
        return _BARE
    if n == 1 and (members[0].before < Before.LINE or (introduced and kind not in _LONGEST)):
        only = members[0]
        return "" if _opens(text, siblings.parent, only) or (_cut_short(only, gaps) and not introduced) else "alone"
    return ""


def _like_a_title(text: str, c: Candidate, stop: int) -> bool:
    """Whether a member of a list looks like a title; `stop` is where the next marker stands."""
    alone = c.own_line and not c.stop.strip()
    if c.kind != "art" and not alone:
        under = c.line_end if c.own_line else c.end + 1  # paragraphs that have no marker stand under it
        alone = (c.own_line or text[under : under + 1] in (" ", "\u3000")) and bool(text[under : min(stop, under + 8)].strip())
    if alone:
        return len(c.title) <= _LONGEST_LINE and c.title.count("，") + c.title.count(",") <= 3
    return len(c.title) <= _LONGEST.get(c.kind, _LONGEST_RUN_IN) and (c.loose or c.stop not in ("；", ";") or c.end == c.line_end)


def _unnumbered(text: str) -> list[Candidate]:
    found = []
    for match in _UNNUMBERED.finditer(text):
        c = Candidate("", "", None, 0, match.start(1), match.start(1))
        c.title, c.end, c.own_line, c.before = match[1], match.end(1), True, Before.LINE
        found.append(c)
    return found


def _built(
    speech: Speech, stream: Sequence[Candidate], order: dict[str, int], gaps: Sequence[int], warnings: list[str]
) -> Outline:
    """Nest the stream, and cut the text into preamble, sections and what nothing owns."""
    text = speech.text
    levels: list[int] = []
    ends: list[int] = [0] * len(stream)
    open_: list[int] = []
    owned = 0  # up to here the text is preamble, some visible section's, or unplaced
    preamble_end: int | None = None
    unplaced: list[tuple[int, int]] = []

    def close(down_to: int, at: int) -> None:
        while len(open_) > down_to:
            ends[open_.pop()] = at

    for i, c in enumerate(stream):
        rank = order[c.kind]
        depth = len(open_)
        while depth and order[stream[open_[depth - 1]].kind] >= rank:
            depth -= 1
        visible_above = any(stream[j].gap is None for j in open_[:depth])
        at = c.start if c.gap is None else c.gap
        was_visible = any(stream[j].gap is None for j in open_)
        close(depth, at)
        if preamble_end is None:
            preamble_end = owned = at
        if c.gap is None and not visible_above and not was_visible and owned < at:
            unplaced.append((owned, at))
        if was_visible or c.gap is None:
            owned = at
        levels.append(depth + 1)
        open_.append(i)
    was_visible = any(stream[j].gap is None for j in open_)
    close(0, len(text))
    if preamble_end is None:
        preamble_end = len(text)
    elif not was_visible and owned < len(text):
        unplaced.append((owned, len(text)))
    nodes = []
    for c, level, end in zip(stream, levels, ends, strict=True):
        nodes.append(_node(c, level, end, gaps))
    salutation = _ADDRESSED.search(text, 0, min(preamble_end, 400))
    return Outline(
        id=speech.id,
        version=speech.version,
        title=speech.title,
        url=speech.url,
        salutation=salutation["who"].strip() if salutation else None,
        preamble=(0, preamble_end),
        unplaced=tuple(unplaced),
        nodes=tuple(nodes),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _node(c: Candidate, level: int, end: int, gaps: Sequence[int]) -> OutlineNode:
    if c.gap is not None:
        return OutlineNode(
            level=level, marker=c.marker or None, number=c.number, title=c.title or None, status="missing",
            source="toc" if c.title else "numbering", form=None, start=None, end=None,
        )  # fmt: skip
    status: Status = "partial" if bisect_right(gaps, end) > bisect_right(gaps, c.start) else "full"
    return OutlineNode(
        level=level, marker=c.marker or None, number=c.number, title=c.title, status=status,
        source="both" if c.known else "body", form="line" if c.own_line else "run_in", start=c.start, end=end,
    )  # fmt: skip
