"""How many records there have been is asked of the table once; what stands in memory follows it through undoing."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.runs.state import Store
from pipelines.dedup.copy_store import Emitted


def record(born: int) -> Emitted:
    return Emitted(f"{born:032x}", 1, "", None, born)


def broken_off(store: Store) -> None:
    store.copies.put_record(record(1), [])
    assert store.copies.emission_count() == 2
    raise RuntimeError


def test_emission_count_follow_commits_rollbacks_and_other_processes(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store, Store.open(tmp_path / "state.db") as other:
        with store.transaction():
            assert store.copies.emission_count() == 0
            store.copies.put_record(record(0), [])
            assert store.copies.emission_count() == 1
        with pytest.raises(RuntimeError), store.transaction():
            broken_off(store)
        with store.transaction():
            assert store.copies.emission_count() == 1
            with pytest.raises(RuntimeError), store.one_page():
                broken_off(store)
            assert store.copies.emission_count() == 1
        with other.transaction():
            other.copies.put_record(record(1), [])
        with store.transaction():
            assert store.copies.emission_count() == 2
