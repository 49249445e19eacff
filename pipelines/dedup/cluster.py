"""Drawing the clusters: which texts are one document, given what every pair is to each other.

Copies of copies are copies; but a copy without a name or a number in it (the head of a template, a masked version) looks
like a copy of *two* counties' reports. Such a text joins the one that it is strictly nearer to, and neither where it is
equally near. Two members of a family never end in one cluster, whatever lies between them.

>>> near, far = Key(-3, 0), Key(1, 4)
>>> partition("abm", {("a", "m"): near, ("b", "m"): far}, {("a", "b")})
[['a', 'm'], ['b']]
>>> partition("abm", {("a", "m"): near, ("b", "m"): near}, {("a", "b")})
[['a'], ['b'], ['m']]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pipelines.dedup.compare import Key

Pair = tuple[str, str]


def pair(a: str, b: str) -> Pair:
    """Two names in the order in which `partition` knows their pair."""
    return (a, b) if a < b else (b, a)


def partition(
    texts: Iterable[str], copies: Mapping[Pair, Key], families: Collection[Pair]
) -> list[list[str]]:
    """The clusters, each sorted, in order; the same for the same pairs however they come.

    `copies` says how near each pair of copies is, `families` which pairs fill one template; pairs are sorted.
    """
    relatives: defaultdict[str, set[str]] = defaultdict(set)

    for a, b in families:
        relatives[a].add(b)
        relatives[b].add(a)

    def undecided(text: str, other: str, key: Key) -> bool:
        """Whether `text` is as near to another member of the other's family."""
        thirds = [third for third in relatives[other] if third != text]
        keys = [copies.get(pair(text, third), _NEVER) for third in thirds]

        return any(found.odds <= key.odds for found in keys)

    groups = {text: [text] for text in texts}
    nearest_first = sorted(copies.items(), key=lambda item: (item[1], item[0]))

    for (a, b), key in nearest_first:
        if undecided(a, b, key) or undecided(b, a, key):
            continue

        larger, smaller = groups[a], groups[b]
        if larger is smaller:
            continue

        if len(larger) < len(smaller):
            larger, smaller = smaller, larger

        if _are_relatives(
            larger,
            smaller,
            relatives,
        ):
            continue

        larger += smaller
        for text in smaller:
            groups[text] = larger

    distinct = {id(group): sorted(group) for group in groups.values()}
    return sorted(distinct.values())


def _are_relatives(
    larger: Collection[str], smaller: Iterable[str], relatives: Mapping[str, set[str]]
) -> bool:
    """Whether a text of the one group fills the same template as a text of the other."""
    members = set(larger)

    return any(relatives[text] & members for text in smaller if text in relatives)


_NEVER = Key(1 << 30, 0)
