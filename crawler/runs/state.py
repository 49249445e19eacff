"""`state.db`: the frontier, what is committed, the documents and their clusters. The one place that speaks SQLite.

    with Store.open(Path("output/state.db")) as store:
        with store.transaction():
            store.frontier.discover("wm114", [Found("https://www.wm114.cn/", "list")])
        page, = store.frontier.due("wm114", run=1, now=0, want=10)

Every change happens inside `transaction()`, which takes SQLite's write lock at once (`BEGIN IMMEDIATE`), so what was
read in it still holds when it is written. `frontier`, `copies`, `documents` and `runs` are the interface another
database would have to offer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from crawler.runs.frontier import Frontier
from crawler.runs.run_table import Runs
from crawler.runs.schema import connect
from pipelines.dedup.sqlite.copies import Copies
from pipelines.dedup.sqlite.documents import Documents
from pipelines.dedup.sqlite.write_behind import WriteBehind

#: What the driver raises when the disk is full, the file is locked for too long, or the folder cannot be written.
StoreError = sqlite3.Error


class Store:
    """One open state file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._write_behind = WriteBehind(db)
        self.frontier = Frontier(db, self._write_behind)
        self.copies = Copies(db, self._write_behind)
        self.documents = Documents(db, self.copies, self._write_behind)
        self.runs = Runs(db)
        self._version = 0

    @classmethod
    def open(cls, path: Path, *, thorough: bool = False) -> Self:
        """Open or create a state file and bring an older one up to date.

        Raises StateDamaged, StateTooNew, and StoreError where it cannot be opened or written.
        """
        return cls(connect(path, thorough))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; other processes that write wait up to a minute."""
        self.db.execute("BEGIN IMMEDIATE")
        version = self.db.execute("PRAGMA data_version").fetchone()[0]

        if (
            version != self._version
        ):  # another process has written since (our own commits leave it as it is)
            self._version = version
            self.copies.distrust()

        self._write_behind.holding = True
        try:
            yield
            self.flush()
            self.db.execute("COMMIT")
        except BaseException:
            self._undone()
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

            raise
        finally:
            self._write_behind.holding = False
            self.copies.let_go()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several queries that see one and the same state, whatever other processes write meanwhile."""
        self.db.execute("BEGIN DEFERRED")

        try:
            yield
        finally:
            self.db.execute("ROLLBACK")

    @contextmanager
    def one_page(self) -> Iterator[None]:
        """Within a transaction: what is done here is undone alone where it raises."""
        self.flush()
        self.db.execute("SAVEPOINT one_page")

        try:
            yield
            self.flush()
        except Exception:
            self._undone()
            if self.db.in_transaction:
                self.db.execute("ROLLBACK TO one_page")
                self.db.execute("RELEASE one_page")

            raise

        self.db.execute("RELEASE one_page")

    def flush(self) -> None:
        """Within a transaction: write what waits for its end, and meet the errors of that."""
        self.copies.flush()
        self._write_behind.flush()

    def _undone(self) -> None:
        self.copies.distrust()
        self._write_behind.drop()

    def close(self) -> None:
        """Close; the log is folded into the one file where nobody else reads it."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
