"""The text of an attached file, line by line, with what its format says of the lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipelines.record_parts import Break


class FileLine(NamedTuple):
    """One line: its text, what ends it, and its outline level where the format names one (1 at the top)."""

    text: str
    ends: Break = "p"
    level: int | None = None


class FileText(NamedTuple):
    """`breaks` has one entry for each line end of `text`; `levels` maps line numbers (from 0) to outline levels."""

    text: str
    breaks: tuple[Break, ...]
    title: str = ""
    toc: tuple[str, ...] = ()
    levels: dict[int, int] = {}  # noqa: RUF012  (never changed)

    @classmethod
    def of(cls, lines: Iterable[FileLine], title: str = "", toc: Iterable[str] = ()) -> FileText:
        """The text of some lines."""
        kept = list(lines)
        levels = {at: line.level for at, line in enumerate(kept) if line.level is not None}

        return cls(
            text="\n".join([line.text for line in kept]),
            breaks=tuple([line.ends for line in kept[:-1]]),
            title=title,
            toc=tuple(toc),
            levels=levels,
        )
