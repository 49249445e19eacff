"""Writing a folded collection: the clusters, what the records are to each other, and the records in the order of their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from pipelines.dedup.bulk_compare import Pair, speech_at
from pipelines.dedup.cluster import pair, partition
from pipelines.dedup.compare import Key
from pipelines.dedup.digest import digest
from pipelines.dedup.merge import merge_copies
from pipelines.record_parts import Link
from pipelines.records import Speech, to_line

#: Where a line stands: number of the file, first byte, length in bytes.
Place = tuple[int, int, int]


class Task(NamedTuple):
    """One record to write: rows of its members, and what its texts are to other records."""

    rows: tuple[int, ...]
    family: str | None
    links: tuple[Link, ...]


@dataclass(slots=True)
class _Sets:
    """Disjoint sets, each named by its smallest element; elements come as they are named."""

    _parent: dict[int, int] = field(default_factory=dict)

    def root(self, element: int) -> int:
        """The set that an element is in."""
        parent = self._parent

        while parent.get(element, element) != element:
            parent[element] = parent.get(parent[element], parent[element])
            element = parent[element]

        return element

    def join(self, a: int, b: int) -> None:
        """Make the sets of two elements one."""
        first, second = sorted((self.root(a), self.root(b)))
        self._parent[second] = first
        self._parent.setdefault(first, first)

    def elements(self) -> list[int]:
        """All that were ever joined."""
        return list(self._parent)


def clusters_of(texts: int, pairs: Sequence[Pair]) -> list[int]:
    """The cluster of each text, named by its smallest text."""
    sets = _Sets()

    for a, b, found in pairs:
        if found.kind == "copy":
            sets.join(a, b)

    roots = [sets.root(text) for text in range(texts)]

    # Only where a family runs through a group of copies is there anything to decide.
    torn = {roots[a] for a, b, found in pairs if found.kind == "family" and roots[a] == roots[b]}

    for part in _partitioned(roots, torn, pairs):
        for text in part:
            roots[text] = part[0]

    return roots


def _partitioned(
    roots: Sequence[int], torn: set[int], pairs: Iterable[Pair]
) -> Iterator[list[int]]:
    """The clusters within these groups of copies, each ascending."""
    inside: defaultdict[int, list[int]] = defaultdict(list)

    for text, group in enumerate(roots):
        if group in torn:
            inside[group].append(text)

    copies: defaultdict[int, dict[tuple[str, str], Key]] = defaultdict(dict)
    families: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)

    for a, b, found in pairs:
        for group in {roots[a], roots[b]} & torn:
            if found.kind == "copy":
                copies[group][pair(_name(a), _name(b))] = found.key
            elif found.kind == "family":
                families[group].add(pair(_name(a), _name(b)))

    for group, texts in inside.items():
        for part in partition(
            map(_name, texts),
            copies[group],
            families[group],
        ):
            yield sorted(map(int, part))


def _name(text: int) -> str:
    return f"{text:09}"


@dataclass(slots=True)
class Related:
    """What clusters are to each other: their family, named by its smallest id, and weaker links."""

    families: dict[int, str]
    links: dict[int, dict[tuple[str, str], Link]]

    @property
    def family_count(self) -> int:
        """How many families there are."""
        return len(set(self.families.values()))


def related_clusters(
    pairs: Sequence[Pair], clusters: Sequence[int], ids: dict[int, str]
) -> Related:
    """What the pairs say of different clusters. `ids`: the smallest id of each cluster."""
    families = _Sets()
    links: defaultdict[int, dict[tuple[str, str], Link]] = defaultdict(dict)

    for a, b, found in sorted(pairs, key=lambda p: p[:2]):
        x, y = clusters[a], clusters[b]
        if x == y:
            continue

        if found.kind in ("family", "copy"):
            families.join(x, y)
            continue

        links[x].setdefault(
            (ids[y], found.kind),
            Link(ids[y], found.kind, found.evidence),
        )

        links[y].setdefault(
            (ids[x], found.kind),
            Link(ids[x], found.kind, found.evidence),
        )

    names: dict[int, str] = {}
    for cluster in families.elements():
        root = families.root(cluster)
        names[root] = min(names.get(root, ids[cluster]), ids[cluster])

    named = {cluster: names[families.root(cluster)] for cluster in families.elements()}
    return Related(named, links)


def tasks(members: dict[int, list[int]], related: Related) -> Iterator[Task]:
    """A task for each cluster, by its smallest id. `members`: the rows of each cluster."""
    for cluster in sorted(members, key=lambda c: members[c][0]):
        links = related.links.get(cluster, {})
        in_order = tuple(link for _, link in sorted(links.items()))

        yield Task(
            tuple(members[cluster]),
            related.families.get(cluster),
            in_order,
        )


def write_records(files: Sequence[Path], batch: list[tuple[Task, list[Place]]]) -> bytes:
    """The lines of some records."""
    return b"".join([to_line(_record(files, task, places)) for task, places in batch])


def _record(files: Sequence[Path], task: Task, places: Iterable[Place]) -> Speech:
    """One record: its members merged under the smallest id; as it was where that changes nothing."""
    members = [speech_at(files[file], start, length) for file, start, length in places]
    named = min(members, key=lambda speech: speech.id)
    ids = {speech.id for speech in members}

    links = {
        (link.id, link.relation): link for link in (*named.links, *task.links) if link.id not in ids
    }

    speech = replace(
        merge_copies(members, named.id),
        family=task.family or named.family,
        links=tuple(link for _, link in sorted(links.items())),
    )

    known = {named.id, *named.supersedes, *(source.id for source in named.sources)}
    if not ids - known and digest(speech) == digest(named):
        return replace(
            speech,
            version=named.version,
            supersedes=named.supersedes,
        )

    superseded = tuple(sorted(ids - {named.id}))
    return replace(
        speech,
        version=named.version + 1,
        supersedes=superseded,
    )
