"""Notices standing where a stretch of the speech was withheld.

`新引育高层次人……(某某网http://www.example.cn省略808字,正式会员可完整阅读)……发,通过持续创新` is two lines with 808 characters
missing between them; other hosts word it `【此处隐藏约600字，开通VIP后阅读】` or just `……略……` on a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.cleaning.lines import widened
from pipelines.cleaning.notice_words import ANCHORS
from pipelines.cleaning.notices import notices
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Withheld


@rule(needs=ANCHORS, budget=400, seen_on=("wm114", "hancun", "sanweiyuan"))
def omission(text: str, facts: Facts) -> Iterator[Edit]:
    """A notice stands for a stretch of the speech; what is before and after it never joins.

    >>> from pipelines.text.edits import apply
    >>> before = "抓好队伍建……(好文网省略350字,会员可完整阅读)……设,形成合力。"
    >>> apply(before, list(omission.find(before, Facts())))
    '抓好队伍建\\n设,形成合力。'

    A speech may quote one, and speakers trail off:

    >>> list(omission.find("网页上写着“此处省略350字”,群众看不到。他说……我明白了。", Facts()))
    []
    """
    done = 0

    for notice in notices(text):
        if notice.kind != "omitted":
            continue

        start, end = widened(text, notice.start, notice.end)
        start = max(start, done)  # the blanks between two notices go once
        inserted = "" if start == done or end == len(text) else "\n"
        done = end
        gap = Withheld(notice.chars, "omitted", text[notice.start : notice.end])
        yield Edit(start, end, inserted, (gap, *notice.facts))
