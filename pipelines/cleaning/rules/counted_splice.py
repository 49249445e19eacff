"""Counted splices: a document library cuts the text into pieces of one length and numbers them.

`…作为发展的战略支撑,面\\n\\n2、向科技前沿…`: a break and a number after every 300 characters, mid-word, k = 1, 2, 3 ….
A list's `2、` is none: its items are of many lengths, and the lines above them end with a word.
Lengths that are only near each other (a title counted in, characters lost since) prove nothing alone: then the cuts must
show what no list can have.
"""

from __future__ import annotations

import itertools
import re
import statistics
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipelines.cleaning.cut_evidence import REACH, CutEvidence
from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit

NUMBERED = re.compile(
    r"""
    (?P<break> \A\s{0,20} | [^\S\n]{0,20}\n\s{0,20} )
    (?P<number> [0-9]{1,4} )
    (?: 、 | [.．] (?![0-9]) )       # 2.5 is a number
    [^\S\n]{0,4}
    """,
    re.VERBOSE,
)

_LEAST = 150  # counted characters of a piece; an item that long is a paragraph and ends with a stop
_USUAL = 300  # what the libraries of the jinchutou family cut at: two pieces suffice there
_NEXT = 4  # candidates of the next number that are looked at
_MANY = 3  # so many pieces of one length are no chance, whatever that length is

#: Shares of the cuts of a series: between pieces of one length; inside a word; behind a sentence, as a list has them.
_REGULAR, _TORN, _BEHIND_SENTENCE = 0.8, 0.6, 0.5
#: Pieces of near lengths: how far one may be from the middle, the first also by a title; weight of evidence a cut.
_NEAR, _NEAR_FIRST, _WEIGHT = 0.15, 0.35, 0.4


@rule(needs=("2、", "2.", "2．"), budget=50, after=("simplified_script",), seen_on=("jinchutou",))
def counted_splice(text: str, facts: Facts) -> Iterator[Edit]:
    """A library numbers pieces of one length: proved by the sequence and by the length, or by what its cuts tear.

    >>> piece = "推进工作" * 75
    >>> [e.start for e in counted_splice.find(f"1、{piece}\\n\\n2、{piece}\\n\\n3、{piece}完。", Facts())]
    [0, 302, 606]
    >>> list(counted_splice.find("1、加强领导。\\n2、落实责任。\\n3、严格考核。", Facts()))
    []
    """
    found = list(NUMBERED.finditer(text))

    if len(found) < 2:
        return

    series = _Cuts(text, found).series()
    pieces = [text[a.end() : b.start()] for a, b in itertools.pairwise(series)]
    has_lines = any("\n" in piece for piece in pieces)

    for k, splice in enumerate(series):
        if k == 0:
            yield Edit(splice.start("number"), splice.end())
            continue

        own_end = not _evidence(
            text, splice
        ).is_mid_sentence  # the author's paragraph ends there too

        yield Edit(splice.start(), splice.end(), "\n" if has_lines and own_end else "")


def _evidence(text: str, splice: re.Match[str]) -> CutEvidence:
    start, end = splice.span()
    before = text[max(0, start - REACH) : start]
    behind = text[end : end + REACH]

    return CutEvidence(before, behind, text)


