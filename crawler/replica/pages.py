"""The pages of the four replica sites: the documents' true text, spoiled as each site spoils it.

wm114 is in GBK and puts a contents block in front, hancun is Traditional with glosses, sanweiyuan offers the rest of
a text for a scan, jinchutou frames the text with its card and splices a counter into it after every 300 characters.
The trait `oldskin` shows a document in markup that the site's selectors do not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from crawler.replica.documents import Document, documents
from crawler.replica.traditional import glossed, traditional
from pipelines.record_parts import Gap

LIST_LENGTH = 4  # documents a list page shows, so that every site has several
NEAR = 2  # list pages on either side that a list page names by their numbers
SPLICE = 300  # characters between two counted splices
SPLICES = 10  # pieces of that length at most; the rest follows in one


class Answer(NamedTuple):
    """What the server says to one path."""

    body: bytes
    status: int = 200
    content_type: str = "text/html"
    location: str = ""


class Truth(NamedTuple):
    """A document as cleaning ought to give it. `paragraphs` tells whether the page keeps its line breaks: where it
    does not, only the text without white space can be told. The gaps' notices are left empty."""

    title: str
    text: str
    gaps: tuple[Gap, ...] = ()
    declared: int | None = None
    displayed: int | None = None
    toc: tuple[str, ...] = ()
    paragraphs: bool = True


@dataclass(frozen=True, slots=True)
class Expected:
    """What a document page ought to become: documents (several of a collection) or the failure `error`."""

    path: str
    number: int
    documents: tuple[Truth, ...] = ()
    error: str = ""
    generic: bool = False


@dataclass(frozen=True)
class Replica:
    """One site: what it answers to each path, what its document pages ought to become, and the addresses and titles that
    its lists show, in their order."""

    key: str
    answers: dict[str, Answer] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    listed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Skin:
    """How a site looks. `page` gives the inside of `<body>` for a document, `old` the same in other markup."""

    name: str
    path: Callable[[int], str]
    page: Callable[[Document, int, frozenset[str]], str]
    truth: Callable[[Document, frozenset[str]], Truth]
    encoding: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    script: Callable[[str], str] = str


def build_replicas() -> tuple[Replica, ...]:
    """The four sites with all their pages."""
    return tuple([_built(key, skin) for key, skin in SKINS.items()])


def _built(key: str, skin: Skin) -> Replica:
    site = Replica(key)
    for number, (error, title, inside) in NO_DOCUMENTS.get(key, {}).items():
        path = skin.path(number)
        site.answers[path] = _answer(skin, title, inside)
        site.expected.append(Expected(path, number, error=error))
        site.listed.append((path, title))

    grow(site, documents())
    site.listed.sort()
    site.answers.update(_lists(skin, site.listed))
    rules = "User-agent: *\nDisallow: /member/\nDisallow: /search\n"
    site.answers["/robots.txt"] = Answer(rules.encode(), content_type="text/plain")

    return site


def grow(site: Replica, more: Iterable[Document]) -> None:
    """Add documents to a site, those of them that stand there, in front of its lists."""
    skin = SKINS[site.key]

    for document in more:
        for where in document.pages:
            if where.site == site.key:
                final = path = skin.path(where.number)
                if "moved" in where.traits:
                    path, final = f"/p-{where.number}.html", f"/shtml/{where.number:032x}.html"

                site.answers[final] = _answer(
                    skin, document.title, skin.page(document, where.number, where.traits)
                )

                if final != path:
                    site.answers[path] = Answer(b"", 302, location=final)

                truths = (
                    tuple([Truth(title, text) for title, text in document.parts])
                    or (skin.truth(document, where.traits),)
                )  # fmt: skip

                site.expected.append(
                    Expected(path, where.number, truths, generic="oldskin" in where.traits)
                )

                site.listed.insert(0, (path, document.title))

    site.answers.update(_lists(skin, site.listed))


def _answer(skin: Skin, title: str, inside: str) -> Answer:
    head = f'<meta charset="{skin.encoding}"><title>{skin.script(title)} - {skin.name}</title>'
    body = f"{_top(skin)}\n{inside}\n{_bottom(skin)}"
    page = f"<!DOCTYPE html>\n<html><head>{head}<style>p {{ line-height: 2em }}</style></head>\n<body>\n{body}\n</body></html>\n"

    return Answer(page.encode(skin.encoding), content_type=skin.content_type)


def _top(skin: Skin) -> str:
    menu = skin.script(
        '<a href="/">首页</a> <a href="/lan/1.html">讲话</a> <a href="/about.html">关于我们</a>'
    )
    return (
        f'<div class="header"><a href="/member/login.html">{skin.script("登录")}</a> {menu}</div>'
    )


def _bottom(skin: Skin) -> str:
    words = skin.script(f"{skin.name} 版权所有")
    return f'<div class="footer">{words}<script>var count = "统计";</script></div>'


