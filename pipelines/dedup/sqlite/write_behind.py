"""Write-behind buffer: rows are grouped by statement and inserted at commit.

    write_behind.put("INSERT INTO taken_in VALUES (?, ?, ?)", row)
    write_behind.flush()

A statement of its own for every row of every page finds SQLite's code and pages out of the processor's caches each time: in a
crawl it takes three to five times as long as one that follows its like.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any


class WriteBehind:
    """The buffered rows. `holding`: whether rows may wait; the state's transaction sets it, and flushes at its end."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.holding = False
        self._db = db
        self._rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def put(self, statement: str, row: tuple[Any, ...]) -> None:
        """Run a statement with this row, now or at the next flush."""
        self._rows[statement].append(row)

        if not self.holding:
            self.flush()

    def flush(self) -> None:
        """Run what is buffered; for whoever is about to read or change what it may be about."""
        if not self._rows:
            return

        for statement, rows in self._rows.items():
            self._db.executemany(statement, rows)

        self._rows.clear()

    def drop(self) -> None:
        """Forget what is buffered: its transaction is rolled back."""
        self._rows.clear()
