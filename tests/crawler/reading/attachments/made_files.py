"""Word and PDF files made for the tests: the text that they must read as is known. All words are invented."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pipelines.text.numerals import han

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

SUBJECTS = [
    "渠系改造",
    "茶园管护",
    "蚕桑技术",
    "渡口安全",
    "老街修缮",
    "献血招募",
    "图书借阅",
    "养蜂合作",
]
SENTENCES = [
    "要把{}放在春耕之前办妥，账目一季一公开。",
    "今年{}共投入八十六万元，比上年多出两成。",
    "{}由村里自己议定，镇上只出工料清单。",
    "去年{}有三处返工，原因都在验收太急。",
    "凡参加{}的农户，每户发一本记录册。",
]


@dataclass(frozen=True)
class Made:
    """A file and the lines that it must read as."""

    data: bytes
    lines: list[str]


def docx(body: str, numbering: str = "", styles: str = "", **parts: str) -> bytes:
    """A minimal package; `parts` are further XML parts by name (`footnotes`)."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    names = {"numbering": numbering, "styles": styles, **parts}
    links = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/{name}" Target="{name}.xml"/>'
        for at, (name, content) in enumerate(names.items())
        if content
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'{head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
            '<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>'
            '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
            "</Types>",
        )
        package.writestr(
            "_rels/.rels",
            f'{head}<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        package.writestr(
            "word/_rels/document.xml.rels",
            f'{head}<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        )
        package.writestr(
            "word/document.xml",
            f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        )
        for name, content in names.items():
            if content:
                package.writestr(
                    f"word/{name}.xml", f'{head}<w:{name} xmlns:w="{W}">{content}</w:{name}>'
                )
    return out.getvalue()


def paragraph(text: str, number: str | None = None, level: int = 0, style: str = "") -> str:
    """One paragraph, its text in two runs as Word likes to tear it."""
    listed = (
        f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    )
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    half = len(text) // 2
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>'
        for part in (text[:half], text[half:])
    )
    return f"<w:p><w:pPr>{styled}{listed}</w:pPr>{runs}</w:p>"


def abstract(key: int, *levels: tuple[str, str]) -> str:
    """An abstract list: (numFmt, lvlText) a level."""
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{key}">{made}</w:abstractNum>'


def num(key: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def numbered_report(seed: int) -> Made:
    """A report whose three levels of headings are numbered by Word."""
    rng = random.Random(seed)
    top = rng.choice(["chineseCounting", "chineseCountingThousand", "japaneseCounting"])
    third = rng.choice(
        [("decimal", "%3.", "."), ("decimal", "%3、", "、"), ("decimalEnclosedCircle", "%3", "")]
    )
    body: list[str] = []
    lines: list[str] = []

    def add(text: str, label: str = "", level: int | None = None) -> None:
        body.append(paragraph(text, "1" if level is not None else None, level or 0))
        lines.append(label + text)

    def sentence() -> str:
        return rng.choice(SENTENCES).format(rng.choice(SUBJECTS))

    add("各位代表：")
    for first in range(1, rng.randint(2, 13)):
        add(f"抓好{rng.choice(SUBJECTS)}", f"{han(first)}、", 0)
        add(sentence())
        for second in range(1, rng.randint(1, 4)):
            add(f"关于{rng.choice(SUBJECTS)}的安排", f"（{han(second)}）", 1)
            for item in range(1, rng.randint(1, 4)):
                sign = chr(ord("①") + item - 1) if third[2] == "" else f"{item}{third[2]}"
                add(sentence(), f"{sign} " if third[2] == "" else sign, 2)
    numbering = abstract(0, (top, "%1、"), (top, "（%2）"), (third[0], third[1])) + num(1, 0)
    return Made(docx("".join(body), numbering), lines)


def printed_pdf(pages: list[list[str]]) -> bytes:
    """A PDF of some pages of lines, set by ReportLab in a font that every reader has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out)
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        for at, line in enumerate(lines):
            canvas.drawString(72, 780 - 20 * at, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
