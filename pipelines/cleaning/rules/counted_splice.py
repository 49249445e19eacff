"""Counted splices: a document library cuts the text into pieces of one length and numbers them.

`…作为发展的战略支撑,面\\n\\n2、向科技前沿…`: a break and a number after every 300 characters, mid-word, k = 1, 2, 3 ….
A list's `2、` is none: its items are of many lengths, and the lines above them end with a word.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit
from pipelines.text.lexicon import word

NUMBERED = re.compile(
    r"""
    (?P<break> \A\s{0,20} | [^\S\n]{0,20}\n\s{0,20} )
    (?P<number> [0-9]{1,4} )
    (?: 、 | [.．] (?![0-9]) )       # 2.5 is a number
    [^\S\n]{0,4}
    """,
    re.VERBOSE,
)

_ENDED = frozenset(
    '。！？!?；;：:…”’"）)》】.,，、\n'
)  # behind one of these a break may be the author's own
_LEAST = 150  # counted characters of a piece; an item that long is a paragraph and ends with a stop
_USUAL = 300  # what the libraries of the jinchutou family cut at: two pieces suffice there
_NEAR = 4  # candidates of the next number that are looked at
_TORN_WORD = 30  # a lexicon has a word so often that lies across a cut
#: Shares of the cuts of a series: between pieces of one length, inside a word.
_REGULAR, _TORN = 0.8, 0.6


@rule(needs=("2、", "2.", "2．"), budget=50, after=("simplified_script",), seen_on=("jinchutou",))
def counted_splice(text: str, facts: Facts) -> Iterator[Edit]:
    """A library numbers pieces of one length: proved by the sequence and by the length, or by words that it tears.

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
    lines = any("\n" in text[a.end() : b.start()] for a, b in itertools.pairwise(series))

    for k, splice in enumerate(series):
        if k == 0:
            yield Edit(splice.start("number"), splice.end())
            continue

        own = lines and text[splice.start() - 1] in _ENDED  # the author's paragraph ends there too
        yield Edit(splice.start(), splice.end(), "\n" if own else "")


class _Cuts:
    """The numbers of a text that may be a library's, and what lies between them."""

    def __init__(self, text: str, found: Sequence[re.Match[str]]) -> None:
        self.text = text
        self.found = found
        self.blanks = [m.start() for m in re.finditer(r"\s", text)]
        self.following = self._following()
        self.usual = self._usual()

    def series(self) -> list[re.Match[str]]:
        """The longest run of numbers 1, 2, … that the lengths between them, or the words they tear, prove."""
        best: list[int] = []
        used: set[int] = set()

        for first in range(len(self.found)):
            if first not in used:
                chain = self._chain(first, used)
                best = max(best, chain, key=len)

        series = [self.found[k] for k in best]
        return series if self._is_certain(best) else []

    def length(self, a: int, b: int) -> int:
        """Counted characters between two numbers."""
        start, end = self.found[a].end(), self.found[b].start()

        return end - start - (bisect_left(self.blanks, end) - bisect_left(self.blanks, start))

    def _following(self) -> dict[int, list[int]]:
        """For each number the next ones that count on from it."""
        at = defaultdict[int, list[int]](list)

        for k, splice in enumerate(self.found):
            at[int(splice["number"])].append(k)

        following = {}
        for k, splice in enumerate(self.found):
            same = at[int(splice["number"]) + 1]
            first = bisect_left(same, k)
            following[k] = same[first : first + _NEAR]

        return following

    def _usual(self) -> int:
        """The length that most pieces have."""
        lengths = Counter(
            self.length(k, n) for k, following in self.following.items() for n in following
        )

        by_count = sorted(lengths, key=lambda n: (lengths[n], n == _USUAL))
        usual = by_count[-1] if by_count else 0
        repeated = usual >= _LEAST and (lengths[usual] > 1 or usual == _USUAL)

        return usual if repeated else _USUAL

    def _chain(self, first: int, used: set[int]) -> list[int]:
        chain = [first]
        while chain[-1] not in used:
            used.add(chain[-1])
            after = [n for n in self.following[chain[-1]] if self._goes_on(chain[-1], n)]

            if not after:
                break

            chain.append(min(after, key=lambda n: (self.length(chain[-1], n) != self.usual, n)))

        return chain

    def _goes_on(self, a: int, b: int) -> bool:
        length = self.length(a, b)
        if length == self.usual:
            return True

        return length >= _LEAST and (self.found[b]["break"] == "\n\n" or self._is_torn(b))

    def _is_certain(self, chain: Sequence[int]) -> bool:
        steps = len(chain) - 1
        if steps < 1 or int(self.found[chain[0]]["number"]) != 1:
            return False

        regular = sum(self.length(a, b) == self.usual for a, b in itertools.pairwise(chain))
        torn = sum(self._is_torn(k) for k in chain[1:])

        if regular == steps and (steps > 1 or self._is_usual_cut(chain[1])):
            return True
        if regular > 1 and regular >= _REGULAR * steps and torn:
            return True

        return torn > 1 and torn >= _TORN * steps

    def _is_usual_cut(self, k: int) -> bool:
        """Whether one piece of the usual length, mid-sentence, is all there is to see."""
        before = self.text[: self.found[k].start()][-1:]

        return self.usual == _USUAL and before not in _ENDED

    def _is_torn(self, k: int) -> bool:
        """Whether a cut lies inside a word: by the text itself, which has it whole elsewhere, or by a lexicon."""
        splice = self.found[k]
        said, then = self.text[: splice.start()][-2:], self.text[splice.end() : splice.end() + 2]

        if len(said) < 2 or len(then) < 2 or said[-1] in _ENDED or then[0] in _ENDED:
            return False
        if said + then in self.text:
            return True

        torn = word(said[1], then[0]) >= _TORN_WORD
        return torn and not (word(said[0], said[1]) and word(then[0], then[1]))
