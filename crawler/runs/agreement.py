"""Whether the state and the record files tell of the same runs.

A state may be older than the records beside it (a backup that was copied back, a write-ahead log that got lost), and record
files may be gone, cut or added behind our back. A run on such a state would write records again under a version that
stands already, or never ask again what is gone; so every run compares first, and the state is made anew where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from crawler.runs.run_files import HELD
from crawler.runs.run_table import RunPhase
from crawler.runs.runs_on_disk import run_of
from crawler.runs.state import Store
from pipelines.atomic_file import WORKING
from pipelines.speech_files import SIDECARS

#: Sizes in bytes by file name.
Sizes = Mapping[str, int]


def record_files(output: Path) -> dict[str, int]:
    """The files under `speeches/` that hold records, growing and held ones too, with their sizes."""
    found = {}

    for path in sorted((output / "speeches").glob("*.jsonl*")):
        plain = path.name.removesuffix(WORKING).removesuffix(HELD)
        if path.name.startswith(".") or plain.endswith(SIDECARS) or not plain.endswith(".jsonl"):
            continue
        if plain != path.name and not run_of(Path(plain)):  # growing, but not ours
            continue

        try:
            found[path.name] = path.stat().st_size
        except FileNotFoundError:  # another run has just named it
            continue

    return found


def disagreement(store: Store, output: Path) -> str | None:
    """In what state and record files differ, in words, or `None`. Other runs may be under way: what they are just about to
    do is no difference."""
    before = record_files(output)

    with store.reading():
        runs = store.runs.all()
        committed = store.runs.committed("speeches")
        others = store.runs.other_files()

    after = record_files(output)
    seen = _Seen(before, after, {**before, **after})

    known = set(others)

    for run in runs:
        name = f"{run.site}-{run.run}.jsonl"
        known |= {name, name + WORKING, name + HELD}
        found = _PHASES[run.state](seen, name, committed.get(run.number, 0))

        if found:
            return f"speeches/{found}"

    for name, size in others.items():
        if found := seen.differs(name, size):
            return f"speeches/{found}"

    return next(_strangers(before, known), None)


def _strangers(before: Sizes, known: set[str]) -> Iterator[str]:
    for name in before:
        if name not in known:
            yield f"speeches/{name} is of no run that the state knows"


class _Seen(NamedTuple):
    """What was there before the state was read, and what was there before or after: a run that ends meanwhile names its file
    first and tells the state then."""

    before: Sizes
    after: Sizes
    ever: Sizes

    def differs(self, name: str, committed: int) -> str | None:
        """How a file that should stand with so many bytes does not."""
        size = self.ever.get(name, 0)

        if committed and name not in self.ever:
            return f"{name} is gone"
        if size != committed:
            return f"{name} has {size} bytes, {committed} are known"

        return None


def _under_way(seen: _Seen, name: str, committed: int) -> str | None:
    for early in (name, name + HELD):
        if early in seen.before:
            return f"{early} stands, of a run that the state believes under way"

    return None


def _ending(seen: _Seen, name: str, committed: int) -> str | None:
    return seen.differs(name, committed) if name in seen.before else None


def _finished(seen: _Seen, name: str, committed: int) -> str | None:
    for left in (name + WORKING, name + HELD):
        if left in seen.before and left in seen.after:
            return f"{left} stands, of a run that the state believes finished"

    return seen.differs(name, committed)


def _held(seen: _Seen, name: str, committed: int) -> str | None:
    if name in seen.before:
        return f"{name} stands, of a run that the state believes held back"
    if name + WORKING in seen.ever:  # being released, or killed in it
        return None

    return seen.differs(name + HELD, committed)


def _discarded(seen: _Seen, name: str, committed: int) -> str | None:
    if name in seen.before:
        return f"{name} stands, of a run that the state believes discarded"

    return None


_PHASES: dict[RunPhase, Callable[[_Seen, str, int], str | None]] = {
    "open": _under_way,
    "ending": _ending,
    "finished": _finished,
    "held": _held,
    "discarded": _discarded,
}
