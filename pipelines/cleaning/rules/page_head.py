"""What a page carries above the document: the library's frame, its upload card, breadcrumbs, the line about author and source.

A document library repeats the title, lists `上传人: 文档编号: 上传时间: 格式: 页数: 大小:`, page counters and `《…》由会员分享,可在线阅读` before
the text; other pages have `标题:… |`, `作者: 来源: 阅读 次【小 中 大】`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.cleaning.furniture import (
    BUTTON,
    CARD,
    HEAD,
    LIBRARY,
    PLACE_LINE,
    TITLE_HEAD,
    card,
    category,
    iso_date,
)
from pipelines.cleaning.lines import Line, forward
from pipelines.cleaning.prose import is_prose
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.chinese import salutation
from pipelines.text.edits import Edit, Fact, Leave

#: Where a document begins at the latest.
BODY = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[((（][一二三四五六七八九十]{1,3}[)）]|(?:尊敬的|各位|同志们|同学们|女士们|亲爱的|大家好|老师们|乡亲们|朋友们|目\s*录|提纲|目录/提纲|第[一二三四五六七八九十]+[篇章部]))"
)
SHARED_ON = re.compile(
    r"(?:请在|在|上|就到)\s?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)\s?(?:上|中|里|网站)?\s?(?:搜索|查找|下载)"
)
STEPS = frozenset(">＞»›") | {"首页", "网站首页", ">>"}
#: So many buttons on lines of their own are a page's; fewer may be words of the text.
BUTTONS = 3
#: The same before a document that is all on one line: `标题:全县工作会议讲话 | 同志们:…`.
TITLE_PREFIX = re.compile(
    r"\s{0,20}(?:标题|题目|文章标题)\s?[:：]\s?(?P<title>[^\n|｜]{2,120}?)\s?[|｜]\s{0,4}(?=[^\s|｜])"
)
#: The kind of text a library says it shows, glued to the text.
KIND_PREFIX = re.compile(r"\s{0,8}【(?:正|正文|全文|摘要|内容)】")
#: A site's own name on a line above its path.
SITE_LINE = re.compile(r"[^\s，。,：:]{1,10}(?:网|文库|论坛|吧|在线|之家|网站)")
#: Labels that only a site has: one of them alone on a line is the site's; a document has an ID, a format, a price.
SITE_LABELS = frozenset(
    "浏览量 浏览次数 阅读次数 下载次数 下载量 收藏数 人气 热度 上传人 上传者 上传用户 分享人 贡献者 文档编号 文档ID 资源编号 资源ID "
    "上传时间 上传日期 下载积分 所需积分 所需金币 文档页数 总页数 资源语言 文档语言".split()
)
#: Most lines above a document that are looked at.
LINES = 160


@rule(budget=6000, seen_on=("jinchutou", "hancun", "renrendoc"))
def page_head(text: str, facts: Facts) -> Iterator[Edit]:
    """A library's frame goes as a whole, other lines about the document one by one; what they state is kept.

    >>> text = "工作讲话\n上传人:ab 格式:DOC 页数:3\n资源描述\n同志们:今天开会。"
    >>> [edit] = page_head.find(text, Facts())
    >>> text[edit.end :], [left.value for left in edit.leaves]
    ('同志们:今天开会。', ['工作讲话', 'ab', 'DOC', 3])

    A host's script states time and place; they are its own:

    >>> list(page_head.find("时间:2024年3月1日\n地点:机关会议室\n同志们:现在开会。", Facts()))
    []
    """
    head = _Head(text)

    for line in forward(text, most=LINES):
        if line.text and not head.read(line):
            break

    head.judge_labels()

    single = head.singles()

    if head.frame_end:
        yield Edit(0, head.frame_end, "", head.frame_facts())
    elif not single and (prefix := TITLE_PREFIX.match(text)):
        yield Edit(0, prefix.end(), "", (Fact("title", prefix["title"]),))
    elif not single and (kind := KIND_PREFIX.match(text)):
        yield Edit(0, kind.end())

    for line in single:
        if line.start >= head.frame_end:
            end = min(len(text), line.end + 1)
            if kind := KIND_PREFIX.match(text, end):
                end = kind.end()

            yield Edit(line.start, end, "", tuple(_single_facts(line.text)))


class _Head:
    """What the lines above a document are, read one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.frame_end = 0
        self.first: Line | None = None  # the first line that is no furniture
        self.stated: list[Leave] = []
        self.single: list[Line] = []
        self.buttons: list[Line] = []
        self.other: list[Line] = []  # the lines that are no furniture
        self.path: list[str] = []  # a breadcrumb that stands step by step on lines of its own
        self.labels: list[Line] = []  # lines of one label of a card each
        self.column = ""  # the last step of a breadcrumb

    def read(self, line: Line) -> bool:
        """Take a line in; False where the document begins."""
        taken = self._take(line)

        if not (self.single and self.single[-1] is line):
            self.path = []

        return taken

    def judge_labels(self) -> None:
        """Several labels on lines of their own make a card; one alone is the site's where only sites have it."""
        labels = {_one_label(line.text) for line in self.labels}

        if len(labels) > 1 and labels & SITE_LABELS:
            self.frame_end = max(self.frame_end, min(len(self.text), self.labels[-1].end + 1))
            for line in self.labels:
                self.stated.extend(card(line.text))
        else:
            self.single += [x for x in self.labels if _one_label(x.text) in SITE_LABELS]
            self.single.sort()

    def singles(self) -> list[Line]:
        """The lines that go one by one. Few buttons may be words of the text, unless other furniture stands there."""
        enough = len(self.buttons) >= BUTTONS or (self.single and self._title_comes_again())

        return sorted((*self.single, *self.buttons)) if enough else self.single

    def frame_facts(self) -> tuple[Leave, ...]:
        """What the frame states, the title first."""
        first = self.first

        if first and 4 <= len(first.text) <= 80 and first.start < self.frame_end:
            self.stated.append(Fact("title", first.text))

        titles = [x for x in self.stated if isinstance(x, Fact) and x.name == "title"]
        others = [x for x in self.stated if not (isinstance(x, Fact) and x.name == "title")]

        return (*titles[:1], *others)

    def _take(self, line: Line) -> bool:
        words = line.text
        if _library(words):
            self.stated.extend(fact for x in self.labels for fact in card(x.text))
            self.labels.clear()
            self.frame_end = min(len(self.text), line.end + 1)
            self.stated.extend(_stated(words))
        elif _about_document(words):
            self._take_single(line)
        elif PLACE_LINE.fullmatch(words):
            self.single.append(line)
            self.path = [words]
        elif self.path and (words in STEPS or self.path[-1] in STEPS):
            self.single.append(line)
            self.path.append(words)
        elif _one_label(words):
            self.labels.append(line)
        elif words == self.column:
            self.single.append(line)
        elif BUTTON.fullmatch(words):
            self.buttons.append(line)
        elif is_prose(words) or BODY.match(words) or salutation(words):
            return False
        else:
            self.first = self.first or line
            self.other.append(line)

        return True

    def _take_single(self, line: Line) -> None:
        self.single.append(line)
        title = TITLE_HEAD.match(line.text)

        if title:
            self.stated.append(Fact("title", title["title"]))

        path = category(line.text)
        if path:
            self.column = str(path.value).rsplit(" > ", 1)[-1]
            if len(self.other) == 1 and SITE_LINE.fullmatch(self.other[0].text):
                self.single.append(self.other.pop())
                self.single.sort()
                self.first = None

    def _title_comes_again(self) -> bool:
        said = [line.text for line in self.other]
        return len(set(said)) < len(said)


