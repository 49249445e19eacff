"""Where another document begins inside a text: the next speech under its own title, an attachment.

镇长在座谈会上的发言          a title, and a salutation behind it
各位乡亲：
附件1                         alone on its line, and no list of attachments behind it
考评细则
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipelines.text.chinese import heading_marker, salutation

#: Words that end the title of a speech.
_SPEECH = (
    "讲话",
    "发言",
    "致辞",
    "报告",
    "汇报",
    "主持词",
    "总结",
    "讲话稿",
    "发言稿",
    "演讲稿",
    "演讲",
    "述职",
)
#: The title's last character, what may stand between (a date, a name), and the first word of a salutation.
_TITLE_END = re.compile(
    r"""
    [话言辞告报词结稿讲职]
    [ \t\u3000]{0,4} [\n \u3000]
    (?: [ \t\u3000]{0,8} [（(] [^\n（）()]{2,40} [）)] [ \t\u3000]{0,4} \n )?
    [ \t\u3000]{0,8} (?= 同志 | 各位 | 尊敬 | 敬爱 | 亲爱 | 女士 | 父老 | 诸位 )
    """,
    re.VERBOSE,
)
_LONGEST_TITLE = 60
_TITLE_BEGIN = re.compile(r"(?:.*[\n。！？!?；;])?[ \t\u3000]*", re.DOTALL)
_NOT_IN_TITLE = re.compile(r"[，,：:]")
_GLOSSARY = re.compile(
    r"\n[ \t\u3000]{0,8}((?:名词|有关名词|名词术语)(?:解释|注释|说明))[ \t\u3000]{0,4}[:：]?[ \t\u3000]{0,4}(?=\n)"
)
_ATTACHMENT = re.compile(
    r"\n[ \t\u3000]{0,8}(附[ ]?[件录表][ ]?[0-9０-９一二三四五六七八九十]{0,2})[ \t\u3000]{0,4}[:：]?[ \t\u3000]{0,4}\n+([^\n]{2,60})\n"
)


def beginnings(text: str) -> list[int]:
    """Offsets at which a document begins that is not the first.

    >>> beginnings("一、修路\\n要快。\\n镇长在座谈会上的发言\\n各位乡亲：\\n1.修好路。")
    [9]
    >>> beginnings("一、修路\\n要快。\\n附件1\\n考评细则\\n一、总则\\n")
    [9]
    """
    glossaries = {match.start(1) for match in _GLOSSARY.finditer(text)}
    found = {*_speeches(text), *_attachments(text), *glossaries}

    return sorted(at for at in found if at > 0)


def _speeches(text: str) -> Iterator[int]:
    for match in _TITLE_END.finditer(text):
        end = match.start() + 1
        window = max(0, end - _LONGEST_TITLE)
        head = _TITLE_BEGIN.match(text, window, end)
        begin = head.end() if head else window
        title = text[begin:end]

        if begin == window > 0 or not title.endswith(_SPEECH) or _NOT_IN_TITLE.search(title):
            continue

        if heading_marker(title) is None and salutation(text[match.end() : match.end() + 100]):
            yield begin


def _attachments(text: str) -> Iterator[int]:
    for match in _ATTACHMENT.finditer(text):
        if heading_marker(match[2]) is None:
            yield match.start(1)


def document_of(starts: Sequence[int], at: int) -> int:
    """Which document of a text an offset lies in: 0 the first; `starts` as `beginnings` gives them."""
    return bisect_right(starts, at) if starts else 0
