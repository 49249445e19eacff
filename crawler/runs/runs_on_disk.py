"""The runs whose files stand on the disk, whatever a state knows of them.

for run in runs_on_disk(Path("output")): print(run.site, run.name, run.sizes["speeches"], run.held)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crawler.runs.run_files import FILES, HELD

#: `SITE-20260102T030405Z-1a2b3c4d`, as the files of a run are named.
_NAME = re.compile(r"(?P<site>[a-z0-9_]{1,60})-(?P<run>[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})")


@dataclass(slots=True)
class RunOnDisk:
    """A run by its files: bytes by kind. `held`: a layout alarm holds them back."""

    site: str
    name: str
    sizes: dict[str, int] = field(default_factory=dict)
    held: bool = False

    @property
    def started(self) -> str:
        """ISO 8601 in UTC, to the second."""
        day, time = self.name[:8], self.name[9:15]

        return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def runs_on_disk(output: Path) -> list[RunOnDisk]:
    """All runs that have files under a final name or held ones, by their beginnings. A run with records under their final name
    is not held: what is left of its held files belongs to a release that was cut short."""
    runs = dict[tuple[str, str], RunOnDisk]()

    for is_held in (True, False):
        for name, kind, size in _files(output, HELD if is_held else ""):
            run = runs.setdefault(name, RunOnDisk(*name))
            run.sizes[kind] = size
            run.held = is_held

    return sorted(runs.values(), key=lambda run: (run.name, run.site))


def _files(output: Path, behind: str) -> Iterator[tuple[tuple[str, str], str, int]]:
    """Site and run, kind and size of each file of a run whose final name has this behind it."""
    for kind, (folder, suffix) in FILES.items():
        ending = suffix + behind
        pattern = f"*/*{ending}" if kind == "pages" else f"*{ending}"

        for path in sorted((output / folder).glob(pattern)):
            name = _name(path, kind, ending)
            if name is not None:
                yield name, kind, path.stat().st_size


def run_of(path: Path) -> tuple[str, str] | None:
    """Site and run of a record file, or `None` for a file that is not named as ours are."""
    return _name(path, "speeches", ".jsonl")


def _name(path: Path, kind: str, ending: str) -> tuple[str, str] | None:
    stem = path.name.removesuffix(ending)
    named = f"{path.parent.name}-{stem}" if kind == "pages" else stem
    found = _NAME.fullmatch(named)

    return (found["site"], found["run"]) if found else None