def _about_document(words: str) -> bool:
    """Whether a line is about the document and none of it."""
    if TITLE_HEAD.match(words):
        return True
    if len(words) > 180 or words.endswith(("。", "!", "！")):
        return False

    return bool(HEAD.match(words)) and not _one_label(words)


def _one_label(words: str) -> str:
    """The label of a line that holds one of a card and nothing else."""
    found = CARD.match(words) if len(words) <= 40 else None

    return found["label"] if found else ""


def _single_facts(words: str) -> Iterator[Leave]:
    title = TITLE_HEAD.match(words)
    if title:
        yield Fact("title", title["title"])

    path = category(words)
    if path:
        yield path

    date = iso_date(words)
    if date:
        yield Fact("published", date)

    yield from card(words)


def _library(line: str) -> bool:
    """Whether only a document library writes such a line: one label alone makes no frame."""
    if len(line) > 400:
        return False

    labels = {m["label"] for m in CARD.finditer(line)} if ":" in line or "：" in line else ()
    return len(labels) >= 2 or bool(LIBRARY.match(line))


def _stated(line: str) -> Iterator[Leave]:
    """What a line of the frame states."""
    yield from card(line)
    found = LIBRARY.match(line)

    if found:
        title = found["shared"] or found["more"] or found["page"]
        if title and len(title.strip()) >= 4:
            yield Fact("title", title.strip())

        where = SHARED_ON.search(line)
        if where:
            yield Fact("site_name", where["name"])
