"""The text of attached files: Word (`.docx`) and PDF, behind one small front.

    read_attachment(data, "讲话.docx").text

The content decides what a file is, not its name. What cannot be read raises `Unreadable` with its own error:
`encrypted`, `no_text_layer` (a scan), `broken_file`, `too_large`, `not_text`.
"""

from __future__ import annotations

from crawler.reading.attachments import docx
from crawler.reading.attachments.file_text import FileText
from crawler.reading.encodings import Unreadable
from pipelines.records import SIZE_LIMIT

__all__ = ["ENDINGS", "FileText", "read_attachment"]

#: Names of files that are read here.
ENDINGS = (".docx", ".pdf")

_ZIP = b"PK\x03\x04"
#: OLE 2 compound file: Word 97 to 2003, or an encrypted .docx.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: A PDF's signature stands within its first bytes (ISO 32000-1, 7.5.2 and annex H).
_PDF_HEAD = 1024


def read_attachment(data: bytes, name: str) -> FileText:
    """The text of a file with what is known of its lines. Raises Unreadable."""
    if len(data) > SIZE_LIMIT:
        raise Unreadable("too_large", f"over {SIZE_LIMIT} bytes")
    if data.startswith(_ZIP):
        return docx.read(data)
    if b"%PDF-" in data[:_PDF_HEAD]:
        return _read_pdf(data)

    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise Unreadable("encrypted", "the file asks for a password")

        raise Unreadable("not_text", "Word 97 to 2003: convert it first (docs/attachments.md)")

    raise Unreadable("broken_file", f"{name}: neither Word (.docx) nor PDF")


def _read_pdf(data: bytes) -> FileText:
    try:
        from crawler.reading.attachments import pdf
    except ImportError:
        detail = "reading PDF needs pypdfium2: pip install 'harvest[attachments]'"
        raise Unreadable("not_text", detail) from None

    return pdf.read(data)
