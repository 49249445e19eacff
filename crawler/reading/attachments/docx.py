"""Word documents (`.docx`, ISO/IEC 29500): the text as Word shows it, automatic numbering included.

    read(data).text     # "一、总体要求\\n（一）指导思想 …"

Only the parts that hold text are opened, each up to a bound: pictures stay unread and a zip bomb is refused by the
sizes in its own directory. Deleted text (tracked changes), hidden text, running heads and field codes are not shown;
text boxes and notes stand behind the paragraph and the text that they belong to.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any

from lxml import etree

from crawler.reading.attachments.file_text import FileLine, FileText
from crawler.reading.attachments.numbering import ListReference, Numbering, W
from crawler.reading.encodings import Unreadable

#: Largest part that is read, unpacked, in bytes: its tree takes some ten times as much.
PART_LIMIT = 24 * 1024 * 1024
#: Most entries of a package.
ENTRIES_LIMIT = 20_000
#: Deepest nesting of tables and content controls that is followed.
DEPTH_LIMIT = 40

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = W[1:-1].encode()
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

#: Elements whose content Word does not show.
_UNSHOWN = frozenset(
    W + name for name in ("del", "moveFrom", "pPr", "rPr", "rt", "rubyPr", "instrText", "delText")
)
_BLOCK_WRAPPERS = frozenset(
    W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
)
#: A line of a contents field: the page number at its end.
_PAGE_NUMBER = re.compile(r"[\t .…·]*\d{0,4}$")
#: A label that needs no blank before the text: it ends in a mark of its own.
_LABEL_ENDS = "、）】．。：，"


@dataclass(slots=True)
class _Style:
    """What a paragraph style says: its name, its list, its outline level, the style it is based on."""

    name: str = ""
    based_on: str | None = None
    number: str | None = None
    list_level: int | None = None
    outline_level: int | None = None


@dataclass(slots=True)
class _Paragraph:
    """A paragraph as it is read: pieces of text, and the text boxes and notes that it holds."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


def read(data: bytes) -> FileText:
    """The text of a Word document. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _Document(_Parts(package)).text()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Unreadable("broken_file", f"no readable package: {error}") from None
    except RuntimeError as error:  # zipfile: the entry is encrypted
        raise Unreadable("encrypted", str(error)) from None
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken_file", f"no readable XML: {error.msg}") from None


class _Parts:
    """The parts of a package, found by their relationships."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = {info.filename.lstrip("/"): info for info in package.infolist()}

        if len(self._names) > ENTRIES_LIMIT:
            raise Unreadable("too_large", f"a package of {len(self._names)} entries")

        self.document = self._target("", "officeDocument") or "word/document.xml"
        if self.document not in self._names:
            raise Unreadable("broken_file", "a zip file without a Word document")

    def main(self) -> Any:
        """The root of the document part."""
        return self._parsed(self.document)

    def related(self, kind: str) -> Any | None:
        """The root of a part that belongs to the document (`styles`, `numbering`, `footnotes` …), or `None`."""
        name = self._target(self.document, kind) or join(dirname(self.document), f"{kind}.xml")

        return self._parsed(name) if name in self._names else None

    def _target(self, part: str, kind: str) -> str | None:
        folder, _, file = part.rpartition("/")
        relationships = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"

        if relationships not in self._names:
            return None

        for link in self._parsed(relationships):
            if str(link.get("Type", "")).endswith(f"/{kind}"):
                target = str(link.get("Target", ""))
                return (
                    target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                )

        return None

    def _parsed(self, name: str) -> Any:
        info = self._names[name]
        if info.file_size > PART_LIMIT:
            raise Unreadable("too_large", f"{name}: {info.file_size} bytes unpacked")

        data = self._package.read(info).replace(_STRICT, _TRANSITIONAL)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)

        return etree.fromstring(data, parser)


