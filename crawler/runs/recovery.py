"""Opening the state, and making it anew from what stands on the disk where `state.db` is damaged or gone.

The records say which documents are known, in which version, what they are to each other, and when their pages were
asked; the manifests say which runs there were. What only the state knew is lost: pages found and not asked yet (the lists bring them back), copies
without a record of their own and the sites' validators (such pages are asked once more). Nothing is doubled.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urldefrag

from crawler.runs.parts import finish_parts
from crawler.runs.run_lock import Lock
from crawler.runs.schema import StateDamaged
from crawler.runs.state import Store
from pipelines.atomic_file import appear
from pipelines.failures import iso
from pipelines.records import BadRecord, run_from, speech_from

logger = logging.getLogger("harvest.runs")

#: Files of SQLite that belong together.
_FILES = ("", "-wal", "-shm")


def open_state(output: Path, locks: ExitStack, started: float) -> tuple[Store, list[str]]:
    """The state, made anew where it is damaged or gone; with what was made good, for people. Other runs may share it, but not
    while it is made anew. Locks and store are held by `locks`.

    Raises LockHeld, StateTooNew; OSError and StoreError where the output cannot be written.
    """
    state = output / "state.db"
    lost = rebuild_needed(output)
    if not lost:
        sharing = Lock(output / ".state.lock", iso(started), shared=True)
        try:
            store = Store.open(state)
        except StateDamaged as error:
            sharing.release()
            lost = str(error)
        except BaseException:
            sharing.release()
            raise
        else:
            locks.enter_context(sharing)
            locks.enter_context(store)
            return store, []

    notice = f"{lost}; {_make_anew(output, started)}"
    logger.warning(notice)
    locks.enter_context(Lock(output / ".state.lock", iso(started), shared=True))
    return locks.enter_context(Store.open(state)), [notice]


def _make_anew(output: Path, started: float) -> str:
    """Set the state aside and put a new one in its place; says so."""
    state = output / "state.db"
    with Lock(output / ".state.lock", iso(started)):
        new = state.with_name(state.name + ".new")
        _clear(new)
        with Store.open(new) as store:
            documents = rebuild(store, output)
        aside = _set_aside(state, f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}")
        appear(new, state)
    said = f"made anew from {documents} records"
    return f"{said}, the old one is {aside.name}" if aside.exists() else said


def rebuild_needed(output: Path) -> str | None:
    """Why the state has to be made anew, where that shows before it is opened: it is gone or empty, and records are not."""
    state = output / "state.db"
    if not _has_records(output):
        return None
    if not state.exists():
        return f"{state} is gone"
    if not state.stat().st_size:
        return f"{state} is empty"
    return None


def _set_aside(state: Path, when: str) -> Path:
    """Rename a damaged state, with its log; it may still tell somebody something."""
    aside = state.with_name(f"{state.name}.damaged-{when}")
    for ending in _FILES:
        with suppress(FileNotFoundError):
            state.with_name(state.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def _clear(state: Path) -> None:
    """Delete a state that was never finished."""
    for ending in _FILES:
        state.with_name(state.name + ending).unlink(missing_ok=True)


def _has_records(output: Path) -> bool:
    """Whether there is anything to rebuild from."""
    return any((output / "speeches").glob("*.jsonl*"))


def rebuild(store: Store, output: Path) -> int:
    """Fill an empty state; returns the number of documents. No other run may be under way."""
    finish_parts(output)
    with store.transaction():
        for path in sorted((output / "runs").glob("*.json")):
            with suppress(BadRecord, OSError):
                run = run_from(path.read_bytes())
                number = store.runs.begin(run.run, run.site, run.command, run.started)
                store.runs.turn(number, "finished", path.read_text("utf-8"))
        for path in sorted((output / "speeches").glob("*.jsonl"), key=_age):
            with path.open("rb") as file:
                for line in file:
                    with suppress(BadRecord):
                        _restore(store, line, path.name.partition("-")[0])
        store.documents.reconnect()
    return store.documents.count()


def _age(path: Path) -> str:
    """Runs are named by their beginning."""
    return path.name.partition("-")[2]


def _restore(store: Store, line: bytes, site: str) -> None:
    speech = speech_from(line)
    store.documents.restore(speech)
    url = urldefrag(speech.url).url
    asked = int(datetime.fromisoformat(speech.crawled_at).timestamp()) if speech.crawled_at else 0
    store.frontier.seen(site, url, 0, asked)
