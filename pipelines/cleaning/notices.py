"""Notices of withheld text, recognised by what they are made of rather than by their wording.

`……(某某文秘网http://www.example.cn省略808字,正式会员可完整阅读)……` stands inside a speech, `预览结束,获取全文请联系老师!` at
its end, and the next site words both differently. So a notice is a *unit*: a bracket, a stretch between two ellipses,
a line of its own or the last sentence, that holds one of `ANCHORS`; and it must show *evidence*, point by point: a verb
of withholding, a count, an offer to the reader, a host's name, brackets, ellipses, its place. A sentence of a speech
that speaks of members, log-ins or downloads (`请各单位登录系统下载完整方案`) shows too little of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from pipelines.text.edits import Fact
from pipelines.text.literals import Words, led
from pipelines.text.numerals import value

#: One of these stands in every notice. The scan for them is all that most texts cost.
ANCHORS = (
    "省略", "略去", "略过", "隐藏", "删减", "删节", "删去", "删改", "屏蔽", "折叠", "未显示", "不显示", "不予显示", "未展示", "未公开",
    "略…", "略.", "略)", "略）", "未完", "待续", "预览", "试读", "试看", "试阅", "会员", "VIP", "vip", "Vip", "登录", "登陆", "注册",
    "付费", "购买", "扫码", "扫一扫", "扫描", "客服", "解锁", "充值", "剩余", "余下", "还剩", "未读", "下载", "全文", "继续阅读",
    "继续浏览", "联系老师", "代笔", "代写", "公众号", "仅显示", "只显示", "已显示", "能显示", "仅展示", "只展示", "余文", "权限", "字未", "没看完", "未看", "免费阅读", "免费浏览", "免费查看",
)  # fmt: skip

#: Points of evidence that make a notice (measured on the cases in tests/data/rules: true notices reach 4 to 11, sentences
#: of speeches that use the same words −2 to 3).
ENOUGH = 4

_ELLIPSIS = r"(?:[…⋯]{1,12}|\.{3,24}|。{3,12}|·{3,24}|．{3,12})"

ANCHOR = Words(ANCHORS)
ELLIPSIS_BEFORE = re.compile(rf"{_ELLIPSIS}\s{{0,8}}\Z")
ELLIPSIS_AFTER = re.compile(rf"[^\S\n]{{0,8}}{_ELLIPSIS}")
ELLIPSIS_BELOW = re.compile(rf"\s{{0,8}}{_ELLIPSIS}(?=\s*(?:\n|\Z))")
ELLIPSIS = re.compile(_ELLIPSIS)
ENDS_IN_ELLIPSIS = re.compile(rf"{_ELLIPSIS}\Z")
#: Where one piece of a line ends and the next begins: a sentence's end, a blank, an ellipsis, a rule of dashes.
BOUNDARY = re.compile(r"[。!！?？;；…⋯\s]+|\.{3,}|[*＊=~～_—-]{2,}|[>》]{2,}")
#: The same drawn on both sides of a notice: `*** … ***`.
DRAWN = re.compile(r"(?P<line>[*＊=~～_—-]{2,24})[ \t\u3000]?\Z")
RULED = "*＊=~～_—- \t\u3000\n"
HAN = re.compile("[\u4e00-\u9fff]")
HINT = re.compile(
    r"\A\W{0,4}(?:温馨提示|友情提示|特别提示|提示|提醒|说明|备注|注意?)\W{0,3}(?:[:：]|\Z)"
)

NUMBER = r"(?P<{}>\d[\d,，]{{0,9}}|[一二三四五六七八九十百千万两〇零]{{1,9}})"

OMISSION = re.compile(
    rf"""
    省略(?!号) | 略[去过掉] | 隐[藏去] | 删[减节去略改] | 屏蔽 | 折叠                  # a verb of leaving out
    | {led("未|不予?|没有|暂不", "(?:能)?(?:显示|展示|公开|展现)")}             # … or of not showing
    | 略 (?<![策战谋侵简]略) (?=[\W_]*\Z)                                       # `略` as the last word: 此处略, 中间部分略
    """,
    re.VERBOSE,
)
COUNT = re.compile(
    rf"{NUMBER.format('n')}\s?(?:余|多)?\s?个?(?:汉字|文字|字符|字)(?!头|号|塔|里|眼)", re.VERBOSE
)
PLACE = re.compile(
    r"此处|此间|以下|以上|中间|下文|后文|后面|本文|全文|该文|此文|剩余|剩下|余下|其余|这里|[本该此]部分|本段|部分[内正]|[中后]略|文档|正文"
)
#: What a publisher says of the whole: nothing tells where.
ABRIDGED = re.compile(
    r"(?:本文|全文|原文|文章|内容|略|稿)(?:已|略|稍|经)?有?(?:所)?删[减节改]|\A\W*(?:[^此中这,，]{0,12}[,，])?有删[减节改]\W*\Z"
)
PREVIEW = re.compile(
    rf"""
    未完 | 待续 | 试[读看阅] | 免[读看阅] | 余文
    | {led("预览|试读|试看|试阅|阅读|展示|显示|浏览", "(?:[已到就至]|此|这里|部分|内容|范围|页数|次数|权限|免费){0,4}(?:结束|完毕|完了|[已达]?上限|为止|用完|到期)")}
    | 免费(?:预览|阅读|浏览|试读|查看|部分|展示) | 预览(?:范围|版|页数|部分|内容|已) | {led("仅|只|供|可", "(?:供|能|可|提供)?(?:在线)?(?:预览|试读|试看)")}
    | {led("仅|只|已|才", "(?:能|可|是|为|为您|供)?(?:显示|展示|展现|公开|提供)(?!出)")}
    | {led("没|未", "(?:有)?(?:看|读|阅读|显示)完")} | 未读 | 还剩
    """,
    re.VERBOSE,
)
OFFER = re.compile(
    r"""
    会员 | V[Ii][Pp] | v[Ii][Pp] | 登[录陆] | 回复后?可?见? | 注册 | 付费 | 购买 | 充值 | 扫码 | 扫描 | 扫一扫 | 客服 | 联系(?:老师|我们|本站|站长|作者) | 开通
    | 升级 | 积分 | 解锁 | 公众号 | 微信 | 权限 | 订阅 | 金币 | 代[笔写] | 定制 | 关注 | 打赏 | 文币 | 下载券 | 就下载 | 下载[后本该此原全完]
    """,
    re.VERBOSE,
)
_ALL = "全文|全部|完整|更多|剩余|剩下|余下|后续|其余|隐藏|原文|全篇|整篇|正文|所有|未读|后面"
_READ = "查看|阅读|获取|浏览|显示|领取|下载|观看|解锁|获得|展开|看到|查阅|可见|可看|可读|看|读"
_PAID = "会员|V[Ii][Pp]|v[Ii][Pp]|付费|登[录陆]|注册|购买|订阅|回复|评论"
REWARD = re.compile(
    "|".join(
        (
            led(_READ, rf"[^,，。\n]{{0,6}}(?:{_ALL})"),
            led(_ALL, rf"[^,，。\n]{{0,8}}(?:{_READ})"),
            led(_PAID, rf"[^,，。\n]{{0,5}}(?:{_READ}|可阅|专享|专属|专区|开放|内容)"),
            "非会员",
        )
    )
)
READER = re.compile(
    r"您|你|亲[,，爱~]|请(?:先|联系|登|阅读|点|扫|下载|购买|升级|开通|注册|关注|使用|继续|到|前往|付)|点击|点此|>>|👉|下面提示|戳|即可|方可|后可|才[能可]|需[要先]|可完整|可继续|立即|如果喜欢|如需|如要|欲"
)
HOST = re.compile(
    r"(?:https?://|//)?(?P<host>(?:[A-Za-z0-9-]{1,40}\.){1,4}(?:com|cn|net|org|cc|info|top|vip|wang|xyz)(?![A-Za-z0-9-]))"
)
SITE_NAME = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9]{1,12}?(?:网|网站|文库|文秘|文档|论坛|在线|图书馆|之家|资料库))(?=\s?(?:[((（]?\s?(?:https?:|www\.)|省略|略去|隐藏|隐去|删[减节]|屏蔽|提示|[:：]))"
)
#: Words without which the slow patterns need not be tried.
SITE_WORD = re.compile(r"网|文库|文秘|文档|论坛|在线|图书馆|之家|资料库")
LEFT_WORD = re.compile(r"剩余|余下|剩下|还有|还剩|其余|尚有|后面|另有|字(?:内容)?[未没不]")
_DOTS = ("…", "⋯", ".", "。", "·", "．")
#: What a sentence of a speech has and a notice has not.
SPEECH = re.compile(
    r"同志|我们|大家|群众|干部|各级|各地|各单位|各部门|代表|系统|部门|会后|政府|工作|推进|加强|建设|发展|企业|居民|市民|学生|农民|用户|职工|委员|游客|办事|党员|我市|我县|我省|我国|单位|协会|秘书|乡亲|培训|网站后"
)
TITLE_INSIDE = re.compile(r"收藏\s?[《〈]?(?P<title>[^《》〈〉\n]{4,80}?)[》〉]?\s?[)）]?\s*\Z")
BOOK = re.compile(r"[《〈][^《》〈〉]{0,90}[》〉]?")

PAGES = re.compile(
    r"\d{1,5}\s?(?:个)?页|第?[一二三四五六七八九十]{1,3}页|页(?:数)?(?:已|未)|(?:免费|可)?(?:预览|试读)(?:的)?(?:页数|范围)"
)
DECLARED = re.compile(
    rf"(?:全文|全篇|总|原文|本文|正文|文章|文档|全稿)(?:字数|内容)?(?:一|总|合)?(?:共|计|约|长|为|[:：])*\s?(?:约)?\s?{NUMBER.format('n')}\s?(?:余|多)?\s?个?(?:汉字|字符|字)(?!被|未|没|仅|需|已)"
    rf"|(?<![部段处分])共\s?{NUMBER.format('m')}\s?个?(?:汉字|字符|字)(?=[,，、;；\s]{{0,2}}(?:您|你|当前|目前|现|仅|只|已|非|试|免))"
)
SHOWN = re.compile(
    rf"(?<![不未没])(?:显示|展示|预览|试读|阅读|公开|展现|提供|可看|可读|可见|看到|浏览)(?:了|的|为|是|到|前|其中|部分|内容|[:：]|约){{0,3}}\s?{NUMBER.format('n')}\s?(?:余|多)?\s?个?(?:汉字|字符|字)"
    rf"|前\s?{NUMBER.format('m')}\s?个?(?:汉字|字符|字)"
)
LEFT = re.compile(
    rf"(?:剩余|余下|剩下|还有|还剩|其余|尚有|后面|另有)(?:的|内容|部分|约|[:：])*\s?{NUMBER.format('n')}\s?(?:余|多)?\s?个?(?:汉字|字符|字)"
    rf"|{NUMBER.format('m')}\s?(?:余|多)?\s?个?(?:汉字|字符|字)(?:内容)?(?:未|没|不)"
)
THE_REST = re.compile(r"以下|下文|后文|后面|剩余|剩下|余下|其余|后续|未读|还[有剩]|余文")

REPORTED_BEFORE = re.compile(
    r"(?:写[着道有]|说|提示|弹出|注明|标[注着]|叫做?|一句|所谓|例如|比如|看到|字样|显示|一行|回复|答复)(?:是|为|了|的)?[:：,，]?[“\"「『‘]?\Z"
)
REPORTED_AFTER = re.compile(
    r"[”\"」』’]?[,，]?(?:的|这样的|之类|一类|等|这类|这种|那样的|这[一几]?)?(?:的)?(?:提示|字样|标语|字眼|广告|通知|说法|表述|样式|话|句|页面|弹窗)"
)

OPENERS = dict(zip("((（【[［〔{｛「<＜", "))）】]］〕}｝」>＞", strict=True))
CLOSERS = frozenset(OPENERS.values())
BRACKET = re.compile(f"[{re.escape(''.join((*OPENERS, *CLOSERS)))}\n]")

PROSE = re.compile("[\u4e00-\u9fff”》][,，。;；:：、]")
HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[((（][一二三四五六七八九十]{1,3}[)）])[\u4e00-\u9fff]{2}"
)
SENTENCE = re.compile("[\u4e00-\u9fff”》][,，。;；!！?？]")
#: A line at least this long with a comma or full stop in it is taken for text of the speech.
PROSE_LENGTH = 34

OPENER = re.compile("[((（【[［〔{｛「<＜]")
#: Most pieces of a line before a notice that belong to it; behind it twice as many.
PIECES = 4

Kind = Literal["omitted", "cut_off", "page_limit", "somewhere"]


class Notice(NamedTuple):
    """One notice: its span (white space around it not included), what it says and what it must leave behind."""

    start: int
    end: int
    kind: Kind
    chars: int | None
    facts: tuple[Fact, ...]
    points: int


def number(digits: str | None) -> int | None:
    """A count as notices write it.

    >>> number("1,208"), number("八百"), number("三千二百零五"), number("")
    (1208, 800, 3205, None)
    """
    if not digits:
        return None
    plain = digits.replace(",", "").replace("，", "")
    if plain.isdecimal():
        return int(plain)
    return value(digits) or None


def is_prose(line: str) -> bool:
    """Whether a line reads like text of a speech: long, with a sentence's punctuation."""
    return len(line) >= PROSE_LENGTH and bool(PROSE.search(line))


