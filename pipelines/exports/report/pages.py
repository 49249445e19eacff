"""The pages of the report, out of their templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.exports.report import gathered
from pipelines.exports.report.blocks import blocks
from pipelines.exports.report.gathered import KINDS, Month, Row
from pipelines.exports.report.labels import both, label
from pipelines.exports.report.search_data import ROWS
from pipelines.outline.labels import separator
from pipelines.record_parts import OutlineNode
from pipelines.records import Outline, Run, Speech

_TEMPLATES = Path(__file__).parent / "templates"
#: Width and height of the curves, in the units of their drawing.
_WIDE, _HIGH = 640, 120


class Pages:
    """Renders pages. `root` in a template is the way up to the report's folder."""

    def __init__(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

        environment.globals |= {"t": label, "both": both, "kinds": KINDS}
        environment.filters["number"] = lambda value: f"{value:,}"
        environment.filters["minute"] = lambda when: (when or "")[:16].replace("T", " ")
        self._environment = environment

    def document(self, speech: Speech, outline: Outline) -> str:
        """The page of one document."""
        return self._rendered(
            "document.html",
            root="../../",
            here="search",
            speech=speech,
            nodes=[_shown_node(number, node) for number, node in enumerate(outline.nodes)],
            blocks=blocks(speech, outline),
            facts=list(_stated_facts(speech)),
        )

    def overview(
        self, output: Path, rows: Sequence[Row], runs: Sequence[Run], bad: Callable[[str], None]
    ) -> Iterator[tuple[str, str]]:
        """The pages about everything: name and content."""
        months = gathered.months_of(runs)
        everywhere = {"root": "", "rows": rows, "runs": runs}

        yield (
            "index.html",
            self._rendered(
                "index.html",
                here="overview",
                sites=gathered.sites_of(rows, runs),
                whole=sum(row.completeness == "full" for row in rows),
                chars=sum(row.chars for row in rows),
                withheld=sum(row.withheld for row in rows),
                held=gathered.held_files(output),
                **everywhere,
            ),
        )

        parts = -(-len(rows) // ROWS)
        yield "search.html", self._rendered("search.html", here="search", parts=parts, **everywhere)

        yield (
            "runs.html",
            self._rendered(
                "runs.html",
                here="runs",
                months=months,
                curves=list(_curves(months)),
                held=gathered.held_files(output),
                unfinished=list(gathered.unfinished_runs(output)),
                **everywhere,
            ),
        )

        failures = gathered.failures_of(output / "failures", bad)
        yield (
            "failures.html",
            self._rendered("failures.html", here="failures", failures=failures, **everywhere),
        )

    def _rendered(self, name: str, **values: Any) -> str:
        return self._environment.get_template(name).render(**values)


def _shown_node(number: int, node: OutlineNode) -> dict[str, Any]:
    return {
        "number": number,
        "indent": min(node.level - 1, 6),
        "there": node.start is not None,
        "partial": node.status == "partial",
        "label": f"{node.marker or ''}{separator(node.marker)}{node.title or '……'}",
    }


def _stated_facts(speech: Speech) -> Iterator[tuple[str, str]]:
    """What the speech says of itself: key of the label, value."""
    for name in ("genre", "occasion", "speaker", "delivered", "place", "level"):
        fact = getattr(speech.facts, name)
        if fact is not None:
            yield name, fact.value


def _curves(months: Sequence[Month]) -> Iterator[tuple[str, str, str]]:
    """Curves over the months: key of the label, class, points of a polyline in a box of 640 by 120."""
    series: tuple[tuple[str, str, list[int]], ...] = (
        ("documents", "new", [month.new for month in months]),
        ("failed", "failed", [month.failed for month in months]),
        ("own_share", "own", [month.own_share or 0 for month in months]),
    )

    for key, style, values in series:
        top = max([*values, 1])
        step = _WIDE / max(len(values) - 1, 1)

        points = [
            f"{at * step:.0f},{_HIGH - value / top * _HIGH:.0f}" for at, value in enumerate(values)
        ]

        yield key, style, " ".join(points)
