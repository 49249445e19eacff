"""Invented pages in forty layouts, each with its truth: the lines of the text, and what stands beside it.

All sentences were written for this project.
"""

from __future__ import annotations

from collections.abc import Callable

TITLE = "在全县春季植树动员会上的讲话"
LINES = (
    "同志们：",
    "今天我们在河滩林场召开全县春季植树动员会，主要任务是回顾去年的造林情况，安排今年春天的栽种和管护。刚才林业局通报了苗木准备情况，三个乡镇作了表态发言，我都赞成。下面，我讲三点意见。",
    "一、看清家底，树立爱绿护绿的信心",
    "去年全县新造林一万二千亩，成活率达到九成以上，河堤、路旁和村口的面貌有了明显改变。（掌声）群众说得好：",
    "“树多了，风就小了。”",
    "二、突出重点，把树栽到该栽的地方",
    "（一）抓好河岸防护林。沿河六个村要在三月底以前完成整地，四月上旬完成栽种。苗木由县里统一采购，价格、规格和数量在村务公开栏里写清楚。",
    "1.整地",
    "2.栽种",
    "（二）抓好校园和院落绿化。每所学校划出一块责任地，由师生共同管护，建立台账。",
    "……(某某文秘网www.example.cn省略318字,正式会员可完整阅读)……",
    "三、压实责任，确保栽一棵活一棵",
    "各乡镇主要负责同志要亲自到现场，做到地块、人员、时间三落实；县林业局要派出技术员，分片包干，随叫随到。对只栽不管、弄虚作假的，要严肃批评，限期补栽。",
    "谢谢大家！",
    "2023年3月9日",
)
NAV = [f"栏目{c}" for c in "甲乙丙丁戊己庚辛壬癸"]
RELATED = [
    f"{c}县召开{d}工作会议的讲话稿全文"
    for c in "东南西北"
    for d in ("防汛", "教育", "卫生", "消防", "统计")
]
COMMENTS = [
    f"第{k}楼的朋友说：这篇稿子写得很实在，拿来参考很合适，谢谢分享，{k}号已经收下了。"
    for k in range(1, 30)
]
ABSTRACTS = [
    f"本文围绕{c}项工作展开，从思想认识、组织领导、督促检查三个方面提出要求，可供参考。"
    for c in "水电路讯房学医娱"
]
ADVICE = "写讲话稿要吃透会议主题，摸清听众情况，先列提纲，再写初稿，反复修改。"  # nothing tells it from a text: it may be kept
FOOT = "本站文章由网友上传，如有侵权请联系我们删除。版权所有 某某文秘网 某ICP备00000000号"

#: What must not be in the text of a page that has a frame.
BESIDE = (*NAV, *RELATED, *ABSTRACTS, "ICP备", "第7楼的朋友")


def paragraphs(lines: tuple[str, ...] = LINES, tag: str = "p") -> str:
    return "\n".join(f"<{tag}>{line}</{tag}>" for line in lines)


def breaks(lines: tuple[str, ...] = LINES) -> str:
    return "<br>\n".join(f"　　{line}" for line in lines)


def links(words: list[str]) -> str:
    return "".join(
        f'<li><a href="/list/{k}.html" title="{word}">{word}</a></li>'
        for k, word in enumerate(words)
    )


def framed(text: str, *, after: str = "", foot: str = FOOT, before: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}_某某文秘网</title><style>p{{margin:0}}</style></head><body>"
        f'<div id="a1"><ul>{links(NAV)}</ul></div>{before}{text}{after}<div id="a2">{foot}</div><script>var p="，。";</script></body></html>'
    )


def comments(name: str = "c7") -> str:
    items = "".join(
        f'<div class="{name}"><img src=x.png><a href="/u/{k}">某用户{k}</a><span>2023-03-{k:02}</span><p>{c}</p></div>'
        for k, c in enumerate(COMMENTS, 1)
    )
    return f"<div><h3>网友评论</h3>{items}</div>"


def abstracts() -> str:
    items = "".join(
        f'<div><h4><a href="/x/{k}.html">{RELATED[k]}</a></h4><div>{a}</div></div>'
        for k, a in enumerate(ABSTRACTS)
    )
    return f"<div>{items}</div>"


def hard_wrapped(width: int = 22) -> list[str]:
    return [line[k : k + width] for line in LINES for k in range(0, len(line), width)]


