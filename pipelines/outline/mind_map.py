"""The mind map: one HTML file that needs nothing else, the tree from left to right, branches fold on a click."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipelines.outline.labels import separator
from pipelines.record_parts import OutlineNode
from pipelines.records import Outline

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class _Row:
    """One node as the template shows it. `closes`: how many open branches end before it."""

    status: str
    marker: str
    separator: str
    title: str
    hint: str
    has_children: bool
    closes: int

    @property
    def tag(self) -> str:
        """A branch that folds is a button."""
        return "button" if self.has_children else "span"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("mind_map.html")


def mind_map(outline: Outline) -> bytes:
    """The page; every word of the outline is escaped by the template."""
    rows: list[_Row] = []
    open_ = 0

    for i, node in enumerate(outline.nodes):
        following = outline.nodes[i + 1] if i + 1 < len(outline.nodes) else None
        has_children = following is not None and following.level > node.level
        closes = max(0, open_ - node.level + 1)
        rows.append(_row(node, has_children, closes))
        open_ = node.level if has_children else node.level - 1

    title = outline.title or "outline"
    page = _template().render(title=title, rows=rows, still_open=open_)

    return page.encode("utf-8", "replace")


def _row(node: OutlineNode, has_children: bool, closes: int) -> _Row:
    hint = f"{node.status} · {node.source}"
    if node.start is not None:
        hint += f" · {node.start}–{node.end}"

    return _Row(
        status=node.status,
        marker=node.marker or "",
        separator=separator(node.marker),
        title=node.title or "",
        hint=hint,
        has_children=has_children,
        closes=closes,
    )
