"""Word documents read as Word shows them."""

from __future__ import annotations

import pytest

from crawler.reading.attachments import read_attachment
from crawler.reading.attachments.numbering import FORMATS
from tests.crawler.reading.attachments.made_files import (
    abstract,
    docx,
    num,
    numbered_report,
    paragraph,
)


def lines_of(data: bytes) -> list[str]:
    return read_attachment(data, "讲话.docx").text.split("\n")


@pytest.mark.parametrize("seed", range(40))
def test_automatic_numbers_stand_where_word_shows_them(seed: int) -> None:
    made = numbered_report(seed)
    assert lines_of(made.data) == made.lines


def test_lists_go_on_start_anew_and_start_elsewhere() -> None:
    numbering = abstract(0, ("chineseCounting", "%1、"), ("decimal", "%1.%2"))
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    fourth = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride>'
    numbering += num(1, 0) + num(2, 0) + num(3, 0, again) + num(4, 0, fourth)
    body = [
        paragraph("甲", "1"),
        paragraph("乙", "2"),  # another num of the same list goes on
        paragraph("丙", "2", 1),
        paragraph("丁", "2", 1),
        paragraph("戊", "3"),
        paragraph("己", "3", 1),
        paragraph("庚", "4"),
        paragraph("辛", "0"),  # numId 0 takes the number away
    ]
    shown = ["一、甲", "二、乙", "二.1 丙", "二.2 丁", "一、戊", "一.1 己", "四、庚", "辛"]
    assert lines_of(docx("".join(body), numbering)) == shown


def test_a_list_of_a_style_and_levels_that_styles_name() -> None:
    styles = (
        '<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
        '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:styleId="C"><w:name w:val="toc 1"/></w:style>'
    )
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:pStyle w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = f'<w:abstractNum w:abstractNumId="0">{level.format(0, "H1", "第%1章")}{level.format(1, "H2", "（%2）")}</w:abstractNum>'
    body = [
        paragraph("茶园管护办法", style="T"),
        paragraph("第一章 总则......1", style="C"),
        paragraph("总则", style="H1"),
        paragraph("目的", style="H2"),
        paragraph("管护", style="H1"),
    ]
    read = read_attachment(docx("".join(body), numbering + num(1, 0), styles), "a.docx")
    assert read.text.split("\n") == ["第一章 总则", "（一）目的", "第二章 管护"]
    assert read.title == "茶园管护办法"
    assert read.toc == ("第一章 总则",)
    assert read.levels == {0: 1, 1: 2, 2: 1}


def test_what_word_does_not_show_is_not_read_and_what_it_shows_is() -> None:
    body = (
        "<w:p><w:r><w:t>渠</w:t></w:r><w:del><w:r><w:delText>沟</w:delText></w:r></w:del><w:ins><w:r><w:t>系</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:hyperlink><w:r><w:t>改造</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>第二行</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件里的话</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框里的话</w:t></w:r></w:p></w:txbxContent></w:pict><w:t>框外的话</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>项目</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>金额</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>修渠</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>三万</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:ruby><w:rt><w:r><w:t>qu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>渠</w:t></w:r></w:rubyBase></w:ruby></w:p>"
    )
    notes = '<w:footnote w:type="separator"><w:p/></w:footnote><w:footnote><w:p><w:r><w:t>注一句</w:t></w:r></w:p></w:footnote>'
    read = read_attachment(docx(body, footnotes=notes), "a.docx")
    assert read.text.split("\n") == [
        "渠系改造",
        "第二行",
        "控件里的话",
        "框外的话",
        "框里的话",
        "项目\t金额",
        "修渠\t三万",
        "渠",
        "注一句",
    ]
    assert read.breaks == ("br", *["p"] * 7)


@pytest.mark.parametrize(
    ("kind", "numbers", "shown"),
    [
        ("chineseCounting", (1, 10, 21, 105), ["一", "十", "二十一", "一〇五"]),
        ("chineseCountingThousand", (12, 105, 1005, 2010), ["十二", "一百零五", "一千零五", "二千零一十"]),
        ("ideographTraditional", (1, 10), ["甲", "癸"]),
        ("chineseLegalSimplified", (3, 12), ["叁", "拾贰"]),
        ("decimalEnclosedCircle", (1, 20, 21), ["①", "⑳", "㉑"]),
        ("upperRoman", (4, 9), ["IV", "IX"]),
        ("lowerLetter", (1, 27), ["a", "aa"]),
        ("decimalZero", (7,), ["07"]),
    ],
)  # fmt: skip
def test_ways_of_writing_numbers(kind: str, numbers: tuple[int, ...], shown: list[str]) -> None:
    assert [FORMATS[kind](number) for number in numbers] == shown
