"""Counted splices: a document library cuts the text into pieces of one length and numbers them.

`…作为发展的战略支撑,面\\n\\n2、向科技前沿…`: a break and a number after every 300 characters, mid-word, k = 1, 2, 3 ….
A list's `2、` is none: its items are of many lengths and end as sentences do.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

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

_ENDED = '。！？!?；;：:…”’"）)》】.,，、\n'  # after one of these a break may be the author's own
_LEAST = 150  # counted characters of a mid-sentence piece; an item that long is a paragraph and ends with a stop
_USUAL = 300  # what the libraries of the jinchutou family cut at: two pieces suffice there
_NEAR = 4  # candidates of the next number that are looked at


@rule(needs=("2、", "2.", "2．"), budget=50, after=("simplified_script",), seen_on=("jinchutou",))
def counted_splice(text: str, facts: Facts) -> Iterator[Edit]:
    """A library numbers pieces of one length: proved by the sequence and by the length, or by breaks mid-word.

    >>> piece = "推进工作" * 75
    >>> [e.start for e in counted_splice.find(f"1、{piece}\\n\\n2、{piece}\\n\\n3、{piece}完。", Facts())]
    [0, 302, 606]
    >>> list(counted_splice.find("1、加强领导。\\n2、落实责任。\\n3、严格考核。", Facts()))
    []
    """
    found = list(NUMBERED.finditer(text))
    if len(found) < 2:
        return
    blanks = [m.start() for m in re.finditer(r"\s", text)]
    series = _series(text, found, blanks)
    lines = any("\n" in text[a.end() : b.start()] for a, b in itertools.pairwise(series))
    for k, splice in enumerate(series):
        if k == 0:
            yield Edit(splice.start("number"), splice.end())
        else:
            own = (
                lines and text[splice.start() - 1] in _ENDED
            )  # the author's paragraph ends where the piece does
            yield Edit(splice.start(), splice.end(), "\n" if own else "")


def _series(
    text: str, found: Sequence[re.Match[str]], blanks: Sequence[int]
) -> list[re.Match[str]]:
    """The longest run of numbers k, k+1, … that the lengths between them, or the words they tear, prove."""

    def length(a: re.Match[str], b: re.Match[str]) -> int:
        return b.start() - a.end() - (bisect_left(blanks, b.start()) - bisect_left(blanks, a.end()))

    at = defaultdict[int, list[int]](list)
    for k, splice in enumerate(found):
        at[int(splice["number"])].append(k)
    following: dict[int, list[int]] = {}
    for k, splice in enumerate(found):
        same = at[int(splice["number"]) + 1]
        first = bisect_left(same, k)
        following[k] = same[first : first + _NEAR]
    lengths = Counter(length(found[k], found[n]) for k, after in following.items() for n in after)
    usual, times = max(
        lengths.items(), key=lambda item: (item[1], item[0] == _USUAL), default=(0, 0)
    )
    if usual < _LEAST or (times < 2 and usual != _USUAL):
        usual = _USUAL

    best: list[int] = []
    used: set[int] = set()
    for first in range(len(found)):
        if first in used:
            continue
        chain = [first]
        while chain[-1] not in used:
            used.add(chain[-1])
            proved = [
                n
                for n in following[chain[-1]]
                if (size := length(found[chain[-1]], found[n])) == usual
                or (size >= _LEAST and (_torn(text, found[n]) or found[n]["break"] == "\n\n"))
            ]
            if not proved:
                break
            chain.append(
                min(proved, key=lambda n: (length(found[chain[-1]], found[n]) != usual, n))
            )
        if len(chain) > len(best):
            best = chain
    series = [found[k] for k in best]
    regular = sum(length(a, b) == usual for a, b in itertools.pairwise(series))
    torn = sum(_torn(text, splice) for splice in series[1:])
    steps = len(series) - 1
    certain = (regular > 1 and regular * 5 >= steps * 4) or (
        torn * 2 >= steps and (torn > 1 or (regular > 0 and usual == _USUAL))
    )
    return series if certain and int(series[0]["number"]) == 1 else []


def _torn(text: str, splice: re.Match[str]) -> bool:
    """Whether a sentence goes on over the break."""
    return text[splice.start() - 1 : splice.start()] not in _ENDED and bool(splice.start())
