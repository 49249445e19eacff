"""The words that notices of withheld text are made of, as patterns; `notices` weighs them.

Every repeat is bounded, and no two neighbours can divide one run of characters between them in many ways.
"""

from __future__ import annotations

import re

from pipelines.text.literals import Words, led

#: One of these stands in every notice. The scan for them is all that most texts cost.
ANCHORS = (
    "省略", "略去", "略过", "隐藏", "删减", "删节", "删去", "删改", "屏蔽", "折叠", "未显示", "不显示", "不予显示", "未展示", "未公开",
    "略…", "略.", "略)", "略）", "未完", "待续", "预览", "试读", "试看", "试阅", "会员", "VIP", "vip", "Vip", "登录", "登陆", "注册",
    "付费", "购买", "扫码", "扫一扫", "扫描", "客服", "解锁", "充值", "剩余", "余下", "还剩", "未读", "下载", "全文", "继续阅读",
    "继续浏览", "联系老师", "代笔", "代写", "公众号", "仅显示", "只显示", "已显示", "能显示", "仅展示", "只展示", "余文", "权限", "字未", "没看完", "未看", "免费阅读", "免费浏览", "免费查看", "文章共",
    "本文共", "正文共", "原文共", "文档共",
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
    | {led("没|未", "(?:有)?(?:看|读|阅读|显示)完")} | 未读 | 还剩 | {led("剩余|余下|剩下|尚余", "约?[0-9][0-9,]{0,8}余?个?字")}
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
    r"您|你|亲[,，爱~]|请(?:先|联系|登|阅读|点|扫|下载|购买|升级|开通|注册|关注|使用|继续|到|前往|付)|点击|点此|>>|👉|下面提示|戳|即可|方可|后可|才[能可]|需(?:要|先|下载|登[录陆]|注册|付费|购买)|可完整|可继续|立即|如果喜欢|如需|如要|欲"
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

#: A line that leads in a list: 需要注意以下几点：
LEADS_IN = re.compile(
    r"(?:以下|下列|如下|[几两三四五六七八九十]\s?(?:点|个|项|条|种|件|类|方面))[^。！？!?\n]{0,12}[:：]\Z"
)
REPORTED_BEFORE = re.compile(
    r"(?:写[着道有]|说|提示|弹出|注明|标[注着]|叫做?|一句|所谓|例如|比如|看到|字样|显示|一行|回复|答复)(?:是|为|了|的)?[:：,，]?[“\"「『‘]?\Z"
)
REPORTED_AFTER = re.compile(
    r"[”\"」』’]?[,，]?(?:的|这样的|之类|一类|等|这类|这种|那样的|这[一几]?)?(?:的)?(?:提示|字样|标语|字眼|广告|通知|说法|表述|样式|话|句|页面|弹窗)"
)

OPENERS = dict(zip("((（【[［〔{｛「<＜", "))）】]］〕}｝」>＞", strict=True))
CLOSERS = frozenset(OPENERS.values())
BRACKET = re.compile(f"[{re.escape(''.join((*OPENERS, *CLOSERS)))}\n]")

DIGITS = {**{c: k for k, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}

OPENER = re.compile("[((（【[［〔{｛「<＜]")
#: Most pieces of a line before a notice that belong to it; behind it twice as many.
PIECES = 4


#: What advertises and withholds nothing: material by the piece, points to be had.
ADVERTISED = re.compile(
    r"更多|海量|精品|优质|热门|范文|素材|资料|资源|模板|课件|写作|积分|文库|好文|公文|推荐|关注我们|加群"
)
#: What a text is said to be good for, beside its length.
FOR_LEARNING = re.compile(r"学习|借鉴|参考|抄袭|照抄|转载")


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

    total = part = digit = 0
    for c in digits:
        if c in UNITS:
            part += (digit or 1) * UNITS[c]
            digit = 0
        elif c == "万":
            total, part, digit = (part + digit) * 10_000, 0, 0
        else:
            digit = DIGITS[c]

    return total + part + digit or None
