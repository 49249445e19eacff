"""A kill, a full disk, a failing fsync at every single effect of a run; then a clean run, and the books are right."""

from __future__ import annotations

import errno
import logging
import random
from pathlib import Path

import pytest

from crawler.runs import outlines
from crawler.runs.journal import OutputBroken
from pipelines.outline import outline_of
from pipelines.records import speech_from, to_line
from tests.crawler.crawl.loopback import text_of
from tests.faults.pages import KILLED, check, in_a_process, lines, manifests, run
from tests.faults.points import STRIDE, Fault, faults

DOCUMENTS = 8


def _effects(tmp_path: Path) -> list[str]:
    with faults(Fault()) as watched:
        run(tmp_path / "whole", DOCUMENTS)
    return watched.seen


def _under(fault: Fault, output: Path) -> int:
    def work() -> None:
        with faults(fault):
            run(output, DOCUMENTS)

    return in_a_process(work)


def test_a_kill_between_any_two_effects_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    effects = _effects(tmp_path)
    assert {"open", "write", "fsync", "replace", "BEGIN", "COMMIT"} <= set(effects)
    for at in range(len(effects)):
        output = tmp_path / f"kill{at}"
        assert _under(Fault("kill", at), output) == KILLED
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))


def test_one_kill_after_another_at_random_effects(tmp_path: Path) -> None:
    pick = random.Random(2026)
    kills = 0
    for round_ in range(40):
        output = tmp_path / f"round{round_}"
        for _ in range(pick.randrange(1, 4)):
            kills += (
                _under(Fault("kill", pick.randrange(70), half=pick.random() < 0.5), output)
                == KILLED
            )
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))
        if kills >= 20:
            return
    raise AssertionError(f"only {kills} kills hit")


def test_a_kill_in_the_middle_of_any_write_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    writes = _effects(tmp_path).count("write")
    assert writes > 10
    for at in range(writes):
        output = tmp_path / f"torn{at}"
        assert _under(Fault("kill", at, kinds=("write",), half=True), output) == KILLED
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))


def test_a_second_kill_during_recovery_changes_nothing(tmp_path: Path) -> None:
    effects = _effects(tmp_path)
    middle = len(effects) * 2 // 3
    for at in range(0, len(effects), 2 * STRIDE):
        output = tmp_path / f"twice{at}"
        assert _under(Fault("kill", middle), output) == KILLED
        _under(Fault("kill", at), output)
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))


@pytest.mark.parametrize("what", ["ENOSPC", "EIO", "EDQUOT"])
def test_a_disk_that_fills_up_at_any_effect_is_named_and_made_good_by_the_next_run(
    tmp_path: Path, what: str
) -> None:
    effects = _effects(tmp_path)
    for at in range(0, len(effects), STRIDE if what == "ENOSPC" else 2 * STRIDE):
        output = tmp_path / f"full{at}"
        with (
            faults(Fault(what, at, lasting=True, half=True)),
            pytest.raises((OutputBroken, OSError, Exception)) as caught,
        ):
            run(output, DOCUMENTS)
        assert any(word in str(caught.value) for word in ("space", "full", "quota", "error")), (
            caught.value
        )
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))


def test_an_fsync_that_fails_once_ends_the_run_instead_of_being_forgotten(tmp_path: Path) -> None:
    syncs = _effects(tmp_path).count("fsync")
    for at in range(syncs):
        output = tmp_path / f"sync{at}"
        with (
            faults(Fault("EIO", at, kinds=("fsync",))),
            pytest.raises((OutputBroken, OSError), match="error"),
        ):
            run(output, DOCUMENTS)
        run(output, DOCUMENTS)
        check(output, range(1, DOCUMENTS + 1))


def test_a_commit_counts_only_what_is_on_the_disk(tmp_path: Path) -> None:
    """What a loss of power asks for: between a write to a file and the commit that counts it, that file was fsynced."""
    order: list[tuple[str, int]] = []

    class Watched(Fault):
        def meet(self, kind: str, write: object = None) -> None:
            super().meet(kind)
            order.append((kind, len(order)))

    with faults(Watched()):
        run(tmp_path, DOCUMENTS)
    unsynced = commits = 0
    for kind, _ in order:
        if kind == "write":
            unsynced += 1
        elif kind == "fsync":
            unsynced = max(0, unsynced - 1)
        elif kind in ("COMMIT", "replace"):
            assert unsynced == 0
            commits += kind == "COMMIT"
    assert commits >= 5


def test_killed_runs_are_finished_with_a_manifest_that_says_so(tmp_path: Path) -> None:
    effects = _effects(tmp_path)
    output = tmp_path / "killed"
    _under(Fault("kill", len(effects) // 2), output)
    run(output, DOCUMENTS)
    assert sorted(m["exit"] for m in manifests(output)) == [0, 137]


def test_an_outline_that_cannot_be_made_does_not_hold_up_the_end_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(speech: object) -> None:
        raise RuntimeError("no structure at all")

    monkeypatch.setattr(outlines, "outline_of", broken)
    run(tmp_path, 2)
    check(tmp_path, (1, 2))
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == 2


def _written(folder: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir())).splitlines(
        keepends=True
    )


def _read_back(output: Path) -> list[bytes]:
    return [to_line(outline_of(speech_from(line))) for line in _written(output / "speeches")]


def test_outlines_are_those_of_the_lines_that_stand_though_some_are_superseded_in_the_same_run(
    tmp_path: Path,
) -> None:
    whole = [
        line
        for n in range(1, 7)
        for line in (f"{'一二三四五六'[n - 1]}、第{n}项任务", *text_of(n)[1:])
    ]
    run(tmp_path, 4, every=1, texts={1: whole[:-3], 3: whole})
    assert [line["version"] for line in lines(tmp_path / "outlines")].count(2) == 1
    assert _written(tmp_path / "outlines") == _read_back(tmp_path)


def test_outlines_that_find_no_room_on_the_way_are_made_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(outlines.tempfile, "TemporaryFile", full)
        with pytest.raises(OutputBroken, match="No space left"):
            run(tmp_path, DOCUMENTS)
    run(tmp_path, DOCUMENTS)
    check(tmp_path, range(1, DOCUMENTS + 1))
    assert len(_written(tmp_path / "outlines")) == DOCUMENTS
    assert _written(tmp_path / "outlines") == _read_back(tmp_path)
