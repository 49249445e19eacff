"""A store of copies that lives as long as the program: for tests and small collections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pipelines.dedup.compare import Relation
from pipelines.dedup.copy_store import Emitted
from pipelines.dedup.fingerprint import Hashes, fingerprint
from pipelines.dedup.recent_texts import RecentTexts
from pipelines.dedup.shingle_index import nearest
from pipelines.records import Speech


@dataclass(slots=True, eq=False)
class MemoryStore:
    """A `CopyStore` in memory."""

    _members: dict[str, Speech] = field(default_factory=dict)
    _texts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _numbers: dict[str, int] = field(default_factory=dict)
    _named: dict[int, str] = field(default_factory=dict)
    _recent: RecentTexts = field(default_factory=RecentTexts)
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

    def add_text(self, text: str, sketch: Hashes, declared: Collection[int]) -> None:
        """See CopyStore."""
        if text not in self._numbers:
            number = self._numbers[text] = len(self._named)
            self._named[number] = text
            self._recent.add(number, sketch)

        for key in declared:
            self._declared[key].add(text)

    def drop_text(self, text: str) -> None:
        """See CopyStore."""
        self._recent.drop(self._numbers.pop(text))

        for other in self._relations.pop(text, {}):
            self._relations[other].pop(text, None)

        for texts in self._declared.values():
            texts.discard(text)

    def sketch(self, speech: Speech) -> Hashes:
        """See CopyStore."""
        return fingerprint(speech.text).hashes

    def near(self, sketch: Hashes) -> list[str]:
        """See CopyStore."""
        (found,) = nearest(
            [self._recent],
            [sketch],
            [len(self._named)],
            self._recent.sketches_of,
        )

        return [self._named[number] for number in found]

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

    def emission_count(self) -> int:
        """See CopyStore."""
        return len(self._records)
