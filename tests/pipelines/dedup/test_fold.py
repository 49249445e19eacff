"""Folding one speech after another: the same end in any order, and every step a record that says what changed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dedup_texts import collection, filled, template
from pipelines.dedup.copy_store import CopyStore
from pipelines.dedup.fold import FoldResult, add_speech
from pipelines.dedup.memory_store import MemoryStore
from pipelines.dedup.sqlite import tables, text_index
from pipelines.dedup.sqlite.copies import Copies
from pipelines.records import Speech
from pipelines.text.canonical import counted
from tests.pipelines.dedup.made import cut_off, report, whole


def database() -> sqlite3.Connection:
    """An empty state."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(tables.TABLES + tables.SEGMENT_FOLDERS)
    return db


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[CopyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    db = database()
    yield Copies(db)
    db.close()


class Reader:
    """Someone downstream who keeps the last version of every record."""

    def __init__(self) -> None:
        self.records: dict[str, Speech] = {}

    def read(self, result: FoldResult) -> FoldResult:
        for record in result.emitted:
            before = self.records.get(record.id)
            assert record.version > (before.version if before else 0)
            for id in record.supersedes:
                self.records.pop(id, None)
            self.records[record.id] = record
        assert not {*result.superseded} & {*self.records}
        assert result.record in self.records
        return result


def end(speeches: Iterable[Speech], store: CopyStore) -> dict[str, Speech]:
    """What a reader has after all of them."""
    reader = Reader()
    for speech in speeches:
        reader.read(add_speech(speech, store))
    return reader.records


def test_a_new_document_is_emitted_as_it_is(store: CopyStore) -> None:
    speech = whole(1, report(1))
    result = add_speech(speech, store)
    assert result == FoldResult("new", speech.id, (speech,), ())


def test_a_known_document_is_unchanged(store: CopyStore) -> None:
    speech = whole(1, report(1))
    add_speech(speech, store)
    again = replace(speech, crawled_at="2026-01-01T00:00:00Z", ruleset="2")
    assert add_speech(again, store) == FoldResult("unchanged", speech.id, (), ())


def test_a_duplicate_becomes_a_source(store: CopyStore) -> None:
    one, two = sorted((whole(1, report(1)), whole(2, report(1))), key=lambda s: s.id)
    add_speech(one, store)
    assert add_speech(two, store) == FoldResult("duplicate", one.id, (), ())
    later = replace(one, title="改过的标题")
    (record,) = add_speech(later, store).emitted
    assert (record.id, record.version, record.title) == (one.id, 2, "改过的标题")
    assert [source.id for source in record.sources] == [one.id, two.id]


def test_a_copy_that_changes_the_cluster_is_told(store: CopyStore) -> None:
    two, one = sorted((whole(1, report(1)), whole(2, report(1))), key=lambda s: s.id)
    add_speech(one, store)
    result = add_speech(two, store)
    assert (result.outcome, result.record) == ("duplicate", one.id)
    assert [(r.id, r.version, r.cluster) for r in result.emitted] == [(one.id, 2, two.id)]


def test_a_fuller_copy_raises_the_version_of_the_first(store: CopyStore) -> None:
    text = report(2, 2000)
    head, full = cut_off(1, text, 900, 1100), whole(2, text)
    add_speech(head, store)
    result = add_speech(full, store)
    (record,) = result.emitted
    assert (result.outcome, record.id, record.version, record.text) == ("copy", head.id, 2, text)
    assert (record.gaps, record.completeness, record.supersedes) == ((), "full", ())
    assert {source.id for source in record.sources} == {head.id, full.id}


def test_a_bridge_joins_two_records(store: CopyStore) -> None:
    text = report(3, 3000)
    head, tail, bridge = cut_off(1, text, 1200), whole(2, text[1800:]), whole(3, text[800:2300])
    assert add_speech(head, store).outcome == add_speech(tail, store).outcome == "new"
    result = add_speech(bridge, store)
    (record,) = result.emitted
    assert (result.outcome, result.superseded) == ("copy", (tail.id,))
    assert (record.id, record.supersedes, record.text) == (head.id, (tail.id,), text)
    assert [source.id for source in record.sources] == sorted((head.id, tail.id, bridge.id))


def test_the_same_document_with_more_text_is_a_new_version(store: CopyStore) -> None:
    text = report(4, 2000)
    head = cut_off(1, text, 900)
    add_speech(head, store)
    result = add_speech(replace(whole(1, text), crawled_at="2026-01-01T00:00:00Z"), store)
    (record,) = result.emitted
    assert (result.outcome, record.id, record.version, record.text) == ("changed", head.id, 2, text)


def test_a_page_that_shows_less_than_it_did_takes_nothing_back(store: CopyStore) -> None:
    text = report(5, 2000)
    add_speech(replace(whole(1, text), crawled_at="2026-01-01T00:00:00Z"), store)
    less = replace(cut_off(1, text, 900), crawled_at="2026-02-01T00:00:00Z")
    assert add_speech(less, store).outcome == "unchanged"


def test_cleaning_again_with_new_rules_replaces_what_changed(store: CopyStore) -> None:
    text = report(6, 2000)
    noisy = whole(1, text + "\n更多材料请联系客服领取")
    add_speech(noisy, store)
    (record,) = add_speech(replace(whole(1, text), ruleset="2"), store).emitted
    assert (record.version, record.text) == (2, text)


def test_a_correction_that_parts_a_cluster_brings_the_other_document_back(store: CopyStore) -> None:
    text, other = report(7, 2000), report(8, 2000)
    one, two = whole(1, text), cut_off(2, text, 1200, 700)
    add_speech(one, store)
    add_speech(two, store)
    reader = Reader()
    result = reader.read(add_speech(replace(whole(1, other), ruleset="2"), store))
    assert {record.text for record in result.emitted} == {other, two.text}
    assert len(reader.records) == 2


def test_a_family_is_named_on_all_its_members(store: CopyStore) -> None:
    rng = random.Random(9)
    form = template(rng, "农业", 1500)
    members = [whole(n, filled(rng, form)) for n in range(3)]
    records = end(members, store)
    assert len(records) == 3
    (family,) = {record.family for record in records.values()}
    assert family in records
    assert [records[members[n].id].version for n in range(3)] == [2, 1, 1]


def test_two_halves_are_linked_both_ways_until_a_bridge_comes(store: CopyStore) -> None:
    text = report(10, 2400)
    size = counted(text)
    head, tail = (
        replace(speech, declared_chars=size)
        for speech in (cut_off(1, text, 1000), whole(2, text[1400:]))
    )
    records = end([head, tail], store)
    assert [(link.id, link.relation) for link in records[head.id].links] == [
        (tail.id, "other_part")
    ]
    assert [(link.id, link.relation) for link in records[tail.id].links] == [
        (head.id, "other_part")
    ]
    (record,) = add_speech(whole(3, text[700:1800]), store).emitted
    assert (record.links, record.supersedes, record.text) == ((), (tail.id,), text)


def test_a_copy_without_names_joins_neither_of_two_counties(store: CopyStore) -> None:
    rng = random.Random(11)
    opening = report(12, 400).replace("县", "全县")
    form = opening + "\n" + template(rng, "农业", 1500)
    one, two = (whole(n, filled(rng, form)) for n in (1, 2))
    head = cut_off(3, opening, len(opening))
    for order in ((one, two, head), (head, one, two), (one, head, two)):
        records = end(order, MemoryStore())
        assert {len(record.sources) for record in records.values()} == {1}
    records = end((head, one, two), store)
    assert {len(record.sources) for record in records.values()} == {1}


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(seed: int, shuffle: random.Random) -> None:
    speeches = [made.speech for made in collection(seed, 4, (500, 1200))][:14]
    first = end(speeches, MemoryStore())
    shuffle.shuffle(speeches)
    second = end(speeches, MemoryStore())

    def partition(records: dict[str, Speech]) -> set[tuple[object, ...]]:
        return {
            (r.cluster, r.text, r.title, r.gaps, r.completeness, r.content_hash, r.warnings)
            for r in records.values()
        }

    assert partition(first) == partition(second)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_the_database_decides_as_memory_does(seed: int) -> None:
    db = database()
    memory, kept = MemoryStore(), Copies(db)
    for made in collection(seed, 4, (500, 1200)):
        assert add_speech(made.speech, kept) == add_speech(made.speech, memory)
        kept = Copies(db) if made.speech.id < "8" else kept
    db.close()


def test_packed_fingerprints_are_found_like_fresh_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "FRESH", 3)
    db = database()
    memory, kept = MemoryStore(), Copies(db)
    for made in collection(17, 25, (500, 900)):
        assert add_speech(made.speech, kept) == add_speech(made.speech, memory)
    (packed,) = db.execute("SELECT count(*) FROM copy_segments").fetchone()
    assert 1 <= packed < 12
    db.close()


