"""What a line of a Chinese document shows of its place: its marker, whether a sentence ends with it.

marker("（三）加强领导") -> "pcn";  ends_sentence("抓好落实。”") -> True
"""

from __future__ import annotations

import re

MARKER = re.compile(
    r"""
    [^\S\n]*
    (?: (?P<cn>   [一二三四五六七八九十百]{1,4} [、.．] )
      | (?P<pcn>  [（(] [一二三四五六七八九十百]{1,4} [）)] 、? )
      | (?P<part> 第 [一二三四五六七八九十百零〇\d]{1,6} [编篇章节] (?! [年月日]) )
      | (?P<art>  第 [一二三四五六七八九十百零〇\d]{1,6} [条款] (?! [、,，规之的第]) )
      | (?P<shi>  [一二三四五六七八九十]{1,2} 是 (?! [否非]) )
      | (?P<yao>  [一二三四五六七八九十]{1,2} 要 (?! [素件点]) )
      | (?P<di>   第 [一二三四五六七八九十]{1,2} [,，、] )
      | (?P<pnum> [（(] \d{1,3} [）)] )
      | (?P<num>  \d{1,3} (?: 、 | [.．] (?! \d) | [）)] ) )
      | (?P<circ> [①-⑳⒈-⒛⑴-⒇㈠-㈩] )
    )
    """,
    re.VERBOSE,
)

#: The letters that a marker opens with.
OPENING = frozenset("一二三四五六七八九十百第")
#: Marks that end a sentence, or a clause that introduces something.
STOPS = frozenset("。！？!?；;：:…")
_CLOSING = '”’」』）)》〉】"'


def marker(line: str) -> str | None:
    """The class of the marker a line begins with: cn pcn part art shi yao di pnum num circ.

    >>> marker("一、总体要求"), marker("第三条 凡在本市"), marker("3.5万人"), marker("一是突出重点")
    ('cn', 'art', None, 'shi')
    """
    if line[:1].isalpha() and line[0] not in OPENING:  # most lines, in a third of the time
        return None
    found = MARKER.match(line)
    return found.lastgroup if found else None


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence or a clause that introduces something does.

    >>> ends_sentence("同志们："), ends_sentence("抓落实。”"), ends_sentence("总体要求"), ends_sentence("意见（试行）")
    (True, True, False, False)
    """
    if line[-1:] in STOPS:
        return True
    said = line[-4:].rstrip()
    return said[-1:] in STOPS or said.rstrip(_CLOSING)[-1:] in STOPS
