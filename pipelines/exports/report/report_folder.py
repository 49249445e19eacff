"""The folder of a report: files are written where they changed, and only what an earlier report wrote is removed.

with ReportFolder(Path("output/report")) as folder:
    folder.write("index.html", page)

A folder that holds something else is refused. Each file appears whole; a report that was cut short is finished by the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec
import xxhash

from pipelines.atomic_file import write_whole
from pipelines.errors import OutputError

#: The list of what this program wrote into a folder: no other file of the folder is ever removed.
MARKER = ".harvest-report.json"
#: How a report of an earlier version, which kept no list, is known, and what its files are called.
_EARLIER = re.compile(r"<title>What is there</")
_EARLIER_NAME = re.compile(
    r"index\.html|site-[^/]{1,200}\.html|documents/[^/]{1,9}/[^/]{1,200}\.html"
)


class Written(msgspec.Struct):
    """What the marker holds: the files of a report with the digests of their contents."""

    schema: str = "report/1"
    files: dict[str, str] = {}


class ReportFolder:
    """A folder on its way to hold this report and nothing of an older one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = _made_before(folder)
        self.now = Written()

    def write(self, name: str, content: str) -> None:
        """Write a file unless it stands there with the same content. Raises OSError, OutputError."""
        data = content.encode("utf-8", "replace")
        digest = xxhash.xxh3_128_hexdigest(data)
        path = self.folder / name

        if self.before.files.get(name) != digest or not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)

        self.now.files[name] = digest

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._note(self.before)  # a first run that is killed has left its mark

        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._note_all()
            return

        for name in self._stale():
            path = self.folder / name
            with suppress(FileNotFoundError):
                path.unlink()

            with suppress(OSError):  # others have files there
                path.parent.rmdir()

        self._note(self.now)

    def _stale(self) -> Iterator[str]:
        """Files of the last report that this one does not have; no name leads out of the folder."""
        root = self.folder.resolve()

        for name in sorted(self.before.files.keys() - self.now.files.keys()):
            if (self.folder / name).resolve().is_relative_to(root):
                yield name

    def _note_all(self) -> None:
        """After a failure: everything that either report wrote is still known as ours."""
        self.now.files = {**self.before.files, **self.now.files}

        with suppress(OSError, OutputError):
            self._note(self.now)

    def _note(self, written: Written) -> None:
        if self.folder.is_dir():
            write_whole(self.folder / MARKER, msgspec.json.encode(written))


def _made_before(folder: Path) -> Written:
    """What an earlier report left in a folder. Raises OutputError where there is something else."""
    try:
        if not folder.exists():
            return Written()
        if not folder.is_dir():
            raise OutputError(f"is a file, not a folder: {folder}")
        if (folder / MARKER).is_file():
            return _read(folder / MARKER)

        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
        if not names:
            return Written()

        index = folder / "index.html"
        if index.is_file() and _EARLIER.search(index.read_text("utf-8", "replace")[:4000]):
            return Written(files={name: "" for name in names if _EARLIER_NAME.fullmatch(name)})
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot be read: {folder} ({error.strerror or error})") from None

    raise OutputError(f"{folder}: is there and no report of ours; name another folder with -o")


def _read(marker: Path) -> Written:
    try:
        return msgspec.json.decode(marker.read_bytes(), type=Written)
    except (msgspec.DecodeError, UnicodeError):
        raise OutputError(f"{marker}: damaged; remove the folder or name another with -o") from None
