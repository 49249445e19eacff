"""Walls served with status 200 are told from documents by what they ask for and where they lead."""

from __future__ import annotations

import pytest

from crawler.reading.page import Page
from crawler.reading.walls import wall

SPEECH = "".join(
    f"<p>{line}</p>"
    for line in (
        "同志们：", "这次全县渔业生产会议，是在开春放苗的关键时候召开的。下面，我讲两点意见。", "一、抓好鱼塘清淤",
        "沿湖各村要在月底以前把老塘清一遍，塘埂加高加固，进出水口装好拦网。", "二、抓好苗种调运",
        "水产站要提前联系好苗场，分批调运，随到随放，技术人员跟车检疫，做好登记。",
    )
)  # fmt: skip
HEAD_LOGIN = '<div class=top><form action=/login>用户名<input name=u>密码<input type="password" name=p><button>登录</button></form><a href=/reg>注册</a></div>'
FRAME = '<ul><li><a href="/a">首页</a><li><a href="/b">讲话</a><li><a href="/c">报告</a></ul>'

WALLS = {
    "a log-in form": ("login_wall", "<title>会员登录</title>" + FRAME + HEAD_LOGIN),
    "members only": ("login_wall", FRAME + "<div>您要阅读的文章只对会员开放，请先登录后再继续访问。</div>"),
    "log in, in Traditional": ("login_wall", "<p>請先登錄後再查看本頁內容。</p>"),
    "upper-case password": ("login_wall", "<FORM><INPUT TYPE=PASSWORD></FORM><p>账号登录</p>"),
    "a refresh to the log-in": ("login_wall", '<meta http-equiv="Refresh" content="0; url=/user/login.html?back=/wen/1.html">'),
    "a script to the log-in": ("login_wall", "<script>window.location.href='https://passport.example.org/login'</script>"),
    "a captcha": ("captcha", "<p>您的访问过于频繁，请输入验证码后继续访问。</p><img src=/code.php><input name=code>"),
    "a slider": ("captcha", "<title>安全验证</title><div id=nc>请向右滑动滑块完成验证</div>"),
    "a captcha by its markup": ("captcha", "<div id=box></div><script src='https://static.example.org/geetest.js'></script>"),
    "a cookie script": ("captcha", "<html><script>document.cookie='k=1';location.reload()</script></html>"),
    "an English one": ("captcha", "<h1>Checking your browser before accessing</h1>"),
    "a soft 404": ("soft_404", FRAME + "<h1>提示信息</h1><div>抱歉，您访问的页面不存在或已被删除。<a href=/>返回首页</a></div>"),
    "a soft 404 by its title": ("soft_404", "<title>404 Not Found</title><h1>Oops</h1>"),
    "a removed document": ("soft_404", "<div>该文档已下架，无法查看。</div>" + FRAME),
    "a soft 404 under a log-in box": ("soft_404", HEAD_LOGIN + "<div>对不起，没有找到您要的文章。</div>"),
    "a soft 404 with much to recommend": ("soft_404", "<title>页面不存在_某某文秘网</title>" + SPEECH * 4),
    "a refresh to the front page": ("soft_404", "<meta http-equiv=refresh content='3;url=/'>"),
    "a download form": ("download_form", "<h1>渔业会议讲话</h1><div>文档格式：DOC 大小：20KB</div><a href=/get>立即下载</a> 下载积分：5"),
}  # fmt: skip


@pytest.mark.parametrize("case", WALLS)
def test_walls_are_recognised(case: str) -> None:
    error, html = WALLS[case]
    found = wall(Page.parse(html, "https://example.org/1.html"))
    assert found is not None
    assert found[0] == error
    assert found[1]


DOCUMENTS = {
    "a speech": SPEECH,
    "under a log-in box": HEAD_LOGIN + FRAME + f"<div>{SPEECH}</div>",
    "with a captcha for comments": f"<div>{SPEECH}</div><form>验证码<input name=code></form><script src=geetest.js></script>",
    "with a notice at its end": SPEECH + "<p>(阅读全部图文内容,您需要先登录!)</p><input type=password>",
    "with a download button": SPEECH + "<a href=/d>立即下载</a><p>下载积分：5</p>",
    "about missing pages": "<title>在清理网站失效页面工作会上的讲话_某网</title>" + SPEECH + "<p>有的页面不存在了，有的内容已被删除，都要登记。</p>",
    "with a script that leaves for mobiles": "<script>if(/Mobile/.test(navigator.userAgent))location.href='https://m.example.org/login/1'</script>" + SPEECH,
    "of which only a head is shown": "<p>各位代表：</p><p>……(某网www.example.cn省略808字,正式会员可完整阅读)……</p><p>请先登录</p>",
    "a short one": "<h1>短信</h1><p>同志们：今年的渔业生产任务已经下达，请各乡镇抓紧组织，按时完成，并于月底前把进度报到县水产站，由水产站汇总后统一上报县政府办公室，逾期不再受理。</p>",
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents_are_let_pass(case: str) -> None:
    assert wall(Page.parse(DOCUMENTS[case], "https://example.org/1.html")) is None


def test_a_page_with_nothing_on_it_is_no_wall() -> None:
    assert wall(Page.parse("", "")) is None
    assert wall(Page.parse("<p></p>", ""), "") is None


def test_the_text_may_be_given() -> None:
    page = Page.parse(WALLS["a log-in form"][1], "")
    assert wall(page, "会员登录") is not None
    assert wall(page, "各村要清淤，要放苗，要检疫，要登记。" * 5) is None
