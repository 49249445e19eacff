"""Texts for the outline command: `.txt`, `.md`, `.docx`, `.pdf` and standard input, with what their format says of headings.

flat_file("report.md", data)     # FlatSpeech, or Unreadable: what cannot be read
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from crawler.reading import attachments
from crawler.reading.encodings import decode
from crawler.reading.local_file import file_identity
from pipelines.outline import plain_speech
from pipelines.outline.flat_text import FlatText, markdown_lines, plain_lines
from pipelines.records import LocalDocument, Speech, document_id
from pipelines.text.chinese import ends_sentence, heading_marker

MARKDOWN = (".md", ".markdown")
#: Names of files that are read here.
ENDINGS = (".txt", *MARKDOWN, *attachments.ENDINGS)
_LONGEST_TITLE = 60


class FlatSpeech(NamedTuple):
    """A speech made of a file, the file's lines, and the document that cleaning would get."""

    speech: Speech
    flat: FlatText
    raw: LocalDocument


def flat_file(path: str, data: bytes) -> FlatSpeech:
    """The text of a file as a speech. Raises Unreadable where it is none.

    >>> flat_file("a.md", "# 一、目标\\n干好。".encode()).flat.text
    '一、目标\\n干好。'
    """
    flat, title, toc = _lines(path, data)
    title = title or _title(flat) or PurePath(path).stem
    url = "file:" + path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    identity = file_identity(path, data)
    speech = plain_speech(flat.text, title=title, url=url, toc=toc)
    speech = replace(speech, id=document_id("unknown", None, identity, None))
    raw = LocalDocument(url=url, identity=identity, title=title, text=flat.text, toc=toc)

    return FlatSpeech(speech, flat, raw)


def _lines(path: str, data: bytes) -> tuple[FlatText, str, tuple[str, ...]]:
    """The lines of a file, its title and its contents block where the format has them."""
    name = path.lower()

    if name.endswith(attachments.ENDINGS):
        read = attachments.read_attachment(data, path)
        flat = plain_lines(read.text)
        flat.stated = dict(read.levels)

        return flat, read.title, read.toc

    text = decode(data).text.replace("\r\n", "\n").replace("\r", "\n")
    marked = name.endswith(MARKDOWN) or (name == "-" and "\n# " in "\n" + text)

    return markdown_lines(text) if marked else plain_lines(text), "", ()


def _title(flat: FlatText) -> str:
    """The first line, if it is a title: short, without number and end mark, and no heading but the first of several levels."""
    first = next((number for number, line in enumerate(flat.read) if line.strip()), None)

    if first is None:
        return ""

    line = flat.read[first].strip()
    if len(line) > _LONGEST_TITLE or ends_sentence(line) or heading_marker(line):
        return ""

    if first in flat.stated:
        del flat.stated[first]
        flat.title = first

    return line
