"""The document's title above its text, once or several times, or glued to the first words.

`工作推进会讲话` on a line of its own, then `同志们:`; on libraries `工作推进会讲话一、提高认识`: the title is a field of the record, no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pipelines.cleaning.lines import Line, forward
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact

#: Words that titles of such documents end in.
GENRE = re.compile(
    r"(?:讲话|发言|汇报|报告|总结|小结|主持词|致辞|致词|祝词|贺词|演讲|演讲稿|讲稿|党课|心得|体会|材料|方案|计划|要点|意见|通知|提纲|纪要|述职|述廉|综述|经验|做法|调研|倡议书|决议|说明|感言|寄语|献词|开幕词|闭幕词|辞|词|稿|范文|检查|剖析|文章|随笔|思考|措施|打算|情况|规划|剧本|脚本|建议|答复|函|慰问信|公开信|贺信|表态)"
    r"(?:稿|提纲|摘要|节选|要点|材料|文稿|实录|全文|范文|精选|范例|参考)?(?:\s?[((（【\[][^()（）【】]{0,30}[)）】\]])?\s?(?:\d|[一二三四五六七八九十]|之[一二三四五六])?$"
)
NO_TITLE = re.compile(
    r"[。;；!！?？:：,，|]$|^[一二三四五六七八九十]{1,3}、|^[((（]|^\d{1,2}[、.．]|^(?:附件|注|时间|地点|参加|出席|主持|附)[:：]|…|^第[一二三四五六七八九十]+[章节条,，、]"
)
#: What a text opens with when the title above it was one.
OPENING = re.compile(
    r"^\s*(?:[^。\n]{0,60}(?:同志们|各位|大家|朋友们|同学们|先生们|女士|代表们|来宾|领导|委员)[^。\n]{0,30}[:：!！,，]|[((（]?\s?(?:19|20)\d\d\s?年|[((（][^()（）\n]{2,30}[)）]\s*$|[一二三四五六七八九十]、|——)"
)
#: A greeting is no title.
GREETS = re.compile(
    r"\s*(?:尊敬的|敬爱的|亲爱的|各位|诸位|大家|同志们|同学们|女士们|先生们|朋友们|乡亲们|老师们)"
)
#: What may follow a title that is glued to the first words.
GLUED = re.compile(
    r"\s|[((（](?:19|20)\d\d|[((（][一二三四五六七八九十]{1,2}[)）]|[一二三四五六七八九十]{1,3}、|1[、.．]|同志们|各位|尊敬的|大家|今天|近年来|按照|根据|为[了深贯进全切]|首先|现将|下面|亲爱的|[*X某]{0,3}(?:市委|县委|省委)?(?:各位|同志)|女士们|老师们|同学们|(?:19|20)\d\d年|$"
)
#: What follows where the title is the beginning of a sentence; a document library glues it to anything else as well.
GOES_ON = re.compile(r"[的中上里,，。:：;；、]|如下|精神|指出|强调|要求|共分")
LIBRARY_CARD = {"uploader", "format", "pages", "size"}
_SKIPPED = re.compile(r"[\s　《》〈〉“”\"'_|｜*#【】\[\]]+")
#: A title that stands twice, glued together and to the text.
TWICE = re.compile(r"\s{0,8}(?P<title>[^\n。，,；;：:！!？?\s]{6,60}?)\s?(?P=title)")
#: Shortest title that is recognised glued to a text.
SHORTEST = 6


@rule(
    budget=2000,
    after=("page_head", "preview_end", "contents_block"),
    seen_on=("wm114", "sanweiyuan", "jinchutou"),
)
def title_line(text: str, facts: Facts) -> Iterator[Edit]:
    """The title above the text goes; where nothing else told it, it is learned here.

    >>> text = "在全县抓落实工作会议上的讲话\\n同志们:\\n今天开会。"
    >>> [edit] = title_line.find(text, Facts())
    >>> text[edit.end :], edit.leaves[0].value
    ('同志们:\\n今天开会。', '在全县抓落实工作会议上的讲话')
    >>> glued = "全县工作会议讲话一、提高认识。"
    >>> [glued[e.end :] for e in title_line.find(glued, Facts(title="全县工作会议讲话"))]
    ['一、提高认识。']
    >>> library = Facts(title="某区内涝治理报告", stated={"pages": 3})
    >>> [e.end for t in ("某区内涝治理报告入汛以来", "某区内涝治理报告如下") for e in title_line.find(t, library)]
    [8]

    >>> list(title_line.find("讲话精神要学深悟透。\\n同志们:", Facts(title="讲话")))
    []
    """
    lines = [line for line in islice(forward(text, most=40), 40) if line.text][:14]

    if not lines:
        return

    title = facts.title
    learned = "" if title else _learned(lines, text)
    title = title or learned
    end = _end_of_title_lines(lines, title, text) if title else 0
    rest = _glued(text, end, title, facts)

    if end or rest:
        yield Edit(0, max(end, rest), "", (Fact("title", _bare(learned)),) if learned else ())


def _learned(lines: list[Line], text: str) -> str:
    """The title that the first lines show where nothing has told it: by its look, or by coming twice."""
    first = lines[0].text

    if _is_title(lines[:2]):
        return first

    twice = len(lines) > 1 and _same(lines[1].text, first)
    if twice and SHORTEST <= len(first) <= 80 and not NO_TITLE.search(first):
        return first

    again = TWICE.match(text)
    return again["title"] if again else ""


def _end_of_title_lines(lines: list[Line], title: str, text: str) -> int:
    """The end of the lines at the top that are the title, on one line or on two; 0 where there are none."""
    end = k = 0

    while k < len(lines):
        both = lines[k].text + lines[k + 1].text if k + 1 < len(lines) else ""
        if _same(lines[k].text, title):
            k += 1
        elif len(_plain(title)) >= SHORTEST and _plain(both) == _plain(title):
            k += 2
        else:
            break

        end = min(len(text), lines[k - 1].end + 1)

    return end


def _plain(words: str) -> str:
    return _SKIPPED.sub("", words)


def _bare(title: str) -> str:
    """A title line without the marks around it."""
    return title.strip(" \t　|｜_*#")


def _same(line: str, title: str) -> bool:
    """Whether a line is the title, marks and blanks aside."""
    if len(line) > len(title) + 40:
        return False

    a, b = _plain(line), _plain(title)
    if a == b:
        return True

    # The site's name or a counter may trail one of them.
    return (
        len(b) >= SHORTEST
        and a.startswith(b)
        and bool(
            re.fullmatch(
                r"[-—_(（]?(?:第?\d{1,3}页?|[\u4e00-\u9fff]{0,6}(?:网|文库)|全文|正文|\d{1,3}页珍藏版)?[)）]?",
                a[len(b) :],
            )
        )
    )


def _is_title(lines: list[Line]) -> bool:
    """Whether the first of two lines is a title, by its own look and what follows it."""
    first = lines[0].text

    if not 4 <= len(first) <= 60 or NO_TITLE.search(first) or len(lines) < 2:
        return False
    if GREETS.match(first) and not GENRE.search(first):
        return False
    if OPENING.match(first) and not GENRE.search(first):
        return False
    if GENRE.search(first):
        return True

    return (
        len(first) >= SHORTEST
        and bool(OPENING.match(lines[1].text))
        and not re.search(r"[,，。;；]", first)
    )


def _glued(text: str, start: int, title: str, facts: Facts) -> int:
    """Where the text goes on after a title glued to its first words, once or twice; 0 where there is none."""
    once = _glued_once(text, start, title, facts)
    again = TWICE.match(text, start)

    if again and again["title"] == title:
        return again.end()

    return once


def _glued_once(text: str, start: int, title: str, facts: Facts) -> int:
    if len(_plain(title)) < SHORTEST:
        return 0

    while start < len(text) and text[start].isspace():
        start += 1

    for form in (title, f"《{title}》", f"【{title}】"):
        if text.startswith(form, start):
            end = start + len(form)
            if GLUED.match(text, end) or (
                LIBRARY_CARD & facts.stated.keys() and not GOES_ON.match(text, end)
            ):
                while end < len(text) and text[end] in " \t　|｜":
                    end += 1

                return end

    return 0
