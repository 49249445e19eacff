"""What one new speech does to a collection: is it new, a copy, a fuller one, the bridge between two?

`fold_in` is the whole decision, over a `CopyStore` that keeps the originals, what they are to each other and what has been
emitted. It only calls the store, so whoever owns the store's transaction decides when it holds: roll back, and nothing
has happened. What comes out depends on the set of originals, not on the order in which they came; only which `id` a
merged record bears does (the one emitted first), and so does which `family` name is kept.

    store = MemoryStore()
    for speech in speeches:
        result = fold_in(speech, store)
        for record in result.emitted: …      # to be written: new, or an id again with a higher version
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Literal, NamedTuple, Protocol

import numpy as np
import orjson

from pipelines.dedup.cluster import Pair, pair, partition
from pipelines.dedup.compare import Key, Relation, Text, parts, relation
from pipelines.dedup.fingerprint import Fingerprint, fingerprint
from pipelines.dedup.merge import merge_copies
from pipelines.dedup.shingle_index import Recent, chosen, declared_keys
from pipelines.records import Link, Speech

Outcome = Literal["new", "duplicate", "copy", "unchanged", "changed"]

_LINKS = ("other_part", "spun")


class Emitted(NamedTuple):
    """What the store remembers of a record: its last version, what that said, and since when there has been one."""

    id: str
    version: int
    digest: str
    family: str | None
    born: int


class FoldResult(NamedTuple):
    """What became of a speech.

    `outcome`: `new` (a document of its own) · `duplicate` (its canonical text is there already) · `copy` (a near copy) ·
    `unchanged` (this id is there with this content, or a fuller one) · `changed` (this id is there, with other content).
    `record`: the id of the record that it is in now. `emitted`: the records to write, whatever the outcome; often none
    for a copy, several where it bridges or splits. `superseded`: ids that are no record any more.
    """

    outcome: Outcome
    record: str
    emitted: tuple[Speech, ...]
    superseded: tuple[str, ...]


class CopyStore(Protocol):
    """What `fold_in` needs to have kept. A *member* is a speech as cleaned, unmerged; a *text* is a `content_hash`, which
    several members may share; a *record* is what has been emitted for one or more members.
    """

    def member(self, id: str) -> Speech | None:
        """The member of this id."""

    def put_member(self, speech: Speech, new: bool = False) -> None:
        """Keep a member, in place of an older one of its id. `new`: there is none, as the store has said."""

    def members_with(self, text: str) -> list[str]:
        """The ids of the members with this text."""

    def add_text(self, text: str, sketch: Fingerprint, declared: Collection[int]) -> None:
        """Make a text findable by its fingerprint, and by keys of title and declared length."""

    def drop_text(self, text: str) -> None:
        """Forget a text that no member has any more, with its relations."""

    def sketch(self, speech: Speech) -> Fingerprint:
        """The fingerprint of a speech's text."""

    def near(self, sketch: Fingerprint) -> list[str]:
        """The texts that share enough of a fingerprint, nearest first (`near.chosen` says how many)."""

    def declared(self, keys: Collection[int]) -> list[str]:
        """The texts that have one of these keys."""

    def relations(self, text: str) -> dict[str, Relation]:
        """What other texts are to this one."""

    def put_relation(self, a: str, b: str, found: Relation) -> None:
        """Keep what two texts are to each other, in place of what was known."""

    def record_of(self, member: str) -> str | None:
        """The record that a member is in."""

    def members_in(self, record: str) -> list[str]:
        """The members that are in a record."""

    def record(self, id: str) -> Emitted | None:
        """What was last emitted for a record, superseded since or not."""

    def put_record(self, emitted: Emitted, members: Iterable[str], new: bool = False) -> None:
        """Keep what is emitted, and that these members (no others) are in this record now. `new`: there is no such record, as
        the store has said."""

    def births(self) -> int:
        """How many records there have ever been."""


