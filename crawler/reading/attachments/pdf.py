"""PDF: the text layer page by page, by PDFium.

    read(data).text     # pages parted by a form feed

Line ends of a PDF are those of its print; which of them end a paragraph is decided by the cleaning rules, as are page
numbers and running heads. A file without text on its pages is a scan: `no_text_layer`.
"""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw as pdfium

from crawler.reading.attachments.file_text import FileText
from crawler.reading.encodings import Unreadable
from pipelines.record_parts import Break

#: Most pages of a file that is read, and most code points of their text.
PAGES_LIMIT = 3_000
TEXT_LIMIT = 8_000_000
#: Fewer code points than this on a page, on average, is no text layer: stamps and page numbers of a scan.
SCANNED = 5


def read(data: bytes) -> FileText:
    """The text of a PDF. Raises Unreadable."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or _asks_for_password(error):
            raise Unreadable("encrypted", "the file asks for a password") from None

        raise Unreadable("broken_file", f"no readable PDF: {error}") from None

    try:
        return _text(document)
    finally:
        document.close()


def _asks_for_password(error: pypdfium2.PdfiumError) -> bool:
    return bool(getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD)


def _text(document: pypdfium2.PdfDocument) -> FileText:
    count = len(document)
    if count > PAGES_LIMIT:
        raise Unreadable("too_large", f"{count} pages")

    pages: list[str] = []
    length = 0

    for number in range(count):
        page = _page_text(document, number)
        length += len(page)

        if length > TEXT_LIMIT:
            raise Unreadable("too_large", f"over {TEXT_LIMIT} characters")

        pages.append(page)

    if sum(len(page.strip()) for page in pages) < SCANNED * max(count, 1):
        raise Unreadable("no_text_layer", f"{count} pages without text: a scan?")

    text = "\n\f".join(pages)
    line_end: Break = "br"

    return FileText(text, (line_end,) * text.count("\n"))


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    """The lines of one page; a page that cannot be opened is an error, not an empty page."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise Unreadable("broken_file", f"page {number + 1}: {error}") from None

    try:
        text_page = page.get_textpage()
        try:
            shown = text_page.get_text_range()
        finally:
            text_page.close()
    finally:
        page.close()

    return str(shown).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
