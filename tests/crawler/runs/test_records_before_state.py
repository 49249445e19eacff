"""A state that is lost, older than the records or rebuilt: no version of a document is written twice, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crawler.runs.agreement import disagreement
from crawler.runs.held_runs import release
from crawler.runs.state import Store
from pipelines.atomic_file import AtomicFile
from tests.crawler.crawl.loopback import text_of
from tests.crawler.runs.visits import (
    doubled,
    keep_state,
    put_state,
    unfinished,
    versions,
    visit,
)
from tests.faults.pages import lines, manifests, url

DAY = 86_400.0


def _texts(numbers: range, edition: int = 0) -> dict[int, list[str]]:
    return {n: text_of(n + 1000 * edition) for n in numbers}


def test_a_state_from_a_backup_knows_the_records_that_are_younger(tmp_path: Path) -> None:
    output = tmp_path / "output"
    visit(output, _texts(range(1, 6)))
    keep_state(output, tmp_path / "backup")
    visit(output, {**_texts(range(1, 3), edition=1), **_texts(range(6, 10))})
    put_state(output, tmp_path / "backup")

    (notice,) = visit(output, _texts(range(1, 10), edition=2))
    assert "does not agree with the records" in notice
    assert list(output.glob("state.db.replaced-*"))
    assert not doubled(output)
    assert versions(output, 1) == [1, 2, 3]
    assert versions(output, 9) == [1, 2]
    assert visit(output, _texts(range(1, 10), edition=2)) == []


def test_versions_go_on_after_a_run_under_a_clock_that_is_a_day_behind(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    visit(tmp_path, _texts(range(1, 4), edition=1), shift=-DAY)
    put_state(tmp_path, None)
    visit(tmp_path, _texts(range(1, 4), edition=2))
    assert not doubled(tmp_path)
    assert sorted(versions(tmp_path, 2)) == [1, 2, 3]


def test_a_killed_run_whose_log_is_lost_leaves_nothing_behind(tmp_path: Path) -> None:
    output = tmp_path / "output"
    visit(output, _texts(range(1, 3)))
    keep_state(output, tmp_path / "before")
    visit(output, _texts(range(3, 9)), finish=False)
    put_state(output, tmp_path / "before")
    visit(output, _texts(range(1, 9)))
    assert not doubled(output)
    assert unfinished(output) == []
    put_state(output, None)
    visit(output, _texts(range(1, 9)))
    assert not doubled(output)
    assert len(lines(output / "speeches")) == 8


@pytest.mark.parametrize("empty", [False, True])
def test_a_half_written_manifest_of_a_run_without_records_goes_with_the_state(
    tmp_path: Path, empty: bool
) -> None:
    visit(tmp_path, {})
    put_state(tmp_path, None)
    if empty:
        (tmp_path / "state.db").touch()

    manifest = tmp_path / "runs" / "20260101T000000Z-0a0b0c0d.json"

    with AtomicFile(manifest) as alive:
        killed = tmp_path / "runs" / ".20260102T000000Z-0a0b0c0d.json.0a0b0c0d.harvest.part"
        killed.write_bytes(b"{")
        visit(tmp_path, {})
        assert not killed.exists()

        alive.write(b"{}")
        alive.keep()

    assert manifest.exists()


def test_a_killed_run_whose_state_is_lost_gets_outlines_and_a_manifest(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 8)), finish=False)
    put_state(tmp_path, None)
    visit(tmp_path, _texts(range(1, 8)))
    assert unfinished(tmp_path) == []
    killed, ended = manifests(tmp_path)
    assert (killed["exit"], ended["exit"]) == (137, 0)
    assert killed["pages"]["stored"] + ended["pages"]["stored"] == 7
    assert killed["pages"]["asked"] == sum(killed["pages"].values()) - killed["pages"]["asked"]


def test_pages_of_a_record_file_that_is_gone_are_due_again(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    visit(tmp_path, {**_texts(range(1, 2), edition=1), **_texts(range(4, 7))})
    _, second = sorted((tmp_path / "speeches").glob("*.jsonl"))
    second.unlink()
    with Store.open(tmp_path / "state.db") as store:
        assert "is gone" in (disagreement(store, tmp_path) or "")

    (notice,) = visit(tmp_path, {})
    assert "is gone" in notice
    with Store.open(tmp_path / "state.db") as store:
        due = [e.url for e in store.frontier.due("wm114", run=99, now=0, want=99)]
    assert sorted(due) == [url(1), url(4), url(5), url(6)]

    visit(tmp_path, {**_texts(range(1, 2), edition=2), **_texts(range(4, 7))})
    assert versions(tmp_path, 1) == [1, 3]  # number two is spent: an index may hold it
    assert not doubled(tmp_path)
    assert {s["url"] for s in lines(tmp_path / "speeches")} == {url(n) for n in range(1, 7)}


def test_a_record_file_that_was_cut_is_made_good(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 6)))
    (file,) = (tmp_path / "speeches").glob("*.jsonl")
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    visit(tmp_path, _texts(range(1, 6)))
    assert not doubled(tmp_path)
    assert len(lines(tmp_path / "speeches")) == 5


def test_a_superseded_record_that_stands_alone_again_gets_a_higher_number(tmp_path: Path) -> None:
    whole = text_of(1, 900)
    visit(tmp_path, {1: whole[:-2], 2: text_of(2)})
    visit(tmp_path, {3: whole})
    visit(tmp_path, {4: text_of(4)})
    put_state(tmp_path, None)
    visit(tmp_path, {1: text_of(77), 3: whole})
    assert not doubled(tmp_path)
    newest = {s["url"]: s for s in lines(tmp_path / "speeches")}
    assert any(text_of(77)[2] in s["text"] for s in newest.values())


def test_a_record_that_was_superseded_under_a_clock_that_was_behind_keeps_its_number(
    tmp_path: Path,
) -> None:
    visit(tmp_path, {7: text_of(1)})
    visit(tmp_path, {1: text_of(2)}, shift=DAY)
    visit(tmp_path, {1: text_of(1)})  # a copy now
    put_state(tmp_path, None)
    visit(tmp_path, {1: text_of(3)})
    assert not doubled(tmp_path)


def _stranger(output: Path, **changes: Any) -> None:
    record = {**lines(output / "speeches")[0], "id": "d" * 32, **changes}
    line = json.dumps(record, ensure_ascii=False) + "\n"
    (output / "speeches" / "from-elsewhere.jsonl").write_text(line, "utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"crawled_at": "the day before"},
        {"crawled_at": "0001-01-01T00:00:00+14:00"},
        {"url": "http://["},
        {"id": "../../../outside"},
        {"version": 1 << 70},
        {"text": "", "gaps": [], "provenance": []},
        {"supersedes": ["", "no id at all"]},
        {"site": "../.."},
    ],
)
@pytest.mark.parametrize("lost", [False, True])
def test_no_odd_line_from_elsewhere_keeps_a_run_from_beginning(
    tmp_path: Path, changes: dict[str, Any], lost: bool
) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    _stranger(tmp_path, **changes)
    if lost:
        put_state(tmp_path, None)
    assert len(visit(tmp_path, _texts(range(1, 6)))) == 1
    assert not doubled(tmp_path)
    assert {url(n) for n in range(1, 6)} <= {s["url"] for s in lines(tmp_path / "speeches")}
    assert visit(tmp_path, _texts(range(1, 6))) == []  # what is known from elsewhere stays known


def test_a_copy_of_a_record_file_under_another_name_is_of_no_run(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    (file,) = (tmp_path / "speeches").glob("*.jsonl")
    copy = file.with_name(file.name.replace("wm114", "backup"))
    copy.write_bytes(file.read_bytes())
    assert len(visit(tmp_path, _texts(range(4, 6)))) == 1
    assert visit(tmp_path, {}) == []
    copy.unlink()
    put_state(tmp_path, None)
    visit(tmp_path, _texts(range(1, 6)))
    assert not doubled(tmp_path)


def test_what_others_have_growing_beside_the_records_is_left_alone(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    others = tmp_path / "speeches" / "download.jsonl.part"
    others.write_text("half a li")
    assert visit(tmp_path, {}) == []
    put_state(tmp_path, None)
    visit(tmp_path, {})
    assert others.read_text() == "half a li"


def test_what_an_alarm_holds_back_outlives_the_state(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 4)))
    visit(tmp_path, _texts(range(4, 7)), hold=True)
    (file,) = (tmp_path / "speeches").glob("*.held")
    put_state(tmp_path, None)
    visit(tmp_path, _texts(range(1, 4)))
    assert len(lines(tmp_path / "speeches")) == 3
    run = file.name.removesuffix(".jsonl.held").partition("-")[2]
    assert release(tmp_path, run) == 3
    assert not doubled(tmp_path)
    assert len(lines(tmp_path / "speeches")) == 6
    assert visit(tmp_path, _texts(range(1, 7))) == []


def test_an_older_state_does_not_let_out_what_is_held_back(tmp_path: Path) -> None:
    output = tmp_path / "output"
    visit(output, _texts(range(1, 4)))
    keep = lambda: keep_state(output, tmp_path / "under-way")  # noqa: E731
    visit(output, _texts(range(4, 7)), hold=True, after_commit=keep)
    put_state(output, tmp_path / "under-way")
    visit(output, {})
    assert list((output / "speeches").glob("*.held"))
    assert len(lines(output / "speeches")) == 3


def test_a_run_of_another_site_that_is_under_way_is_no_difference(tmp_path: Path) -> None:
    from crawler.runs.journal import Journal

    def other() -> None:
        with Journal.open(tmp_path, "hancun", "test") as journal:
            assert journal.notices == []
            journal.finish(0)

    visit(tmp_path, _texts(range(1, 7)), after_commit=other)
    assert visit(tmp_path, {}) == []


class _Run(NamedTuple):
    texts: dict[int, list[str]]
    shift: float
    finish: bool
    hold: bool


def _text(n: int, edition: int) -> list[str]:
    """Documents 7 and 8 copy 1 and 2; document 8 shows less."""
    if n == 7:
        return text_of(1 + 1000 * edition)
    if n == 8:
        return text_of(2 + 1000 * edition)[:-1]
    return text_of(n + 1000 * edition)


_RUNS = st.lists(
    st.builds(
        lambda numbers, edition, shift, finish, hold: _Run(
            {n: _text(n, edition) for n in numbers}, shift, finish, finish and hold
        ),
        st.lists(st.integers(1, 8), min_size=1, max_size=6, unique=True),
        st.integers(0, 2),
        st.sampled_from([0.0, 0.0, -DAY, DAY, -40 * DAY]),
        st.sampled_from([True, True, False]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=2,
    max_size=4,
)


def _pick(kept: list[Path], at: float) -> Path | None:
    """One of the states on the way, or none at all."""
    return [*kept, None][int(at * (len(kept) + 1))]


@settings(
    max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking takes minutes
@given(
    runs=_RUNS,
    log=st.booleans(),
    at=st.floats(0, 1, exclude_max=True),
    then=st.integers(0, 2),
)
def test_any_earlier_state_beside_any_later_output_doubles_nothing_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, runs: list[_Run], log: bool, at: float, then: int
) -> None:
    folder = tmp_path_factory.mktemp("history")
    output = folder / "output"
    kept: list[Path] = []

    def keep() -> None:
        kept.append(folder / f"state{len(kept)}")
        keep_state(output, kept[-1], log=log)

    for run in runs:
        visit(
            output,
            run.texts,
            every=2,
            shift=run.shift,
            finish=run.finish,
            hold=run.hold,
            after_commit=keep,
        )
    put_state(output, _pick(kept, at))

    final = {n: _text(n, then) for n in range(1, 9)}
    visit(output, final, every=3)
    assert doubled(output) == {}
    assert unfinished(output) == []
    written = "\n".join(s["text"] for s in lines(output / "speeches"))
    for n, text in final.items():
        assert all(line in written for line in text[2:]), n
    assert visit(output, {}) == []


def test_the_property_sees_a_version_that_is_written_twice(tmp_path: Path) -> None:
    visit(tmp_path, _texts(range(1, 3)))
    (file,) = (tmp_path / "speeches").glob("*.jsonl")
    file.write_bytes(file.read_bytes() * 2)
    assert doubled(tmp_path)