def fold_in(new: Speech, store: CopyStore) -> FoldResult:
    """Fold one speech, as cleaned and unmerged, into the collection."""
    members = _Members(store)
    old = members[new.id]
    touched: set[str] = set()
    outcome: Outcome = "new"
    if old is not None:
        same = digest(old) == digest(new)
        if same or _shrunk(old, new):
            if same and old.ruleset != new.ruleset:
                store.put_member(new)
            return FoldResult("unchanged", store.record_of(new.id) or new.id, (), ())
        outcome = "changed"
        touched |= _leave(old, new, store, members)
    others = [id for id in store.members_with(new.content_hash) if id != new.id]
    store.put_member(new, new=old is None)
    members.put(new)
    _enter(
        new, others, store, members, known=old is not None and old.content_hash == new.content_hash
    )
    if old is None and not others and not store.relations(new.content_hash):
        return _alone(new, store)
    emitted, superseded = _redraw(touched | {new.content_hash}, store, members)
    record = store.record_of(new.id) or new.id
    if old is None and others:
        outcome = "duplicate"
    elif old is None and len(store.members_in(record)) > 1:
        outcome = "copy"
    return FoldResult(outcome, record, tuple(emitted), tuple(superseded))


def find_relations(id: str, store: CopyStore) -> None:
    """Find out what a kept member's text is to all others, where the store has lost that."""
    members = _Members(store)
    speech = members[id]
    if speech is not None:
        _relate(speech.content_hash, store.members_with(speech.content_hash), store, members)


class _Members:
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


def _alone(new: Speech, store: CopyStore) -> FoldResult:
    """A document without relatives, as most are."""
    known = store.record(new.id)
    speech, version = merge_copies([new], new.id), known.version + 1 if known else 1
    if speech.version != version or speech.supersedes:
        speech = replace(speech, version=version, supersedes=())
    born = known.born if known else store.births()
    store.put_record(
        Emitted(new.id, speech.version, digest(speech), speech.family, born),
        [new.id],
        new=known is None,
    )
    return FoldResult("new", new.id, (speech,), ())


def digest(speech: Speech) -> str:
    """A hash of what makes a new version when it changes: all but bookkeeping (version, sources, time of capture …)."""
    said = dict(zip(_FIELDS, _values(speech), strict=True)) | _BOOKKEEPING
    said |= {name: value for name in _SINCE_THE_FIRST_STATES if (value := getattr(speech, name))}
    return hashlib.sha256(orjson.dumps(said)).hexdigest()[:32]


#: Keys that the first states' digests do not know: they count where they say something.
_SINCE_THE_FIRST_STATES = ("source", "attachments", "parent")
#: Made of title and text, which count already.
_DERIVED = ("damage", "facts")
_FIELDS = tuple(
    named.name
    for named in fields(Speech)
    if named.name not in (*_SINCE_THE_FIRST_STATES, *_DERIVED)
)
_values = attrgetter(
    *_FIELDS
)  # in a fourth of the time that `replace` takes, once for each document
_BOOKKEEPING = {
    "version": 0, "supersedes": (), "crawled_at": None, "sources": (), "provenance": (), "removed": (), "ruleset": "",
}  # fmt: skip


def _shrunk(old: Speech, new: Speech) -> bool:
    """Whether the same rules now find less of the same text: the page shows less than it did, and what is known stays."""
    return (
        old.ruleset == new.ruleset
        and old.crawled_at != new.crawled_at
        and new.counted_chars < old.counted_chars
        and relation(Text(old), Text(new)).kind == "copy"
    )


def _leave(old: Speech, new: Speech, store: CopyStore, members: _Members) -> set[str]:
    """Take a member's old content out; returns the texts whose clusters that touches."""
    text = old.content_hash
    touched = {
        other for other, found in store.relations(text).items() if found.kind in ("copy", "family")
    } | {text}
    others = [id for id in store.members_with(text) if id != old.id]
    if text != new.content_hash and not others:
        store.drop_text(text)
        touched -= {text}
    elif text != new.content_hash and old.id < min(others):  # it spoke for this text
        _relate(text, others, store, members)
    return touched


def _enter(
    new: Speech, others: Sequence[str], store: CopyStore, members: _Members, known: bool
) -> None:
    """Find what a member's text is to other texts, where that is not known or the member speaks for its text now."""
    if not others or known or new.id < min(others):
        _relate(new.content_hash, [new.id, *others], store, members)


def _voice(ids: Collection[str], members: _Members) -> Speech | None:
    """Which of the members with one text is compared with others, whatever the order they came in."""
    return members[min(ids)] if ids else None


def _relate(text: str, ids: Collection[str], store: CopyStore, members: _Members) -> None:
    """Compare a text with all that may be something to it."""
    speech = _voice(ids, members)
    if speech is None:
        return
    mine, sketch, keys = Text(speech), store.sketch(speech), declared_keys(speech)
    others = (*store.near(sketch), *store.declared(keys), *store.relations(text))
    for other in dict.fromkeys(others):
        theirs = _voice(store.members_with(other), members)
        if other == text or theirs is None:
            continue
        found = relation(mine, Text(theirs))
        if found.kind == "unrelated":
            found = parts(speech, theirs)
        store.put_relation(text, other, found)
    store.add_text(text, sketch, keys)


