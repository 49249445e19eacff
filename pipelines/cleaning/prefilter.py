"""One scan of a text for all literals that rules need: it tells which rules can fire at all.

(Measured on 3.3 thousand characters and 400 literals: the scan 17 µs, of UTF-8 instead of one byte a character 28 µs;
`in` takes 1 to 3 µs for each literal. Overlapping matches are needed: without them `全文` hides in `阅读全文`.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation

from pipelines.cleaning.rule import Rule
from pipelines.text.edits import Edit

_PLANE: Final = 0x10000  # literals hold no character beyond the basic plane

#: Where a character stands in the literals of a rule: the rule's bit, what precedes it, what follows it.
_Place = tuple[int, str, str]


class Prefilter:
    """Which rules can fire on a text, as a bit per rule; `rules` are the rules with their bits, 0 where a rule needs no
    literal and is always asked.

    Texts are scanned at one byte a character: a number for each that stands in a literal, the same for those that stand
    in the same places of the same rules' literals, 0 for any other. (With more than 255 numbers some are shared, and a
    rule is asked in vain now and then.)
    """

    __slots__ = ("_numbers", "_reach", "_scan", "_wanted", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = [(rule, 1 << k if rule.needs else 0) for k, rule in enumerate(rules)]
        self._numbers = _character_numbers(self.rules)

        wanted = defaultdict[bytes, int](int)
        longest = 1

        for rule, bit in self.rules:
            for literal in rule.needs:
                wanted[self._numbered(literal)] |= bit
                longest = max(longest, len(literal))

        self._wanted = list(wanted.values())
        self._reach = longest - 1
        self._scan = None

        if wanted:
            self._scan = BytesAhoCorasick(list(wanted), implementation=Implementation.DFA)

    def _numbered(self, text: str) -> bytes:
        code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        return self._numbers.take(code_points, mode="clip").tobytes()

    def present(self, text: str) -> int:
        """The bits of the rules of which a literal stands in a text."""
        if self._scan is None:
            return 0

        seen = 0
        hits = self._scan.find_matches_as_indexes(self._numbered(text), overlapping=True)

        for k in {hit[0] for hit in hits}:
            seen |= self._wanted[k]

        return seen

    def joined(self, text: str, edits: Sequence[Edit]) -> int:
        """The bits of the rules of which a step may have made a literal: in what it inserted and across its seams."""
        windows = []
        shift = 0

        for start, end, inserted, _ in edits:
            at = start + shift
            first, last = at - self._reach, at + len(inserted) + self._reach
            windows.append(text[max(0, first) : last])
            shift += len(inserted) - (end - start)

        return self.present("\0".join(windows))


def _character_numbers(
    rules: Sequence[tuple[Rule, int]],
) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """A table from code points to the numbers that texts are scanned by."""
    places = defaultdict[str, set[_Place]](set)

    for rule, bit in rules:
        for literal in rule.needs:
            for k, character in enumerate(literal):
                places[character].add((bit, literal[:k], literal[k + 1 :]))

    numbers = np.zeros(_PLANE + 1, np.uint8)
    given: dict[frozenset[_Place], int] = {}

    for character in sorted(places):
        number = given.setdefault(frozenset(places[character]), len(given))
        numbers[ord(character)] = 1 + number % 255

    return numbers


_built: dict[int, tuple[Sequence[Rule], Prefilter]] = {}


def prefilter_of(rules: Sequence[Rule]) -> Prefilter:
    """Built once per ruleset and process (the ruleset itself is kept, so its id stays its own)."""
    known = _built.get(id(rules))

    if known is None:
        known = _built[id(rules)] = (rules, Prefilter(rules))

    return known[1]
