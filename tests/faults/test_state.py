"""The state file truncated, zeroed, flipped, gone, of another version; a record file torn or taken away."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dedup_texts import filled, spun, template
from crawler.found import Found
from crawler.runs import schema
from crawler.runs.apply import Apply, Visit
from crawler.runs.journal import Journal
from crawler.runs.run_lock import Lock, LockHeld
from crawler.runs.schema import VERSION, StateTooNew
from crawler.runs.state import Store
from pipelines.cleaning.clean import clean
from tests.crawler.crawl.loopback import text_of
from tests.faults.pages import (
    HOST,
    KILLED,
    START,
    check,
    in_a_process,
    lines,
    manifests,
    raw,
    run,
    url,
)
from tests.faults.points import STRIDE, Fault, faults

DOCUMENTS = 9


def _gone(state: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        state.with_name(state.name + ending).unlink(missing_ok=True)


def _truncated(state: Path) -> None:
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 2 + 100])


def _emptied(state: Path) -> None:
    state.write_bytes(b"")


def _zeroed(state: Path) -> None:
    state.write_bytes(bytes(state.stat().st_size))


def _page_zeroed(state: Path) -> None:
    data = bytearray(state.read_bytes())
    data[4096:8192] = bytes(4096)
    state.write_bytes(data)


def _garbage(state: Path) -> None:
    state.write_bytes(random.Random(5).randbytes(20_000))


@pytest.mark.parametrize("damage", [_gone, _truncated, _emptied, _zeroed, _page_zeroed, _garbage])
@pytest.mark.parametrize("killed", [False, True])
def test_a_damaged_state_is_named_and_made_anew_from_the_records(
    tmp_path: Path, damage: Callable[[Path], None], killed: bool
) -> None:
    if killed:
        assert in_a_process(lambda: _killed_at(40, tmp_path)) == KILLED
    else:
        run(tmp_path, 6)
    damage(tmp_path / "state.db")
    with Journal.open(tmp_path, "wm114", "test") as journal:
        for notice in journal.notices:
            assert "state.db" in notice
            assert "made anew" in notice
        assert (
            journal.notices or killed
        )  # the log of a killed run may still hold every page of a small state
        journal.finish(0)
    run(tmp_path, DOCUMENTS)
    speeches = lines(tmp_path / "speeches")
    assert sorted(s["url"] for s in speeches) == sorted(map(url, range(1, DOCUMENTS + 1)))
    assert [t["id"] for t in lines(tmp_path / "traces")] == [s["id"] for s in speeches]


@pytest.mark.parametrize("kind", ["speeches", "traces"])
@pytest.mark.parametrize("noise", [b"\0" * 80, b"\xff{]", b'{"id": 1}'])
def test_a_line_that_a_loss_of_power_spoilt_does_not_keep_the_state_from_being_made_anew(
    tmp_path: Path, kind: str, noise: bytes
) -> None:
    journal = Journal.open(
        tmp_path, "wm114", "test"
    )  # never finished: its files keep their working names
    journal.start([Found(url(n), "document") for n in range(1, 7)])
    for n, entry in enumerate(journal.due(9), 1):
        journal.add(Visit(entry, results=clean(raw(n), {})))
    journal.commit()
    journal.close()
    (file,) = (tmp_path / kind).glob("*.jsonl*")
    whole = file.read_bytes().splitlines(keepends=True)
    whole[3] = noise + b"\n"
    file.write_bytes(b"".join(whole))
    _gone(tmp_path / "state.db")
    run(tmp_path, 6)
    speeches = lines(tmp_path / "speeches")
    assert sorted(s["url"] for s in speeches) == [url(n) for n in range(1, 7)]
    assert [t["id"] for t in lines(tmp_path / "traces")] == [s["id"] for s in speeches]


def test_a_batch_that_is_taken_again_forgets_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_of(n: int) -> str:
        return f"{HOST}/list/{n}.html"

    settled = Apply._document

    def broken(self: Apply, visit: Visit, *more: Any) -> str:
        if visit.failure is None:
            raise RuntimeError("cannot be folded")
        return settled(self, visit, *more)

    with Journal.open(tmp_path, "wm114", "test") as journal:
        journal.start([Found(START, "list")])
        (start,) = journal.due(1)
        first = [Found(list_of(n), "list", 1) for n in range(1, 9)]
        journal.add(Visit(start, found=[Found(url(99), "document"), *first]))
        journal.commit()
        document, *lists = journal.due(20)
        for n, entry in enumerate(lists, 1):
            found = [Found(url(10 * n + i), "document") for i in range(3)]
            journal.add(Visit(entry, found=[*found, Found(list_of(n + 8), "list", 2)]))
        journal.add(Visit(document))
        monkeypatch.setattr(Apply, "_document", broken)
        journal.commit()
        assert sum(e.kind == "list" for e in journal.due(100)) == len(lists) == 8
        journal.finish(3)


def _killed_at(at: int, output: Path, texts: dict[int, list[str]] | None = None) -> None:
    with faults(Fault("kill", at)):
        run(output, 6, texts=texts)


def test_bytes_flipped_anywhere_in_the_state_double_no_record(tmp_path: Path) -> None:
    run(tmp_path / "sound", 6)
    sound = (tmp_path / "sound" / "state.db").read_bytes()
    for seed in range(40 // STRIDE):
        output = tmp_path / f"flipped{seed}"
        run(output, 6)
        pick = random.Random(seed)
        data = bytearray((output / "state.db").read_bytes())
        for _ in range(pick.choice((1, 3, 200))):
            data[pick.randrange(min(len(data), len(sound)))] ^= 1 << pick.randrange(8)
        (output / "state.db").write_bytes(data)
        run(output, 6)
        ids = [s["id"] for s in lines(output / "speeches") if s["version"] == 1]
        assert len(ids) == len(set(ids)) == 6, seed


def test_a_kill_while_the_state_is_made_anew_does_no_harm(tmp_path: Path) -> None:
    run(tmp_path / "whole", 6)
    _garbage(tmp_path / "whole" / "state.db")
    with faults(Fault()) as watched:
        run(tmp_path / "whole", 6)
    for at in range(0, len(watched.seen), STRIDE):
        output = tmp_path / f"kill{at}"
        run(output, 6)
        _garbage(output / "state.db")
        assert in_a_process(lambda output=output, at=at: _killed_at(at, output)) == KILLED
        run(output, 6)
        check(output, range(1, 7))


def test_traces_of_a_killed_run_with_copies_are_kept_with_their_speeches_when_the_state_is_gone(
    tmp_path: Path,
) -> None:
    texts = {
        2: text_of(1)[:-1]
    }  # a copy of the first that shows less: it has a trace and no record
    with faults(Fault()) as watched:
        run(tmp_path / "whole", 6, texts=texts)
    lengths = set()
    for at in range(0, len(watched.seen), STRIDE):
        output = tmp_path / str(at)
        assert in_a_process(lambda output=output, at=at: _killed_at(at, output, texts)) == KILLED
        _gone(output / "state.db")
        with Journal.open(output, "wm114", "test") as journal:
            journal.finish(0)
        traced = Counter(t["id"] for t in lines(output / "traces"))
        spoken = [s["id"] for s in lines(output / "speeches")]
        assert set(spoken) <= set(traced)
        lengths.add((len(spoken), len(traced)))
        run(output, 6, texts=texts)
        newest = {s["url"]: s for s in lines(output / "speeches")}
        assert set(newest) == {url(n) for n in range(1, 7) if n != 2}
        assert {t["id"] for t in lines(output / "traces")} >= {s["id"] for s in newest.values()}
    assert (5, 6) in lengths


def test_a_state_made_anew_knows_what_its_records_are_to_each_other(tmp_path: Path) -> None:
    rng = random.Random(9)
    form, text = template(rng, "农业", 1500), filled(rng, template(rng, "教育", 2000))
    texts = [filled(rng, form), filled(rng, form), text, spun(rng, text)]
    run(tmp_path, 6, texts={n: text.split("\n") for n, text in enumerate(texts, 1)})
    newest = {s["url"]: s for s in lines(tmp_path / "speeches")}
    (family,) = {newest[url(n)]["family"] for n in (1, 2)}
    assert family
    assert [[link["relation"] for link in newest[url(n)]["links"]] for n in range(1, 7)] == [
        [],
        [],
        ["spun"],
        ["spun"],
        [],
        [],
    ]

    def known() -> list[tuple[str, ...]]:
        with Store.open(tmp_path / "state.db") as store:
            return store.db.execute("SELECT * FROM copy_relations ORDER BY text, other").fetchall()

    before = known()
    assert [row[2] for row in before].count("spun") == 2
    _gone(tmp_path / "state.db")
    texts.append(filled(rng, form))
    run(tmp_path, 7, texts={7: texts[-1].split("\n")})
    assert set(before) < set(known())
    assert {s["url"]: s["family"] for s in lines(tmp_path / "speeches")}[url(7)] == family
    assert (
        len(lines(tmp_path / "speeches")) == len(newest) + 1 + 2
    )  # the first of either pair was written twice


def test_a_newer_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    run(tmp_path, 3)
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StateTooNew, match="upgrade"):
        Journal.open(tmp_path, "wm114", "test")
    assert (tmp_path / "state.db").read_bytes() == before


def test_an_older_state_is_brought_up_to_date_with_all_it_knows(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as db:
        for statement in schema._statements(schema._STEPS[0]):
            db.execute(statement)
        db.execute(
            "INSERT INTO pages (site, url, kind, depth, rank, due) VALUES ('wm114', ?, 'document', 0, 0, 0)",
            (url(77),),
        )
        db.execute(f"PRAGMA application_id = {schema.APPLICATION}")
        db.execute("PRAGMA user_version = 1")
    ledger = run(tmp_path, 3)
    assert ledger[url(77)] == 1
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert VERSION > 1


def test_a_strangers_database_is_not_written_to(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with Journal.open(tmp_path, "wm114", "test") as journal:
        assert "another program" in journal.notices[0]
        journal.finish(0)
    (aside,) = tmp_path.glob("state.db.damaged-*")
    with sqlite3.connect(aside) as db:
        assert db.execute("SELECT count(*) FROM theirs").fetchone() == (0,)
    db.close()


def test_a_record_file_torn_behind_our_back_gives_its_pages_once_more(tmp_path: Path) -> None:
    def work() -> None:
        with faults(Fault("kill", 45)):
            run(tmp_path, DOCUMENTS)

    assert in_a_process(work) == KILLED
    (part,) = (tmp_path / "speeches").glob("*.part")
    part.write_bytes(part.read_bytes()[:-50])
    run(tmp_path, DOCUMENTS)
    assert sorted(s["url"] for s in lines(tmp_path / "speeches")) == sorted(
        map(url, range(1, DOCUMENTS + 1))
    )


def test_a_record_file_taken_away_mid_run_gives_its_pages_once_more(tmp_path: Path) -> None:
    assert in_a_process(lambda: _killed_at(45, tmp_path)) == KILLED
    (part,) = (tmp_path / "speeches").glob("*.part")
    part.unlink()
    run(tmp_path, 6)
    assert sorted(s["url"] for s in lines(tmp_path / "speeches")) == sorted(map(url, range(1, 7)))


def test_a_second_run_of_a_site_is_told_who_has_the_lock_and_since_when(tmp_path: Path) -> None:
    with Journal.open(tmp_path, "wm114", "test"):
        with pytest.raises(LockHeld, match=r"process \d+ on .*, since \d{4}-"):
            Journal.open(tmp_path, "wm114", "test")
        with Journal.open(tmp_path, "hancun", "test") as other:  # another site is another matter
            other.finish(0)


def test_a_lock_whose_process_was_killed_is_free_even_if_its_pid_lives_again(
    tmp_path: Path,
) -> None:
    held = tmp_path / ".wm114.lock"
    assert in_a_process(lambda: _die_holding(held)) == KILLED
    assert held.read_bytes()  # it could not clean up
    with Lock(held, "2026-01-01T00:00:00Z") as lock:
        assert lock.died is not None
    held.write_bytes(
        b'{"pid": 1, "born": 1, "boot": "another boot", "host": "here", "since": "2020-01-01T00:00:00Z"}'
    )
    with Lock(held, "2026-01-01T00:00:00Z"):
        pass


def _die_holding(path: Path) -> None:
    lock = Lock(path, "2026-01-01T00:00:00Z")
    assert lock
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("shift", [-86_400, 366 * 86_400])
def test_a_clock_that_is_wrong_for_one_run_costs_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shift: int
) -> None:
    import time

    real = time.time
    run(tmp_path, 6, fails=(2, 5))
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: real() + shift)
        run(tmp_path, 8, fails=(2,), clock=lambda: real() + shift)
    run(tmp_path, DOCUMENTS)
    assert sorted(s["url"] for s in lines(tmp_path / "speeches")) == sorted(
        map(url, range(1, DOCUMENTS + 1))
    )
    with Store.open(tmp_path / "state.db") as store:
        latest = store.db.execute("SELECT max(due) FROM pages").fetchone()[0]
    assert latest < real() + 93 * 86_400
    assert len(manifests(tmp_path)) == 3