class Prose:
    """Where text of a speech stands in a page, as against the lines of notices and of page furniture. Every line is
    looked at once, however often it is asked.

    >>> page = Prose("同志们,今天开会,主要任务如下。\\n预览结束\\n相关文章")
    >>> page.before(18), page.after(18)
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._first: int | None = (
            None  # end of the first line of text, the page's length where there is none
        )
        self._next = -1  # start of a line of text, the page's length where none follows
        self._asked = -1

    def after(self, at: int) -> bool:
        """Whether text of a speech follows an offset, on its line or below it."""
        end = self._text.find("\n", at, at + 400)
        end = min(len(self._text), at + 400) if end < 0 else end
        rest = self._text[at:end]
        if (
            len(rest) >= 4
            and len(HAN.findall(rest, 0, 40)) >= 4
            and not FURNITURE.search(rest)
            and not _speaks(rest)
        ):
            return True
        if not self._asked <= at <= self._next:
            self._asked, self._next = at, self._seek(end + 1)
        return self._next < len(self._text)

    def before(self, at: int) -> bool:
        """Whether text of a speech stands before an offset."""
        if self._first is None:
            self._first = len(self._text) + 1
            start = 0
            for line in self._text.split("\n"):
                if _tells(line):
                    self._first = start + 12
                    break
                start += len(line) + 1
        return self._first <= at

    def _seek(self, start: int) -> int:
        while start < len(self._text):
            end = self._text.find("\n", start)
            end = len(self._text) if end < 0 else end
            line = self._text[start : min(end, start + 1000)]
            if (_tells(line) and not _speaks(line)) or (len(line) >= 12 and HEADING.match(line)):
                return start
            start = end + 1
        return len(self._text)


def _tells(line: str) -> bool:
    """Whether a line has a sentence that is none of a page's furniture."""
    return len(line) >= 12 and bool(SENTENCE.search(line)) and not FURNITURE.search(line)


