"""Drawing the clusters anew where a text has changed, and bringing the records of these clusters up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.dedup.cluster import Pair, pair, partition
from pipelines.dedup.compare import Key, Relation
from pipelines.dedup.copy_store import CopyStore, Emitted
from pipelines.dedup.digest import digest
from pipelines.dedup.merge import merge_copies
from pipelines.record_parts import Link
from pipelines.records import Speech

_LINKS = ("other_part", "spun")

#: The texts of a cluster, with what each is to others.
_Relations = dict[str, dict[str, Relation]]
#: The members of each record that is drawn.
_Groups = dict[str, Sequence[str]]


class Redrawn(NamedTuple):
    """The records to write, and the ids that are no record any more."""

    emitted: list[Speech]
    superseded: list[str]


class Members:
    """The store's members, each read once."""

    def __init__(self, store: CopyStore) -> None:
        self._store = store
        self._known: dict[str, Speech | None] = {}

    def __getitem__(self, id: str) -> Speech | None:
        if id not in self._known:
            self._known[id] = self._store.member(id)

        return self._known[id]

    def put(self, speech: Speech) -> None:
        """This is the member of that id now."""
        self._known[speech.id] = speech


def redraw(touched: Iterable[str], store: CopyStore, members: Members) -> Redrawn:
    """Draw the clusters of these texts anew, and bring their records up to date."""
    relations = _component(touched, store)
    groups = _drawn(relations, store)
    held = _records_of(groups, store)
    names = _named(groups, held, store)

    for name, group in names.items():
        known = store.record(name) or Emitted(
            name,
            0,
            "",
            None,
            store.emission_count(),
        )

        store.put_record(known, group)

    superseded = sorted({record for record in held.values() if not store.members_in(record)})
    heirs = _heirs(superseded, held, store)

    for record in superseded:
        if was := store.record(record):
            store.put_record(was._replace(digest=""), [])

    concerned = {record for known in relations.values() for record in _concerned(known, store)}
    emitted: list[Speech] = []

    for name in [*names, *sorted(concerned - set(names))]:
        emitted += _updated(
            name,
            heirs.get(name, []),
            store,
            members,
        )

    return Redrawn(emitted, superseded)


def _component(touched: Iterable[str], store: CopyStore) -> _Relations:
    """All texts that chains of copies lead to from the touched ones, with the relations of each."""
    relations: _Relations = {}
    ahead = [text for text in touched if store.members_with(text)]

    while ahead:
        text = ahead.pop()
        if text in relations:
            continue

        relations[text] = store.relations(text)
        ahead += [other for other, found in relations[text].items() if found.kind == "copy"]

    return relations


def _drawn(relations: _Relations, store: CopyStore) -> list[list[str]]:
    """The clusters, each as its members."""
    copies: dict[Pair, Key] = {}
    families: set[Pair] = set()

    for text, known in relations.items():
        for other, found in known.items():
            if found.kind == "copy" and other in relations:
                copies[pair(text, other)] = found.key
            elif found.kind == "family":
                families.add(pair(text, other))

    clusters = partition(relations, copies, families)
    return [_members_of(texts, store) for texts in clusters]


def _members_of(texts: Iterable[str], store: CopyStore) -> list[str]:
    return sorted(id for text in texts for id in store.members_with(text))


def _records_of(groups: Iterable[Iterable[str]], store: CopyStore) -> dict[str, str]:
    """The record that each member has been in so far."""
    found: dict[str, str] = {}

    for group in groups:
        for id in group:
            record = store.record_of(id)
            if record:
                found[id] = record

    return found


def _named(groups: Iterable[Sequence[str]], held: Mapping[str, str], store: CopyStore) -> _Groups:
    """The record id of each group: of the records that its members bore or were in, the one emitted first.

    A record goes to the group that its namesake is in. A group without any takes its smallest member's id.
    """
    names: _Groups = {}

    for group in groups:
        namesakes = [store.record(id) for id in group if held.get(id) == id]
        emitted = [(known.born, known.id) for known in namesakes if known]
        name = min(emitted)[1] if emitted else min(group)
        names[name] = group

    return names


def _heirs(
    superseded: Iterable[str], held: Mapping[str, str], store: CopyStore
) -> dict[str | None, list[str]]:
    """The superseded records, by each record that one of their members is in now."""
    heirs: defaultdict[str | None, list[str]] = defaultdict(list)

    for record in superseded:
        for heir in {store.record_of(id) for id, was in held.items() if was == record}:
            heirs[heir].append(record)

    return heirs


def _concerned(relations: Mapping[str, Relation], store: CopyStore) -> Iterator[str]:
    """The records that something may be new for when this text is: links name it, a family has just begun."""
    for other, found in relations.items():
        record = _record_with(other, store)
        known = store.record(record) if record else None

        if known and (found.kind in _LINKS or known.family is None):
            yield known.id


def _updated(
    name: str, superseded: Sequence[str], store: CopyStore, known_members: Members
) -> list[Speech]:
    """The record as it is now, where that differs from what was emitted last; else nothing."""
    known = store.record(name)
    members = [member for id in store.members_in(name) if (member := known_members[id])]

    if known is None or not members:
        return []

    speech = merge_copies(members, name)
    texts = {member.content_hash for member in members}

    family, links = _family_and_links(
        texts,
        speech.cluster,
        known,
        store,
    )

    speech = replace(
        speech,
        family=family,
        links=links,
        version=known.version + 1,
        supersedes=tuple(superseded),
    )

    said = digest(speech)
    if said == known.digest and not superseded:
        return []

    emitted = known._replace(
        version=speech.version,
        digest=said,
        family=family,
    )

    store.put_record(
        emitted,
        [member.id for member in members],
    )
    return [speech]


def _family_and_links(
    texts: Collection[str], cluster: str, known: Emitted, store: CopyStore
) -> tuple[str | None, tuple[Link, ...]]:
    """The family and the links of a record, from what its texts are to texts in other records."""
    links: dict[tuple[str, str], Link] = {}
    relatives: dict[str, str | None] = {}
    clusters = [cluster]

    for text in sorted(texts):
        for other, found in sorted(store.relations(text).items()):
            record = _record_with(other, store)
            if record is None or record == known.id:
                continue

            if found.kind in _LINKS:
                links.setdefault(
                    (record, found.kind),
                    Link(record, found.kind, found.evidence),
                )
            elif found.kind in ("family", "copy"):
                # A copy outside the cluster is equally near to two of a family.
                relative = store.record(record)
                relatives[record] = relative.family if relative else None
                clusters.append(min(store.members_in(record)))

    family = known.family
    if family is None and relatives:
        named = [name for name in relatives.values() if name]
        family = min(named or clusters)

    return family, tuple(link for _, link in sorted(links.items()))


def _record_with(text: str, store: CopyStore) -> str | None:
    """The record that holds a text."""
    records = (store.record_of(id) for id in store.members_with(text))

    return next((record for record in records if record), None)