class _Cuts:
    """The numbers of a text that may be a library's, and what lies between them."""

    def __init__(self, text: str, found: Sequence[re.Match[str]]) -> None:
        self.found = found
        self.numbers = [int(splice["number"]) for splice in found]
        self.evidence = [_evidence(text, splice) for splice in found]
        self.blanks = [m.start() for m in re.finditer(r"\s", text)]
        self.following = self._following()
        self.usual = self._usual()

    def series(self) -> list[re.Match[str]]:
        """The longest run of numbers 1, 2, … that the lengths between them, or the cuts themselves, prove."""
        best: list[int] = []
        used: set[int] = set()

        for first in range(len(self.found)):
            if first not in used:
                chain = self._chain(first, used)
                best = max(best, chain, key=len)

        if not self._is_certain(best):
            return []

        return [self.found[k] for k in best]

    def length(self, a: int, b: int) -> int:
        """Counted characters between two numbers."""
        start, end = self.found[a].end(), self.found[b].start()
        blanks = bisect_left(self.blanks, end) - bisect_left(self.blanks, start)

        return end - start - blanks

    def _following(self) -> dict[int, list[int]]:
        """For each number the next ones that count on from it."""
        at = defaultdict[int, list[int]](list)

        for k, number in enumerate(self.numbers):
            at[number].append(k)

        following = {}

        for k, number in enumerate(self.numbers):
            same = at[number + 1]
            first = bisect_left(same, k)
            following[k] = same[first : first + _NEXT]

        return following

    def _usual(self) -> int:
        """The length that most pieces have."""
        lengths = Counter[int]()

        for k, following in self.following.items():
            lengths.update(self.length(k, n) for n in following)

        if not lengths:
            return _USUAL

        usual = max(reversed(lengths), key=lambda n: (lengths[n], n == _USUAL))
        is_repeated = usual >= _LEAST and lengths[usual] > 1

        return usual if is_repeated else _USUAL

    def _chain(self, first: int, used: set[int]) -> list[int]:
        chain = [first]
        last = first

        while last not in used:
            used.add(last)
            choices = [self._preference(last, n) for n in self.following[last]]
            allowed = [choice for choice in choices if choice is not None]

            if not allowed:
                break

            *_, last = min(allowed)
            chain.append(last)

        return chain

    def _preference(self, a: int, b: int) -> tuple[bool, bool, int] | None:
        """Sort key of the next number (at the usual length, behind an empty line, near), None where it goes not on."""
        length = self.length(a, b)
        is_usual = length == self.usual
        is_apart = self.found[b]["break"] == "\n\n"

        may_be_cut = is_apart or self.evidence[b].is_mid_sentence

        if not is_usual and (length < _LEAST or not may_be_cut):
            return None

        return not is_usual, not is_apart, b

    def _is_certain(self, chain: Sequence[int]) -> bool:
        if len(chain) < 2 or self.numbers[chain[0]] != 1:
            return False

        cuts = [self.evidence[k] for k in chain[1:]]
        lengths = [self.length(a, b) for a, b in itertools.pairwise(chain)]

        behind_sentence = sum(cut.is_behind_sentence for cut in cuts)

        if behind_sentence > _BEHIND_SENTENCE * len(cuts):
            return False

        return self._is_regular(lengths, cuts) or _is_torn(lengths, cuts)

    def _is_regular(self, lengths: Sequence[int], cuts: Sequence[CutEvidence]) -> bool:
        """Whether the pieces are of one length, oftener than lists are by chance."""
        steps = len(lengths)
        regular = lengths.count(self.usual)
        is_librarys = self.usual == _USUAL

        if steps == 1:
            return regular == 1 and is_librarys and cuts[0].is_mid_sentence
        if regular < max(2, _REGULAR * steps):
            return False
        if regular == steps and (is_librarys or steps >= _MANY):
            return True

        return any(cut.weight for cut in cuts)


def _is_torn(lengths: Sequence[int], cuts: Sequence[CutEvidence]) -> bool:
    """Whether the cuts lie where a list has none: most of them, or at near distances fewer."""
    torn = sum(cut.is_impossible or cut.is_torn for cut in cuts)

    if torn >= max(2, _TORN * len(cuts)):
        return True

    weight = sum(cut.weight for cut in cuts)
    is_shown = weight >= max(2, _WEIGHT * len(cuts))

    return is_shown and _is_near(lengths)


def _is_near(lengths: Sequence[int]) -> bool:
    """Whether two and more pieces are of about one length; the first may have a title or a salutation in it."""
    first, *others = lengths

    if not others:
        return False

    middle = statistics.median(others)
    farthest = max(abs(length - middle) for length in others)

    if farthest > _NEAR * middle:
        return False

    return abs(first - middle) <= _NEAR_FIRST * middle
