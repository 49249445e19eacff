"""Outlines written down: JSONL, Markdown, OPML 2.0, a mind map in one HTML file; and read back from Markdown and OPML.

    # 在全县秋种现场会上的讲话

    - **一**、肯定成绩 〔partial〕
    - **二**、 〔missing〕
      - **(三)**平台建设

What a reader need not see (spans, where a node comes from) is kept in HTML comments and in attributes of our own name space, so
that `from_markdown` and `from_opml` give back the outline that was written.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from xml.etree import ElementTree

from pipelines.outline.labels import label, separator
from pipelines.outline.mind_map import mind_map
from pipelines.records import BadRecord, Outline, outline_from, to_line

#: Our name space in OPML ("any attribute … if defined in a namespace", OPML 2.0).
SPACE = "urn:harvest:outline:1"
_NODE_FIELDS = ("number", "status", "source", "form", "start", "end")


def jsonl(outline: Outline) -> bytes:
    """One `outline/1` line."""
    return to_line(outline)


# ---------------------------------------------------------------- Markdown

_SPECIAL = re.compile(r"[\\`*_<>\[\]#&|~]|[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPED = re.compile(r"\\([\\`*_<>\[\]#&|~])|&#([0-9]{1,6});")
_BULLET = re.compile(r" *- ")
_MARKER = re.compile(r"\*\*((?:[^*\\]|\\.)*+)\*\*")
_FIELDS_OPEN, _FIELDS_CLOSE = "<!-- [", "] -->"
_HEAD = re.compile(r"^<!-- outline/1 (\{.*\}) -->$", re.DOTALL)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(
        lambda m: "\\" + m[0] if m[0].isprintable() and m[0].isascii() else f"&#{ord(m[0])};", text
    )


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda m: m[1] or chr(int(m[2])), text)


def _comment(value: Any) -> str:
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        .replace("--", "-\\u002d")
        .replace("\x85", "\\u0085")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def markdown(outline: Outline) -> bytes:
    """A nested list under the title; comments that no viewer shows hold the rest."""
    lines = [f"# {_escaped(outline.title)}", f"<!-- outline/1 {_comment(_head(outline))} -->", ""]

    if outline.salutation:
        lines += [f"> {_escaped(outline.salutation)}", ""]

    for node in outline.nodes:
        marker = f"**{_escaped(node.marker)}**{separator(node.marker)}" if node.marker else ""
        status = "" if node.status == "full" else f" 〔{node.status}〕"

        fields = [getattr(node, name) for name in _NODE_FIELDS] + (
            [] if node.title is not None else [None]
        )

        lines.append(
            f"{'  ' * (node.level - 1)}- {marker}{_escaped(node.title or '')}{status} <!-- {_comment(fields)} -->"
        )

    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def from_markdown(data: bytes | str) -> Outline:
    """The outline that `markdown` wrote. Raises BadRecord where it is none."""
    lines = _text(data).split("\n")
    head: dict[str, Any] | None = None
    nodes = []

    for line in lines:
        if found := _HEAD.match(line):
            head = _json(found[1])
        elif item := _item(line):
            nodes.append(_node(item))

    if head is None:
        raise BadRecord("no outline/1 comment")

    return _outline(head, nodes)


class _Item(NamedTuple):
    """The parts of a line of the list, as they are written."""

    indent: int
    marker: str | None
    title: str
    fields: str


def _item(line: str) -> _Item | None:
    """The parts of a line, `None` where it is none of ours. By hand: a pattern tries the end anew at every `<!-- [`."""
    bullet = _BULLET.match(line)

    if bullet is None or not line.endswith(_FIELDS_CLOSE):
        return None

    indent = bullet.end() - len("- ")
    marker = _MARKER.match(line, bullet.end())

    if marker and (parts := _title_and_fields(line[marker.end() :])):
        return _Item(indent, marker[1], *parts)
    if parts := _title_and_fields(line[bullet.end() :]):
        return _Item(indent, None, *parts)

    return None


def _title_and_fields(text: str) -> tuple[str, str] | None:
    """What stands before the first comment of fields, and these, for a text that ends with one."""
    title, opening, fields = text.partition(_FIELDS_OPEN)

    if not opening or not fields.endswith(_FIELDS_CLOSE):
        return None

    return title.removesuffix(" "), "[" + fields.removesuffix(_FIELDS_CLOSE) + "]"


def _node(item: _Item) -> dict[str, Any]:
    """The node of a line. Raises BadRecord."""
    marker = None if item.marker is None else _plain(item.marker)
    values = _json(item.fields)

    if not isinstance(values, list) or len(values) not in (6, 7):
        raise BadRecord(f"{item.fields!r:.60} are no fields of a node")

    title = item.title.removeprefix(separator(marker))
    if values[1] != "full":
        title = title.removesuffix(f" 〔{values[1]}〕")

    stated = {
        "level": item.indent // 2 + 1,
        "marker": marker,
        "title": None if len(values) == 7 else _plain(title),
    }

    return stated | dict(zip(_NODE_FIELDS, values, strict=False))


# ---------------------------------------------------------------- OPML

_NOT_XML = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
)


def opml(outline: Outline) -> bytes:
    """OPML 2.0: `text` for outliners, all fields as attributes of our name space."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:h="{SPACE}">',
        "  <head>",
    ]

    out.append(f"    <title>{_xml(outline.title)}</title>")
    out.append(f"    <h:outline>{_xml(json.dumps(_head(outline), ensure_ascii=True))}</h:outline>")
    out += ["  </head>", "  <body>"]
    open_ = 0

    for i, node in enumerate(outline.nodes):
        while open_ >= node.level:
            open_ -= 1
            out.append(f"{'  ' * (open_ + 2)}</outline>")

        values = {"marker": node.marker, "title": node.title} | {
            name: getattr(node, name) for name in _NODE_FIELDS
        }

        own = "".join(
            f' h:{name}="{_attribute(value)}"'
            for name, value in values.items()
            if value is not None
        )

        parent = i + 1 < len(outline.nodes) and outline.nodes[i + 1].level > node.level
        indent = "  " * (node.level + 1)

        out.append(
            f'{indent}<outline text="{_xml(label(node)) or "…"}"{own}{">" if parent else "/>"}'
        )

        open_ = node.level if parent else node.level - 1

    while open_:
        open_ -= 1
        out.append(f"{'  ' * (open_ + 2)}</outline>")

    out += ["  </body>", "</opml>"]
    return ("\n".join(out) + "\n").encode("utf-8", "replace")