def _redraw(
    touched: Iterable[str], store: CopyStore, members: _Members
) -> tuple[list[Speech], list[str]]:
    """Draw the clusters anew where something has changed, and bring the records up to date."""
    texts, relations = _component(touched, store)
    copies: dict[Pair, Key] = {}
    families: set[Pair] = set()
    for a, known in relations.items():
        for b, found in known.items():
            if found.kind == "copy" and b in texts:
                copies[pair(a, b)] = found.key
            elif found.kind == "family":
                families.add(pair(a, b))
    groups = [
        sorted(id for text in group for id in store.members_with(text))
        for group in partition(texts, copies, families)
    ]
    held = {id: record for group in groups for id in group if (record := store.record_of(id))}
    names = _names(groups, held, store)
    for name, group in names.items():
        known_record = store.record(name)
        store.put_record(known_record or Emitted(name, 0, "", None, store.births()), group)
    superseded = sorted({record for record in held.values() if not store.members_in(record)})
    folded = defaultdict(list)
    for record in superseded:
        heirs = {store.record_of(id) for id, was in held.items() if was == record}
        for heir in heirs:
            folded[heir].append(record)
    for record in superseded:
        if known_record := store.record(record):
            store.put_record(known_record._replace(digest=""), [])
    relatives = {record for text in texts for record in _concerned(relations[text], store)}
    emitted: list[Speech] = []
    for name in [*names, *sorted(relatives - set(names))]:
        emitted += _brought_up(name, folded.get(name, []), store, members)
    return emitted, superseded


def _concerned(relations: dict[str, Relation], store: CopyStore) -> Iterator[str]:
    """The records that something may be new for when this text is: links name it, a family has just begun."""
    for other, found in relations.items():
        record = _record_with(other, store)
        known = store.record(record) if record else None
        if known and (found.kind in _LINKS or known.family is None):
            yield known.id


def _component(
    touched: Iterable[str], store: CopyStore
) -> tuple[set[str], dict[str, dict[str, Relation]]]:
    """All texts that chains of copies lead to from the touched ones, and the relations of each."""
    texts: set[str] = set()
    relations: dict[str, dict[str, Relation]] = {}
    ahead = [text for text in touched if store.members_with(text)]
    while ahead:
        text = ahead.pop()
        if text in texts:
            continue
        texts.add(text)
        relations[text] = store.relations(text)
        ahead += [other for other, found in relations[text].items() if found.kind == "copy"]
    return texts, relations


def _names(
    groups: Sequence[Sequence[str]], held: dict[str, str], store: CopyStore
) -> dict[str, Sequence[str]]:
    """The record id of each group: of the records that its members bore or were in, the one emitted first.

    A record goes to the group that its namesake is in. A group without any takes its smallest member's id.
    """
    names: dict[str, Sequence[str]] = {}
    for group in groups:
        candidates = [
            (known.born, known.id)
            for id in group
            if (known := store.record(id)) and held.get(id) == id
        ]
        names[min(candidates)[1] if candidates else min(group)] = group
    return names


def _brought_up(
    name: str, superseded: Sequence[str], store: CopyStore, known_members: _Members
) -> list[Speech]:
    """The record as it is now, where that differs from what was emitted last; a relative first named of a family too."""
    known = store.record(name)
    members = [member for id in store.members_in(name) if (member := known_members[id])]
    if known is None or not members:
        return []
    speech = merge_copies(members, name)
    family, links = _kin(
        {member.content_hash for member in members}, name, speech.cluster, known, store
    )
    speech = replace(
        speech, family=family, links=links, version=known.version + 1, supersedes=tuple(superseded)
    )
    said = digest(speech)
    if said == known.digest and not superseded:
        return []
    store.put_record(
        known._replace(version=speech.version, digest=said, family=family), [m.id for m in members]
    )
    return [speech]


