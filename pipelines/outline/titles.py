"""Where a title ends.

`（二）加强培训。各县要…` ends at the full stop and `二、主要任务` with its line. Where the text lost its breaks nothing marks the end:
`二、主要任务联席会议由…`; then the next marker ends a title, or its words do (`glued_titles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median_high

from pipelines.outline.candidate import LINE, Candidate
from pipelines.outline.glued_titles import Words, cuts

TRIM = " \t\u3000\u00a0\u200b\ufeff\u200e\u200f\u00ad。．.：:；;，,、！!？?…·_-—"

#: The first sentence, quotations, book titles and brackets taken whole. Bounded twice, so linear.
_SENTENCE = re.compile(
    r"""
    (?: 《[^》\n]{0,40}》
      | “[^”\n]{0,40}”
      | （[^（）\n]{0,40}）
      | \([^()\n]{0,40}\)
      | [^。！？!?；;：:.\n]
      | (?<=[0-9A-Za-z])\.          # 3.5, but a full stop in `抓矿山.对全县`
      | \.(?![\u4e00-\u9fff“"‘（(]|$)
    ){0,160}
    """,
    re.VERBOSE | re.MULTILINE,
)
#: `第一条 【目的】为规范印章使用…`
_BRACKETED = re.compile(r"【[^】\n]{1,30}】")
#: A line this long that holds several first-level markers has lost its breaks (code points; paragraphs that open with a heading
#: have one marker, whatever their length).
_COLLAPSED = 60
_KINDS_ON_LINES = frozenset(("part", "subpart", "chap", "sect", "cn"))
#: … by kind: the median length of first sentences up to which they are titles, and how well the titles of a list must end on the
#: average, lest whole sentences be cut: items of the development set's glued lists score up to 2.3, headings from 4.1.
_DOUBTFUL: dict[str, tuple[int, float]] = dict.fromkeys(_KINDS_ON_LINES, (28, 0.0)) | {
    "pcn": (20, 3.2)
}
#: Marks that may stand inside the title of a line, and those of a whole sentence.
_INSIDE_TITLE = frozenset("？?！!：:")
_SENTENCE_MARK = re.compile(r"[。；;：:]")
_LONGEST_REST = 30
_LONGEST_MOTTO = 10
#: A line that the file's format states as a heading is the title as a whole, up to this length.
_LONGEST_STATED = 100
#: Names of fields: what follows is their value.
_FIELD = re.compile(
    r"(?:时间|日期|地点|地址|对象|人员|单位|主题|内容|方式|方法|形式|名称|名额|范围|电话|联系人|主办|承办|协办|议程|要求|任务|目标|情况|如下|包括|附件|主持人?|奖项|期限|标准|数量|费用)$"
)
_BLANKS = re.compile(r"[ \u3000]+")
_ONE_LETTER = re.compile(r".?(?:[ \u3000]|$)")
_CLAUSE = re.compile(r"[，,。；;].")


def measure(text: str, accepted: Sequence[Candidate], divided: bool = False) -> None:
    """Set where the title of each candidate ends. `accepted` are in order; the next one ends a title as well.

    `divided`: the text had no breaks and got those it has from its marks, so a title may run into the text behind it.
    """
    for i, c in enumerate(accepted):
        following = accepted[i + 1].start if i + 1 < len(accepted) else len(text)
        if c.stated and c.line_end - c.after <= _LONGEST_STATED:
            _end_at(text, c, c.line_end, c.line_end)
            continue

        _end_by_marks(text, c, min(following, c.line_end))
        if c.stop in _INSIDE_TITLE and c.before == LINE and following >= c.line_end:
            own_text = i + 1 == len(accepted) or accepted[i + 1].kind != c.kind
            own_text = own_text or bool(text[c.line_end : following].strip())
            _take_rest_of_line(text, c, own_text)

    doubtful = _doubtful(accepted, divided)
    words = Words(text) if doubtful else None

    for siblings in doubtful:
        assert words is not None
        _end_by_words(text, siblings, words)


def _end_by_marks(text: str, c: Candidate, limit: int) -> None:
    """The title ends with its first sentence, at a blank or at `limit`."""
    match = _BRACKETED.match(text, c.after, limit) or _SENTENCE.match(text, c.after, limit)
    end = match.end() if match else c.after

    if _BLANKS.search(text, c.after, end):
        end = _before_space(text, c.after, end, limit) or end

    c.loose = False
    _end_at(text, c, end, limit)


def _take_rest_of_line(text: str, c: Candidate, own_text: bool) -> None:
    """A question or a motto goes on to the end of its line: `账怎么算？算好长远账`, `守底线：筑牢防线`; not `时间：五月一日`."""
    rest = text[c.end + 1 : c.line_end].strip(TRIM)

    if not 2 <= len(rest) <= _LONGEST_REST or _SENTENCE_MARK.search(text, c.end + 1, c.line_end):
        return

    if c.stop in "：:":
        if not own_text or len(c.title) > _LONGEST_MOTTO or _FIELD.search(c.title):
            return
        if any([mark.isdigit() for mark in rest[:6]]):
            return

    _end_at(text, c, c.line_end, c.line_end)


def _end_by_words(text: str, siblings: Sequence[Candidate], words: Words) -> None:
    """The titles end where their words say so."""
    sentences = [text[c.after : c.end] for c in siblings]
    sure = _DOUBTFUL[siblings[0].kind][1]

    for c, cut in zip(siblings, cuts(sentences, words, sure), strict=True):
        if cut is not None:
            c.loose = True
            _end_at(text, c, c.after + cut, c.line_end)


def _doubtful(accepted: Sequence[Candidate], divided: bool) -> list[list[Candidate]]:
    """Lists of siblings whose titles nothing may end: those in lines that hold several paragraphs."""
    everywhere = divided and _mostly_in_lines(accepted)
    collapsed = _collapsed(accepted)

    if not everywhere and not collapsed:
        return _joined(accepted)

    chosen = []
    for i, c in enumerate(accepted):
        ended_by_next = i + 1 < len(accepted) and accepted[i + 1].start == c.end
        ended_by_line = not c.stop.strip()

        if c.kind not in _DOUBTFUL or ended_by_line or ended_by_next:
            continue

        if everywhere or c.line_end in collapsed:
            chosen.append(c)

    return [same for same in _lists(chosen) if _long(same)] or _joined(accepted)


def _mostly_in_lines(accepted: Sequence[Candidate]) -> bool:
    """Whether most headings of the high kinds share their line with a text."""
    own = [c.own_line for c in accepted if c.kind in _KINDS_ON_LINES]

    return 2 * sum(own) < len(own)


def _lists(chosen: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates of each kind from one that begins anew to the next."""
    lists: list[list[Candidate]] = []
    open_: dict[str, list[Candidate]] = {}

    for c in chosen:
        if c.ordinal == 1 or c.kind not in open_:
            open_[c.kind] = []
            lists.append(open_[c.kind])

        open_[c.kind].append(c)

    return lists


def _joined(accepted: Sequence[Candidate]) -> list[list[Candidate]]:
    """Lists of lines of their own, the few members that a join of hard-wrapped lines has run into the text."""
    if all([c.own_line for c in accepted]):
        return []

    joined = [_run_on(same) for same in _lists(c for c in accepted if c.kind in _DOUBTFUL)]
    return [same for same in joined if same]


def _run_on(same: Sequence[Candidate]) -> list[Candidate]:
    """The members that are clearly longer than those on lines of their own, where these are the most."""
    lines = [c.end - c.after for c in same if c.own_line and not c.stop.strip()]
    others = [c for c in same if not c.own_line]
    longest = max(lines, default=0)

    if not longest or 2 * len(others) > len(same):
        return []

    return [c for c in others if c.end - c.after > longest + 6]


def _long(same: Sequence[Candidate]) -> bool:
    """Short first sentences throughout are the titles (`一、管好网站。`), and low items that end in semicolons have none."""
    items = sum(c.stop in "；;" for c in same if c.kind not in _KINDS_ON_LINES)
    usual_length = median_high(c.end - c.after for c in same)

    return 2 * items < len(same) and usual_length > _DOUBTFUL[same[0].kind][0]


def _end_at(text: str, c: Candidate, end: int, limit: int) -> None:
    c.end, c.stop = end, text[end : end + 1]
    bracketed = c.stop and text[end - 1] == "】" and text[c.after] == "【"
    c.title = text[c.after : end].strip(TRIM + ("【】" if bracketed else ""))

    while end < limit and text[end] in TRIM:
        end += 1

    c.own_line = end >= c.line_end and c.before == LINE


def _collapsed(accepted: Sequence[Candidate]) -> frozenset[int]:
    """Ends of lines that hold several paragraphs: first-level markers far from one another in one line."""
    first: dict[int, int] = {}
    collapsed = set()

    for c in accepted:
        if c.kind in _KINDS_ON_LINES:
            start = first.setdefault(c.line_end, c.start)
            if c.start - start > _COLLAPSED:
                collapsed.add(c.line_end)

    return frozenset(collapsed)


def _before_space(text: str, start: int, end: int, limit: int) -> int | None:
    """Where a space ends the title, as a whole sentence or more follows it. `四、代 位 权` goes on."""
    for match in _BLANKS.finditer(text, start, end):
        rest = match.end()
        if match.start() < start + 2 or _ONE_LETTER.match(text, rest, end):
            continue
        if text[rest] in "、，,":
            continue
        if _FIELD.search(text[start : match.start()]):
            return match.start()
        if limit - rest > 60 or _CLAUSE.search(text, rest, limit):
            return match.start()

    return None