def _xml(text: str) -> str:
    text = html.escape(_NOT_XML.sub("\ufffd", text))
    return text.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def _attribute(value: str | int) -> str:
    """A value as it is, or as a JSON string behind a `\\` where XML cannot hold it."""
    text = str(value)

    return _xml("\\" + json.dumps(text) if _NOT_XML.search(text) or text.startswith("\\") else text)


def from_opml(data: bytes | str) -> Outline:
    """The outline that `opml` wrote. Raises BadRecord where it is none."""
    text = _text(data)

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadRecord("an OPML file with a document type is not read")

    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:  # ValueError: lone surrogates
        raise BadRecord(f"not XML: {error}") from None

    head, body = root.find(f"head/{{{SPACE}}}outline"), root.find("body")
    if head is None or body is None:
        raise BadRecord("not an OPML file of ours")

    nodes: list[dict[str, Any]] = []
    todo = [(element, 1) for element in reversed(body)]

    while todo:
        element, level = todo.pop()
        values: dict[str, Any] = {"level": level}

        for name in ("marker", "title", *_NODE_FIELDS):
            value = element.get(f"{{{SPACE}}}{name}")
            if value is not None and value.startswith("\\"):
                value = _json(value[1:])

            values[name] = (
                _json(value) if value is not None and name in ("number", "start", "end") else value
            )

        nodes.append(values)
        todo.extend((child, level + 1) for child in reversed(element))

    return _outline(_json(head.text or ""), nodes)


# ---------------------------------------------------------------- shared


def _head(outline: Outline) -> dict[str, Any]:
    return {
        "id": outline.id, "version": outline.version, "title": outline.title, "url": outline.url,
        "salutation": outline.salutation, "preamble": outline.preamble, "unplaced": outline.unplaced,
        "warnings": outline.warnings,
    }  # fmt: skip


def _outline(head: dict[str, Any], nodes: list[dict[str, Any]]) -> Outline:
    if not isinstance(head, dict):
        raise BadRecord("the head is no object")

    return outline_from(json.dumps({"schema": "outline/1"} | head | {"nodes": nodes}))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadRecord(f"not JSON: {error}") from None


def _text(data: bytes | str) -> str:
    if isinstance(data, str):
        return data

    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRecord(f"not UTF-8: {error}") from None


#: Format name -> (file name's end, renderer).
FORMATS: dict[str, tuple[str, Callable[[Outline], bytes]]] = {
    "jsonl": ("jsonl", jsonl),
    "md": ("md", markdown),
    "opml": ("opml", opml),
    "html": ("html", mind_map),
}