#: Words of lines around a document that are long enough to look like prose.
FURNITURE = re.compile(
    r"上一篇|下一篇|相关(?:栏目|文章|资源|搜索|推荐|文档|阅读)|版权|侵权|本站|ICP|Copyright|分享|上传|最新文档|当前位置|猜你喜欢|许可证|会员|来源于?网|小编|仅供参考|文档编号"
)


@lru_cache(maxsize=2)
def notices(text: str) -> tuple[Notice, ...]:
    """All notices of a text, in order, disjoint. Only their own neighbourhood is looked at: linear time.

    >>> [(n.kind, n.chars) for n in notices("推动产业升级……(此处隐藏350字,登录后查看)……的新局面。")]
    [('omitted', 350)]
    >>> notices("请各单位会后登录系统,下载完整方案,认真抓好落实。")
    ()
    """
    found: list[Notice] = []
    prose = Prose(text)
    done = judged = 0
    for anchor in ANCHOR.finditer(text):
        start, end = anchor.span()
        if start < max(done, judged):
            continue
        if text[end - 1] in "….)）":  # they show that `略` is a word, and are none of it
            end -= 1
        unit = _unit(text, start, end, done)
        notice = unit and _notice(text, prose, *unit)
        if notice:
            found.append(notice)
            done = notice.end
        elif unit and not OPENER.search(text, unit[0], unit[1]):
            judged = unit[1]  # another anchor in it would be weighed as the same unit
    return tuple(found)


