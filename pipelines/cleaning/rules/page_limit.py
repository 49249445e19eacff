"""What document libraries say of pages: `亲,该文档总共6页,到这儿已超出免费预览范围,如果喜欢就下载吧!`, `已阅读3页,还剩5页未读`.

Libraries show page images and the whole text besides, so the notice says nothing of the text, unless the text, right
before it, breaks off as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.lines import widened
from pipelines.cleaning.notice_units import addresses_reader
from pipelines.cleaning.notice_words import ANCHORS
from pipelines.cleaning.notices import notices
from pipelines.cleaning.prose import Prose
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Withheld

#: How a text ends that is whole.
CLOSE = re.compile(
    r"[。!！?？…”\"』」)）》.:：]\s*\Z|(?:谢谢(?:大家|各位)?|完毕|结束|日|月|年)\s*\Z"
)


@rule(needs=ANCHORS, budget=400, seen_on=("jinchutou",))
def page_limit(text: str, facts: Facts) -> Iterator[Edit]:
    """A notice that counts pages goes; it leaves a gap only where it follows a text that breaks off.

    >>> list(page_limit.find("亲,该文档总共6页,到这儿已超出免费预览范围,如果喜欢就下载吧!", Facts()))
    [Edit(start=0, end=34, inserted='', leaves=())]
    >>> list(page_limit.find("会议材料共6页,请大家预先阅读。", Facts()))
    []
    """
    done = 0
    prose = Prose(text, addresses_reader)

    for notice in notices(text):
        if notice.kind == "page_limit":
            start, end = widened(text, notice.start, notice.end)
            start = max(start, done)
            before = text[max(0, start - 60) : start]
            broken = not CLOSE.search(before) and prose.before(start) and not prose.after(end)
            gap = (Withheld(None, "cut_off", text[notice.start : notice.end]),) if broken else ()
            yield Edit(start, end, "\n" if start > done and end < len(text) else "", gap)
            done = end
