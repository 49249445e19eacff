"""The smallest container that holds all of the text."""

from __future__ import annotations

import pytest

from crawler.reading.main_text import main_text
from crawler.reading.page import Page

TEXT = (
    "<p>去年全镇修渠三十里，通水二十里，群众浇地不再排队，旱情也轻了许多。</p>"
    "<p>今年还要修十里，请各村先把线路走一遍，把占地的事情谈好，月底前报到镇里。</p>"
    "<p>经费由镇里统一结算，任何人不得向农户摊派，违者从严处理。</p>"
)
ABOUT = "<div class=info>2024-03-05 09:12:44 字号：A- A A+ 来源：某某日报，记者某某</div>"
AFTER = {
    "a row of buttons": "<div class=tools>分享到：微信，微博，空间。【打印】【关闭】</div>",
    "a disclaimer": "<div>免责声明：本文仅代表作者本人观点，与本网无关。内容仅供参考，请读者自行核实。</div>",
    "an advertisement": "<div class=app>扫描二维码，关注公众号，下载客户端，每天一条好消息。</div>",
    "other news": "<div>"
    + "".join(f"<div><a href=/{k}>某地召开会议，部署第{k}项工作</a></div>" for k in range(9))
    + "</div>",
}


def extracted(html: str) -> str:
    page = Page.parse(html, "")
    chosen = main_text(page)
    assert chosen
    return page.text(chosen.node, chosen.without)


@pytest.mark.parametrize("after", AFTER)
def test_what_stands_beside_a_single_text_is_left_out(after: str) -> None:
    html = f"<div><h1>在水利会上的讲话</h1>{ABOUT}<div class=c>{TEXT}</div>{AFTER[after]}</div>"
    assert extracted(html) == "\n".join(TEXT.replace("<p>", "").split("</p>")[:-1])


def test_a_salutation_and_thanks_in_boxes_of_their_own_stay() -> None:
    html = f"<div>{ABOUT}<div>同志们：</div><div class=c>{TEXT}</div><div>谢谢大家！</div></div>"
    lines = extracted(html).split("\n")
    assert lines[0] == "同志们："
    assert lines[-1] == "谢谢大家！"
    assert len(lines) == 5


def test_two_texts_side_by_side_are_one() -> None:
    html = f"<div>{ABOUT}<div class=a>{TEXT}</div><div class=b>{TEXT.replace('去年', '前年')}</div></div>"
    assert len(extracted(html).split("\n")) == 6


def test_a_title_above_the_dated_line_does_not_hold_it() -> None:
    html = f"<div><h3>在水利会上的讲话</h3>{ABOUT}<div class=c>{TEXT}</div></div>"
    assert "字号" not in extracted(html)


def test_texts_behind_the_comments_are_other_texts() -> None:
    other = TEXT.replace("修渠", "植树")
    comments = "<div class=comment-box>网友评论 <a href=/l>登录</a> <a href=/r>注册</a></div>"
    html = f"<div>{ABOUT}<div class=c>{TEXT}</div>{comments}<div class=w>{other}</div></div>"
    assert "植树" not in extracted(html)


def test_a_box_that_recommends_does_not_end_the_paragraphs() -> None:
    html = f"<div class=c>{TEXT}<div class=m>推荐</div>{TEXT.replace('修渠', '植树')}</div>"
    assert extracted(html).count("植树") == 1


def test_links_inside_the_text_stay() -> None:
    links = "<ul><li><a href=/1>修渠图纸</a></li><li><a href=/2>占地账目</a></li></ul>"
    html = f"<div class=c>{TEXT * 2}{links}{TEXT * 2}</div>"
    assert "占地账目" in extracted(html)


def test_a_text_that_a_script_unveils_is_the_text() -> None:
    veil = "visibility: hidden; opacity: 0;"
    html = f"<div id=head>某某发布</div><div style='{veil}'>{TEXT}</div>"
    assert extracted(html).count("\n") == 2


@pytest.mark.parametrize("name", ["CommentPost Post", "comment-post", "reply_post first"])
def test_what_a_forum_calls_all_its_posts_is_no_readers_comment(name: str) -> None:
    posts = (f"<h2>正题</h2>{TEXT}{TEXT}", *["<p>谢谢，学习了。</p>"] * 5)
    thread = "".join(
        f"<div class=post-item><article class='{name}'><a href=/u/{k}>某</a> 2024-03-0{k + 1}{post}</article></div>"
        for k, post in enumerate(posts)
    )
    html = f"<main><header><h1>修渠的做法</h1></header><div class=box>{thread}</div></main>"
    assert TEXT[3:20] in extracted(html)


def test_readers_comments_beside_a_text_stay_outside() -> None:
    answers = "<div class=comments><p>写得好，学习了。</p><p>支持，转发。</p></div>"
    assert "学习了" not in extracted(f"<main><div class=c>{TEXT}</div>{answers}</main>")