def _unit(text: str, start: int, end: int, floor: int) -> tuple[int, int, bool, bool, bool] | None:
    """The span around an anchor that can be a notice: `(start, end, bracketed, own line, between drawn lines)`."""
    low = max(floor, start - 300)
    line_start = text.rfind("\n", low, start) + 1 or low
    line_end = text.find("\n", end, end + 400)
    if line_end < 0:
        line_end = min(len(text), end + 400)
    bracket = _bracket(text, start, end, line_start, line_end)
    bracketed = bracket is not None
    if bracket:
        first, last = bracket
    else:
        piece = _pieces(text, start, end, line_start, line_end)
        if piece is None:
            return None
        first, last = piece
        if _quotes(text[first:start], text[end:last]):
            return None
        while first < last and text[first] in RULED:
            first += 1
        while last > first and text[last - 1] in RULED:
            last -= 1
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    around = text[max(floor, first - 32) : first]
    before = ELLIPSIS_BEFORE.search(around) if around.rstrip().endswith(_DOTS) else None
    if before:
        first -= len(before[0])
    above = before is not None and "\n" in before[0]
    after = (ELLIPSIS_BELOW if above else ELLIPSIS_AFTER).match(text, last)
    if after:
        last = after.end()
    drawn = DRAWN.search(text, max(floor, first - 26), first)
    if drawn and (
        after := re.compile(rf"[ \t\u3000]?{re.escape(drawn['line'])}").match(text, last)
    ):
        first, last = drawn.start(), after.end()
    own = _blank_to_break(text, first, -1) and _blank_to_break(text, last, 1)
    return first, last, bracketed, own, drawn is not None


