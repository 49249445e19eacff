"""Pages served with status 200 that are no documents: log-in walls, captchas, soft 404s, download forms.

    wall(page, text)  ->  ("login_wall", "a password is asked for; 12 characters besides")  or None

This looks at the markup (what is asked for, where the page sends one) and only where hardly any text is left once the
wall's own words are taken away: a speech under a page head with a log-in box is a speech. What words alone can tell is
told again after cleaning (pipelines.cleaning).
"""

from __future__ import annotations

import re

from crawler.reading.main_text import main_text
from crawler.reading.page import Page

#: A page with more text than this (characters without blanks) is a document; the wordiest wall has a third of it.
_LONG = 900
#: With more than this beside the wall's words it is a document, if a short one.
_LEFT = 60

_GONE = re.compile(
    r"""
      (?: [页頁]面 | [文内內]容 | 文章 | 文[档檔] | [网網][页頁址] | 信息 | [数數][据據] | [资資][料源] | 地址 | [链鏈]接 | [稿帖]件? )
        .{0,12}? (?: 不存在 | 未找到 | [找见見]不到 | 已?[经經]?被?[删刪]除 | 已?下架 | 已失效 | 不[见見]了 | [丢丟]失 | 走[丢丟] | 已[过過]期 | [审審]核中 )
    | (?: 找不到 | 未找到 | [无無]法找到 | [没沒]有找到 | 不存在 ) .{0,12}? (?: [页頁]面 | [内內]容 | 文章 | 文[档檔] | [网網][页頁] | [资資][料源] | [记記][录錄] )
    | \b404\b | not \s found | page \s (?:is \s)? (?:missing|gone)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"\W{0,3}(?:(?:错误|錯誤|error)\W{0,3})?404\b.{0,40}|.{0,12}(?:[页頁]面|文[章档檔]|[内內]容|[网網][页頁])(?:不存在|未找到|找不到|已?被?[删刪]除).{0,24}|.{0,9}not found.{0,24}",
    re.IGNORECASE,
)
_CAPTCHA = re.compile(
    r"""
      [访訪][问問] .{0,6} (?: [频頻]繁 | 太快 | [异異]常 | 受限 | [过過]多 ) | 人[机機] .{0,4} [验驗][证證] | 安全 [验驗][证證] | [滑拖][动動] .{0,8} [块塊验驗拼]
    | [点點][击擊选選] .{0,8} (?: 完成 | 通[过過] ) .{0,4} [验驗][证證] | [请請]? [输輸]入 .{0,8} [验驗][证證][码碼] .{0,8} (?: [继繼][续續] | 后 | 後 | [访訪][问問] )
    | [请請]完成 .{0,6} [验驗][证證] | [验驗][证證] .{0,6} (?: 您|你 ) .{0,4} (?: 是 | 不是 ) | 机器人 | captcha | are \s you \s (?:a \s)? (?:human|robot) | checking \s your \s browser | unusual \s traffic
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CAPTCHA_MARKUP = (
    "geetest",
    "recaptcha",
    "hcaptcha",
    "turnstile",
    "tcaptcha",
    "TencentCaptcha",
    "nc_1_n1z",
    "cf-challenge",
    "slider-captcha",
)
_LOGIN = re.compile(
    r"""
      (?: [请請需][要先]? | 必[须須] | 只[对對限] | [尚还還][未没沒] | 您 ) .{0,12}? (?: 登[录錄陆陸] | [会會][员員] )
    | 登[录錄陆陸] .{0,4} (?: 后 | 後 | 才 | 即可 | 以 ) .{0,8} (?: [查阅閱看读讀] | [继繼][续續] | [访訪][问問] | 下[载載] )
    | [会會][员員] 登[录錄陆陸] | 用[户戶] 登[录錄陆陸] | [账帳賬][号號户戶]登[录錄陆陸] | [扫掃][码碼]登[录錄陆陸]
    """,
    re.VERBOSE,
)
_LOGIN_ADDRESS = re.compile(
    r"(?:^|[/._?=&-])(?:log-?in|sign-?in|logon|passport|denglu|sso|oauth|auth)(?:[/._?=&-]|$)",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"(?:立即|[点點][击擊]|[马馬]上|[免付][费費]|本地|高速|[确確][认認]|普通|VIP)下[载載]|下[载載](?:地址|[链鏈]接|次[数數]|[说說]明|[点點][数數]|[积積]分|[需须須]|本文|此?文[档檔]|券|到)"
)
#: A notice that counts what it withholds stands in a document, however little is shown.
_COUNTED = re.compile(
    r"全文共\s{0,3}\d|显示\s{0,3}\d{1,6}\s{0,3}字|顯示\s{0,3}\d{1,6}\s{0,3}字|省略\s{0,3}\d{1,6}\s{0,3}字"
)
_PIECE = re.compile(r"[^\n。！；]+")
#: The furniture of such pages: what is taken away before what is left is counted. (Each opens with a literal and no class:
#: the scan of a thousand characters takes 4 µs instead of 24.)
_WORDS = re.compile(
    r"登[录錄陆陸]|注[册冊]|註[册冊]|密[码碼]|用[户戶]名?|账[号號户戶]|帳[号號户戶]|賬[号號户戶]|验[证證]|驗[证證]|会[员員]|會[员員]|下[载載]|返回|首[页頁]|积分|積分|文[档檔件]|格式|大小|邮箱|郵箱|手[机機]|客服|"
    r"404|页面|頁面|删除|刪除|存在|访[问問]|訪[问問]|充值|权限|權限|购[买買]|購[买買]|扫[码碼]|微信|QQ|版[权權]|ICP|刷新|系[统統系]|联[统統系]|聯[统統系]|推[荐薦]|搜索|提示|稍|后|後|继[续續]|繼[续續]|跳[转轉]"
)
#: One of these stands, in lower case, in whatever `_GONE` and `_CAPTCHA` match. (Each opens with a literal: the scan of
#: a line takes 0.4 µs, those patterns 30.)
_SIGNS = re.compile(
    "不存在|不到|不见|不見|找到|删除|刪除|下架|失效|丢|丟|过期|過期|审核|審核|访问|訪問|访問|訪问|验|驗|滑动|滑動|拖动|拖動|机器人"
    "|404|found|page|captcha|human|robot|brow|traffic"
)
_REFRESH = re.compile(
    r"\s{0,9}\d{0,4}\s{0,9}[;,]\s{0,9}(?:url\s{0,9}=)?\s{0,9}['\"]?(?P<to>[^'\"\s]{1,300})",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"location(?:\.href|\.replace)?\s{0,9}[=(]\s{0,9}['\"](?P<to>[^'\"]{1,300})['\"]"
)


def wall(page: Page, text: str | None = None) -> tuple[str, str] | None:
    """The `failure/1` error and its detail if the page is no document. `text` is what extraction found; without it
    the generic extraction looks.

    >>> wall(Page.parse("<title>会员登录</title><form>密码：<input type=password></form>", ""))
    ('login_wall', 'a password is asked for; 0 characters besides')
    >>> wall(Page.parse("<input type=password><p>" + "同志们，今年的工作要抓紧，抓实，抓出成效。" * 9, ""))
    """
    if text is None:
        chosen = main_text(page)
        text = page.text(chosen.node, chosen.without) if chosen else ""

    node = page.first("title")
    title = node.text(strip=True) if node is not None else ""

    if _GONE_TITLE.fullmatch(title.split("_")[0].split("|")[0].split(" - ")[0].strip() or " "):
        return "soft_404", f"the title says {title[:60]!r}"
    if _size(text[: 2 * _LONG]) > _LONG or _size(text) > _LONG or _COUNTED.search(text):
        return None

    left = 0
    for piece in _PIECE.finditer(text):
        if not _is_wall_talk(piece[0]):
            left += _size(piece[0])
            if left >= _LEFT:  # a document's first lines tell
                return None

    found = _kind(page, title + "\n" + text)
    return (found[0], f"{found[1]}; {left} characters besides") if found else None


def _size(text: str) -> int:
    return len("".join(text.split()))


def _is_wall_talk(line: str) -> bool:
    if _WORDS.search(line):
        return True

    return bool(_SIGNS.search(line.lower()) and (_GONE.search(line) or _CAPTCHA.search(line)))


def _kind(page: Page, text: str) -> tuple[str, str] | None:
    """Which kind of wall a page with hardly any text is, by what it says and asks for and where it leads."""
    whole = "\n".join(page.text(body) for body in page.css("body"))
    shown = f"{text}\n{whole[:2000]}"
    goes = _leads_to(page)

    if said := _GONE.search(shown):
        return "soft_404", f"it says {said[0]!r}"

    password = bool(page.css("input[type=password i]"))
    if (said := _CAPTCHA.search(shown)) and not (password and said[0].endswith(("码", "碼"))):
        return "captcha", f"it says {said[0]!r}"
    if any(name in page.html for name in _CAPTCHA_MARKUP) and not password:
        return "captcha", "a captcha is loaded"
    if password:
        return "login_wall", "a password is asked for"
    if said := _LOGIN.search(shown):
        return "login_wall", f"it says {said[0]!r}"
    if goes and _LOGIN_ADDRESS.search(goes):
        return "login_wall", f"it leads to {goes[:80]}"
    if goes and re.fullmatch(
        r"(?:https?://[^/]{1,99})?/?(?:(?:index|default|404|error)\.\w{2,5}|404|error)?/?", goes
    ):
        return "soft_404", f"it leads to {goes[:80]}"
    if said := _DOWNLOAD.search(shown):
        return "download_form", f"it says {said[0]!r}"
    if "document.cookie" in page.html and "location" in page.html and _size(shown) < _LEFT:
        return "captcha", "a script sets a cookie and loads the page again"

    return None


def _leads_to(page: Page) -> str:
    """Where the page sends its reader by itself; empty where it does not."""
    for node in page.css("meta[http-equiv=refresh i]"):
        if found := _REFRESH.match(node.attributes.get("content") or ""):
            return found["to"]

    found = _SCRIPTED.search(page.html[:20_000])
    return found["to"] if found else ""
