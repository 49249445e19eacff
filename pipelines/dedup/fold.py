"""What one new speech does to a collection: is it new, a copy, a fuller one, the bridge between two?

`add_speech` is the whole decision, over a `CopyStore` that keeps the originals, what they are to each other and what has
been emitted. It only calls the store, so whoever owns the store's transaction decides when it holds: roll back, and nothing
has happened. What comes out depends on the set of originals, not on the order in which they came; only which `id` a
merged record bears does (the one emitted first), and so does which `family` name is kept.

    store = MemoryStore()
    for speech in speeches:
        result = add_speech(speech, store)
        for record in result.emitted: …      # to be written: new, or an id again with a higher version
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal, NamedTuple

from pipelines.dedup.compare import Text, parts, relation
from pipelines.dedup.copy_store import CopyStore, Emitted
from pipelines.dedup.digest import digest
from pipelines.dedup.merge import merge_copies
from pipelines.dedup.redraw import Members, redraw
from pipelines.dedup.shingle_index import declared_keys
from pipelines.records import Speech

Outcome = Literal["new", "duplicate", "copy", "unchanged", "changed"]


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


def add_speech(new: Speech, store: CopyStore) -> FoldResult:
    """Fold one speech, as cleaned and unmerged, into the collection."""
    members = Members(store)
    old = members[new.id]

    if old is not None and _says_nothing_new(old, new):
        if digest(old) == digest(new) and old.ruleset != new.ruleset:
            store.put_member(new)

        return FoldResult("unchanged", store.record_of(new.id) or new.id, (), ())

    touched = {new.content_hash}
    if old is not None:
        touched |= _remove_old_content(old, new, store, members)

    others = [id for id in store.members_with(new.content_hash) if id != new.id]
    store.put_member(new, new=old is None)
    members.put(new)

    same_text = old is not None and old.content_hash == new.content_hash
    is_representative = not others or new.id < min(others)

    if same_text or is_representative:
        relate_text(new.content_hash, [new.id, *others], store, members)

    if old is None and not others and not store.relations(new.content_hash):
        return _add_alone(new, store)

    redrawn = redraw(touched, store, members)
    record = store.record_of(new.id) or new.id

    outcome = _outcome(
        old is None,
        bool(others),
        len(store.members_in(record)),
    )
    return FoldResult(
        outcome,
        record,
        tuple(redrawn.emitted),
        tuple(redrawn.superseded),
    )


def _outcome(first_time: bool, same_text: bool, members: int) -> Outcome:
    if not first_time:
        return "changed"
    if same_text:
        return "duplicate"

    return "copy" if members > 1 else "new"


def find_relations(id: str, store: CopyStore) -> None:
    """Find out what a kept member's text is to all others, where the store has lost that."""
    members = Members(store)
    speech = members[id]

    if speech is not None:
        text = speech.content_hash
        relate_text(
            text,
            store.members_with(text),
            store,
            members,
        )


def relate_text(text: str, ids: Collection[str], store: CopyStore, members: Members) -> None:
    """Compare a text, which these members have, with all that may be something to it; make it findable."""
    speech = _representative(ids, members)

    if speech is None:
        return

    mine, sketch, keys = Text(speech), store.sketch(speech), declared_keys(speech)
    others = (
        *store.near(sketch),
        *store.declared(keys),
        *store.relations(text),
    )

    for other in dict.fromkeys(others):
        theirs = _representative(store.members_with(other), members)
        if other == text or theirs is None:
            continue

        found = relation(mine, Text(theirs))
        if found.kind == "unrelated":
            found = parts(speech, theirs)

        store.put_relation(text, other, found)

    store.add_text(text, sketch, keys)


def _representative(ids: Collection[str], members: Members) -> Speech | None:
    """Which of the members with one text is compared with others, whatever the order they came in."""
    return members[min(ids)] if ids else None


def _add_alone(new: Speech, store: CopyStore) -> FoldResult:
    """A document without relatives, as most are."""
    known = store.record(new.id)
    version = known.version + 1 if known else 1
    speech = merge_copies([new], new.id)

    if speech.version != version or speech.supersedes:
        speech = replace(
            speech,
            version=version,
            supersedes=(),
        )

    born = known.born if known else store.emission_count()
    emitted = Emitted(
        new.id,
        version,
        digest(speech),
        speech.family,
        born,
    )

    store.put_record(
        emitted,
        [new.id],
        new=known is None,
    )
    return FoldResult("new", new.id, (speech,), ())


def _says_nothing_new(old: Speech, new: Speech) -> bool:
    """Whether a document that comes again changes nothing."""
    return digest(old) == digest(new) or _shrunk(old, new)


def _shrunk(old: Speech, new: Speech) -> bool:
    """Whether the same rules now find less of the same text: the page shows less than it did, and what is known stays."""
    if old.ruleset != new.ruleset or old.crawled_at == new.crawled_at:
        return False
    if new.counted_chars >= old.counted_chars:
        return False

    return relation(Text(old), Text(new)).kind == "copy"


def _remove_old_content(old: Speech, new: Speech, store: CopyStore, members: Members) -> set[str]:
    """Take a member's old content out; returns the texts whose clusters that touches."""
    text = old.content_hash
    relatives = store.relations(text).items()
    touched = {other for other, found in relatives if found.kind in ("copy", "family")}
    others = [id for id in store.members_with(text) if id != old.id]

    if text == new.content_hash:
        return touched | {text}

    if not others:
        store.drop_text(text)
        return touched - {text}

    if old.id < min(others):  # it was the text's representative
        relate_text(text, others, store, members)

    return touched | {text}
