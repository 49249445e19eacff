"""A state made anew from what stands on the disk, where `state.db` is damaged or gone.

The records say which documents are known, in which version, what they are to each other, and when their pages were
asked; the manifests say which runs there were. What only the state knew is lost: pages found and not asked yet (the lists bring them back), copies
without a record of their own and the sites' validators (such pages are asked once more). Nothing is doubled.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from crawler.runs.state import Store
from pipelines.atomic_file import WORKING, appear, cut_file
from pipelines.records import BadRecord, run_from, speech_from, trace_from

#: Files of SQLite that belong together.
_FILES = ("", "-wal", "-shm")


def set_aside(state: Path, when: str) -> Path:
    """Rename a damaged state, with its log; it may still tell somebody something."""
    aside = state.with_name(f"{state.name}.damaged-{when}")
    for ending in _FILES:
        with suppress(FileNotFoundError):
            state.with_name(state.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def clear(state: Path) -> None:
    """Delete a state that was never finished."""
    for ending in _FILES:
        state.with_name(state.name + ending).unlink(missing_ok=True)


def has_records(output: Path) -> bool:
    """Whether there is anything to rebuild from."""
    return any((output / "speeches").glob("*.jsonl*"))


def rebuild(store: Store, output: Path) -> int:
    """Fill an empty state; returns the number of documents. No other run may be under way."""
    _finish_parts(output)
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
                        _note(store, line, path.name.partition("-")[0])
        store.documents.reconnect()
    return store.documents.count()


def _age(path: Path) -> str:
    """Runs are named by their beginning."""
    return path.name.partition("-")[2]


def _note(store: Store, line: bytes, site: str) -> None:
    speech = speech_from(line)
    store.documents.restore(speech)
    url = urldefrag(speech.url).url
    asked = int(datetime.fromisoformat(speech.crawled_at).timestamp()) if speech.crawled_at else 0
    store.frontier.seen(site, url, 0, asked)


def _finish_parts(output: Path) -> None:
    """Give the files of killed runs their final names, cut back to what is whole."""
    for name in sorted(
        {
            path.name
            for kind in ("speeches", "traces")
            for path in (output / kind).glob("*.jsonl" + WORKING)
        }
    ):
        speeches, traces = output / "speeches" / name, output / "traces" / name
        named = (
            speeches if speeches.exists() else speeches.with_name(name.removesuffix(WORKING))
        )  # the first to be named
        spoken, traced = _believed(named, traces)
        _keep(speeches, spoken)
        _keep(traces, traced)
    for path in sorted((output / "failures").glob("*.jsonl" + WORKING)):
        _keep(path, sum(map(len, _whole_lines(path))))
    for path in sorted((output / "pages").glob("*/*.warc.gz" + WORKING)):
        _keep(path, whole_members(path))


def _keep(path: Path, size: int) -> None:
    if not path.exists():
        return
    if size == 0:
        path.unlink()
        return
    cut_file(path, size)
    appear(path, path.with_name(path.name.removesuffix(WORKING)))


def _believed(speeches: Path, traces: Path) -> tuple[int, int]:
    """How many bytes of both count: speeches up to the first new one whose trace did not get there, traces up to the last
    one of a document behind these."""
    traced = [(trace.id, len(line)) for line, trace in _readable(traces, trace_from)]
    there, behind, spoken = {id for id, _ in traced}, set[str](), 0
    for line, speech in _readable(speeches, speech_from):
        if speech.version == 1 and speech.id not in there:
            break
        behind.update(source.id for source in speech.sources)
        spoken += len(line)
    last = max((n for n, (id, _) in enumerate(traced, 1) if id in behind), default=0)
    return spoken, sum(length for _, length in traced[:last])


def _readable(path: Path, read: Callable[[bytes], Any]) -> Iterator[tuple[bytes, Any]]:
    """A file's lines with what they say, up to the first that does not read: a loss of power may leave anything behind it."""
    with suppress(BadRecord):
        for line in _whole_lines(path):
            yield line, read(line)


def _whole_lines(path: Path) -> Iterator[bytes]:
    """A file's lines, but for a torn one at the end."""
    if path.exists():
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))


def whole_members(path: Path) -> int:
    """The length of a file's whole gzip members, in bytes."""
    whole = at = 0
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            while block:
                try:
                    member.decompress(block)
                except zlib.error:
                    return whole
                used = len(block) - len(member.unused_data)
                at += used
                block = member.unused_data
                if member.eof:
                    whole = at
                    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return whole
