"""What deduplication has to keep between documents: the interface of a store of copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

from pipelines.dedup.compare import Relation
from pipelines.dedup.fingerprint import Hashes
from pipelines.records import Speech


class Emitted(NamedTuple):
    """What is remembered of a record that has been written.

    `digest`: of what makes a new version, empty where the record must be written again. `born`: the record's place in the
    order of first emission.
    """

    id: str
    version: int
    digest: str
    family: str | None
    born: int


class CopyStore(Protocol):
    """What `add_speech` needs to have kept.

    A *member* is a speech as cleaned, unmerged; a *text* is a `content_hash`, which several members may share; a *record*
    is what has been emitted for one or more members.
    """

    def member(self, id: str) -> Speech | None:
        """The member of this id."""

    def put_member(self, speech: Speech, new: bool = False) -> None:
        """Keep a member, in place of an older one of its id. `new`: there is none, as the store has said."""

    def members_with(self, text: str) -> list[str]:
        """The ids of the members with this text."""

    def add_text(self, text: str, sketch: Hashes, declared: Collection[int]) -> None:
        """Make a text findable by its fingerprint, and by keys of title and declared length."""

    def drop_text(self, text: str) -> None:
        """Forget a text that no member has any more, with its relations."""

    def sketch(self, speech: Speech) -> Hashes:
        """The fingerprint of a speech's text."""

    def near(self, sketch: Hashes) -> list[str]:
        """The texts that share enough of a fingerprint, nearest first."""

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

    def emission_count(self) -> int:
        """How many records there have ever been."""
