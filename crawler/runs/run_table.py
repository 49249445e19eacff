"""The runs: which are open, how much of their files is committed, and their manifests."""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

RunPhase = Literal["open", "ending", "finished", "held", "discarded"]


class RunState(NamedTuple):
    """One run. `counts` and `manifest` are JSON; the manifest is there from `ending` on."""

    number: int
    run: str
    site: str
    command: str
    started: str
    state: RunPhase
    counts: str
    manifest: str | None


class FileState(NamedTuple):
    """How many bytes of one of a run's files are committed."""

    kind: str
    committed: int


_COLUMNS = ", ".join(RunState._fields)


class Runs:
    """The runs of all sites."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def begin(self, run: str, site: str, command: str, started: str) -> int:
        """Note a new run; returns its number."""
        cursor = self._db.execute(
            "INSERT INTO runs (run, site, command, started, state, counts) VALUES (?, ?, ?, ?, 'open', '{}')",
            (run, site, command, started),
        )

        return int(cursor.lastrowid or 0)

    def commit(self, number: int, counts: str, files: dict[str, int]) -> None:
        """Note how far a run has come."""
        self._db.execute("UPDATE runs SET counts = ? WHERE number = ?", (counts, number))

        self._db.executemany(
            "INSERT OR REPLACE INTO files (run, kind, committed) VALUES (?, ?, ?)",
            [(number, kind, size) for kind, size in files.items()],
        )

    def turn(self, number: int, state: RunPhase, manifest: str | None = None) -> None:
        """Move a run to its next phase."""
        self._db.execute(
            "UPDATE runs SET state = ?, manifest = coalesce(?, manifest) WHERE number = ?",
            (state, manifest, number),
        )

    def drop(self, number: int) -> None:
        """Forget a run that never wrote anything."""
        self._db.execute("DELETE FROM files WHERE run = ?", (number,))
        self._db.execute("DELETE FROM runs WHERE number = ?", (number,))

    def of_site(self, site: str, *states: RunPhase) -> list[RunState]:
        """Runs of a site in these phases, oldest first."""
        marks = ", ".join("?" * len(states))

        return [
            RunState._make(row)
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM runs WHERE site = ? AND state IN ({marks}) ORDER BY number",
                (site, *states),
            )
        ]

    def all(self) -> list[RunState]:
        """All runs, oldest first."""
        return [
            RunState._make(row)
            for row in self._db.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY number")
        ]

    def named(self, run: str) -> RunState | None:
        """The run of that name."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM runs WHERE run = ?", (run,)).fetchone()

        return RunState._make(row) if row else None

    def files(self, number: int) -> list[FileState]:
        """The files of a run, as committed."""
        rows = self._db.execute(
            "SELECT kind, committed FROM files WHERE run = ? ORDER BY kind", (number,)
        )

        return [FileState._make(row) for row in rows]

    def committed(self, kind: str) -> dict[int, int]:
        """Committed bytes of the files of a kind, by the number of their runs."""
        return dict(self._db.execute("SELECT run, committed FROM files WHERE kind = ?", (kind,)))

    def put_other_file(self, name: str, size: int) -> None:
        """Note a record file that no run of ours wrote and whose records are known."""
        self._db.execute(
            "INSERT OR REPLACE INTO other_files (name, size) VALUES (?, ?)", (name, size)
        )

    def other_files(self) -> dict[str, int]:
        """Record files that no run of ours wrote: bytes by name."""
        return dict(self._db.execute("SELECT name, size FROM other_files"))
