"""The records under `speeches/` in an order in which they can have been written.

for file, speech in record_history(output, complain): ...

Within a file, records stand in the order of writing, and of one document the lower version came first. Nothing else is
believed: the beginning of a run in a file's name is a clock's word, and runs of two sites write at the same time. Where neither
line nor version decides, files follow each other by the beginning of their runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipelines.records import Speech
from pipelines.speech_files import Line, good_lines

#: A version of a document: its id, and the number.
Version = tuple[str, int]


def record_history(
    paths: Sequence[Path], complain: Callable[[str], None]
) -> Iterator[tuple[Path, Speech]]:
    """Every record of the files, each after the lower versions of its document. `complain` is told of lines that are no
    records. The files are read twice, and each is open from its first record to its last. Raises InputError."""
    by_age = sorted(paths, key=_age)

    return _Merge(by_age, complain).records()


def _age(path: Path) -> tuple[str, str]:
    """Runs are named by their beginning."""
    site, _, run = path.name.partition("-")

    return run, site


class _Merge:
    """Reads one file until a record waits for a lower version, then first the file that has that."""

    def __init__(self, paths: Sequence[Path], complain: Callable[[str], None]) -> None:
        self._paths = paths
        self._complain = complain
        self._places = self._several_versions()
        self._given = set[Version]()
        self._heads: dict[Path, Speech | None] = {}
        self._rest: dict[Path, Iterator[Line]] = {}

    def _several_versions(self) -> dict[str, dict[int, Path]]:
        """Of documents with several versions: in which file each stands first."""
        once = dict[str, tuple[int, Path]]()
        several = defaultdict[str, dict[int, Path]](dict)

        for path in self._paths:
            for line in good_lines(path, self._complain):
                identity, version = line.speech.id, line.speech.version
                first = once.setdefault(identity, (version, path))

                if first[0] != version or identity in several:
                    several[identity].setdefault(*first)
                    several[identity].setdefault(version, path)

        return dict(several)

    def records(self) -> Iterator[tuple[Path, Speech]]:
        for path in self._paths:
            yield from self._read(path)

    def _read(self, path: Path) -> Iterator[tuple[Path, Speech]]:
        """The rest of a file, and before each record what it waits for."""
        wanted: list[tuple[Path, Version | None]] = [(path, None)]

        while wanted:
            here, goal = wanted[-1]
            speech = self._head(here)

            if speech is None or (goal is not None and goal in self._given):
                wanted.pop()
                if goal is not None:
                    self._given.add(goal)  # where it did not come, nobody shall wait for it again

                continue

            earlier = self._earlier(speech, [file for file, _ in wanted])
            if earlier is not None:
                wanted.append(earlier)
                continue

            yield here, speech
            if speech.id in self._places:
                self._given.add((speech.id, speech.version))

            self._advance(here)

    def _earlier(self, speech: Speech, reading: Sequence[Path]) -> tuple[Path, Version] | None:
        """A lower version of a document that has not come yet, and its file, unless that waits for this one itself."""
        versions = self._places.get(speech.id)

        if versions is None:
            return None

        for version in sorted(versions):
            if version >= speech.version:
                return None

            missing = (speech.id, version) not in self._given
            if missing and versions[version] not in reading:
                return versions[version], (speech.id, version)

        return None

    def _head(self, path: Path) -> Speech | None:
        if path not in self._rest:
            self._rest[path] = good_lines(path, lambda why: None)
            self._advance(path)

        return self._heads[path]

    def _advance(self, path: Path) -> None:
        line = next(self._rest[path], None)
        self._heads[path] = line.speech if line else None
