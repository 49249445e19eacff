"""What stands around a document on its page, by the words its lines open with.

`相关资源`, `上一篇:…`, `当前位置:首页 > 办公文档`, `上传人:abc 格式:DOCX 页数:6`: no site writes quite the same ones, all draw on the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipelines.text.edits import Fact, FactName
from pipelines.text.literals import one_of

_LEAD = r"[\s>#*·•|【\[<«»›→▲△■◆●★☆☞…=_~—-]*"

#: Labels of an upload card and the fact each states.
LABELS: dict[str, str | None] = {
    **dict.fromkeys(("上传人", "上传者", "上传用户", "上传会员", "分享人", "分享者", "贡献者", "发布者", "发布人", "文档分享者", "会员名"), "uploader"),
    **dict.fromkeys(("文档编号", "文档ID", "文档id", "文档号", "资源编号", "资源ID", "文件编号", "文档序号", "编号", "ID"), "doc_id"),
    **dict.fromkeys(("上传时间", "上传日期", "上传于", "发布时间", "发布日期", "更新时间", "更新日期", "分享时间"), "published"),
    **dict.fromkeys(("格式", "文档格式", "文件格式", "资源格式", "文档类型", "文件类型", "资源类型"), "format"),
    **dict.fromkeys(("页数", "文档页数", "总页数", "文件页数", "资源页数"), "pages"),
    **dict.fromkeys(("大小", "文件大小", "文档大小", "资源大小"), "size"),
    **dict.fromkeys(("下载积分", "所需积分", "所需金币", "价格", "售价", "下载次数", "浏览次数", "阅读次数", "浏览量", "浏览", "热度", "评分", "星级", "下载量", "收藏数", "积分", "金币", "文币", "授权方式", "资源语言", "软件语言", "文档语言", "语言", "人气"), None),
}  # fmt: skip
CARD = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<label>{'|'.join(sorted(LABELS, key=len, reverse=True))})\s?[:：]\s?(?P<value>[^\s|｜，,；;]{{0,60}})"
)
DATE = re.compile(r"(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})")

#: Lines that only a document library writes above a document.
LIBRARY = re.compile(
    rf"""
    ^{_LEAD}(?:
        (?:资源|文档|文件|内容|文章|资料)(?:描述|简介|介绍|摘要|预览|内容|详情|正文|信息)\s*[:：】\]]*$
      | 《(?P<shared>[^《》]{{2,100}})》?\s?(?:一文|文档)?(?:是)?由.{{0,24}}(?:分享|上传|提供|贡献)  .*?(?:在线阅读|更多相关|搜索|下载|珍藏版)
      | 《?(?P<more>[^《》]{{2,100}})》?\s?[((]\s?\d+\s?页(?:珍藏版|完整版|精品版)?[)）].{{0,30}}(?:搜索|下载|阅读)
      | 第\s?\d{{1,4}}\s?页\s?[/／|共,，]{{0,3}}\s?共?\s?\d{{1,4}}\s?页$ | \d{{1,4}}\s?[/／]\s?\d{{1,4}}$
      | 共?\s?\d{{1,4}}\s?页\s?(?:[,，/|]?\s?(?:点击|查看|阅读|展开|当前|第).{{0,16}})?$
      | (?P<page>[^\n]{{0,100}}?)[_\s-]?第\s?\d{{1,4}}\s?页$
      | (?:返回|下载|相关|举报|收藏|分享|打印|全屏|投诉|纠错|预览|点赞|转发|会员|客服|VIP|登录|注册|首页|加入VIP|立即下载|免费下载|下载文档|下载此文档|在线预览|全文预览)(?:[\s|·/]+(?:返回|下载|相关|举报|收藏|分享|打印|全屏|投诉|纠错|预览|点赞|转发|会员|客服|VIP|登录|注册|首页|加入VIP|立即下载|免费下载|下载文档|下载此文档|在线预览|全文预览))+$
      | .{{0,60}}(?:温馨提示|友情提示|下载须知|特别说明|资源声明)\s?[:：]?$
      | \d{{1,2}}[、.．)]\s?(?:本文档|该文档|本站|文档|若|如果?文档|下载|用户|付费|请勿|资源).{{0,120}}(?:文档|下载|本站|版权|侵权|付费|退款|客服).{{0,120}}$
    )
    """,
    re.VERBOSE,
)

#: Lines about the document that any page may write above it; each goes by itself.
HEAD = re.compile(
    rf"""
    ^{_LEAD}(?:
        (?:当前位置|当前的?位置|您?(?:现在|当前)?(?:所在)?的?(?:位置|所在位置)|所在位置|位置|首页)\s?[:：]?\s?.{{0,12}}?\s?(?:[>＞»›→/-]|&gt;).{{0,80}}$
      | (?:所在栏目|所属栏目|所属分类|栏目|分类|类别|文章分类|文档分类|关键[词字]|标签|Tags?|TAG)\s?[:：].{{0,60}}$
      | (?:发布时间|发布日期|更新时间|上传时间|录入时间|信息来源|文章来源|来源网站|阅读次数|浏览次数|点击数|点击次数|字体|字号|字体大小|责任编辑|文章作者|录入|阅读量|浏览量|访问量|人气)\s?[:：].{{0,120}}$
      | (?:作者|来源|时间|日期|编辑|发布|浏览|阅读|点击|评论|字数)\s?[:：]\s?(?:[^\s]{{0,24}}\s+)?(?:作者|来源|时间|日期|编辑|发布|浏览|阅读|点击|评论|字体|字数|人气|发布时间|更新时间|浏览次数|阅读次数)(?:\s?[:：]|\s{{0,4}}\d{{0,9}}\s{{0,4}}次).{{0,80}}$
      | (?:手机|微信)?(?:扫码|扫描|扫一扫|扫描二维码|扫描下方二维码|二维码).{{0,6}}(?:阅读|查看|分享|关注|访问|浏览).{{0,12}}$
      | (?:来源|信息来源|稿件来源|文章来源)\s?[:：]\s?[^\s，。,]{{0,24}}$ | (?:发布|发表|更新|录入|上传|添加)?(?:时间|日期)\s?[:：]\s?(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?(?:\s{{1,3}}\d\d?:\d\d(?::\d\d)?)?(?:\s{{0,3}}[\[【][^\[\]【】\n]{{1,8}}[\]】]){{0,6}}$
      | (?:发表|发布|更新)(?:时间|日期|于)\s?[:：]\s?(?:19|20)\d\d.{{0,40}}$
      | (?:论文|文章|本文)?部分内容(?:预览|阅读|展示)$ | 【正】$ | 正文(?:内容)?[:：]?$ | (?:正文|全文|本文|复制|一键)(?:复制|正文|全文|本文)$
      | (?:请先?登[录陆]|会员(?:注册|登[录陆])|用户登[录陆]|免费注册|返回(?:首页|列表|上[一级页]|上一页|栏目))$
      | .{{0,40}}(?:本报|新华社|本网|特约)?(?:记者|通讯员)\s?[\u4e00-\u9fff]{{2,4}}\s?[/／]?\s?摄$
      | (?:19|20)\d\d[-/年]\d\d?[-/月]\d\d?日?\s+\d\d?[:：时]\d\d?(?:[:：分]\d{{0,2}}秒?)?$
      | 【?\s?(?:字体|字号)?[:：]?\s?[大小中]\s+[大小中](?:\s+[大小中])?\s?】?$
      | (?:打印本页|打印本文|复制本文|收藏本文|分享本文|分享到|一键分享|我要投稿|关闭窗口).{{0,30}}$
    )
    """,
    re.VERBOSE,
)
#: Buttons and signs that some pages set on lines of their own above and below a document.
BUTTON = re.compile(
    r"[【\[|]?(?:上一页|下一页|正文|登录|注册|投稿|下载|打印|全屏|收藏|分享|加大|还原|减小|大|中|小|首页|字体|字号|转发|评论|点赞|举报|复制|返回|关闭|关闭窗口|×|[>＞»|·]+)?[】\]|:：]{0,2}"
)
PLACE_LINE = re.compile(r"(?:您|你|当前)?(?:现在|所在)?的?(?:位置|所在位置)\s?[:：]")
TITLE_HEAD = re.compile(
    r"^(?:标题|题目|文章标题|文档标题|文章题目)\s?[:：]\s?(?P<title>[^\n|｜]{2,120}?)\s?[|｜]?$"
)
#: The site itself as a step of a path.
SITE_STEP = re.compile(r"\A\S{0,10}(?:网|网站|文库|论坛|站|在线|之家|吧)\Z")
BREADCRUMB = re.compile(r"(?:位置|首页)[^\n]{0,16}?[>＞»›]|&gt;")

#: Lines below a document: neighbours, other documents, comments, sharing, the site's legal lines.
TAIL = re.compile(
    rf"""
    ^{_LEAD}(?:
        [上下前后]一?[篇条页章](?:文章|范文|文档)?\s?(?:[:：]|$|\s\S.{{0,80}}$) | 返回(?:首页|列表|目录|顶部|上[一级页]|栏目|搜索)
      | 相关(?:栏目|文章|资源|搜索|推荐|文档|阅读|链接|资料|下载|主题|内容|范文|专题|热词|标签|新闻|信息|公文|材料|报道|稿件)
      | (?:猜你|猜您|您可能|你可能|大家[还都]|看了[又还]|看过|为[你您]推荐|更多(?:相关|精彩|文章|范文|文档|资源|推荐|内容)|(?:热门|最新|推荐|精品|随机|同类|延伸|精选|本类|本栏|阅读|下载|点击|一周|本周|本月|今日)(?:推荐|文章|文档|资源|阅读|范文|排行|下载|搜索|标签|更新|热门|热点|专题|评论|材料|公文)).{{0,24}}$
      | 正在?为[您你](?:匹配|推荐|加载|搜索).{{0,30}}$
      | 展开(?:阅读|全部|查看|剩余|更多|全文).{{0,10}}$ | (?:点击|继续)?(?:查看|阅读|展开|加载|浏览)(?:更多|全文|全部|原文|余下|剩余)[^，。,\n]{{0,14}}$ | 收起(?:全文)?$
      | (?:当前位置|您?(?:现在|当前)?(?:所在)?的位置|所在位置|首页)\s?[:：]?.{{0,12}}?[>＞»›/].{{0,80}}$
      | (?:所在栏目|所属栏目|所属分类|文章分类|关\s?键\s?[词字]|标\s?签|Tags?|TAG|责任编辑|编辑|审核|校对|链接地址|本文(?:地址|链接|网址|来源|来自|关键词|标题|标签|由|永久链接|分类|网址)|转载(?:请|自|地址|注明|本文)|原文(?:地址|链接|出处)|下载(?:地址|文档|本文|Word|word|全文|此文)|来源(?:网站)?|文章来源|作者|阅读次数|浏览次数|浏览量|阅读量|点击数|发布(?:时间|日期|人)|更新时间|上传时间|上传者|上传人)\s?[:：].{{0,160}}$
      | (?:本文|文章|资料|文档|以上|本资料|本文档)(?:内容)?(?:来自|来源于?|由|转自|转载自|出自|摘自|选自).{{0,80}}(?:网|站|上传|整理|收集|投稿|www|http|文库).{{0,80}}$
      | .{{0,40}}(?:版权所有|ICP备|公网安备|经营许可证|Copyright|copyright|COPYRIGHT|All\s?Rights|©).{{0,120}}$
      | (?:版权声明|免责声明|侵权声明|网站声明|特别声明|郑重声明|版权归|版权说明|声明\s?[:：]).{{0,400}}$
      | (?:电脑版|手机版|触屏版|客户端|关于我们|联系我们|联系客服|网站地图|友情链接|帮助中心|意见反馈|广告服务|法律声明|隐私政策|用户协议|网站首页|返回首页|客服(?:电话|热线|QQ|微信|中心)|服务热线|工作时间).{{0,120}}$
      | (?:用户|网友|发表|文章|最新|热门|全部|我要|精彩|读者|本文|文明)评论.{{0,60}}$ | 评论\s?[(（:：]?\s?\d{{0,6}}\s?条?[)）]?$ | (?:共|已有)\s?\d{{0,6}}\s?条评论.{{0,20}}$ | 暂无评论.{{0,30}}$
      | 登录后?(?:才能|可以?|方可|即可|后)?(?:发表|评论|参与).{{0,20}}$ | (?:还没有人|快来)(?:评论|抢沙发).{{0,20}}$
      | (?:点赞|顶一下|踩一下|赞|有用|很好|打赏|赏|收藏)\s?[(（]?\d{{0,7}}[)）]?$ | (?:分享到?|一键分享|分享至|分享给|转发)\s?[:：]?.{{0,60}}$
      | (?:微信|微博|新浪微博|QQ空间|QQ好友|QQ|腾讯微博|人人网|朋友圈|百度贴吧|复制链接|豆瓣)(?:[\s|/、]+(?:微信|微博|新浪微博|QQ空间|QQ好友|QQ|腾讯微博|人人网|朋友圈|百度贴吧|复制链接|豆瓣|更多)){{0,8}}$
      | (?:收藏|打印|关闭|复制|推荐|举报|纠错|投诉)(?:本文|本站|此文|本页|窗口|文章|此页|该文档|文档)?(?:[\s|]+(?:收藏|打印|关闭|复制|推荐|举报|纠错|分享|下载)(?:本文|本站|此文|本页|窗口|文章|此页)?){{0,6}}$
      | (?:手机|微信)?(?:扫码|扫描|扫一扫|长按|识别).{{0,12}}(?:阅读|查看|分享|关注|访问|二维码|下载|公众号|打开|手机).{{0,30}}$
      | (?:下载|购买|立即下载|免费下载|下载文档|下载本文|Word下载|下载Word|加入收藏|加入VIP|立即购买|开通VIP|VIP免费下载|全文下载)(?:[\s|]+\S{{1,12}}){{0,6}}$
      | 请先?登[录陆](?:后.{{0,12}})?$ | [>＞»›<《》]{{1,4}}$ | [》《]{{0,4}}点击(?:图片|此处|这里|标题|进入).{{0,14}}$
      | 《[^《》]{{2,90}}》\s?(?:一文|全文)?(?:来源于?|来自于?|由|出自|转自|摘自).{{0,120}}$
      | [(（](?:来源|稿源|原载|转自|转载自|文章来源|来源单位)\s?[:：][^()（）]{{2,40}}[)）]$ | 共?\s?\d{{1,4}}\s?页(?:\s{{1,3}}[\d+.万]{{1,8}}){{0,3}}$
      | 将(?:本文|此文|该文|本文档|文档|文章).{{0,16}}下载.{{0,30}}$ | 标签\s?$ | 网站?导航.{{0,30}}$
    )
    """,
    re.VERBOSE,
)
#: Heads of sections below a document, alone on their line: what follows may read like text and is not the document's.
SECTION = re.compile(
    rf"""
    ^{_LEAD}(?:
        (?:用户|网友|发表|最新|热门|全部|精彩|文章|读者|精选)评论 | 评论列表 | 猜[你您]喜欢 | (?:您|你)?(?:可能|还)?(?:对)?感兴趣(?:的)?(?:文章|文档|内容)?
      | 相关(?:阅读|推荐|文章|文档|资源|搜索|范文|内容) | (?:推荐|延伸)阅读 | (?:热门|精品|为您|为你|同类|精彩)推荐 | (?:最新|热门)(?:文档|文章|范文) | 展开阅读全文
      | (?:点击)?下载(?:本文|Word|word|此)?(?:文档|全文)?
    )\s?[】\])>]?[:：]?\s?(?:[(（]\s?\d{{1,5}}\s?条?\s?[)）])?$
    """,
    re.VERBOSE,
)
#: One of these stands in every such head.
SECTION_WORD = re.compile(
    one_of("评论 猜你 猜您 感兴趣 相关 阅读 推荐 文档 文章 范文 下载".split())
)
#: The same inside a long line: a document on one line carries its neighbours on it too.
TAIL_INLINE = re.compile(
    r"\s(?:上一[篇条页]|下一[篇条页]|相关栏目|相关文章|相关推荐|所在栏目|责任编辑|文章来源|本文地址|链接地址|版权声明|免责声明|标签)\s?[:：]"
)
#: Words of which a disclaimer has at least two.
DISCLAIMER = re.compile(
    r"本站|本网站?|本平台|网友上传|会员上传|用户(?:自行|自发)?(?:上传|贡献|分享)|未经.{0,12}授权|请勿.{0,4}(?:他用|商用|转载|传播)|来(?:源于?|自)(?:于)?(?:互联)?网络?|与本站|联系(?:我们|本站|客服|管理员).{0,8}(?:删除|处理|下架)|及时(?:删除|处理|下架)|仅供.{0,6}(?:参考|学习|交流|阅读)|不代表本|转载请|原作者|著作权归|版权(?:归|属|问题)|不承担.{0,10}责任|侵犯.{0,8}(?:权|利益)|如有侵权"
)


#: One of these stands in every disclaimer.
DISCLAIMING = (
    "本站",
    "本网",
    "本平台",
    "上传",
    "用户",
    "网络",
    "联系",
    "仅供",
    "转载",
    "版权",
    "侵",
    "著作权",
    "授权",
)


def is_disclaimer(line: str) -> bool:
    """Whether a line is the site's own legal text.

    >>> is_disclaimer("本文由网友上传,不代表本站观点,如有侵权请联系我们删除。")
    True
    >>> is_disclaimer("要依法打击侵权盗版行为,切实保护著作权人合法权益。")
    False
    """
    if not any(word in line for word in DISCLAIMING):  # most lines end here, in half a microsecond
        return False

    return len({m[0][:3] for m in DISCLAIMER.finditer(line[:600])}) >= 2


def iso_date(value: str) -> str | None:
    """`YYYY-MM-DD` of a date as pages write it, `None` where it is none.

    >>> iso_date("2020/3/8 10:21"), iso_date("2021年13月1日")
    ('2020-03-08', None)
    """
    found = DATE.search(value)

    if not found or not (1 <= int(found["m"]) <= 12 and 1 <= int(found["d"]) <= 31):
        return None

    return f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"


def card(line: str) -> Iterator[Fact]:
    """The facts that the labels of an upload card state.

    >>> [tuple(fact) for fact in card("上传人:li**8 文档编号:3015 上传时间:2021-3-4 格式:DOC 页数:6 大小:16.5KB")]
    [('uploader', 'li**8'), ('doc_id', '3015'), ('published', '2021-03-04'), ('format', 'DOC'), ('pages', 6), ('size', '16.5KB')]
    """
    for found in CARD.finditer(line):
        name = LABELS[found["label"]]
        read = _READ.get(name) if name else None
        value = read(found["value"]) if read else None

        if value:
            yield Fact(_NAMES[str(name)], value)


def _doc_id(value: str) -> str | None:
    return value if re.fullmatch(r"[A-Za-z0-9-]{2,40}", value) else None


def _format(value: str) -> str | None:
    if not re.fullmatch(r"\.?[A-Za-z0-9]{2,5}", value):
        return None

    return value.lstrip(".").upper() if value.islower() else value.lstrip(".")


def _pages(value: str) -> int | None:
    digits = re.match(r"\d{1,5}", value)
    return int(digits[0]) if digits else None


def _size(value: str) -> str | None:
    return value if value[:1].isdigit() else None


#: How the value behind a label is read; `None` where it states nothing.
_READ: dict[str, Callable[[str], str | int | None]] = {
    "uploader": str,
    "doc_id": _doc_id,
    "published": iso_date,
    "format": _format,
    "pages": _pages,
    "size": _size,
}
_NAMES: dict[str, FactName] = {
    "uploader": "uploader",
    "doc_id": "doc_id",
    "published": "published",
    "format": "format",
    "pages": "pages",
    "size": "size",
}


def category(line: str) -> Fact | None:
    """The category of a breadcrumb: its steps without the home page.

    >>> category("当前位置:首页 > 办公文档 > 总结/报告")
    Fact(name='category', value='办公文档 > 总结/报告')
    """
    if not BREADCRUMB.search(line):
        return None

    path = re.split(r"[>＞»›]|&gt;", re.split(r"[:：]", line, maxsplit=1)[-1])
    steps = [SITE_STEP.sub("", step.strip()) for step in path]

    steps = [
        step
        for step in steps
        if step
        and step not in ("首页", "网站首页", "主页", "正文", "内容", "文章正文", "阅读", "浏览正文")
    ]
    return Fact("category", " > ".join(steps)) if steps else None
