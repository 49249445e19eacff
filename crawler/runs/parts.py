"""Files of killed runs whose state is lost: how much of them is believed, and their final names.

A state says how many bytes of a file are committed. Without it, a record is believed where its trace got to the disk too: a
commit writes records before traces, so what lacks its trace was never committed.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from crawler.runs.runs_on_disk import run_of
from pipelines.atomic_file import PRIVATE_WORKING, WORKING, appear, cut_file, remove_dead
from pipelines.records import BadRecord, speech_from, trace_from

_R = TypeVar("_R")

logger = logging.getLogger("harvest.runs")


def finish_parts(output: Path) -> None:
    """Give the files of killed runs their final names, cut back to what is whole. No run may be under way."""
    for name in sorted(_part_names(output)):
        speeches, traces = output / "speeches" / name, output / "traces" / name
        # Speeches are the first to be named: they may stand under their final name already.
        named = speeches if speeches.exists() else _final(speeches)
        believed, traced = _believed(named, traces)
        _keep(speeches, believed)
        _keep(traces, traced)

    for path in sorted((output / "failures").glob("*.jsonl" + WORKING)):
        _keep(path, sum(map(len, _whole_lines(path))))

    for path in sorted((output / "pages").glob("*/*.warc.gz" + WORKING)):
        _keep(path, whole_members(path))

    clear_what_is_made_again(output)


def clear_what_is_made_again(output: Path) -> None:
    """Delete half-written manifests and outlines: whoever ends a run writes them anew. Manifests that a live process is
    writing stay; no run with records may be under way. Raises OSError."""
    for path in (output / "runs").glob(f".*{PRIVATE_WORKING}"):
        remove_dead(path)

    for path in (output / "outlines").glob("*.jsonl" + WORKING):
        path.unlink(missing_ok=True)


def _part_names(output: Path) -> set[str]:
    pattern = "*.jsonl" + WORKING
    paths = [path for kind in ("speeches", "traces") for path in (output / kind).glob(pattern)]

    return {path.name for path in paths if run_of(_final(path))}  # others' files are none of ours


def _final(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(WORKING))


def _keep(path: Path, size: int) -> None:
    if not path.exists():
        return

    final = _final(path)
    stands = final.stat().st_size if final.exists() else 0

    if size <= stands:  # files of runs only grow: the longer one holds the other
        if stands:
            logger.warning("%s is dropped: %s holds as much", path, final.name)

        path.unlink()
        return

    cut_file(path, size)
    appear(path, final)


def _believed(speeches: Path, traces: Path) -> tuple[int, int]:
    """How many bytes of both count: speeches up to the first new one whose trace did not get there, traces up to the last
    one of a document behind these."""
    traced = [(trace.id, len(line)) for line, trace in _readable(traces, trace_from)]
    there = {identity for identity, _ in traced}

    believed, behind = 0, set[str]()

    for line, speech in _readable(speeches, speech_from):
        if speech.version == 1 and speech.id not in there:
            break

        behind.update(source.id for source in speech.sources)
        believed += len(line)

    at = traces_end = 0
    for identity, length in traced:
        at += length
        if identity in behind:
            traces_end = at

    return believed, traces_end


def _readable(path: Path, read: Callable[[bytes], _R]) -> Iterator[tuple[bytes, _R]]:
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
