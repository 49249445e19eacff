"""What is no document, and pages that hold several."""

from __future__ import annotations

import opencc
import pytest

from benchmarks.invented import speech
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.cleaning.collections import parts
from pipelines.records import Failure, RawDocument

S2T = opencc.OpenCC("s2t")
HALF = str.maketrans("，：；！？（）", ",:;!?()")

NOVEL = "\n".join(
    ["第三百一十二章 雪夜叩关", "上一章 章节目录 下一章 加入书签"]
    + [
        "“你来做什么？”守门的老卒提着灯喝道。",
        "少年拍去肩上的雪，笑道：“借一条路。”",
        "“路只有一条，命也只有一条。”老卒叹道。",
    ]
    * 12
    + ["喜欢这本书请投推荐票，章节报错请留言。"]
)
RARE = "".join(chr(0x4E00 + (k * 7919) % 20900) for k in range(400))

NO_DOCUMENTS = {
    "login_wall": [
        "您还没有登录\n用户名：\n密码：\n验证码：\n忘记密码？\n立即注册",
        "会员登录\n手机号登录  扫码登录\n请输入手机号\n获取验证码\n登录即表示同意《用户协议》\n还没有账号？马上注册",
        "抱歉，该内容需要登录后才能查看，请先登录。\n账号\n密码\n记住我\n第三方登录：微信 QQ",
    ],
    "captcha": [
        "为了您的账号安全，请完成安全验证\n请拖动滑块完成拼图\n换一张\n提交",
        "访问过于频繁，请输入验证码后继续访问\n看不清？换一张\n提交",
        "Just a moment...\nChecking your browser before accessing the site. Please enable cookies and JavaScript. Ray ID: 7c3b9",
        "检测到您的网络存在异常流量，请完成下面的验证，证明您不是机器人。",
    ],
    "soft_404": [
        "抱歉，您访问的页面不存在\n可能已被删除或网址输入有误\n返回首页  返回上一页",
        "404 Not Found\nSorry, the page you requested could not be found.\n5秒后自动跳转到首页",
        "该文档已被删除\n很遗憾，您要查看的文档已下架，请查看其他文档。\n返回首页",
        "系统提示：没有找到您要的内容！请检查网址后重试。",
    ],
    "download_form": [
        "在全县工作会议上的讲话.docx\n文件大小：25.6KB\n文档格式：docx\n所需积分：10\n立即下载\n收藏  评分  举报\n下载说明：下载后如有问题请联系客服",
        "下载地址一  下载地址二\n提取码：x8k2\n消耗5金币\nVIP会员免费下载\n支付宝支付  微信支付",
    ],
    "font_garbage": [RARE, "同志们：" + RARE],
    "novel_chapter": [NOVEL],
    "too_short": ["同志们好。", "会议讲话", "第二条"],
}


def outcome(text: str, title: str = "") -> list[Cleaned | Failure]:
    return clean(
        RawDocument(url="https://example.test/1.html", site="unknown", title=title, text=text), {}
    )


@pytest.mark.parametrize(
    ("error", "text"), [(error, text) for error, texts in NO_DOCUMENTS.items() for text in texts]
)
@pytest.mark.parametrize("script", ["hans", "hant"])
@pytest.mark.parametrize("width", ["full", "half"])
def test_what_is_no_document_becomes_a_failure(
    error: str, text: str, script: str, width: str
) -> None:
    page = str(S2T.convert(text)) if script == "hant" and error != "font_garbage" else text
    [failure] = outcome(page.translate(HALF) if width == "half" else page)
    assert isinstance(failure, Failure)
    assert (failure.error, failure.stage) == (error, "clean")
    assert failure.detail


@pytest.mark.parametrize(
    "text",
    [
        "同志们：\n网络安全关系千家万户。有的单位用户名和密码贴在屏幕上，有的登录以后从不退出，验证码随口告诉别人，这些都是隐患。"
        "各单位要立即整改，责任到人。\n谢谢大家！",
        "同志们：\n今天通报政务网站检查情况。有的栏目点开以后提示页面不存在，有的文件链接失效，群众下载表格要跳转三次，返回首页也找不到入口。"
        "这样的网站要限期整改。\n报告完毕。",
        "各位老师：\n请大家下载防诈骗软件，立即下载、马上安装，支付要谨慎，积分兑换、金币返利都是圈套，会员充值更要当心。"
        "希望大家把道理讲给每一个学生听。谢谢！",
        "同志们：\n读第三章 乡土的时候，我想起老支书说的话。“路要自己走。”他笑道。我们做工作也是这样，一步一个脚印。各村要把计划落到实处。",
    ],
)
def test_a_short_speech_about_such_things_is_a_speech(text: str) -> None:
    assert [type(r) for r in outcome(text)] == [Cleaned]
    assert [type(r) for r in outcome(str(S2T.convert(text)).translate(HALF))] == [Cleaned]


