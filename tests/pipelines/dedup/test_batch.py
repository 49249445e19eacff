"""A batch of texts that is announced is folded in as one text after another is, whatever comes of the announcement."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dedup_texts import collection
from crawler.runs.state import Store
from pipelines.dedup.fingerprint import Fingerprint, Hashes, fingerprint
from pipelines.dedup.fold import add_speech
from pipelines.dedup.recent_texts import RecentTexts
from pipelines.dedup.shingle_index import nearest
from pipelines.dedup.sqlite import copies, text_index
from pipelines.records import Speech
from tests.pipelines.dedup.made import report, whole


class _Undone(Exception):
    pass


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), fresh=st.sampled_from((4, 1000)))
def test_a_batch_is_folded_in_like_one_after_another(
    seed: int, fresh: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    speeches = [made.speech for made in collection(seed, 6, (500, 900))]
    # changed, met again, and duplicates: what an announcement does not come true of
    speeches += [
        replace(rng.choice(speeches), text=s.text, content_hash=s.content_hash)
        for s in rng.sample(speeches, 5)
    ]
    rng.shuffle(speeches)
    folder = tmp_path_factory.mktemp("batch")
    patched = pytest.MonkeyPatch.context()
    with (
        patched as patch,
        Store.open(folder / "batch.db") as store,
        Store.open(folder / "single.db") as single,
    ):
        patch.setattr(text_index, "FRESH", fresh)
        while speeches:
            size = rng.choice((1, 3, 30))
            batch, speeches = speeches[:size], speeches[size:]
            if rng.random() < 0.3:
                with suppress(_Undone), store.transaction():
                    store.copies.expect(batch)
                    for speech in batch[:2]:
                        add_speech(speech, store.copies)
                    raise _Undone
            with store.transaction():
                store.copies.expect(s for s in batch if rng.random() < 0.9)
                results = [add_speech(speech, store.copies) for speech in batch]
            for speech, result in zip(batch, results, strict=True):
                assert result == add_speech(speech, single.copies)
        for table in (
            "copy_members",
            "copy_records",
            "copy_declared",
            "copy_relations",
            "copy_texts",
        ):
            query = f"SELECT * FROM {table} ORDER BY 1, 2"
            assert store.db.execute(query).fetchall() == single.db.execute(query).fetchall()
        query = "SELECT first, texts, hashes, postings FROM copy_segments ORDER BY first"
        assert store.db.execute(query).fetchall() == single.db.execute(query).fetchall()


def test_what_waits_is_there_for_whoever_reads(tmp_path: Path) -> None:
    speech = whole(1, report(1))
    with Store.open(tmp_path / "state.db") as store:
        for read, expected in (
            (lambda: store.copies.member(speech.id), speech),
            (lambda: store.copies.members_with(speech.content_hash), [speech.id]),
            (lambda: store.copies.record_of(speech.id), speech.id),
            (lambda: store.copies.members_in(speech.id), [speech.id]),
            (lambda: getattr(store.copies.record(speech.id), "version", None), 1),
            (lambda: store.copies.near(fingerprint(speech.text).hashes), [speech.content_hash]),
            (store.documents.count, 1),
        ):
            with suppress(_Undone), store.transaction():
                store.copies.expect([speech])
                assert add_speech(speech, store.copies).outcome == "new"
                assert store.db.execute("SELECT count(*) FROM copy_members").fetchone() == (0,)
                assert read() == expected
                raise _Undone
            assert store.copies.member(speech.id) is None


def test_an_undone_page_takes_only_its_own_rows_along(tmp_path: Path) -> None:
    one, two, three = (whole(n, report(n)) for n in (1, 2, 3))
    with Store.open(tmp_path / "state.db") as store, store.transaction():
        store.copies.expect([one, two, three])
        add_speech(one, store.copies)
        with suppress(_Undone), store.one_page():
            add_speech(two, store.copies)
            raise _Undone
        add_speech(three, store.copies)
        assert [store.copies.member(s.id) for s in (one, two, three)] == [one, None, three]
        assert store.copies.near(fingerprint(two.text).hashes) == []
        assert store.copies.near(fingerprint(one.text).hashes) == [one.content_hash]


_TEXTS = st.lists(
    st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True).map(
        lambda hashes: np.array(sorted(hashes), np.uint32) * np.uint32(71_000_003)
    ),
    min_size=1,
    max_size=12,
)


@given(_TEXTS, st.integers(0, 12), st.integers(1, 40))
def test_expected_texts_count_when_they_are_added(
    texts: list[Hashes], known: int, at_once: int
) -> None:
    texts = [np.sort(sketch) for sketch in texts]
    plain, recent = RecentTexts(), RecentTexts()
    for number, sketch in enumerate(texts[:known], 1):
        plain.add(number, sketch)
        recent.add(number, sketch)
    coming = texts[known:]
    first = len(texts[:known]) + 1
    recent.expect(first, coming)
    answers: list[list[int]] = []
    for number, sketch in enumerate(coming, first):
        if not answers:
            ahead = recent.ahead(at_once)
            numbers = range(number, number + len(ahead))
            answers = nearest([recent], ahead, numbers, recent.sketches_of)
        (expected,) = nearest([plain], [sketch], [number], plain.sketches_of)
        assert answers.pop(0) == expected
        assert recent.add(number, sketch)
        plain.add(number, sketch)
        assert len(recent) == len(plain)


def test_an_expectation_that_fails_leaves_nothing_behind() -> None:
    sketches = [fingerprint(report(n)).hashes for n in range(4)]
    recent = RecentTexts()
    recent.expect(1, sketches[:3])
    assert recent.add(1, sketches[0])
    assert not recent.add(2, sketches[3])
    recent.drop(1)
    for sketch, near in zip(sketches, ([], [], [], [2]), strict=True):
        assert nearest([recent], [sketch], [9], recent.sketches_of) == [near]
    assert len(recent) == 1


def test_a_speech_that_has_no_fingerprint_fails_where_it_is_folded_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = whole(1, report(1)), whole(2, report(2))

    def broken(text: str) -> Fingerprint:
        if text == bad.text:
            raise ValueError("no fingerprint")
        return fingerprint(text)

    monkeypatch.setattr(copies, "fingerprint", broken)

    def fold(speech: Speech) -> str:
        return add_speech(speech, store.copies).outcome

    with Store.open(tmp_path / "state.db") as store, store.transaction():
        store.copies.expect([bad, good])
        with pytest.raises(ValueError, match="no fingerprint"), store.one_page():
            fold(bad)
        assert fold(good) == "new"
