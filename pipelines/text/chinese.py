"""What marks the parts of a Chinese document: heading markers, salutations, sentence ends, dates, ellipses.

    heading_marker("（三）加强领导") -> "pcn"      ends_sentence("抓好落实。”") -> True
    salutation("各位代表：")["who"] -> "各位代表"   date("2024年5月6日") -> "2024-05-06"

Each is defined here once. Every pattern is linear: its repeats are bounded and no two of them can share a character
in more than a bounded number of ways.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.text.codepoints import CLAUSE_STOPS, CLOSING, ELLIPSES, HAN, SENTENCE_STOPS
from pipelines.text.numerals import value

# --- heading markers ----------------------------------------------------------------------------------------------

#: A marker at the beginning of a line; the group's name is its class.
HEADING_MARKER = re.compile(
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
MARKER_LETTERS = frozenset("一二三四五六七八九十百第")


def heading_marker(line: str) -> str | None:
    """The class of the marker a line begins with: cn pcn part art shi yao di pnum num circ.

    >>> heading_marker("一、总体要求"), heading_marker("第三条 凡在本市"), heading_marker("3.5万人"), heading_marker("一是突出重点")
    ('cn', 'art', None, 'shi')
    """
    if line[:1].isalpha() and line[0] not in MARKER_LETTERS:  # most lines, in a third of the time
        return None

    found = HEADING_MARKER.match(line)

    return found.lastgroup if found else None


# --- sentence ends ------------------------------------------------------------------------------------------------

#: Marks that end a sentence, a clause that introduces something, or a list item; and the ellipsis.
STOPS = frozenset(SENTENCE_STOPS + CLAUSE_STOPS + ELLIPSES[0])

#: A sentence's end inside a text, with the quotation marks and brackets that close behind it.
SENTENCE_END = re.compile(f"[{SENTENCE_STOPS}{ELLIPSES}]{{1,6}}[{re.escape(CLOSING)}]{{0,3}}")


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence or a clause that introduces something does.

    >>> ends_sentence("同志们："), ends_sentence("抓落实。”"), ends_sentence("总体要求"), ends_sentence("意见（试行）")
    (True, True, False, False)
    """
    if line[-1:] in STOPS:
        return True

    said = line[-4:].rstrip()

    return said[-1:] in STOPS or said.rstrip(CLOSING)[-1:] in STOPS


# --- salutations --------------------------------------------------------------------------------------------------

#: Class: last characters of the words for people who are addressed (同志们, 各位领导, 全体代表, 尊敬的主席 …).
_PEOPLE = "们导宾表员友志学委记长席师生人士官家者亲众民板工总伴事"

#: Who is addressed, at the beginning of a line: it names people and ends with a colon, a greeting, or alone with `!`.
SALUTATION = re.compile(
    rf"""
    ^ [ \t\u3000]{{0,8}}
    (?P<who>
      [^。！？!?；;:：\n]{{0,16}}?
      (?: 尊敬的 | 敬爱的 | 亲爱的 | 各位 | 诸位 | 全体 | 同志 | 广大
        | [{HAN}]{{0,3}} (?![他我她它你咱人]) [{HAN}] 们
        | 主席 | 女士 | 先生
      )
      (?: [^。！？!?；;:：\n]{{0,60}}? [{_PEOPLE}] )??
    )
    [ \t\u3000]{{0,8}}
    (?: [:：]
      | [，,!！] [ ]? (?:大家|你们)? (?:早上|上午|中午|下午|晚上|新年|节日)? 好 [^{HAN}]
      | [!！，,] [ \t\u3000]{{0,8}} $
    )
    """,
    re.VERBOSE | re.MULTILINE,
)

#: Words of which one stands in nearly every salutation: looked for before the pattern is tried.
ADDRESSES = ("各位", "同志", "尊敬", "亲爱", "敬爱", "诸位", "们", "女士", "先生", "主席")


def salutation(line: str) -> re.Match[str] | None:
    """The salutation that a line begins with; its group `who` names the people.

    >>> [found and found["who"] for found in map(salutation, ("各位代表：", "同志们，大家好！", "今天我们开会，", "工作要点："))]
    ['各位代表', '同志们', None, None]
    """
    return SALUTATION.match(line)


# --- dates --------------------------------------------------------------------------------------------------------

_DAY_DIGITS = "〇○零一二三四五六七八九十廿卅0-9０-９"

#: A date down to the day, the month or the year: in digits (with 年 or `-`, `/`, `.`) or in Han digits (GB/T 9704).
DATE = re.compile(
    rf"""
    (?<! [\d０-９] )
    (?P<year> (?:19|20) \d\d | [１２] [０-９]{{3}} | [一二] [〇○零一二三四五六七八九]{{3}} )
    (?: [ ]? 年 (?: [ ]? (?P<month> [{_DAY_DIGITS}]{{1,3}} ) [ ]? 月
                 (?: [ ]? (?P<day> [{_DAY_DIGITS}]{{1,3}} ) [ ]? [日号] )? )?
      | (?P<mark> [-/.．] ) (?P<m> \d{{1,2}} ) (?: (?P=mark) (?P<d> \d{{1,2}} ) )? (?! [\d%％] )
    )
    """,
    re.VERBOSE,
)


def date(text: str) -> str | None:
    """The first date of a text as ISO 8601 with the precision it has, `None` where there is none that exists.

    >>> [date(said) for said in ("二〇二四年五月六日", "2024年5月", "２０２４年", "2024-5-6", "2024年13月", "增长2.5")]
    ['2024-05-06', '2024-05', '2024', '2024-05-06', None, None]
    """
    found = DATE.search(text)

    if found is None:
        return None

    year = _year(found["year"])
    month = _part(found["month"] or found["m"])
    day = _part(found["day"] or found["d"])

    if month is None:
        return f"{year:04}"

    if not 1 <= month <= 12:
        return None

    if day is None:
        return f"{year:04}-{month:02}"

    return f"{year:04}-{month:02}-{day:02}" if 1 <= day <= 31 else None


def _year(written: str) -> int:
    digits = unicodedata.normalize("NFKC", written).replace("○", "〇")
    if digits.isascii():
        return int(digits)

    return int("".join([str(value(c)) for c in digits]))


def _part(written: str | None) -> int | None:
    return value(written) if written else None


# --- ellipses -----------------------------------------------------------------------------------------------------

#: An ellipsis in any of the ways that pages write it; two dots and one `.` or `。` are none.
ELLIPSIS = re.compile(rf"[{ELLIPSES}]{{1,12}}|\.{{3,24}}|。{{3,12}}|·{{3,24}}|．{{3,12}}")