def _lists(skin: Skin, listed: list[tuple[str, str]]) -> Iterator[tuple[str, Answer]]:
    """The home page, which leads to the first list page, and the list pages, each of which leads to its neighbours."""
    yield (
        "/",
        _answer(
            skin,
            "首页",
            f'<div class="columns"><a href="/lan/1.html">{skin.script("全部文章")}</a></div>',
        ),
    )

    yield "/about.html", _answer(skin, "关于我们", "<p>本页为程序演示而作。</p>")
    pages = [listed[i : i + LIST_LENGTH] for i in range(0, len(listed), LIST_LENGTH)]

    for number, page in enumerate(pages, 1):
        items = "\n".join(
            f'<li><a href="{path}">{skin.script(title)}</a></li>' for path, title in page
        )

        near = range(max(1, number - NEAR), min(len(pages), number + NEAR) + 1)
        numbers = " ".join(f'<a href="/lan/{n}.html">{n}</a>' for n in near)

        after = (
            f'<a href="/lan/{number + 1}.html">{skin.script("下一页")}</a>'
            if number < len(pages)
            else ""
        )

        inside = f'<ul class="list">\n{items}\n</ul>\n<div class="pages">{numbers} {after}</div>'
        yield f"/lan/{number}.html", _answer(skin, f"讲话第{number}页", inside)


# -- wm114: contents block, member notices, words turned into links ------------------------------------------------

AUTO_LINKED = ("总结", "汇报", "讲话")


def _wm114(document: Document, number: int, traits: frozenset[str]) -> str:
    shown = "".join(_with_notices(document, "https://www.wm114.cn", "新文秘网"))
    lines = [escape(line) for line in shown.split("\n")]

    if "linked" in traits:
        lines = [_linked(line) for line in lines]

    text = "<br />\r\n".join(f"　　{line}" for line in lines)
    contents = ""

    if "contents" in traits:
        contents = (
            "<br />\r\n".join(("目录/提纲：……", *document.headings, "……", document.title))
            + "<br />\r\n"
        )

    if "oldskin" in traits:
        return _old_table(document.title, text)

    return (
        f'<h1>{document.title}</h1>\n<div class="info">作者：佚名 时间：{document.stated["published"]}</div>\n'
        f'<div class="article-content">{contents}{text}</div>'
    )


def _with_notices(document: Document, address: str, name: str) -> Iterator[str]:
    """The shown stretches with the member site's notices in between and at the end."""
    for number, part in enumerate(document.shown):
        yield part
        if number == len(document.withheld):
            return

        if document.cut and number == len(document.withheld) - 1:
            yield (
                f" ……（未完，全文共{document.declared}字，当前仅显示{document.displayed}字，请阅读下面提示信息。"
                f"\n收藏《{document.title}》）"
            )
            return

        yield f"……（{name}{address}省略{document.withheld[number]}字，正式会员可完整阅读）……"


def _linked(line: str) -> str:
    """Some words become links, each on a line of its own in the source."""
    return re.sub(
        "|".join(AUTO_LINKED), lambda w: f'\r\n<a href="/so/{w[0]}.html">{w[0]}</a>', line
    )


def _wm114_truth(document: Document, traits: frozenset[str]) -> Truth:
    return Truth(
        document.title, document.text, document.gaps(counted_by_site=True), *_counts(document),
        toc=document.headings if "contents" in traits else (),
    )  # fmt: skip


def _counts(document: Document) -> tuple[int | None, int | None]:
    return (document.declared, document.displayed) if document.cut else (None, None)


# -- hancun: the same notices, Traditional with glosses, sometimes all on one line ---------------------------------


def _hancun(document: Document, number: int, traits: frozenset[str]) -> str:
    shown = "".join(_with_notices(document, "https://www.hancun.net", "快文网"))
    title = glossed(traditional(document.title))
    text = escape(glossed(traditional(shown)))

    text = (
        " ".join(text.split("\n"))
        if "oneline" in traits
        else "<br>\n".join(f"　　{x}" for x in text.split("\n"))
    )

    tail = traditional("上一篇：乡村小学合唱节致辞 下一篇：粮库消防演练总结 相关栏目：基层 |")
    return (
        f'<div class="title"><h1>{title}</h1></div>\n<div class="content" id="content">{text}</div>\n'
        f'<div class="near">{tail}</div>'
    )


def _hancun_truth(document: Document, traits: frozenset[str]) -> Truth:
    return Truth(
        document.title, document.text, document.gaps(counted_by_site=True), *_counts(document),
        paragraphs="oneline" not in traits,
    )  # fmt: skip


# -- sanweiyuan: a summary in front, the rest for a scan -----------------------------------------------------------


def _sanweiyuan(document: Document, number: int, traits: frozenset[str]) -> str:
    pieces: list[str] = []
    for k, part in enumerate(document.shown):
        pieces.append(part.strip("\n"))
        if k < len(document.withheld) - document.cut:
            pieces.append("……略……")

    text = "\n".join(pieces).rstrip("\n")
    if document.cut:
        teacher = f"请点击👉 {number} 👈联系老师"
        text += (
            f"……\n预览结束，免费获取全文或定制代笔此类文章，请扫码联系老师！\n{teacher}\n{teacher}"
        )

    lines = [escape(line) for line in text.split("\n")]
    if "oldskin" in traits:
        return _old_table(document.title, "<br>".join(f"&nbsp;&nbsp;{line}" for line in lines))

    paragraphs = "\n".join(f"<p>　　{line}</p>" for line in lines)
    return (
        f'<h1>{document.title}</h1>\n<div class="summary">内容摘要：{document.stated.get("summary", "")}</div>\n'
        f'<div class="article-body">\n{paragraphs}\n</div>\n<div class="tags">标签：<a href="/so/1.html">讲话</a></div>'
    )


