"""Notices at the place where the preview ends.

`实现资 ……(未完,全文共4311字,当前仅显示2271字,请阅读下面提示信息。` and `收藏《…》)` on the next line; `预览结束,获取全文请联系老师!`;
`还有1200字未显示，登录后阅读全文`. What follows them is no speech: contacts, neighbours, titles of other documents.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from pipelines.cleaning.lines import widened
from pipelines.cleaning.notice_words import ANCHORS
from pipelines.cleaning.notices import notices
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact, Withheld


@rule(needs=ANCHORS, budget=3200, after=("omission",), seen_on=("wm114", "hancun", "sanweiyuan"))
def preview_end(text: str, facts: Facts) -> Iterator[Edit]:
    """The end of the preview: the rest is offered for a membership, a log-in, a fee.

    >>> from pipelines.text.edits import apply
    >>> before = "形成推 ……(未完,全文共900字,当前仅显示700字,请阅读下面提示信息。收藏《在会上的讲话》)"
    >>> [edit] = preview_end.find(before, Facts())
    >>> apply(before, [edit]), edit.leaves[1:]
    ('形成推', (Fact(name='declared_chars', value=900), Fact(name='shown_chars', value=700), Fact(name='title', value='在会上的讲话')))

    >>> list(preview_end.find("会员单位要带头履约,请登录平台查看全部名单,并于月底前反馈。", Facts()))
    []
    """
    found = notices(text)
    done = 0

    for k, notice in enumerate(found):
        if notice.kind == "somewhere":
            start, end = widened(text, notice.start, notice.end)
            start = _behind_gaps(facts, max(start, done), notice.start)
            left = (Fact("withheld_somewhere", 1), *notice.facts)
            yield Edit(start, end, "\n" if done < start and end < len(text) else "", left)
            done = end
        elif notice.kind == "cut_off":
            start = _behind_gaps(
                facts, max(done, widened(text, notice.start, notice.start)[0]), notice.start
            )

            told = [n for n in found[k:] if n.kind in ("cut_off", "page_limit")]
            gap = Withheld(
                next((n.chars for n in told if n.chars), None),
                "cut_off",
                text[notice.start : told[-1].end].strip(),
            )

            yield Edit(start, len(text), "", (gap, *(fact for n in told for fact in n.facts)))
            return


def _behind_gaps(facts: Facts, start: int, at: int) -> int:
    """A start within the blanks before a notice, behind the break of any gap that lies there."""
    k = bisect_right(facts.gaps, at, key=attrgetter("at"))

    return max(start, facts.gaps[k - 1].at) if k else start
