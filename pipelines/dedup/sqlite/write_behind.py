"""Rows that nobody reads before their transaction ends: written then, statement by statement.

    later.put("INSERT INTO taken_in VALUES (?, ?, ?)", row)
    later.flush()

A statement of its own for every row of every page finds SQLite's code and pages out of the processor's caches each time: in a
crawl it takes three to five times what it takes after its like.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any


class Later:
    """The rows that wait. `holding`: whether rows may wait at all; `Store.transaction` says so, and flushes at its end."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.holding = False
        self._db = db
        self._rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def put(self, statement: str, row: tuple[Any, ...]) -> None:
        """Run a statement with this row, now or later."""
        self._rows[statement].append(row)
        if not self.holding:
            self.flush()

    def flush(self) -> None:
        """Run what waits; for whoever is about to read or change what it may be about."""
        if self._rows:
            for statement, rows in self._rows.items():
                self._db.executemany(statement, rows)
            self._rows.clear()

    def drop(self) -> None:
        """Forget what waits: its transaction is rolled back."""
        self._rows.clear()
