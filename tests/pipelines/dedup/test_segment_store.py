"""The index beside the state is a cache: it is made again where it is missing, old or of an older form; nothing is left over."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.dedup_texts import collection
from crawler.runs import schema
from crawler.runs.state import Store
from pipelines.dedup.fingerprint import fingerprint
from pipelines.dedup.fold import add_speech
from pipelines.dedup.sqlite import tables, text_index
from pipelines.records import Speech

SPEECHES = [made.speech for made in collection(21, 8, (500, 900))]
OTHERS = [
    replace(made.speech, id=f"ffff{made.speech.id[4:]}") for made in collection(22, 3, (500, 900))
]


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "FRESH", 4)


def folded(path: Path, speeches: list[Speech]) -> None:
    with Store.open(path) as store:
        for start in range(0, len(speeches), 3):
            with store.transaction():
                store.copies.expect(speeches[start : start + 3])
                for speech in speeches[start : start + 3]:
                    add_speech(speech, store.copies)


def finds_all(path: Path, speeches: list[Speech]) -> bool:
    """Whether every text is found by its own fingerprint."""
    with Store.open(path) as store, store.transaction():
        return all(
            s.content_hash in store.copies.near(fingerprint(s.text).hashes) for s in speeches
        )


def folders(path: Path) -> set[str]:
    return {folder.name for folder in Path(f"{path}-index").iterdir()}


def named(path: Path) -> set[str]:
    with sqlite3.connect(path) as db:
        return {row[0] for row in db.execute("SELECT folder FROM copy_segments")}


def test_an_index_that_is_gone_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    folded(path, SPEECHES)
    shutil.rmtree(f"{path}-index")
    assert finds_all(path, SPEECHES)
    assert named(path) <= folders(path)


@pytest.mark.parametrize("name", ["hashes", "offsets", "numbers", "starts", "sizes"])
@pytest.mark.parametrize("damage", [b"\xff", b"\x00", b"\x5a"])
def test_an_index_whose_bytes_are_damaged_stops_nothing(
    tmp_path: Path, name: str, damage: bytes
) -> None:
    path = tmp_path / "state.db"
    folded(path, SPEECHES)
    for folder in Path(f"{path}-index").iterdir():
        size = (folder / name).stat().st_size
        (folder / name).write_bytes(damage * size)
    folded(path, OTHERS)
    assert finds_all(path, OTHERS)


def test_an_older_state_beside_a_newer_index_goes_on(tmp_path: Path) -> None:
    path, copy = tmp_path / "state.db", tmp_path / "copy.db"
    folded(path, SPEECHES[:10])
    shutil.copy(path, copy)
    folded(path, [*SPEECHES[10:], *OTHERS])
    shutil.copy(copy, path)
    assert finds_all(path, SPEECHES[:10])
    folded(path, OTHERS)
    assert finds_all(path, [*SPEECHES[:10], *OTHERS])


def test_folders_that_no_state_names_go(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    folded(path, SPEECHES)
    with Store.open(path) as store, suppress(RuntimeError), store.transaction():
        for speech in OTHERS:
            add_speech(speech, store.copies)
        raise RuntimeError
    folded(path, SPEECHES[:1])
    assert finds_all(path, SPEECHES)
    assert folders(path) == named(path)


def older_form(path: Path, state: Path) -> None:
    """Make a state of the form before the folders, with the documents of another state; some texts are packed."""
    step = schema._STEPS.index(tables.SEGMENT_FOLDERS)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for script in schema._STEPS[:step]:
            for statement in schema._statements(script):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {schema.APPLICATION}")
        db.execute(f"PRAGMA user_version = {step}")
        db.execute("ATTACH ? AS new", (str(state),))
        for name in ("members", "records", "texts", "declared", "relations"):
            db.execute(f"INSERT INTO copy_{name} SELECT * FROM new.copy_{name}")
        db.execute("UPDATE copy_texts SET sketch = NULL WHERE number < 12")


def test_a_state_of_the_older_form_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    folded(tmp_path / "state.db", SPEECHES)
    older_form(path, tmp_path / "state.db")
    assert finds_all(path, SPEECHES)
    folded(path, OTHERS)
    assert finds_all(path, [*SPEECHES, *OTHERS])