class _Document:
    """One document on its way to lines."""

    def __init__(self, parts: _Parts) -> None:
        self._body = parts.main().find(f"{W}body")
        self._styles = _styles(parts.related("styles"))
        named = {key: style.number for key, style in self._styles.items() if style.number}
        self._numbering = Numbering(parts.related("numbering"), named)
        self._notes = [parts.related("footnotes"), parts.related("endnotes")]
        self._title: list[str] = []
        self._toc: list[str] = []

    def text(self) -> FileText:
        if self._body is None:
            raise Unreadable("broken_file", "a Word document without a body")

        lines = [*self._blocks(self._body, 0), *self._note_lines()]
        return FileText.of(lines, title="".join(self._title), toc=self._toc)

    def _blocks(self, parent: Any, depth: int) -> Iterator[FileLine]:
        if depth > DEPTH_LIMIT:
            raise Unreadable("too_large", f"tables nested {depth} deep")

        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                yield from self._table(element, depth)
            elif element.tag in _BLOCK_WRAPPERS:
                yield from self._blocks(element, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> Iterator[FileLine]:
        found = _Paragraph()
        _collect(element, found)
        style_id = _value(element, "pPr/pStyle") or ""
        label = self._label(element, style_id)
        text = _labelled(label, "".join(found.pieces))
        name = self._style_name(style_id)

        if name.startswith(("toc ", "toc\u3000", "目录")):
            if line := _PAGE_NUMBER.sub("", text).strip():
                self._toc.append(line)
        elif name in ("title", "标题") and text.strip() and not self._title:
            self._title.append(text.strip())
        else:
            yield from _lines(text, self._outline_level(element, style_id))

        for box in found.boxes:
            yield from self._blocks(box, depth + 1)

    def _table(self, table: Any, depth: int) -> Iterator[FileLine]:
        """A row a line, its cells parted by a tab; a table of one column is so many paragraphs."""
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue  # of a table inside

            cells = [list(self._blocks(cell, depth + 1)) for cell in row.iterfind(f".//{W}tc")]
            if len(cells) == 1:
                yield from cells[0]
                continue

            shown = [" ".join([line.text.strip() for line in cell]) for cell in cells]
            if any(shown):
                yield FileLine("\t".join(shown))

    def _note_lines(self) -> Iterator[FileLine]:
        for notes in self._notes:
            for note in notes if notes is not None else ():
                if note.get(f"{W}type") in (None, "normal"):
                    yield from self._blocks(note, 0)

    # -- what styles and lists say ---------------------------------------------------------------------------------

    def _label(self, element: Any, style_id: str) -> str | None:
        own_number = _value(element, "pPr/numPr/numId")
        own_level = _value(element, "pPr/numPr/ilvl")

        if own_number is not None:
            return self._numbering.label(ListReference(own_number, _whole(own_level)))

        styles = list(self._style_and_bases(style_id))
        numbered = next((self._styles[key] for key in styles if self._styles[key].number), None)

        if numbered is None or numbered.number is None:
            return None

        level = _whole(own_level) if own_level is not None else numbered.list_level
        if level is None:
            level = self._numbering.level_of_style(numbered.number, styles)

        return self._numbering.label(ListReference(numbered.number, level))

    def _outline_level(self, element: Any, style_id: str) -> int | None:
        own = _value(element, "pPr/outlineLvl")
        levels = [_whole(own)] if own is not None else []

        for style in self._style_and_bases(style_id):
            stated = self._styles[style].outline_level
            levels += [stated] if stated is not None else []

        return levels[0] + 1 if levels and levels[0] < 9 else None

    def _style_name(self, style_id: str) -> str:
        return self._styles[style_id].name if style_id in self._styles else ""

    def _style_and_bases(self, style_id: str) -> Iterator[str]:
        """A style and those it is based on; a circle ends."""
        seen: set[str] = set()
        at: str | None = style_id

        while at and at in self._styles and at not in seen:
            seen.add(at)
            yield at
            at = self._styles[at].based_on


def _styles(root: Any | None) -> dict[str, _Style]:
    made: dict[str, _Style] = {}
    for element in root.iterfind(f"{W}style") if root is not None else ():
        level = _value(element, "pPr/numPr/ilvl")
        outline = _value(element, "pPr/outlineLvl")

        made[element.get(f"{W}styleId", "")] = _Style(
            name=(_value(element, "name") or "").lower(),
            based_on=_value(element, "basedOn"),
            number=_value(element, "pPr/numPr/numId"),
            list_level=None if level is None else _whole(level),
            outline_level=None if outline is None else _whole(outline),
        )

    return made


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join([W + step for step in path.split("/")]))
    return None if found is None else found.get(f"{W}val")


def _whole(said: str | None) -> int:
    return int(said) if said and said.isdigit() else 0


def _collect(element: Any, found: _Paragraph) -> None:
    """Gather what a paragraph shows, in reading order."""
    for child in element:
        tag = child.tag
        if tag == f"{W}t":
            found.pieces.append(child.text or "")
        elif tag in _SIGNS:
            found.pieces.append(_SIGNS[tag])
        elif tag == f"{W}br":
            found.pieces.append("\n" if child.get(f"{W}type") in (None, "textWrapping") else "")
        elif tag == f"{W}txbxContent":
            found.boxes.append(child)
        elif tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            _collect(choice if choice is not None else child, found)
        elif tag not in _UNSHOWN and not (tag == f"{W}r" and _is_hidden(child)):
            _collect(child, found)


_SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val") not in ("0", "false", "off")


def _labelled(label: str | None, text: str) -> str:
    """The number that Word sets, and the text: a blank between them where the number has no mark of its own."""
    if not label:
        return text

    shown = text.lstrip("\t ")
    if label[-1] in _LABEL_ENDS or (label[-1] in ".)" and not shown[:1].isdigit()):
        return label + shown

    return f"{label.rstrip()} {shown}"


def _lines(text: str, level: int | None) -> Iterator[FileLine]:
    """The lines of one paragraph: Word's own line breaks stay, as mere breaks."""
    *before, last = text.split("\n")

    for line in before:
        yield FileLine(line, "br")

    yield FileLine(last, "p", level)
