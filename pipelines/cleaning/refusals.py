"""Pages that are no document: walls, errors, forms, fonts that hide the text, chapters of novels, scraps.

A log-in wall comes with status 200 and reads `您还没有登录 用户名 密码 验证码 忘记密码? 立即注册`. A wall has the words of its
kind and next to nothing else; a speech may speak of passwords, downloads and missing pages as much as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.cleaning.rule import Facts
from pipelines.records import RawDocument
from pipelines.text.canonical import counted
from pipelines.text.script import simplified

#: Fewer counted characters are no document (FORMAT, `failure/1`).
LEAST = 20

#: A wall has fewer counted characters in sentences than this, its notices included; the shortest speeches of the
#: replicas have 300.
WALL = 240
_LOOKED_AT = 6000  # characters of a page in which a wall's words are looked for

#: Words that only stand on such a page, and words that stand there with others. A wall has one of the first and one
#: of the second, or three of the second.
SURE: Mapping[str, re.Pattern[str]] = {
    "captcha": re.compile(
        r"人机验证|安全验证|滑动验证|拖动(?:下方|左边|右侧)?的?滑块|(?:请|需要?)(?:先)?(?:完成|输入|通过|进行)[^。\n]{0,12}验证"
        r"|访问(?:过于|太|异常|请求)?频繁|(?:异常|可疑)(?:的)?(?:流量|访问|请求)|点击(?:图中|下图|图片中)|按顺序点击"
        r"|verify (?:that )?you are (?:a )?human|checking your browser|just a moment|captcha|are you a robot|unusual traffic",
        re.IGNORECASE,
    ),
    "login_wall": re.compile(
        r"(?:您|你)?(?:还没有|尚未|还未|未|没有)登[录陆]|请(?:您)?先?(?:登[录陆]|注册)|需要?(?:您)?先?登[录陆]|登[录陆]后(?:才能|才可|可|即可|方可|再)?(?:查看|阅读|浏览|访问|继续|使用)"
        r"|(?:用户|会员|账[号户]|密码|扫码|手机)登[录陆]|登[录陆](?:您的)?(?:账[号户]|帐[号户])|please (?:log|sign) ?in|log ?in to",
        re.IGNORECASE,
    ),
    "soft_404": re.compile(
        r"404|not found|(?:页面|文章|文档|内容|信息|链接|网页|帖子|资源|稿件)(?:可能)?(?:不存在|已?被?(?:删除|移除|屏蔽|下架|撤回|转移)|已?(?:失效|过期|下线|丢失)|未找到|找不到|走丢了)"
        r"|(?:您|你)(?:要|所|想)?(?:访问|查看|浏览|查找|请求)的[^。\n]{0,12}(?:不存在|(?:删除|移除|下架)|失效|找不到|无法)|(?:没有|未|无法|不能)找到(?:您|你|该|相关|此|这)|找不到(?:您|你|该|相关|此|这|页面)",
        re.IGNORECASE,
    ),
    "download_form": re.compile(
        r"(?:立即|免费|点击|马上|本地|付费|高速|普通|确认)下载|下载(?:地址|链接|按钮|次数|券|点数?|积分|所需|文档|资源|到电脑|说明|须知|量)|提取码|解压密码|(?:需要?|消耗|扣除|所需)[^。\n]{0,8}(?:积分|金币|下载券|文币)",
    ),
}
KIN: Mapping[str, re.Pattern[str]] = {
    "captcha": re.compile(r"验证码|换一张|看不清|刷新|重试|提交|IP|滑块|拼图|机器人|ray id|cookies?|javascript|继续访问|恢复访问|验证", re.IGNORECASE),
    "login_wall": re.compile(r"用户名|密码|验证码|手机号|邮箱|账[号户]|帐[号户]|注册|忘记|记住我|自动登[录陆]|第三方|微信|扫码|QQ|会员|password|user ?name|sign ?up|remember me", re.IGNORECASE),
    "soft_404": re.compile(r"返回(?:首页|上一页|主页)|首页|抱歉|对不起|很遗憾|稍后|跳转|秒后|检查网址|输入有误|联系(?:管理员|客服)|sorry|出错|错误|error|回到", re.IGNORECASE),
    "download_form": re.compile(r"大小|格式|页数|积分|金币|支付|价格|微信|支付宝|会员|VIP|浏览|收藏|评分|举报|上传|充值|验证码|免费|客服|文件名|软件|\d(?:\.\d+)?\s?[KMG]B", re.IGNORECASE),
}  # fmt: skip

NOVEL_SURE = re.compile(
    r"加入书签|小说模式|本章没有|章节(?:目录|报错|列表)|推荐票|月票|本章未完|最新章节|书友|笔趣|小说网|全文阅读|催更|作者有话|求(?:收藏|订阅|打赏)|下一章|上一章|点击下一页继续"
)
NOVEL_CHAPTER = re.compile(
    r"(?:^|\s|》)第[零〇一二两三四五六七八九十百千\d]{1,6}[章回节卷](?:\s|[:：]|$)", re.MULTILINE
)
NUMBERED = re.compile(
    r"第[零〇一二两三四五六七八九十百千\d]{1,6}[章回节卷]"
)  # in every heading, and found fast
#: A novel has somebody speak at least every so many characters; a report with chapters quotes more rarely.
DIALOGUE = 150
NOVEL_SAYS = re.compile(
    r"[”」][^“「。\n]{0,12}(?:道|说|笑|喝|问|吼|骂|叹)|[^。\n]{1,10}(?:道|喝道|笑道|问道|说道)[:：][“「]"
)

#: Lines of a Latin list at the least, and what a sentence among them would end in.
_LATIN_LINES = 5
_LATIN_ENDS = tuple('.!?;:,。！？；：，…"”’)')

#: An address of the net: no text of its own.
ADDRESS = re.compile(r"https?://[^\s\u3400-\u9fff]{1,2000}|www\.[^\s\u3400-\u9fff]{1,2000}")

#: Sentences: what a wall has next to none of.
SENTENCE = re.compile(r"[^。！!？?\n]{8,400}[。！!？?]")
#: Whom a speech speaks to: no wall does.
SALUTATION = re.compile(
    r"(?:^|\n)(?:各位|尊敬的|同志|亲爱的|[^\n，。,：:]{0,8}(?:同志|老师|同学|代表|朋友|领导|家长|委员|女士|先生)们?)[^\n。]{0,40}[：:，,！!](?=\n|[^\n]{20})"
)
HAN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]")
#: Share of characters outside the common 3755 of GB 2312 beyond which a text is garbage. (Of the reports in
#: shared/eval the highest has 0.06; every third character of cycling rare ones gives 0.33.)
GARBAGE = 0.3
_SAMPLE = 1500  # characters whose commonness is looked at
_ASCII, _WIDE = bytes(range(0x80)), bytes(range(0x80, 0x100))
_HAN_LEADS, _RARE_LEADS = (
    bytes(range(0xB0, 0xF8)),
    bytes(range(0xD8, 0xF8)),
)  # GB 2312: rows 16 to 87; level 2


def refusal(raw: RawDocument, text: str, facts: Facts, length: int) -> tuple[str, str] | None:
    """`(error, detail)` for a page that is no document, `None` for a speech. `text` is the cleaned text of `raw`,
    `length` its counted characters."""
    if length < 4 * WALL:
        sentences = SENTENCE.findall(text[:_LOOKED_AT])
        wall = _wall(raw, text, facts, sentences)

        if wall:
            return wall

    if length < LEAST:
        return "too_short", f"{length} characters"
    if length < _LOOKED_AT and counted(ADDRESS.sub("", text)) < LEAST:
        return "too_short", "nothing but addresses"

    return _latin_list(raw.text) or _garbage(text) or _novel(raw, text)


def _latin_list(text: str) -> tuple[str, str] | None:
    """A list of Latin lines as the page has them: next to no Han character in it, and next to no sentence."""
    if len(HAN.findall(text[:_LOOKED_AT])) >= LEAST:
        return None

    lines = [line.strip() for line in text[:_LOOKED_AT].split("\n") if line.strip()]
    ended = sum(line.endswith(_LATIN_ENDS) for line in lines)

    if len(lines) < _LATIN_LINES or ended * 5 > len(lines):
        return None

    return "list_page", f"{len(lines)} lines without Chinese, {ended} of them end like a sentence"


def _wall(
    raw: RawDocument, text: str, facts: Facts, sentences: list[str]
) -> tuple[str, str] | None:
    """A wall or an error page: the words of its kind, and next to nothing else."""
    said = counted("".join(sentences))
    has_notice = any(gap.notice for gap in facts.gaps)

    if said >= WALL or (said >= LEAST and has_notice) or SALUTATION.search(text):
        return None

    page = simplified(f"{raw.title}\n{raw.text[:_LOOKED_AT]}")
    for error, sure in SURE.items():
        kin = KIN[error]
        sign = sure.search(page)
        related = {m[0].lower() for m in kin.finditer(page)}

        if not (sign and related) and len(related) <= 3:
            continue

        others = [s for s in sentences if not sure.search(s) and not kin.search(s)]
        if counted("".join(others)) < LEAST:
            return error, f"{sign[0] if sign else ''} {' '.join(sorted(related))}".strip()[:120]

    return None


def _garbage(text: str) -> tuple[str, str] | None:
    """A font that shows other characters than the text has: rare ones take turns."""
    sample = text[:_SAMPLE]
    code = sample.encode("gb2312", "ignore")
    leads = code.translate(None, _ASCII)[::2]
    marks = len(leads.translate(None, _HAN_LEADS))
    plain = len(leads.translate(None, _RARE_LEADS)) - marks

    unknown = (
        len(sample) - len(leads) - len(code.translate(None, _WIDE))
    )  # neither ASCII nor GB 2312

    rare = len(leads) - marks - plain + unknown
    if plain + rare < LEAST or rare <= GARBAGE * (plain + rare):
        return None

    han = len(HAN.findall(sample))  # unknown ones may be signs or letters
    rare = han - plain

    return (
        ("font_garbage", f"{rare} of {han} characters are rare") if rare > GARBAGE * han else None
    )


def _novel(raw: RawDocument, text: str) -> tuple[str, str] | None:
    """A chapter of a novel: its heading, and what the site or the story around it shows."""
    heads = ((raw.title, len(raw.title)), (text, 300), (raw.text, 600))
    counted_so = [(said, most) for said, most in heads if NUMBERED.search(said, 0, most)]

    chapter = next(
        (m for said, most in counted_so if (m := NOVEL_CHAPTER.search(said, 0, most))), None
    )

    signs = {m[0] for m in NOVEL_SURE.finditer(simplified(raw.text))}
    says = len(NOVEL_SAYS.findall(text))

    if not chapter:
        spoken = says + text.count("\n“")
        is_novel = len(signs) > 1 and spoken > 1 and not SALUTATION.search(text)

        return ("novel_chapter", " ".join(sorted(signs))[:120]) if is_novel else None

    talks = says > 5 and says * DIALOGUE > len(text) and not SALUTATION.search(text)
    if len(signs) > 1 or talks or (signs and says > 1):
        evidence = [chapter[0].strip(), *sorted(signs), f"{says} times somebody says"]
        return "novel_chapter", " ".join(evidence)[:120]

    return None
