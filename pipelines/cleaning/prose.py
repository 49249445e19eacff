"""Where text of a speech stands in a page, as against lines of notices and of page furniture."""

from __future__ import annotations

import re
from collections.abc import Callable

HAN = re.compile("[\u4e00-\u9fff]")
PROSE = re.compile("[\u4e00-\u9fff”》][,，。;；:：、]")
HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[((（][一二三四五六七八九十]{1,3}[)）])[\u4e00-\u9fff]{2}"
)
SENTENCE = re.compile("[\u4e00-\u9fff”》][,，。;；!！?？]")
#: Words of lines around a document that are long enough to look like prose.
FURNITURE = re.compile(
    r"上一篇|下一篇|相关(?:栏目|文章|资源|搜索|推荐|文档|阅读)|版权|侵权|本站|ICP|Copyright|分享|上传|最新文档|当前位置|猜你喜欢|许可证|会员|来源于?网|小编|仅供参考|文档编号"
)
#: A line at least this long with a comma or full stop in it is taken for text of the speech.
PROSE_LENGTH = 34
#: A line at least this long may hold a sentence.
SENTENCE_LENGTH = 12
#: Characters behind an offset that are looked at.
REST = 400


def is_prose(line: str) -> bool:
    """Whether a line reads like text of a speech: long, with a sentence's punctuation."""
    return len(line) >= PROSE_LENGTH and bool(PROSE.search(line))


def tells(line: str) -> bool:
    """Whether a line has a sentence that is none of a page's furniture."""
    if len(line) < SENTENCE_LENGTH or not SENTENCE.search(line):
        return False

    return not FURNITURE.search(line)


class Prose:
    """Where text of a speech stands in a page. Every line is looked at once, however often it is asked.

    `addresses_reader` tells whether a line speaks to the reader of the site: such a line is no text.

    >>> page = Prose("同志们,今天开会,主要任务如下。\\n预览结束\\n相关文章", lambda line: "预览" in line)
    >>> page.before(18), page.after(18)
    (True, False)
    """

    def __init__(self, text: str, addresses_reader: Callable[[str], bool]) -> None:
        self._text = text
        self._addresses_reader = addresses_reader
        self._first: int | None = None  # end of the first line of text, beyond the page if none
        self._next = -1  # start of a line of text, the page's length where none follows
        self._asked = -1

    def after(self, at: int) -> bool:
        """Whether text of a speech follows an offset, on its line or below it."""
        end = self._text.find("\n", at, at + REST)

        if end < 0:
            end = min(len(self._text), at + REST)

        if self._goes_on(self._text[at:end]):
            return True

        if not self._asked <= at <= self._next:
            self._asked = at
            self._next = self._seek(end + 1)

        return self._next < len(self._text)

    def before(self, at: int) -> bool:
        """Whether text of a speech stands before an offset."""
        if self._first is None:
            self._first = self._end_of_first()

        return self._first <= at

    def _goes_on(self, rest: str) -> bool:
        """Whether the rest of a line is text."""
        if len(rest) < 4 or len(HAN.findall(rest, 0, 40)) < 4:
            return False

        return not FURNITURE.search(rest) and not self._addresses_reader(rest)

    def _end_of_first(self) -> int:
        start = 0
        for line in self._text.split("\n"):
            if tells(line):
                return start + SENTENCE_LENGTH

            start += len(line) + 1

        return len(self._text) + 1

    def _seek(self, start: int) -> int:
        while start < len(self._text):
            end = self._text.find("\n", start)
            if end < 0:
                end = len(self._text)

            if self._is_text(self._text[start : min(end, start + 1000)]):
                return start

            start = end + 1

        return len(self._text)

    def _is_text(self, line: str) -> bool:
        if tells(line) and not self._addresses_reader(line):
            return True

        return len(line) >= SENTENCE_LENGTH and bool(HEADING.match(line))
