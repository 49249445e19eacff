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
    kin: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in families:
        kin[a].add(b)
        kin[b].add(a)

    def void(text: str, other: str, key: Key) -> bool:
        """Whether `text` is as near to another member of the other's family."""
        return any(
            copies.get(pair(text, third), _NEVER).odds <= key.odds
            for third in kin[other]
            if third != text
        )

    groups = {text: [text] for text in texts}
    for (a, b), key in sorted(copies.items(), key=lambda item: (item[1], item[0])):
        if void(a, b, key) or void(b, a, key):
            continue
        one, two = groups[a], groups[b]
        if one is two:
            continue
        if len(one) < len(two):
            one, two = two, one
        members = set(one)
        if any(kin[text] & members for text in two if text in kin):
            continue
        one += two
        for text in two:
            groups[text] = one
    return sorted({id(group): sorted(group) for group in groups.values()}.values())


_NEVER = Key(1 << 30, 0)
