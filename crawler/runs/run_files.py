"""The files of a run: their names while it is under way, at its end, and while a layout alarm holds them back.

path = run_file(Path("output"), "wm114", "20260102T030405Z-1a2b3c4d", "speeches")
path                  output/speeches/wm114-20260102T030405Z-1a2b3c4d.jsonl
working(path)         … .jsonl.part     the run is under way, or was killed
held(path)            … .jsonl.held     a layout alarm holds it back
"""

from __future__ import annotations

from pathlib import Path

from pipelines.atomic_file import WORKING, appear, cut_file

#: The files of a run, by kind: folder and ending of their names.
FILES = {
    "speeches": ("speeches", ".jsonl"),
    "traces": ("traces", ".jsonl"),
    "failures": ("failures", ".jsonl"),
    "pages": ("pages", ".warc.gz"),
}
HELD = ".held"


def run_file(output: Path, site: str, run: str, kind: str) -> Path:
    """The final name of one of a run's files."""
    folder, ending = FILES[kind]

    if kind == "pages":
        return output / folder / site / f"{run}{ending}"

    return output / folder / f"{site}-{run}{ending}"


def working(final: Path) -> Path:
    """The name of a file that grows."""
    return final.with_name(final.name + WORKING)


def held(final: Path) -> Path:
    """The name of a file that is held back."""
    return final.with_name(final.name + HELD)


def standing(final: Path, *, hold: bool = False) -> Path | None:
    """Under which of its names a file stands, if it does; the one it should have (`.held` with `hold`) goes first."""
    names = (held(final) if hold else final, working(final), held(final))

    return next((path for path in names if path.exists()), None)


def name_file(final: Path, committed: int, *, hold: bool) -> None:
    """Give a file its last name, cut back to what is committed; one without committed bytes goes.

    May be done again after a kill. Raises OSError.
    """
    wanted = held(final) if hold else final
    there = standing(final, hold=hold)

    if there and there.stat().st_size > committed:
        cut_file(there, committed)

    if there and there != wanted:
        if committed:
            appear(there, wanted)
        else:
            there.unlink()

    for left in {working(final), held(final)} - {wanted}:
        left.unlink(missing_ok=True)