def _sanweiyuan_truth(document: Document, traits: frozenset[str]) -> Truth:
    return Truth(document.title, document.text, document.gaps(counted_by_site=False))


# -- jinchutou: the card, page pictures, counted splices -----------------------------------------------------------


def _jinchutou(document: Document, number: int, traits: frozenset[str]) -> str:
    title, stated = document.title, document.stated
    glued = title + document.body.replace("\n", "")
    text = "".join(f"\n\n{k}、{piece}" for k, piece in enumerate(_pieces(glued), 1))
    pages = 2 + len(glued) // 400

    pictures = "\n".join(
        f'<div class="outer_page"><img alt="{title}_第{k}页">{title}_第{k}页</div><p>第{k}页 / 共{pages}页</p>'
        for k in range(1, 4)
    )

    card = (
        f"上传人：{stated.get('uploader', 'doc****00')} 文档编号：{number} 上传时间：{stated['published']} "
        f"格式：DOCX 页数：{pages} 大小：{12 + len(glued) / 97:.2f}KB"
    )

    about = f"《{title}》由会员分享，可在线阅读，更多相关《{title}（{pages}页珍藏版）》请在金锄头文库上搜索。"
    tail = "<p>展开阅读全文</p>\n<p>相关资源</p>\n<p>正为您匹配相似的精品文档</p>\n<p>最新文档</p>\n<p>当前位置：首页 &gt; 办公文档 &gt; 总结/报告</p>"

    if "oldskin" in traits:
        return f"<center><b><font size=5>{title}</font></b></center>\n<dl><dt>{card}</dt><dd>{about}<pre>{escape(text)}</pre></dd></dl>"

    return (
        f'<h1>{title}</h1>\n<div class="card">{card}</div>\n<div>返回 下载 相关 举报</div>\n{pictures}\n'
        f"<p>亲，该文档总共{pages}页，到这儿已超出免费预览范围，如果喜欢就下载吧！</p>\n"
        f'<h3>资源描述</h3>\n<div class="resource">{about}<div class="doc-text" style="white-space: pre-wrap">{escape(text)}</div></div>\n{tail}'
    )


def _pieces(text: str) -> Iterator[str]:
    """Ten pieces of 300 characters, then the rest."""
    for start in range(0, min(len(text), SPLICE * SPLICES), SPLICE):
        yield text[start : start + SPLICE]

    if len(text) > SPLICE * SPLICES:
        yield text[SPLICE * SPLICES :]


def _jinchutou_truth(document: Document, traits: frozenset[str]) -> Truth:
    return Truth(document.title, document.body.replace("\n", ""), paragraphs=False)


def _old_table(title: str, text: str) -> str:
    """Markup that no selector of ours names: a table inside a table, the title in a `font`."""
    return (
        f'<table width="960"><tr><td width="200" id="l1">热门推荐<br>今日更新</td><td><table><tr><td align=center>'
        f'<font size=5><b>{title}</b></font></td></tr>\n<tr><td class="zw9">{text}</td></tr></table></td></tr></table>'
    )


#: Pages that are no documents, by site and number: the failure they ought to become, their title and inside.
NO_DOCUMENTS: dict[str, dict[int, tuple[str, str, str]]] = {
    "wm114": {
        304008: (
            "login_wall",
            "会员登录",
            '<h1>会员登录</h1><div class="article-content">您要阅读的文章只对会员开放，请先登录后再继续访问。'
            '<form action="/member/login.html" method="post">用户名：<input name="u"> 密码：<input type="password" name="p">'
            '<button>登录</button></form>还没有帐号？<a href="/member/reg.html">立即注册</a></div>',
        ),
    },
    "hancun": {
        51299: (
            "soft_404",
            "页面不存在",
            '<div class="title"><h1>提示信息</h1></div><div class="content" id="content">'
            '抱歉，您访问的页面不存在或已被删除。<a href="/">返回首页</a></div>',
        ),
    },
}

SKINS: dict[str, Skin] = {
    "wm114": Skin(
        "新文秘网", lambda n: f"/wen/{n // 2000 + 1}/{n}.html", _wm114, _wm114_truth, "gbk", "text/html",
    ),
    "hancun": Skin("快文网", lambda n: f"/wen/{n}.html", _hancun, _hancun_truth, script=traditional),
    "sanweiyuan": Skin("三味园范文网", lambda n: f"/news/{n}.html", _sanweiyuan, _sanweiyuan_truth),
    "jinchutou": Skin("金锄头文库", lambda n: f"/shtml/view-{n}.html", _jinchutou, _jinchutou_truth),
}  # fmt: skip
