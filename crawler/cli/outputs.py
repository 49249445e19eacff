"""Where a command writes: sidecars beside its output, and no output over an input or another output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from crawler.cli.command import CannotBeDone
from pipelines.atomic_file import is_special


def beside(
    output: str | None, named: str | None, kind: str, endings: Sequence[str] = (".jsonl",)
) -> Path | None:
    """Where a sidecar goes: where it was asked for, else beside the output, else nowhere.

    >>> beside("out/x.jsonl", None, "traces"), beside("-", None, "traces"), beside("/dev/null", None, "traces")
    (PosixPath('out/x.traces.jsonl'), None, None)
    """
    if named:
        return Path(named)
    if not output or output == "-":
        return None

    path = Path(output)
    try:
        if is_special(path):
            return None
    except OSError as error:
        raise CannotBeDone(f"cannot be written: {path} ({error.strerror})") from None

    return path.with_name(f"{_stem(path.name, endings)}.{kind}.jsonl") if path.name else None


def _stem(name: str, endings: Sequence[str]) -> str:
    for ending in endings:
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)

    return name


def apart(*outputs: str | Path | None, inputs: Sequence[str] = ()) -> None:
    """Refuse to write two outputs into one file, or over an input that was named. Raises CannotBeDone."""
    taken = {os.path.realpath(name) for name in inputs if os.path.isfile(name)}

    for output in outputs:
        if output is None or str(output) == "-":
            continue

        place = os.path.realpath(output)
        if place in taken and not place.startswith("/dev/"):
            raise CannotBeDone(f"would be written over an input or another output: {output}")

        taken.add(place)
