"""Looking up fingerprints in the index of a state file: recent texts in memory, the others in segments.

What stands in memory is a copy of the tables: it is compared with them before a look-up, so a rollback, a kill or another
process's crawl cannot leave it wrong. Within a transaction, in which nobody else writes, once is enough. Who knows what is
coming says so (`expect`), as many texts are looked up in a fraction of the time of one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence

from pipelines.dedup.fingerprint import Hashes
from pipelines.dedup.recent_texts import RecentTexts
from pipelines.dedup.segment import SegmentDamaged
from pipelines.dedup.shingle_index import Part, nearest
from pipelines.dedup.sqlite.segment_store import SegmentStore

#: Texts that are looked up from memory, at about 3 KB each, before they become a segment.
FRESH = 1000
#: Hashes looked up at once: some 60 texts of 3,000 characters.
_AT_ONCE = 1 << 14


class TextIndex:
    """The index of one state file. Every method runs in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._store = SegmentStore(db)
        self._recent = RecentTexts()
        self._last: tuple[int, str] | None = None  # the newest text in `_recent`
        self._is_current = False
        self._begins = True  # nothing has been changed in this transaction yet
        #: What is near texts that are expected, by their fingerprint's `id`, where that is looked up already.
        self._answers: dict[int, list[int]] = {}

    def distrust(self) -> None:
        """Something was rolled back: what stands in memory may never have been."""
        self._last = None
        self._is_current = False
        self.expect_nothing()

    def end(self) -> None:
        """The transaction ends; others may write."""
        self._is_current = False
        self._begins = True
        self.expect_nothing()

    def expect_nothing(self) -> None:
        """Forget what was expected."""
        self._answers = {}
        self._recent.expect(0, ())

    def refresh(self, alone: bool) -> None:
        """Make what stands in memory what the tables say. `alone`: within a transaction nobody else writes."""
        if self._is_current:
            return

        if alone and self._begins:
            self._store.remove_unnamed()

        self._begins = False
        self._compare_with_tables()
        self._is_current = alone

    def expect(self, first: int, sketches: Sequence[Hashes]) -> None:
        """These texts are about to be added, numbered from `first` on."""
        self._answers = {}
        self._recent.expect(first, sketches)

    def expects(self, sketch: Hashes) -> bool:
        """Whether this very text is the next that is expected."""
        return self._recent.expects(sketch)

    def add(self, number: int, text: str, sketch: Hashes) -> None:
        """A text has got a number."""
        if not self._is_current:
            return

        self._last = number, text
        if not self._recent.add(number, sketch):
            self._answers = {}

    def drop(self, number: int) -> None:
        """A text has lost its row."""
        if not self._is_current:
            self._last = None
        elif number in self._recent:
            self._recent.drop(number)
            self._answers = {}

    @property
    def is_full(self) -> bool:
        """Whether the recent texts should become a segment."""
        return len(self._recent) >= FRESH

    def pack(self, next_number: int) -> None:
        """Make the recent texts, which are all in their table, a segment. `next_number`: of the text that comes next."""
        self._reorganise(self._store.pack, next_number)

    def make_again(self, next_number: int) -> None:
        """Make all segments anew; all texts are in their table. `next_number`: of the text that comes next."""
        self._reorganise(self._store.make_again, next_number)

    def _reorganise(self, change: Callable[[], None], next_number: int) -> None:
        coming = self._recent.ahead(1 << 62)
        change()
        self._last = None
        self._compare_with_tables()
        self.expect(next_number, coming)

    def near(self, sketch: Hashes, next_number: int) -> list[int]:
        """The texts worth comparing with this one, nearest first. `next_number`: of the text that comes next.

        Raises SegmentDamaged where a segment's bytes make no sense.
        """
        if not self._recent.expects(sketch):
            (found,) = self._nearest([sketch], [next_number])
            return found

        if id(sketch) not in self._answers:
            ahead = self._recent.ahead(_AT_ONCE)
            first = self._recent.next_expected
            found_for = self._nearest(ahead, range(first, first + len(ahead)))

            self._answers = dict(
                zip(
                    map(id, ahead),
                    found_for,
                    strict=True,
                )
            )

        return self._answers[id(sketch)]

    def _nearest(self, sketches: Sequence[Hashes], before: Sequence[int]) -> list[list[int]]:
        parts: list[Part] = [*self._store.segments, self._recent]
        try:
            return nearest(
                parts,
                sketches,
                before,
                self._sketches_of,
            )
        except (IndexError, ValueError) as error:
            raise SegmentDamaged(f"the index of copies: {error}") from error
        finally:
            self._store.let_go()

    def _sketches_of(self, numbers: Collection[int]) -> dict[int, Hashes]:
        recent = self._recent.sketches_of(numbers)
        others = [number for number in numbers if number not in recent]

        return recent | self._store.sketches_of(others)

    def _compare_with_tables(self) -> None:
        """Compare what stands in memory with the tables."""
        if self._store.refresh():
            self._last = None

        if self._last is not None and not self._is_there(*self._last):
            self._last = None

        waiting = self._count_after(self._store.packed_up_to)
        if waiting > 2 * FRESH:  # an older state, or an index that was lost
            self._store.pack()
            self._last = None
            waiting = 0

        self._read_new()
        if waiting != len(self._recent):  # a removal was rolled back, or made by another process
            self._last = None
            self._read_new()

    def _read_new(self) -> None:
        """Enter the texts that have come since the newest that is known; all recent ones where none is."""
        if self._last is None:
            self._recent = RecentTexts()

        newest = self._last[0] if self._last else self._store.packed_up_to
        rows = self._db.execute(
            "SELECT number, text, sketch FROM copy_texts WHERE number > ? ORDER BY number",
            (newest,),
        ).fetchall()

        for number, text, sketch in rows:
            self._recent.add(
                number,
                self._store.known_or_made(text, sketch),
            )

            self._last = number, text

    def _is_there(self, number: int, text: str) -> bool:
        query = "SELECT text FROM copy_texts WHERE number = ?"
        return bool(self._db.execute(query, (number,)).fetchone() == (text,))

    def _count_after(self, number: int) -> int:
        query = "SELECT count(*) FROM copy_texts WHERE number > ?"
        return int(self._db.execute(query, (number,)).fetchone()[0])
