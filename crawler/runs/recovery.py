"""Opening the state, and making it anew from the records where `state.db` is damaged, gone, or of another time than they.

Records come before the state: they say which documents are known, in which version, and what they are to each other.
What a state that disagrees with them still knows is kept where the records do not say otherwise: pages found and not asked yet, how
far a document's versions have come. What nobody knows any more is asked once more: copies without a record of their own, the
sites' validators, when a failed page is due. Nothing is lost and no version of a document is written twice.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from crawler.runs.agreement import disagreement, record_files
from crawler.runs.parts import clear_what_is_made_again
from crawler.runs.rebuild import rebuild
from crawler.runs.run_lock import Lock, LockHeld
from crawler.runs.schema import StateDamaged
from crawler.runs.state import Store
from pipelines.atomic_file import appear
from pipelines.failures import iso

logger = logging.getLogger("harvest.runs")

#: Files of SQLite that belong together.
_FILES = ("", "-wal", "-shm")


class _Useless(Exception):
    """The state has to be made anew; the message says why. `sound`: what it knows can still be read."""

    def __init__(self, why: str, *, sound: bool) -> None:
        super().__init__(why)
        self.sound = sound


def open_state(output: Path, locks: ExitStack, started: float) -> tuple[Store, list[str]]:
    """The state, made anew where it is damaged, gone, or does not agree with the records; with what was made good, for people.
    Other runs may share it, but not while it is made anew. Locks and store are held by `locks`.

    Raises LockHeld, StateTooNew; OSError and StoreError where the output cannot be written.
    """
    try:
        with ExitStack() as taken:
            store = _opened(output, taken, started)
            locks.push(taken.pop_all())

            return store, []
    except _Useless as error:
        useless = error

    notice = f"{useless}; {_make_anew(output, started, useless)}"
    logger.info(notice)
    locks.enter_context(Lock(output / ".state.lock", iso(started), shared=True))

    return locks.enter_context(Store.open(output / "state.db")), [notice]


def _opened(output: Path, locks: ExitStack, started: float) -> Store:
    """Raises _Useless."""
    if lost := rebuild_needed(output):
        raise _Useless(lost, sound=False)

    locks.enter_context(Lock(output / ".state.lock", iso(started), shared=True))

    state = output / "state.db"

    if (
        not state.exists() or not state.stat().st_size
    ):  # nobody knows of killed runs without records
        clear_what_is_made_again(output)

    try:
        store = locks.enter_context(Store.open(state))
    except StateDamaged as error:
        raise _Useless(str(error), sound=False) from None

    if differs := disagreement(store, output):
        raise _Useless(f"state.db does not agree with the records ({differs})", sound=True)

    return store


def _make_anew(output: Path, started: float, useless: _Useless) -> str:
    """Set the state aside and put a new one in its place; says so. Raises LockHeld."""
    try:
        alone = Lock(output / ".state.lock", iso(started))
    except LockHeld as held:
        raise LockHeld(f"{useless}: it is made anew when no run is under way ({held})") from None

    state = output / "state.db"
    with alone, ExitStack() as stores:
        new = state.with_name(state.name + ".new")
        _clear(new)

        with Store.open(new) as store:
            known = stores.enter_context(Store.open(state)) if useless.sound else None
            done = rebuild(store, output, known)
            stores.close()

        aside = _set_aside(state, "replaced" if useless.sound else "damaged", started)
        appear(new, state)
        _take_index(new, state)

    said = f"made anew from {done.documents} records"
    if done.bad_lines:
        said += f", {done.bad_lines} lines were none (see the log)"

    return f"{said}, the old one is {aside.name}" if aside.exists() else said


def rebuild_needed(output: Path) -> str | None:
    """Why the state has to be made anew, where that shows before it is opened: it is gone or empty, and records are not."""
    state = output / "state.db"

    if not record_files(output):
        return None
    if not state.exists():
        return f"{state} is gone"
    if not state.stat().st_size:
        return f"{state} is empty"

    return None


def _set_aside(state: Path, what: str, started: float) -> Path:
    """Rename a state that is not used any more, with its log; it may still tell somebody something."""
    aside = state.with_name(
        f"{state.name}.{what}-{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}"
    )

    for ending in _FILES:
        with suppress(FileNotFoundError):
            state.with_name(state.name + ending).rename(aside.with_name(aside.name + ending))

    return aside


def _index(state: Path) -> Path:
    """The folder of a state's index of copies, a cache."""
    return state.with_name(f"{state.name}-index")


def _take_index(new: Path, state: Path) -> None:
    shutil.rmtree(_index(state), ignore_errors=True)
    with suppress(FileNotFoundError):  # a small state has none
        _index(new).rename(_index(state))


def _clear(state: Path) -> None:
    """Delete a state that was never finished."""
    shutil.rmtree(_index(state), ignore_errors=True)

    for ending in _FILES:
        state.with_name(state.name + ending).unlink(missing_ok=True)