@pytest.mark.parametrize("fresh", [3, 1000])
def test_a_rollback_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, fresh: int) -> None:
    monkeypatch.setattr(text_index, "FRESH", fresh)
    db = database()
    memory, kept = MemoryStore(), Copies(db)
    rng = random.Random(5)
    for made in collection(18, 20, (500, 900)):
        while rng.random() < 0.5:
            db.execute("BEGIN IMMEDIATE")
            other = rng.choice(collection(rng.randrange(3), 2, (500, 900))).speech
            add_speech(other, kept)
            db.execute("ROLLBACK")
        db.execute("BEGIN IMMEDIATE")
        assert add_speech(made.speech, kept) == add_speech(made.speech, memory)
        db.execute("COMMIT")
    db.close()


def test_two_processes_see_each_others_texts(tmp_path: object) -> None:
    path = f"{tmp_path}/state.db"
    with sqlite3.connect(path) as db:
        db.executescript(tables.TABLES + tables.SEGMENT_FOLDERS)
    stores = []
    for _ in range(2):
        connection = sqlite3.connect(path, isolation_level=None)
        stores.append((connection, Copies(connection)))
    memory = MemoryStore()
    for number, made in enumerate(collection(19, 6, (500, 900))):
        assert add_speech(made.speech, stores[number % 2][1]) == add_speech(made.speech, memory)
    for connection, _ in stores:
        connection.close()
    db.close()
