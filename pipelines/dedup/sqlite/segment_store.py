"""The segments of the index of copies: a row in `state.db` for each, its arrays in a folder beside the file.

The folders are a cache. Every text keeps its fingerprint in its row, so an index that is missing, or that does not belong to
this state (an older copy was put back), is made again. Folders are written and synced before the transaction that names them
commits, and removed after the transaction that let go of them has: a kill at any point costs space until the next run at most.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import uuid
import weakref
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import zstandard

from pipelines.dedup.fingerprint import Hashes, fingerprint
from pipelines.dedup.segment import (
    Segment,
    SegmentDamaged,
    Shape,
    write_joined,
    write_segment,
)
from pipelines.records import speech_from

#: A segment is joined with the one before it unless that has this many times its texts: so there are few segments, and each
#: posting is written about as often as their number grows.
_RATIO = 3
#: Texts in one segment when many are packed at once.
_PACKED_AT_ONCE = 4000
#: Numbers named in one statement.
_NAMED_AT_ONCE = 500


class SegmentStore:
    """The segments of one state file. Every method runs in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.segments: list[Segment] = []
        self._db = db
        self._names: list[str] = []
        self._folder = self._beside(db)

    def _beside(self, db: sqlite3.Connection) -> Path:
        """The folder of the index: `state.db-index` for `state.db`, a temporary one for a database in memory."""
        path = db.execute("PRAGMA database_list").fetchone()[2]

        if path:
            return Path(f"{path}-index")

        folder = Path(tempfile.mkdtemp(prefix="harvest-index-"))
        weakref.finalize(
            self,
            shutil.rmtree,
            folder,
            ignore_errors=True,
        )

        return folder

    @property
    def packed_up_to(self) -> int:
        """The number of the last text that is in a segment; 0 where there is none."""
        return self.segments[-1].shape.last if self.segments else 0

    def refresh(self) -> bool:
        """Open the segments that the rows name, made again where their files are not there. Says whether anything changed."""
        rows = self._db.execute(
            "SELECT folder, first, texts, hashes, postings FROM copy_segments ORDER BY first"
        ).fetchall()

        names = [row[0] for row in rows]
        if names == self._names:
            return False

        known = dict(
            zip(
                self._names,
                self.segments,
                strict=True,
            )
        )

        try:
            opened = [
                known.get(name) or Segment.open(self._folder / name, Shape(*shape))
                for name, *shape in rows
            ]
        except SegmentDamaged:
            self.make_again()
            return True

        self._names, self.segments = names, opened
        return True

    def make_again(self) -> None:
        """Make the whole index from the fingerprints."""
        self._db.execute("DELETE FROM copy_segments")
        self._names, self.segments = [], []
        self.pack()

    def pack(self) -> None:
        """Put all texts that are in no segment into one, and join segments of like size."""
        while True:
            first = self.packed_up_to + 1
            numbered = self._fingerprints(first, _PACKED_AT_ONCE)

            if not numbered:
                return

            last = max(numbered)
            nothing = np.empty(0, np.uint32)
            sketches = [numbered.get(number, nothing) for number in range(first, last + 1)]
            name = self._new_name()

            self._append(
                name,
                write_segment(
                    self._folder / name,
                    first,
                    sketches,
                ),
            )

            self._join_like_sizes()

    def _join_like_sizes(self) -> None:
        while len(self.segments) > 1:
            before, last = self.segments[-2:]
            if before.shape.texts >= _RATIO * last.shape.texts:
                return

            name = self._new_name()
            shape = write_joined(self._folder / name, [before, last])

            for _ in range(2):
                gone = self._names.pop()
                self.segments.pop()

                self._db.execute(
                    "DELETE FROM copy_segments WHERE folder = ?",
                    (gone,),
                )

            self._append(name, shape)

    def _append(self, name: str, shape: Shape) -> None:
        self._db.execute(
            "INSERT INTO copy_segments (folder, first, texts, hashes, postings) VALUES (?, ?, ?, ?, ?)",
            (name, *shape),
        )

        self._names.append(name)
        self.segments.append(Segment.open(self._folder / name, shape))

    def _new_name(self) -> str:
        return uuid.uuid4().hex

    def _fingerprints(self, first: int, limit: int) -> dict[int, Hashes]:
        """The fingerprints of the next texts from a number on."""
        rows = self._db.execute(
            "SELECT number, text, sketch FROM copy_texts WHERE number >= ? ORDER BY number LIMIT ?",
            (first, limit),
        ).fetchall()

        return {number: self.known_or_made(text, sketch) for number, text, sketch in rows}

    def known_or_made(self, text: str, sketch: bytes | None) -> Hashes:
        """A text's fingerprint, made again for a row of an older state that has none."""
        if sketch is not None:
            return np.frombuffer(sketch, np.uint32)

        row = self._db.execute(
            "SELECT speech FROM copy_members WHERE text = ? ORDER BY id LIMIT 1",
            (text,),
        ).fetchone()

        hashes = np.empty(0, np.uint32)
        if row is not None:
            hashes = fingerprint(speech_from(zstandard.decompress(row[0])).text).hashes

        self._db.execute(
            "UPDATE copy_texts SET sketch = ? WHERE text = ?",
            (hashes.tobytes(), text),
        )
        return hashes

    def sketches_of(self, numbers: Collection[int]) -> dict[int, Hashes]:
        """The fingerprints of those of these texts that there still are."""
        found: dict[int, Hashes] = {}
        wanted = list(numbers)

        for start in range(0, len(wanted), _NAMED_AT_ONCE):
            some = wanted[start : start + _NAMED_AT_ONCE]
            marks = ",".join("?" * len(some))

            rows = self._db.execute(
                f"SELECT number, text, sketch FROM copy_texts WHERE number IN ({marks})",
                some,
            ).fetchall()

            found |= {number: self.known_or_made(text, sketch) for number, text, sketch in rows}

        return found

    def let_go(self) -> None:
        """A look-up is over: what it read need not stay in this process's memory."""
        for segment in self.segments:
            segment.let_go()

    def remove_unnamed(self) -> None:
        """Remove the folders that no row names. Only where a transaction has just begun, before it changes anything."""
        if not self._folder.is_dir():
            return

        rows: Sequence[tuple[str]] = self._db.execute("SELECT folder FROM copy_segments").fetchall()
        named = {row[0] for row in rows}

        for folder in self._folder.iterdir():
            if folder.name not in named:
                shutil.rmtree(folder, ignore_errors=True)