def test_a_page_that_asks_for_log_in_below_its_text_is_a_speech_with_a_gap() -> None:
    [result] = outcome(
        "\n".join(speech(3).paragraphs[:4]) + "\n……\n（阅读全部图文内容，您需要先登录！）"
    )
    assert isinstance(result, Cleaned)
    assert [g.kind for g in result.speech.gaps] == ["cut_off"]


LATIN = [f"Guide {k} to Water Works (PDF)\nhttps://docs.example/{k}" for k in range(12)]
ABSTRACT = "Abstract\nWater works in our town\nKey words\nwater\nworks\ntown\nvillage"


def test_a_list_of_latin_lines_is_no_speech() -> None:
    [result] = outcome("Home\nResources\nDownloads\n" + "\n".join(LATIN).replace(" (PDF)", ""))
    assert isinstance(result, Failure)
    assert result.error == "list_page"
    assert "27 lines" in result.detail


@pytest.mark.parametrize(
    "text",
    [
        ABSTRACT + "\n" + speech(3).text,
        speech(3).text + "\n" + ABSTRACT,
        "\n".join(f"We shall dig channel number {k} together." for k in range(12)),
    ],
)
def test_english_abstracts_and_sentences_are_no_list(text: str) -> None:
    assert all(isinstance(result, Cleaned) for result in outcome(text))


@pytest.mark.parametrize("seed", range(6))
def test_speeches_are_no_refusals(seed: int) -> None:
    for text in (speech(seed).text, str(S2T.convert(speech(seed).text))):
        assert isinstance(outcome(text)[0], Cleaned)


@pytest.mark.parametrize(
    "marks",
    [
        ("篇1", "篇2", "篇3"),
        ("篇一：在大会上的讲话", "篇二：在现场会上的讲话", "篇三：在总结会上的讲话"),
        ("第一篇:", "第二篇:", "第三篇:"),
        ("【第一篇】", "【第二篇】", "【第三篇】"),
        ("校长讲话稿 篇1", "校长讲话稿 篇2", "校长讲话稿 篇3"),
        ("范文一", "范文二", "范文三"),
        ("　　第1篇：大会讲话", "　　第2篇：会场讲话", "　　第3篇：总结讲话"),
    ],
)
@pytest.mark.parametrize("script", ["hans", "hant"])
def test_a_collection_becomes_several_speeches(marks: tuple[str, ...], script: str) -> None:
    page = "讲话稿（精选3篇）\n下面是小编为大家整理的讲话稿，供大家参考。\n"
    page += "\n".join(f"{mark}\n{speech(seed).text}" for seed, mark in enumerate(marks, 10))
    results = outcome(str(S2T.convert(page)) if script == "hant" else page, "讲话稿（精选3篇）")
    speeches = [r.speech for r in results if isinstance(r, Cleaned)]
    assert [s.text for s in speeches] == [speech(seed).text for seed in (10, 11, 12)]
    assert [s.url for s in speeches] == [f"https://example.test/1.html#{n}" for n in (1, 2, 3)]
    assert [s.part for s in speeches] == [1, 2, 3]
    assert len({s.id for s in speeches}) == 3


@pytest.mark.parametrize(
    "text",
    [
        speech(4).text,
        "同志们：\n做好三篇文章。\n第一篇 种植\n"
        + speech(5).text
        + "\n第二篇 加工\n"
        + speech(6).text,
        "第一篇 总则\n第一章 目的\n"
        + speech(5).text
        + "\n第二篇 分则\n第二章 责任\n"
        + speech(6).text,
        "目录\n篇1：讲话\n篇2：汇报\n" + speech(7).text,
        "我写过两篇：\n篇1\n" + speech(7).text,
    ],
)
def test_one_document_stays_one(text: str) -> None:
    assert [(p.start, p.end) for p in parts(text)] == [(0, len(text))]


def test_contents_that_name_the_documents_are_no_documents() -> None:
    page = (
        "讲话稿汇编\n篇1：大会讲话\n篇2：总结讲话\n篇1：大会讲话\n"
        + speech(8).text
        + "\n篇2：总结讲话\n"
        + speech(9).text
    )
    assert [p.title for p in parts(page)] == ["大会讲话", "总结讲话"]
    assert [page[p.start : p.end].strip() for p in parts(page)] == [speech(8).text, speech(9).text]


def test_text_above_the_second_document_is_the_first() -> None:
    page = speech(8).text + "\n篇2\n" + speech(9).text
    assert [page[p.start : p.end].strip() for p in parts(page)] == [speech(8).text, speech(9).text]
