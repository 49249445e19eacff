"""Files that a page offers, and texts that only point to one."""

from __future__ import annotations

from crawler.reading.attachment_links import attachments, is_elsewhere
from crawler.reading.document import read_document
from crawler.reading.page import Page
from crawler.site import Site
from pipelines.record_parts import Attachment

LINKS = (
    "<p>附件：<a href='files/名单.DOCX?v=2'>1. 名单</a> <a href='files/名单.DOCX?v=2'>下载</a>"
    "<a href='/a.pdf' title='全文'></a><a href='/b.html'>返回</a><a href='javascript:x()'>打印.doc</a></p>"
)


def test_names_addresses_and_formats() -> None:
    page = Page.parse(LINKS, "https://a.example/x/1.html")
    assert attachments(page) == (
        Attachment("1. 名单", "https://a.example/x/files/名单.DOCX?v=2", "docx"),
        Attachment("全文", "https://a.example/a.pdf", "pdf"),
    )


def test_a_page_whose_text_is_the_attachment_says_so() -> None:
    html = f"<title>关于印发工作报告的通知</title><h1>关于印发工作报告的通知</h1><div><p>各村、各单位：</p><p>现将镇长的工作报告印发给你们，具体内容见附件。</p>{LINKS}</div>"
    document = read_document(
        Page.parse(html, "https://a.example/1.html"), Site("unknown", ()), None
    )
    assert "text_in_attachment" in document.warnings
    assert len(document.attachments) == 2


def test_a_text_with_an_attachment_is_a_text() -> None:
    offered = (Attachment("名单", "https://a.example/1.doc", "doc"),)
    text = "各位代表，名单见附件。" + "今年的工作要抓紧抓实，抓出成效。" * 20
    assert not is_elsewhere(text, offered)
    assert not is_elsewhere("具体内容见附件。", ())
