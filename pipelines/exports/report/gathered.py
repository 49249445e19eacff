"""What the report shows besides the documents: runs by month, failures with their pages, runs that are held or unfinished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipelines.records import BadRecord, Failure, Run, Speech, failure_from, run_from

#: Failures that are listed, the newest first.
FAILURES = 2_000

KINDS = ("full", "gapped", "cut_off", "unknown")


class Row(NamedTuple):
    """What lists, facets and sorting need of one document; the order is that of `data/docs-N.js`."""

    id: str
    title: str
    site: str
    published: str
    completeness: str
    genre: str
    warnings: tuple[str, ...]
    chars: int
    withheld: int
    gaps: int
    version: int
    copies: int


@dataclass(slots=True)
class SiteTotals:
    """One line of the table of sites."""

    documents: int = 0
    chars: int = 0
    withheld: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    last_run: Run | None = None

    def add(self, row: Row) -> None:
        """Count a document."""
        self.documents += 1
        self.chars += row.chars
        self.withheld += row.withheld
        self.kinds[row.completeness] += 1


@dataclass(slots=True)
class Month:
    """What the runs of a month did."""

    name: str
    new: int = 0
    failed: int = 0
    own: int = 0
    generic: int = 0

    @property
    def own_share(self) -> int | None:
        """Pages that the site's own selectors read, in percent."""
        read = self.own + self.generic

        return round(100 * self.own / read) if read else None


def row_of(speech: Speech) -> Row:
    """The row of a document."""
    genre = speech.facts.genre

    return Row(
        id=speech.id,
        title=speech.title,
        site=speech.site,
        published=speech.published or "",
        completeness=speech.completeness,
        genre=genre.value if genre else "",
        warnings=speech.warnings,
        chars=speech.counted_chars,
        withheld=sum(gap.chars or 0 for gap in speech.gaps),
        gaps=len(speech.gaps),
        version=speech.version,
        copies=len(speech.sources),
    )


def runs_of(folder: Path, bad: Callable[[str], None]) -> list[Run]:
    """The manifests, newest first; `bad` is told of those that do not read."""
    found: list[Run] = []

    for file in sorted(folder.glob("*.json")):
        try:
            found.append(run_from(file.read_bytes()))
        except (BadRecord, OSError) as error:
            bad(f"{file}: {error}")

    return sorted(found, key=lambda run: run.started, reverse=True)


def months_of(runs: Sequence[Run]) -> list[Month]:
    """The months in which there were runs, oldest first."""
    months: dict[str, Month] = {}

    for run in reversed(runs):
        month = months.setdefault(run.started[:7], Month(run.started[:7]))
        month.new += run.documents.new
        month.failed += run.pages.failed
        month.own += run.extraction.own
        month.generic += run.extraction.generic

    return list(months.values())


def failures_of(folder: Path, bad: Callable[[str], None]) -> list[Failure]:
    """The newest failures on file, newest first."""
    found: list[Failure] = []

    for file in sorted(folder.glob("*.jsonl")):
        try:
            lines = file.read_bytes().splitlines()
        except OSError as error:
            bad(f"{file}: {error}")
            continue

        for number, line in enumerate(lines, 1):
            try:
                found.append(failure_from(line))
            except BadRecord as error:
                bad(f"{file}, line {number}: {error}")

    return sorted(found, key=lambda failure: failure.happened_at or "", reverse=True)[:FAILURES]


def held_files(output: Path) -> list[str]:
    """Speech files that a layout alarm holds back."""
    return sorted(path.name for path in (output / "speeches").glob("*.held"))


def unfinished_runs(output: Path) -> Iterator[str]:
    """Files of runs that are under way or were killed."""
    yield from sorted(path.name for path in (output / "speeches").glob("*.jsonl.part"))


def sites_of(rows: Sequence[Row], runs: Sequence[Run]) -> dict[str, SiteTotals]:
    """The totals of each site, by name."""
    totals: dict[str, SiteTotals] = defaultdict(SiteTotals)

    for row in rows:
        totals[row.site].add(row)

    for run in runs:
        if run.site in totals and totals[run.site].last_run is None:
            totals[run.site].last_run = run

    return dict(sorted(totals.items()))
