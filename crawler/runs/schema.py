"""The tables of `state.db`, their version, and how an older file is brought up to date.

`PRAGMA user_version` holds the number of steps taken; opening takes the missing ones in one transaction.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from pipelines.dedup.sqlite.tables import SEGMENT_FOLDERS
from pipelines.dedup.sqlite.tables import TABLES as COPIES
from pipelines.errors import HarvestError
from pipelines.redact import redact_line

#: Marks the file as ours ("harv"), so that a stranger's database is never written to.
APPLICATION = 0x68617276

_STEPS = (
    """
    -- one row a page of a site: when it is due, and what came of it last
    CREATE TABLE pages (
        id        INTEGER PRIMARY KEY,          -- order of discovery
        site      TEXT NOT NULL,
        url       TEXT NOT NULL,                -- canonical
        kind      TEXT NOT NULL,                -- document, list, sitemap
        depth     INTEGER NOT NULL,             -- lists: 0 a start page, 1 linked from one, 2 and more: paging
        rank      INTEGER NOT NULL,             -- 0 documents never asked, 1 lists, 2 documents to be looked at again
        due       INTEGER NOT NULL,             -- seconds since 1970; 0: at once
        run       INTEGER NOT NULL DEFAULT 0,   -- the last run in which it was settled
        outcome   TEXT,                         -- stored, duplicate, unchanged, or an error's name
        asked     INTEGER,                      -- when it was last asked
        interval  INTEGER,                      -- seconds until it is looked at again
        etag      TEXT,
        modified  TEXT,
        missing   INTEGER,                      -- since when it answers 404 or 410
        published TEXT                          -- YYYY-MM-DD, as a list, a sitemap or the page says
    );
    CREATE UNIQUE INDEX pages_url ON pages (site, url);
    CREATE INDEX pages_due ON pages (site, rank, due);

    -- which run took a document in, and wrote a record last
    CREATE TABLE taken_in (
        id   TEXT NOT NULL,
        what TEXT NOT NULL,                     -- member, record
        run  INTEGER NOT NULL,
        PRIMARY KEY (id, what)
    ) WITHOUT ROWID;
    CREATE INDEX taken_in_run ON taken_in (run, what);

    CREATE TABLE runs (
        number   INTEGER PRIMARY KEY,
        run      TEXT NOT NULL UNIQUE,
        site     TEXT NOT NULL,
        command  TEXT NOT NULL,
        started  TEXT NOT NULL,
        state    TEXT NOT NULL,                 -- open, ending, finished, held, discarded
        counts   TEXT NOT NULL,                 -- JSON, as of the last commit
        manifest TEXT                           -- JSON of run/1, from `ending` on
    );
    CREATE INDEX runs_site ON runs (site, state);

    -- how much of each of a run's files is committed
    CREATE TABLE files (
        run       INTEGER NOT NULL,
        kind      TEXT NOT NULL,                -- speeches, traces, failures, pages
        committed INTEGER NOT NULL,             -- bytes
        PRIMARY KEY (run, kind)
    ) WITHOUT ROWID;
    """,
    COPIES,
    """
    -- record files under speeches/ that no run of ours wrote, as they were when their records were taken in
    CREATE TABLE other_files (
        name TEXT PRIMARY KEY,
        size INTEGER NOT NULL                   -- bytes
    ) WITHOUT ROWID;
    """,
    SEGMENT_FOLDERS,
    """
    -- what earlier versions kept of a command line
    UPDATE runs SET command = redact_line(command), manifest = redact_line(manifest);
    """,
)

VERSION = len(_STEPS)

#: Bytes up to which the whole file is checked whenever it is opened: reading a larger one through at every start would
#: cost a collection of a million documents a minute.
ALWAYS_CHECKED = 64 << 20


class StateDamaged(HarvestError):
    """The file is no sound database of ours; the message says what SQLite found."""


class StateTooNew(HarvestError):
    """A later version of this program wrote the file."""


def connect(path: Path, thorough: bool = False) -> sqlite3.Connection:
    """Open the state, checked and up to date. A large one is read through only where the last run did not end well, or
    where it is to be `thorough`. Raises StateDamaged, StateTooNew, sqlite3.Error.

    `synchronous=FULL`: with the write-ahead log, a commit is on the disk when it returns.
    """
    _create_private(path)
    db = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)

    try:
        _check(db, path, thorough)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA cache_size = -16000")
        _migrate(db)
    except sqlite3.DatabaseError as error:
        db.close()
        if (
            type(error) is sqlite3.DatabaseError
        ):  # "not a database", "malformed"; not the disk's or the lock's errors
            raise StateDamaged(f"{path}: {error}") from None

        raise
    except UnicodeDecodeError as error:
        db.close()
        raise StateDamaged(f"{path}: {error}") from None
    except BaseException:
        db.close()
        raise

    return db


def _create_private(path: Path) -> None:
    """A new state is for its owner alone: addresses and command lines may hold secrets. SQLite gives its log the same mode."""
    if not path.exists():
        with suppress(OSError):  # SQLite says why it cannot be written
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    elif path.stat().st_mode & 0o077:
        with suppress(OSError):  # it may be another user's
            path.chmod(0o600)


def _check(db: sqlite3.Connection, path: Path, thorough: bool) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    application = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    if application == APPLICATION and VERSION < version < 1000:
        raise StateTooNew(
            f"{path} has state version {version}, this program knows {VERSION}: upgrade it, or use another OUTPUT_DIR"
        )
    if tables and application != APPLICATION:
        raise StateDamaged(f"{path} is a database of another program")

    if thorough or _is_cheap_to_check(path) or _ended_badly(path):
        found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StateDamaged(f"{path}: {found}")

    if tables and version == VERSION and _described(db) != _as_made():
        raise StateDamaged(f"{path}: its tables are not described as they should be")


def _is_cheap_to_check(path: Path) -> bool:
    return path.stat().st_size < ALWAYS_CHECKED


def _ended_badly(path: Path) -> bool:
    """Whether a write-ahead log was left behind."""
    log = path.with_name(path.name + "-wal")

    return log.exists() and log.stat().st_size > 0


def _described(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    return set(rows)


@cache
def _as_made() -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        _migrate(db)
        return _described(db)


def _migrate(db: sqlite3.Connection) -> None:
    if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return

    db.create_function(
        "redact_line", 1, lambda line: line and redact_line(line), deterministic=True
    )

    db.execute("BEGIN IMMEDIATE")
    have = db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster

    for step in _STEPS[have:]:
        for statement in _statements(step):
            db.execute(statement)

    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: `executescript` would commit between them."""
    bare = "\n".join(line.split("--")[0] for line in script.splitlines())

    return [s for s in bare.split(";") if s.strip()]
