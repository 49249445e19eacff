"""A part of the index of fingerprints in memory: the texts that came last.

>>> from pipelines.dedup.fingerprint import fingerprint
>>> from pipelines.dedup.shingle_index import nearest
>>> report = "".join(f"第{n}项工作已经完成了{n * n}件，" for n in range(60))
>>> recent = RecentTexts()
>>> _ = recent.add(7, fingerprint(report).hashes)
>>> nearest([recent], [fingerprint(report[300:500]).hashes], [8], recent.sketches_of)
[[7]]
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from pipelines.dedup.fingerprint import Hashes
from pipelines.dedup.shingle_index import Integers, Ranges

_NUMBER = np.uint64(0xFFFFFFFF)


class RecentTexts:
    """A part of the index in memory: the texts that came last, at 8 bytes a hash, ready for look-ups.

    Texts may be *expected*: a batch of them is sorted in at once, as that costs far less than one after another, but each
    counts only from when it is added. `len` is the number of texts that count.
    """

    def __init__(self) -> None:
        self._postings: npt.NDArray[np.uint64] = np.empty(0, np.uint64)  # hash << 32 | number
        self._unsorted: list[npt.NDArray[np.uint64]] = []
        self._sketches: dict[int, Hashes] = {}
        self._expected: Sequence[Hashes] = ()
        self._first_expected = self._came = 0

    def __len__(self) -> int:
        return len(self._sketches) - len(self._expected) + self._came

    def __contains__(self, number: int) -> bool:
        return number in self._sketches

    @property
    def begin(self) -> int:
        """See Part."""
        return next(iter(self._sketches), 1 << 62)

    def add(self, number: int, sketch: Hashes) -> bool:
        """Enter a text under its number. Says whether it is what was expected next; if not, nothing is expected any more."""
        if number == self.next_expected and self.expects(sketch):
            self._came += 1
            return True

        self.expect(0, ())
        self._enter(number, sketch)

        return False

    @property
    def next_expected(self) -> int:
        """The number of the text that is expected next."""
        return self._first_expected + self._came

    def expect(self, first: int, sketches: Sequence[Hashes]) -> None:
        """These texts are to be added next, numbered from `first` on, which is more than any other's number."""
        gone = range(
            self.next_expected,
            self._first_expected + len(self._expected),
        )

        if gone:
            self._keep(self._numbers() < np.uint64(gone.start))
            for number in gone:
                del self._sketches[number]

        self._expected, self._first_expected, self._came = sketches, first, 0
        for number, sketch in enumerate(sketches, first):
            self._enter(number, sketch)

    def expects(self, sketch: Hashes) -> bool:
        """Whether this very text is the next that is expected."""
        return self._came < len(self._expected) and self._expected[self._came] is sketch

    def ahead(self, most: int) -> Sequence[Hashes]:
        """The texts that are expected next: one, or as many as have `most` hashes."""
        upto = self._came + 1
        most -= sum(len(sketch) for sketch in self._expected[self._came : upto])

        while upto < len(self._expected):
            most -= len(self._expected[upto])
            if most < 0:
                break

            upto += 1

        return self._expected[self._came : upto]

    def drop(self, number: int) -> None:
        """Take a text out."""
        self.expect(0, ())
        del self._sketches[number]
        self._keep(self._numbers() != np.uint64(number))

    def sketches_of(self, numbers: Collection[int]) -> dict[int, Hashes]:
        """The fingerprints of those of these texts that are here."""
        return {n: self._sketches[n] for n in numbers if n in self._sketches}

    def ranges(self, hashes: Hashes, before: Integers) -> Ranges:
        """See Part."""
        entries = self._sorted()
        low = hashes.astype(np.uint64) << np.uint64(32)
        high = low | before.astype(np.uint64)
        first = np.searchsorted(entries, low)

        return Ranges(first, np.searchsorted(entries, high) - first)

    def numbers_at(self, places: Integers) -> Integers:
        """See Part."""
        return (self._postings[places] & _NUMBER).astype(np.int64)

    def sizes_of(self, numbers: Integers) -> Integers:
        """See Part."""
        return np.array(
            [len(self._sketches[number]) for number in numbers.tolist()],
            np.int64,
        )

    def _enter(self, number: int, sketch: Hashes) -> None:
        self._sketches[number] = sketch
        self._unsorted.append((sketch.astype(np.uint64) << np.uint64(32)) | np.uint64(number))

    def _numbers(self) -> npt.NDArray[np.uint64]:
        return self._sorted() & _NUMBER

    def _keep(self, which: npt.NDArray[np.bool_]) -> None:
        self._postings = self._postings[which]

    def _sorted(self) -> npt.NDArray[np.uint64]:
        if self._unsorted:
            news = np.sort(np.concatenate(self._unsorted))
            self._postings = np.concatenate((self._postings, news))
            self._postings.sort(kind="stable")  # merges the two
            self._unsorted.clear()

        return self._postings
