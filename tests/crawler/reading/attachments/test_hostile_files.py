"""Files that cannot be read each end in a failure of their own."""

from __future__ import annotations

import io
import zipfile

import pytest

from crawler.reading.attachments import read_attachment
from crawler.reading.attachments.docx import PART_LIMIT
from crawler.reading.encodings import Unreadable
from tests.crawler.reading.attachments.made_files import abstract, docx, num, paragraph, printed_pdf

GOOD = docx(paragraph("渠要通，路要平。"))
PDF = printed_pdf([["渠要通，路要平，账要清楚，人要到场。"]])


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<w>" + b" " * (PART_LIMIT + 1) + b"</w>")
    return out.getvalue()


def entities() -> bytes:
    """XML that grows by its own entities (billion laughs)."""
    lol = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE w [<!ENTITY a0 "哈">{lol}]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>'
    return zipped(word__document=b"", **{"word/document.xml": xml.encode()})


def lying_zip() -> bytes:
    """A package whose directory says less than its entry holds."""
    data = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        size = package.getinfo("word/document.xml").file_size
    at = data.rfind(b"word/document.xml") - 22
    data[at : at + 4] = (size - 40).to_bytes(4, "little")
    return bytes(data)


def encrypted_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("geheim", canPrint=0))
    canvas.drawString(72, 700, "x" * 40)
    canvas.save()
    return out.getvalue()


def nested_tables(depth: int) -> bytes:
    inner = paragraph("底")
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    return docx(inner)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "broken_file"),
        (b"not at all", "broken_file"),
        (GOOD[: len(GOOD) // 2], "broken_file"),
        (zipped(a=b"b"), "broken_file"),
        (zipped(**{"word/document.xml": b"<a><b></a>"}), "broken_file"),
        (zipped(**{"word/document.xml": b"<a/>"}), "broken_file"),
        (lying_zip(), "broken_file"),
        (bomb(), "too_large"),
        (nested_tables(60), "too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"%PDF-1.7\n", "broken_file"),
        (PDF[: len(PDF) // 3], "broken_file"),
        (encrypted_pdf(), "encrypted"),
        (printed_pdf([[], [], []]), "no_text_layer"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_has_its_failure(data: bytes, error: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_attachment(data, "讲话.docx")
    assert caught.value.error == error


def test_entities_are_not_expanded() -> None:
    with pytest.raises(Unreadable, match="entity"):
        read_attachment(entities(), "a.docx")


def test_the_content_decides_not_the_name() -> None:
    assert read_attachment(PDF, "讲话.docx").text == "渠要通，路要平，账要清楚，人要到场。"
    assert read_attachment(GOOD, "讲话.pdf").text == "渠要通，路要平。"


def test_styles_that_are_based_on_each_other_and_lists_that_point_to_themselves_end() -> None:
    styles = "".join(
        f'<w:style w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in ("AB", "BA")
    )
    numbering = '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="A"/></w:abstractNum>'
    body = paragraph("甲", style="A") + paragraph("乙", "1") + paragraph("丙", "9")
    assert read_attachment(docx(body, numbering + num(1, 0), styles), "a").text == "甲\n乙\n丙"


def test_a_level_outside_a_list_has_no_number() -> None:
    numbering = abstract(0, ("decimal", "%1.")) + num(1, 0)
    assert read_attachment(docx(paragraph("甲", "1", 7), numbering), "a").text == "甲"