def _pieces(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """The piece of a line that holds an anchor, and its neighbours as far as they speak to the reader too. `None` in
    the middle of a long sentence."""
    low, high = max(line_start, start - 160), min(line_end, end + 200)
    ends = [(m.start(), m.end()) for m in BOUNDARY.finditer(text, low, high)]
    left = [low, *(e for _, e in ends if e <= start)]
    right = [*(e for s, e in ends if s >= end), high]
    if (low > line_start and len(left) == 1) or (high < line_end and len(right) == 1):
        return None
    first, last = left.pop(), right.pop(0)
    for _ in range(PIECES):
        if not left or not _speaks(text[left[-1] : first]):
            break
        first = left.pop()
    for k in range(min(2 * PIECES, len(right))):
        if not _speaks(text[last : right[k]]):
            break
        last = right[k]
    return first, last


def _quotes(before: str, after: str) -> bool:
    """Whether a quotation opens before an anchor and closes after it: the sentence quotes a notice."""
    return any(
        before.rfind(opening) > before.rfind(closing) and closing in after
        for opening, closing in ("“”", "‘’", "「」", "『』")
    ) or (before.count('"') % 2 == 1 and '"' in after)


def _speaks(piece: str) -> bool:
    """Whether a piece beside a notice belongs to it: it says nothing, or it offers as well."""
    if not HAN.search(piece) or HINT.match(piece):
        return True
    if SPEECH.search(piece):
        return False
    if len(piece) <= 24 and PREVIEW.search(piece) and not piece.endswith(("。", "！", "!")):
        return True
    said = sum(
        [bool(pattern.search(piece)) for pattern in (OMISSION, PREVIEW, OFFER, REWARD, READER)]
    )
    return said > 1 or (said == 1 and bool(_host(piece)))


def _bracket(
    text: str, start: int, end: int, line_start: int, line_end: int
) -> tuple[int, int] | None:
    """The outermost bracket of at most 200 characters around an anchor; one left open runs to the line's end."""
    opened: list[int] = []
    for found in BRACKET.finditer(text, max(line_start, start - 160), start):
        if found[0] in OPENERS:
            opened.append(found.start())
        elif opened and found[0] in CLOSERS:
            opened.pop()
    if not opened:
        return None
    first, depth = opened[0], len(opened)
    unclosed = None if text[first] in "<＜" else (first, min(line_end, len(text)))
    for found in BRACKET.finditer(text, end, end + 220):
        if found[0] in OPENERS:
            depth += 1
        elif found[0] in CLOSERS:
            depth -= 1
            if depth == 0:
                return first, found.end()
        elif not text.startswith("收藏", found.end()):
            return unclosed and (first, found.start())
    return unclosed


def _blank_to_break(text: str, at: int, step: int) -> bool:
    """Whether only blanks stand between an offset and the line's edge."""
    k = at - 1 if step < 0 else at
    while 0 <= k < len(text) and text[k] != "\n":
        if not text[k].isspace():
            return False
        k += step
    return True


class _Said(NamedTuple):
    """What the words of a unit weigh, wherever it stands."""

    core: str  # without titles, and without what is drawn around it
    points: int
    omits: bool
    previews: bool
    counted: str | None  # the first figure with a unit
    host: bool
    left: bool  # dots open it
    right: bool  # dots close it


#: A unit is weighed again in every version of its text, and sites word all their notices alike.
_KEPT = 64


@lru_cache(_KEPT)
def _said(whole: str) -> _Said | None:
    """Weigh the words of a unit; `None` where they withhold and offer nothing."""
    core = BOOK.sub("", whole).strip("…⋯.。·*＊=~～_—- \t\u3000\n")
    bare = core.strip("()（）【】[]")
    omission, preview, offer = OMISSION.search(bare), PREVIEW.search(core), OFFER.search(core)
    if not (omission or preview or offer):
        return None
    reward, reader = REWARD.search(core), READER.search(core)
    if not (omission or preview or reward or reader):
        return None
    left = bool(ELLIPSIS.match(whole))
    if bare == "略" and not left:
        return None  # the author's own: 具体名单(略)
    count, host = COUNT.search(core), _host(core)
    points = (
        bool(omission) + 2 * bool(preview) + bool(offer) + bool(reward) + bool(reader)
        + bool(count) + bool(host or _site_name(core)) + bool(PLACE.search(core))
    )  # fmt: skip
    if SPEECH.search(core) and not host and not (omission and count):
        points -= 3
    right = whole.endswith(_DOTS) and bool(ENDS_IN_ELLIPSIS.search(whole))
    return _Said(
        core, points, bool(omission), bool(preview), count and count["n"], bool(host), left, right
    )


def _notice(
    text: str, prose: Prose, start: int, end: int, bracketed: bool, own: bool, drawn: bool
) -> Notice | None:
    """Weigh the evidence of a unit."""
    whole = text[start:end]
    said = _said(whole)
    if said is None:
        return None
    count = said.counted is not None
    left, right = drawn or said.left, drawn or said.right
    torn = left and right and start > 0 and text[start - 1] not in "。!！?？;；:：”\n"
    points = said.points + left + right + own + bracketed + torn
    set_apart = bracketed or left or right
    if not set_apart and not own and not count and not text[start - 1 : start].isspace():
        points -= 1  # nothing sets it apart from the sentence it stands in
    if whole.endswith("。") and not set_apart and not count and not said.host:
        points -= 1  # a sentence like any other
    last = points >= ENOUGH - 2 and not prose.after(end)
    if whole.endswith("。") and not set_apart and not last:
        points -= 2  # in the middle of a text it takes more than words to be none of its sentences
    if last:
        points += 1 + _breaks_off(text, start)
    if points < ENOUGH or _quoted(text, start, end, said.host and left):
        return None
    kind, chars, facts, rest = _means(whole, said)
    if kind is None:
        if said.omits and not (last and (said.previews or rest)):
            kind = "omitted"
        elif last:
            kind = "cut_off"
        else:
            kind = "somewhere" if own and not prose.before(start) else "omitted"
    return Notice(start, end, kind, chars, facts, points)


@lru_cache(_KEPT)
def _means(whole: str, said: _Said) -> tuple[Kind | None, int | None, tuple[Fact, ...], bool]:
    """What a notice is by its words alone (`None`: that depends on its place), the length it tells, the facts it states,
    and whether it speaks of the rest."""
    core = said.core
    facts = tuple(_facts(whole, core))
    if said.counted is None and ("页" in core or "范围" in core) and PAGES.search(core):
        return "page_limit", None, facts, False
    if said.counted is None and ABRIDGED.search(core):
        return "somewhere", None, facts, False
    chars = _left(core)
    if chars is None and not _told_lengths(facts):
        chars = number(said.counted)
    return None, chars, facts, bool(THE_REST.search(core))


def _breaks_off(text: str, at: int) -> bool:
    """Whether the text before an offset stops in the middle of a sentence."""
    before = text[max(0, at - 40) : at].rstrip()
    return bool(before) and before[-1] not in '。!！?？;；:：”’"」』)）】》….'


def _host(core: str) -> re.Match[str] | None:
    return HOST.search(core) if "." in core else None


def _site_name(core: str) -> re.Match[str] | None:
    return SITE_NAME.search(core) if SITE_WORD.search(core) else None


def _left(core: str) -> int | None:
    """How much is left by the notice's own word (还有1200字未显示)."""
    found = LEFT.search(core) if LEFT_WORD.search(core) else None
    return number(found["n"] or found["m"]) if found else None


def _told_lengths(facts: tuple[Fact, ...]) -> bool:
    """Whether a notice's figures are those of the whole or of what is shown."""
    return any(fact.name in ("declared_chars", "shown_chars") for fact in facts)


def _facts(whole: str, core: str) -> Iterator[Fact]:
    """What a notice states besides: the lengths of the whole and of the shown part, host, name, title."""
    shown = SHOWN.search(core)
    declared = DECLARED.search(core)
    if declared:
        length = number(declared["n"] or declared["m"])
        if length:
            yield Fact("declared_chars", length)
    if shown and not (
        declared
        and declared.start() <= shown.start() < declared.end()
        and shown.end() <= declared.end()
    ):
        length = number(shown["n"] or shown["m"])
        if length:
            yield Fact("shown_chars", length)
    host = _host(core)
    if host:
        yield Fact("site_host", host["host"].lower())
    name = _site_name(core)
    if name:
        yield Fact("site_name", name["name"])
    title = TITLE_INSIDE.search(whole)
    if title:
        yield Fact("title", title["title"].strip())


def _quoted(text: str, start: int, end: int, signed: bool) -> bool:
    """A notice that the speech itself quotes or reports is the speech's. A signed one (host and ellipsis) may follow
    any word, since it cuts anywhere."""
    before, after = text[max(0, start - 16) : start], text[end : end + 16]
    line = before[before.rfind("\n") + 1 :]
    rest = after.partition("\n")[0]
    for opening, closing in ("“”", "‘’", "「」", "『』", '""'):
        k = line.rfind(opening)
        if k >= 0 and closing not in line[k + 1 :] and closing in rest:
            return True
    return bool(REPORTED_AFTER.match(rest) or (not signed and REPORTED_BEFORE.search(line)))
