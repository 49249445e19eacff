"""A printed speech comes out of its PDF as it was written, without running heads and page numbers."""

from __future__ import annotations

from pathlib import Path

from crawler.reading.attachments import read_attachment
from crawler.reading.local_file import LocalFile, document
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import RawDocument
from tests.crawler.reading.attachments.made_files import SENTENCES, SUBJECTS, printed_pdf

WIDTH = 30


def wrapped(paragraphs: list[str], lines_a_page: int, head: str) -> list[list[str]]:
    """Paragraphs set in lines of one width, pages with a running head and a number at the foot."""
    lines: list[str] = []
    for text in paragraphs:
        lines += [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    pages = [lines[at : at + lines_a_page] for at in range(0, len(lines), lines_a_page)]
    return [[head, *page, f"- {number} -"] for number, page in enumerate(pages, 1)]


def test_lines_and_pages() -> None:
    read = read_attachment(printed_pdf([["渠要通,", "路要平。"], ["账要清楚,人要到场。"]]), "a.pdf")
    assert read.text == "渠要通,\n路要平。\n\f账要清楚,人要到场。"
    assert read.breaks == ("br", "br")


def test_paragraphs_close_over_lines_and_pages(tmp_path: Path) -> None:
    paragraphs = ["各位代表："]
    for number, subject in enumerate(SUBJECTS):
        sentences = [sentence.format(subject) for sentence in SENTENCES[number % 2 :]]
        paragraphs.append("　　" + "".join(sentences))
    (tmp_path / "a.pdf").write_bytes(printed_pdf(wrapped(paragraphs, 9, "县供销社文件")))
    raw = document(LocalFile(str(tmp_path / "a.pdf"), "a.pdf"), None)
    assert isinstance(raw, RawDocument)
    (cleaned,) = clean(raw, {})
    assert isinstance(cleaned, Cleaned)
    assert cleaned.speech.text.split("\n") == [text.strip() for text in paragraphs]
    assert cleaned.speech.completeness == "full"
    assert cleaned.speech.format == "pdf"
