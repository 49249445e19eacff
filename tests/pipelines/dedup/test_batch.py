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
from pipelines.dedup.fingerprint import Fingerprint, fingerprint
from pipelines.dedup.fold import fold_in
from pipelines.dedup.shingle_index import Recent, chosen, nearest
from pipelines.dedup.sqlite import copies
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
        patch.setattr(copies, "FRESH", fresh)
        while speeches:
            size = rng.choice((1, 3, 30))
            batch, speeches = speeches[:size], speeches[size:]
            if rng.random() < 0.3:
                with suppress(_Undone), store.transaction():
                    store.copies.expect(batch)
                    for speech in batch[:2]:
                        fold_in(speech, store.copies)
                    raise _Undone
            with store.transaction():
                store.copies.expect(s for s in batch if rng.random() < 0.9)
                results = [fold_in(speech, store.copies) for speech in batch]
            for speech, result in zip(batch, results, strict=True):
                assert result == fold_in(speech, single.copies)
        for table in (
            "copy_members",
            "copy_records",
            "copy_declared",
            "copy_relations",
            "copy_segments",
            "copy_postings",
        ):
            query = f"SELECT * FROM {table} ORDER BY 1, 2"
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
            (lambda: store.copies.near(fingerprint(speech.text)), [speech.content_hash]),
            (store.documents.count, 1),
        ):
            with suppress(_Undone), store.transaction():
                store.copies.expect([speech])
                assert fold_in(speech, store.copies).outcome == "new"
                assert store.db.execute("SELECT count(*) FROM copy_members").fetchone() == (0,)
                assert read() == expected
                raise _Undone
            assert store.copies.member(speech.id) is None


def test_an_undone_page_takes_only_its_own_rows_along(tmp_path: Path) -> None:
    one, two, three = (whole(n, report(n)) for n in (1, 2, 3))
    with Store.open(tmp_path / "state.db") as store, store.transaction():
        store.copies.expect([one, two, three])
        fold_in(one, store.copies)
        with suppress(_Undone), store.one_page():
            fold_in(two, store.copies)
            raise _Undone
        fold_in(three, store.copies)
        assert [store.copies.member(s.id) for s in (one, two, three)] == [one, None, three]
        assert store.copies.near(fingerprint(two.text)) == []
        assert store.copies.near(fingerprint(one.text)) == [one.content_hash]


_TEXTS = st.lists(
    st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True).map(
        lambda hashes: Fingerprint(np.array(sorted(hashes), np.uint32) * 71_000_003, 0)
    ),
    min_size=1,
    max_size=12,
)


@given(_TEXTS, st.integers(0, 12), st.integers(1, 40))
def test_expected_texts_count_when_they_are_added(
    texts: list[Fingerprint], known: int, at_once: int
) -> None:
    plain, recent = Recent(), Recent()
    for number, sketch in enumerate(texts[:known], 1):
        plain.add(number, sketch)
        recent.add(number, sketch)
    coming = texts[known:]
    recent.expect(len(texts[:known]) + 1, coming)
    answers: list[list[int]] = []
    for number, sketch in enumerate(coming, len(texts[:known]) + 1):
        if not answers:
            answers = nearest([recent], recent.ahead(at_once))
        shared = plain.shared(sketch.hashes)
        expected = chosen(shared, plain.sizes(shared.numbers), len(sketch.hashes))
        assert answers.pop(0) == expected
        assert recent.shared(sketch.hashes).numbers.tolist() == shared.numbers.tolist()
        assert recent.add(number, sketch)
        plain.add(number, sketch)
        assert len(recent) == len(plain)


def test_an_expectation_that_fails_leaves_nothing_behind() -> None:
    sketches = [fingerprint(report(n)) for n in range(4)]
    recent = Recent()
    recent.expect(1, sketches[:3])
    assert recent.add(1, sketches[0])
    assert not recent.add(2, sketches[3])
    recent.drop(1)
    plain = Recent()
    plain.add(2, sketches[3])
    for sketch in sketches:
        assert (
            recent.shared(sketch.hashes).counts.tolist()
            == plain.shared(sketch.hashes).counts.tolist()
        )
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
        return fold_in(speech, store.copies).outcome

    with Store.open(tmp_path / "state.db") as store, store.transaction():
        store.copies.expect([bad, good])
        with pytest.raises(ValueError, match="no fingerprint"), store.one_page():
            fold(bad)
        assert fold(good) == "new"