A, B, C = LINES[:5], LINES[5:11], LINES[11:]
H1 = f"<h1>{TITLE}</h1>"
INFO = "<div>来源：本站 作者：佚名 发布时间：2023-03-10 阅读：217次 【字号 大 中 小】</div>"
NEAR = '<div>上一篇：<a href="/1.html">防火工作会议讲话</a> 下一篇：<a href="/3.html">植保工作会议讲话</a></div>'

LAYOUTS: dict[str, Callable[[], str]] = {
    "paragraphs in a box": lambda: framed(f"<div>{H1}{INFO}<div class=x>{paragraphs()}</div>{NEAR}</div>"),
    "paragraphs beside the heading": lambda: framed(f"<div>{H1}{INFO}{paragraphs()}{NEAR}</div>"),
    "no frame at all": lambda: f"<title>{TITLE}</title>{paragraphs()}",
    "breaks only": lambda: framed(f"<div><h1>{TITLE}</h1><div>{breaks()}</div></div>"),
    "breaks right in the body": lambda: f"<html><head><title>{TITLE}</title></head><body>{breaks()}</body></html>",
    "breaks in a body with a frame": lambda: framed(f"<h2>{TITLE}</h2>{breaks()}"),
    "doubled breaks in a span": lambda: framed(f"<div><font size=3><span>{breaks().replace('<br>', '<br><br>')}</span></font></div>"),
    "preformatted": lambda: framed(f"<div>{H1}<pre>{chr(10).join(LINES)}</pre></div>"),
    "one div a line": lambda: framed(f"<div>{H1}<div>{paragraphs(tag='div')}</div></div>"),
    "one div a wrapped line": lambda: framed("<div><div>" + "".join(f"<div class=t>{w}</div>" for w in hard_wrapped()) + "</div></div>"),
    "one span a wrapped line": lambda: framed("<div><div>" + "<br>".join(f"<span>{w}</span>" for w in hard_wrapped()) + "</div></div>"),
    "an old table": lambda: framed(f"<table width=960><tr><td width=200>{links(RELATED)}</td><td><table><tr><td align=center><b>{TITLE}</b></td></tr><tr><td>{breaks()}</td></tr></table></td></tr></table>"),
    "a table with a row a paragraph": lambda: framed("<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in LINES) + "</table>"),
    "unclosed tags": lambda: framed("<center><font size=5>" + TITLE + "</font></center><font color=black><p>" + "<p>".join(LINES)),
    "text after a notice box": lambda: framed(f"<div>{H1}<div class=n><p>本站为会员提供全文下载服务，非会员只能阅读部分内容。</p></div><div><div><div>{paragraphs()}</div></div></div></div>"),
    "split in three boxes": lambda: framed(f"<div>{H1}<div class=p1>{paragraphs(A)}</div><div class=p2>{paragraphs(B)}</div><div class=p3>{paragraphs(C)}</div></div>"),
    "split, with pictures between": lambda: framed(f"<div>{H1}<div>{paragraphs(A)}</div><div><img src=1.png></div><div>{paragraphs(B)}</div><div><img src=2.png></div><div>{paragraphs(C)}</div></div>"),
    "split in the body itself": lambda: framed(f"<div>{paragraphs(A)}</div><div>{paragraphs(B)}</div><div>{paragraphs(C)}</div>", before=H1),
    "a small first part": lambda: framed(f"<div>{H1}<div class=lead>{paragraphs(LINES[:2])}</div><div class=rest>{paragraphs(LINES[2:])}</div></div>"),
    "a small last part": lambda: framed(f"<div>{H1}<div>{paragraphs(LINES[:-3])}</div><div>{paragraphs(LINES[-3:])}</div></div>"),
    "the salutation outside": lambda: framed(f"<div>{H1}{INFO}<p>{LINES[0]}</p><div>{paragraphs(LINES[1:])}</div>{NEAR}</div>"),
    "the notice outside": lambda: framed(f"<div>{H1}<div>{paragraphs(LINES[:-1])}</div><div class=end>{LINES[-1]}</div><ul>{links(RELATED)}</ul></div>"),
    "comments outweigh it": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div></div>", after=comments()),
    "comments outweigh it, named": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div></div>", after=f'<div class="comment-list">{"".join(f"<p>{c}</p>" for c in COMMENTS)}</div>'),
    "plain comments under their heading": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div><h3>最新评论</h3><div>{''.join(f'<p>{c}</p>' for c in COMMENTS)}</div></div>"),
    "related links outweigh it": lambda: framed(f"<div><div>{H1}<div>{paragraphs()}</div></div><div><b>相关文章</b><ul>{links(RELATED * 5)}</ul></div></div>"),
    "abstracts outweigh it": lambda: framed(f"<div><div>{paragraphs()}</div></div>", after=abstracts() * 2),
    "abstracts in front": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div></div>", before=abstracts()),
    "a side bar in front": lambda: framed(f'<div><div class="sidebar"><p>热门推荐，每日更新。</p><ul>{links(RELATED)}</ul></div><div>{H1}{paragraphs()}</div></div>'),
    "a mobile page": lambda: framed(f"<section><header><h1>{TITLE}</h1></header><article><section>{paragraphs()}</section></article><footer>{FOOT}</footer></section>"),
    "linked words": lambda: framed("<div><div>" + paragraphs().replace("造林", '<a href="/t/1.html">造林</a>').replace("讲", "<a href='/t/2.html'>\n讲</a>") + "</div></div>"),
    "a contents block with anchors": lambda: framed(f'<div>{H1}<ul><li><a href="#1">{LINES[2]}</a></li><li><a href="#2">{LINES[5]}</a></li><li><a href="#3">{LINES[11]}</a></li></ul><div>{paragraphs()}</div></div>'),
    "a list for the headings": lambda: framed("<div>" + "".join(f"<ol><li>{x}</li></ol>" if len(x) < 20 else f"<div><p>{x}</p></div>" for x in LINES) + "</div>"),
    "a blockquote and bold headings": lambda: framed("<div><blockquote>" + "".join(f"<p><b>{x}</b></p>" if x[0] in "一二三" else f"<p><span>{x}</span></p>" for x in LINES) + "</blockquote></div>"),
    "advertisements between paragraphs": lambda: framed("<div><div>" + '<div class="advert"><script>x()</script></div>'.join(f"<p>{x}</p>" for x in LINES) + "</div></div>"),
    "hidden copies": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div><div style='display:none'>{''.join(f'<p>{c}</p>' for c in COMMENTS)}</div></div>"),
    "all in a hidden wrapper": lambda: f"<body style='display:none'><div style='visibility:hidden'>{H1}<div>{paragraphs()}</div></div></body>",
    "a form around all": lambda: f"<body><form action=/x><input type=hidden name=v value=1><div><ul>{links(NAV)}</ul></div><div><div>{H1}{paragraphs()}</div></div><div>{FOOT}</div></form></body>",
    "a misleading name": lambda: framed(f'<div class="wrap sidebar-none"><div class="comment-main" id="related">{H1}{paragraphs()}</div></div>'),
    "the whole text in one line": lambda: framed(f"<div>{H1}<div>{' '.join(LINES)}</div></div>"),
    "definition list": lambda: framed("<dl><dt>正文</dt>" + "".join(f"<dd>{x}</dd>" for x in LINES) + "</dl>"),
    "unknown elements": lambda: framed("<x-page><x-text>" + "".join(f"<x-p>{x}</x-p><br>" for x in LINES) + "</x-text></x-page>"),
    "sections with a heading each": lambda: framed(f"<div>{H1}" + "".join(f"<div class=sec><h2>{p[0]}</h2>{paragraphs(p[1:])}</div>" for p in (A, B, C)) + "</div>"),
    "sections with pictures": lambda: framed("<div>" + "".join(f"<section><p>{x}</p><img src={k}.png></section>" for k, x in enumerate(LINES)) + "</div>", after="<div>本站公告：近期系统升级，部分功能暂停使用。</div>"),
    "an advice before it": lambda: framed(f"<div><div>{ADVICE * 4}</div><h3>热门推荐</h3><ul>{links(RELATED)}</ul><div>{paragraphs()}</div></div>"),
    "a name that lies, beside much else": lambda: framed(f"<div><div class=share-box>{paragraphs()}</div></div>", after=f"<div>{ADVICE * 2}</div>"),
    "few words beside many comments": lambda: framed(f"<div>{H1}<div>{paragraphs()}</div></div>", after=comments() + comments("d8").replace("<h3>网友评论</h3>", "") * 3),
    "pages of a converted file": lambda: framed("<div id=viewer>" + "".join(f"<div class=pf><div class=pc>{''.join(f'<div class=t>{w}</div>' for w in hard_wrapped()[k : k + 9])}</div></div>" for k in range(0, 99, 9)) + "</div>"),
    "frame links inside the text box": lambda: framed(f"<div>{H1}{INFO}{paragraphs()}{NEAR}<div>标签：<a href='/t'>讲话</a> <a href='/t2'>植树</a></div></div>"),
}  # fmt: skip

SHORT = (
    "各位代表：",
    "现将农机站工作报告如下，请予审议。一年来，我站检修农机三百台，培训机手九十人，没有发生事故。",
    "谢谢！",
)


def half_width(text: str) -> str:
    return text.translate(str.maketrans("，：；！", ",:;!"))


#: Written after the extraction had been tuned on the layouts above, and left as they came: page and lines of the text.
LATER: dict[str, Callable[[], tuple[str, tuple[str, ...]]]] = {
    "table per paragraph": lambda: (framed("<table><tr><td>"+"</td></tr></table><table><tr><td>".join(LINES)+"</td></tr></table>"),LINES),
    "layout tables": lambda: (f"<table><tr><td colspan=3>{links(NAV)}</td></tr><tr><td width=20%>{links(RELATED)}</td><td><table><tr><td><h2>{TITLE}</h2></td></tr><tr><td>{INFO}</td></tr><tr><td><font>{breaks()}</font></td></tr><tr><td>{NEAR}</td></tr></table></td><td>{abstracts()}</td></tr><tr><td colspan=3>{FOOT}</td></tr></table>",LINES),
    "wechat": lambda: (framed("<div>"+"".join(f"<section style='margin:0'><section><span style='font-size:16px'>{x}</span></section></section>" for x in LINES)+"</div>"),LINES),
    "span br": lambda: (framed("<div>"+"".join(f"<div><span>{x}</span><br></div>" for x in LINES)+"</div>"),LINES),
    "in li": lambda: (framed("<ul><li><h3>正文</h3>"+paragraphs()+"</li></ul>"),LINES),
    "ascii": lambda: (half_width(framed(f"<div>{paragraphs()}</div>",after=comments())),tuple(map(half_width,LINES))),
    "short": lambda: (framed(f"<div>{paragraphs(SHORT)}</div>",after=abstracts(),before=f"<ul>{links(RELATED)}</ul>"),SHORT),
    "short body": lambda: (framed(f"<h1>t t t t</h1>{paragraphs(SHORT)}"),SHORT),
    "login between": lambda: (framed(f"<div><div>{paragraphs(A)}</div><div class=login-box><form>登录后阅读更多<input type=password></form></div><div>{paragraphs(B+C)}</div></div>"),LINES),
    "related p": lambda: (framed(f"<div><div>{paragraphs()}</div><p>相关阅读</p>"+"".join(f"<p><a href=/{k}>{r}</a></p>" for k,r in enumerate(RELATED))+"</div>"),LINES),
    "pager": lambda: (framed(f"<div>{paragraphs()}<div class=pages><a href=1>上一页</a> <a href=2>1</a> <a>2</a> 下一页</div></div>"),LINES),
    "header text": lambda: (f"<body>欢迎光临某某站！<br>今天是星期日<hr>{breaks()}<hr>{FOOT}",LINES),
    "main with aside first": lambda: (framed(f"<main><aside>{abstracts()}</aside><article>{paragraphs()}</article></main>"),LINES),
    "gallery pages": lambda: (framed("<div>"+"".join(f"<div class=page><img src={k}.png><div class=txt>{''.join(f'<p>{x}</p>' for x in LINES[k:k+3])}</div></div>" for k in range(0,15,3))+"</div>"),LINES),
    "comment first": lambda: (framed(f"<div class=x1>{comments()}</div><div class=x2>{paragraphs()}</div>"),LINES),
    "text in label": lambda: (framed("<div><label>"+"<br>".join(LINES)+"</label></div>"),LINES),
    "text in button+p": lambda: (framed(f"<div><p><button>复制全文</button></p>{paragraphs()}<p><button>下载全文</button></p></div>"),LINES),
    "dates list": lambda: (framed(f"<div>{paragraphs()}</div>",before="<div>"+"".join(f"<p>2023-0{k%9+1}-01 某某局召开会议，部署工作。</p>" for k in range(30))+"</div>"),LINES),
    "tabs": lambda: (framed(f"<div class=tab><span>正文</span><span>评论</span></div><div class=tabc>{paragraphs()}</div><div class=tabc style='display:none'>{comments()}</div>"),LINES),
    "each p own div with link": lambda: (framed("<div>"+"".join(f"<div><p>{x}</p><a href=/share>分享</a></div>" for x in LINES)+"</div>"),LINES),
}  # fmt: skip