def _kin(
    texts: Collection[str], name: str, cluster: str, known: Emitted, store: CopyStore
) -> tuple[str | None, tuple[Link, ...]]:
    """The family and the links of a record, from what its texts are to texts in other records."""
    links: dict[tuple[str, str], Link] = {}
    kin: dict[str, str | None] = {}
    clusters = [cluster]
    for text in sorted(texts):
        for other, found in sorted(store.relations(text).items()):
            record = _record_with(other, store)
            if record is None or record == name:
                continue
            if found.kind in _LINKS:
                links.setdefault((record, found.kind), Link(record, found.kind, found.evidence))
            elif found.kind in (
                "family",
                "copy",
            ):  # a copy outside the cluster: equally near to two of a family
                relative = store.record(record)
                kin[record] = relative.family if relative else None
                clusters.append(min(store.members_in(record)))
    family = known.family
    if family is None and kin:
        family = min([named for named in kin.values() if named] or clusters)
    return family, tuple(link for _, link in sorted(links.items()))


def _record_with(text: str, store: CopyStore) -> str | None:
    """The record that holds a text."""
    return next(
        (record for id in store.members_with(text) if (record := store.record_of(id))), None
    )


@dataclass(slots=True, eq=False)
class MemoryStore:
    """A `CopyStore` that lives as long as the program: for tests and small collections."""

    _members: dict[str, Speech] = field(default_factory=dict)
    _texts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _numbers: dict[str, int] = field(default_factory=dict)
    _named: dict[int, str] = field(default_factory=dict)
    _sketches: dict[int, Fingerprint] = field(default_factory=dict)
    _recent: Recent = field(default_factory=Recent)
    _declared: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _relations: defaultdict[str, dict[str, Relation]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _records: dict[str, Emitted] = field(default_factory=dict)
    _home: dict[str, str] = field(default_factory=dict)
    _inside: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def member(self, id: str) -> Speech | None:
        """See CopyStore."""
        return self._members.get(id)

    def put_member(self, speech: Speech, new: bool = False) -> None:
        """See CopyStore."""
        old = self._members.get(speech.id)
        if old is not None:
            self._texts[old.content_hash].discard(speech.id)
        self._members[speech.id] = speech
        self._texts[speech.content_hash].add(speech.id)

    def members_with(self, text: str) -> list[str]:
        """See CopyStore."""
        return sorted(self._texts.get(text, ()))

    def add_text(self, text: str, sketch: Fingerprint, declared: Collection[int]) -> None:
        """See CopyStore."""
        if text not in self._numbers:
            number = self._numbers[text] = len(self._named)
            self._named[number] = text
            self._sketches[number] = sketch
            self._recent.add(number, sketch)
        for key in declared:
            self._declared[key].add(text)

    def drop_text(self, text: str) -> None:
        """See CopyStore."""
        number = self._numbers.pop(text)
        del self._sketches[number]
        for other in self._relations.pop(text, {}):
            self._relations[other].pop(text, None)
        for texts in self._declared.values():
            texts.discard(text)

    def sketch(self, speech: Speech) -> Fingerprint:
        """See CopyStore."""
        return fingerprint(speech.text)

    def near(self, sketch: Fingerprint) -> list[str]:
        """See CopyStore."""
        shared = self._recent.shared(sketch.hashes)
        there = np.array([n in self._sketches for n in shared.numbers.tolist()], np.bool_)
        shared = shared.only(there)
        sizes = np.array([len(self._sketches[n].hashes) for n in shared.numbers.tolist()], np.int64)
        return [self._named[n] for n in chosen(shared, sizes, len(sketch.hashes))]

    def declared(self, keys: Collection[int]) -> list[str]:
        """See CopyStore."""
        return sorted({text for key in keys for text in self._declared.get(key, ())})

    def relations(self, text: str) -> dict[str, Relation]:
        """See CopyStore."""
        return dict(self._relations.get(text, {}))

    def put_relation(self, a: str, b: str, found: Relation) -> None:
        """See CopyStore."""
        for x, y in ((a, b), (b, a)):
            self._relations[x].pop(y, None)
            if found.kind != "unrelated":
                self._relations[x][y] = found

    def record_of(self, member: str) -> str | None:
        """See CopyStore."""
        return self._home.get(member)

    def members_in(self, record: str) -> list[str]:
        """See CopyStore."""
        return sorted(self._inside.get(record, ()))

    def record(self, id: str) -> Emitted | None:
        """See CopyStore."""
        return self._records.get(id)

    def put_record(self, emitted: Emitted, members: Iterable[str], new: bool = False) -> None:
        """See CopyStore."""
        self._records[emitted.id] = emitted
        for member in self._inside.pop(emitted.id, set()):
            del self._home[member]
        for member in members:
            if member in self._home:
                self._inside[self._home[member]].discard(member)
            self._home[member] = emitted.id
            self._inside[emitted.id].add(member)

    def births(self) -> int:
        """See CopyStore."""
        return len(self._records)
