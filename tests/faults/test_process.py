"""Whole crawls in processes of their own: killed, stopped, interrupted, starved, run side by side, run in odd places."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crawler.crawl.loopback import Answer, Loopback
from tests.crawler.crawl.running import (
    Forked,
    arguments,
    crawl,
    lines_of,
    manifests,
    speeches,
    started,
    wait_for,
)
from tests.faults.points import WHOLE

#: Random kills of a whole crawl; `make faults` sets 200. (Twenty more, of the journal alone, are in test_every_point.)
KILLS = int(os.environ.get("FAULT_KILLS", "25"))


def check(site: Loopback, output: Path, documents: int | None = None) -> None:
    """Ledger and records agree to the page."""
    want = range(1, (documents or site.documents) + 1)
    found = speeches(output)
    assert Counter(s["url"] for s in found) == Counter(
        f"https://www.wm114.cn{site.path(n)}" for n in want
    )
    assert {path for path, _ in site.ledger if path.startswith("/wen/")} >= {
        site.path(n) for n in want
    }
    assert [t["id"] for t in lines_of(output / "traces")] == [s["id"] for s in found]
    assert not list(output.rglob("*.part"))
    assert sum(m["pages"]["stored"] for m in manifests(output)) == len(found)


def at_page(site: Loopback, number: int) -> threading.Event:
    """An event that is set when so many document pages have been asked."""
    reached, seen = threading.Event(), Counter[str]()

    def watch(path: str, headers: dict[str, str]) -> Answer | None:
        seen["documents"] += path.startswith("/wen/")
        if seen["documents"] >= number:
            reached.set()
        return None

    site.answer = watch
    return reached


def ended(process: Forked | subprocess.Popen[str], timeout: float = 60) -> tuple[int, str]:
    """Wait for a process; its exit status and what it said."""
    with process:
        try:
            _, said = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return process.returncode, said


def test_random_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    pick = random.Random(os.environ.get("FAULT_SEED", "2026"))
    killed = round_ = 0
    with Loopback(documents=120, per_list=30) as site:
        while killed < KILLS:
            output = tmp_path / f"round{round_}"
            round_ += 1
            for _ in range(min(8, KILLS - killed)):
                reached = at_page(site, pick.randrange(1, 60))
                process = started(arguments("wm114", site.base, output))
                wait_for(reached, process)
                threading.Event().wait(pick.random() * 0.08)
                process.send_signal(signal.SIGKILL)
                killed += ended(process)[0] == -signal.SIGKILL
                if len(speeches(output)) >= 120:
                    break
            site.answer = lambda path, headers: None
            last = crawl("wm114", site.base, output)
            assert last.returncode == 0, last.stderr
            check(site, output)
            shutil.rmtree(output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupt_ends_the_run_in_good_order_and_the_next_goes_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    with Loopback(documents=60) as site:
        reached = at_page(site, 20)
        process = started(arguments("wm114", site.base, tmp_path))
        assert reached.wait(30)
        process.send_signal(number)
        code, said = ended(process)
        assert code == 128 + number
        assert "asked" in said
        assert not list(tmp_path.rglob("*.part"))
        (manifest,) = manifests(tmp_path)
        assert manifest["exit"] == code
        stored = len(speeches(tmp_path))
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        check(site, tmp_path)
        assert site.served().total() <= 60 + 16  # what was committed is not asked again
        assert stored > 0


def test_an_interrupt_keeps_what_has_come_though_others_are_silent(tmp_path: Path) -> None:
    with Loopback(documents=14) as site:
        answered, lock = set[str](), threading.Lock()
        enough = threading.Event()

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if not path.startswith("/wen/"):
                return None
            with lock:
                if len(answered) == 10 and path not in answered:
                    enough.set()
                    return Answer(hang=True)
                answered.add(path)
            return None

        site.answer = answer
        process = started(arguments("wm114", site.base, tmp_path))
        assert enough.wait(30)
        threading.Event().wait(0.3)  # what was answered arrives
        process.send_signal(signal.SIGTERM)
        assert ended(process)[0] == 143
        assert {
            s["url"].removeprefix("https://www.wm114.cn") for s in speeches(tmp_path)
        } == answered


def test_an_interrupt_ends_even_a_run_whose_server_has_fallen_silent(tmp_path: Path) -> None:
    with Loopback(documents=10) as site:
        silent = threading.Event()

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == site.path(3):
                silent.set()
                return Answer(hang=True)
            return None

        site.answer = answer
        process = started(arguments("wm114", site.base, tmp_path))
        assert silent.wait(30)
        process.send_signal(signal.SIGTERM)
        assert ended(process, timeout=20)[0] == 143
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        check(site, tmp_path)


def test_a_second_interrupt_ends_at_once(tmp_path: Path) -> None:
    with Loopback(documents=30) as site:
        silent = threading.Event()

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path.startswith("/wen/") and len(site.served()) > 5:
                silent.set()
                return Answer(hang=True)
            return None

        site.answer = answer
        process = started(arguments("wm114", site.base, tmp_path))
        assert silent.wait(30)
        with process:
            while process.returncode is None:
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.2)
        assert process.returncode == 130
        assert manifests(tmp_path) == []  # it did not wait for the silent server
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        check(site, tmp_path)


def test_a_stopped_run_holds_its_lock_and_goes_on(tmp_path: Path) -> None:
    with Loopback(documents=40) as site:
        reached = at_page(site, 5)
        process = started(arguments("wm114", site.base, tmp_path))
        assert reached.wait(30)
        process.send_signal(signal.SIGSTOP)
        second = crawl("wm114", site.base, tmp_path)
        assert second.returncode == 4
        assert str(process.pid) in second.stderr
        assert "since 20" in second.stderr
        process.send_signal(signal.SIGCONT)
        assert ended(process)[0] == 0
        check(site, tmp_path)
        assert site.served().total() == 40


def test_two_sites_share_one_state_at_the_same_time(tmp_path: Path) -> None:
    with Loopback(documents=40) as one, Loopback(documents=40) as two:
        first = started(arguments("wm114", one.base, tmp_path))
        other = started(arguments("web", two.base, tmp_path, "-a", f"url={two.base}/list/1.html"))
        assert ended(first)[0] == 0
        assert ended(other)[0] in (0, 3)
        found = speeches(tmp_path)
        records = {(s["content_hash"], s["id"]) for s in found if s["counted_chars"] > 200}
        assert len(records) == 40  # the same forty texts on both: each has one record


@pytest.mark.parametrize(
    "stage",
    ["read", "clean", "deduplicate", "emit", "archive", "links"] if WHOLE else ["clean", "emit"],
)
def test_an_exception_in_any_stage_costs_pages_of_this_run_only(tmp_path: Path, stage: str) -> None:
    with Loopback(documents=10) as site:
        broken = crawl(
            "wm114", site.base, tmp_path, plan={"stage": stage, "error": "the stage is broken"}
        )
        assert broken.returncode == 3, broken.stderr
        if stage != "links":
            lost = [f for f in lines_of(tmp_path / "failures") if f["error"] == "rule_error"]
            assert lost
            assert all("the stage is broken" in f["detail"] for f in lost)
        mended = crawl("wm114", site.base, tmp_path)
        assert mended.returncode == 0, mended.stderr
        check(site, tmp_path)


@pytest.mark.parametrize("at", [5, 12, 20, 27, 33] if WHOLE else [20])
def test_a_disk_that_is_full_at_some_write_is_named_and_made_good(tmp_path: Path, at: int) -> None:
    with Loopback(documents=20) as site:
        plan = {
            "what": "ENOSPC",
            "at": at,
            "lasting": True,
            "half": True,
            "kinds": ["write", "COMMIT", "fsync", "replace"],
        }
        full = crawl("wm114", site.base, tmp_path, plan=plan)
        assert full.returncode == 1, full.stderr
        assert "space" in full.stderr or "full" in full.stderr
        assert "Traceback" not in full.stderr
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        check(site, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can only be mounted by root")
def test_a_real_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("no right to mount")
    try:
        with Loopback(documents=120, pad=3000) as site:
            full = crawl("wm114", site.base, disk)
            assert full.returncode == 1, full.stderr
            assert "full" in full.stderr or "space" in full.stderr
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            assert crawl("wm114", site.base, disk).returncode == 0
            check(site, disk)
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            refused = crawl("wm114", site.base, disk)
            assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
            assert "ead-only" in refused.stderr
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def test_an_output_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    refused = crawl("wm114", "http://127.0.0.1:9", tmp_path / "file")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_an_output_moved_away_mid_run_is_named_and_goes_on_where_it_is(tmp_path: Path) -> None:
    with Loopback(documents=60) as site:
        reached = at_page(site, 25)
        process = started(arguments("wm114", site.base, tmp_path / "here"))
        assert reached.wait(30)
        (tmp_path / "here").rename(tmp_path / "there")
        code, said = ended(process)
        assert code == 1, said
        assert "here" in said
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path / "there").returncode == 0
        check(site, tmp_path / "there")


def test_a_c_locale_and_a_chinese_path_with_spaces_are_no_obstacle(tmp_path: Path) -> None:
    output = tmp_path / "讲话 存档 (一)"
    env = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Loopback(documents=5) as site:
        assert crawl("wm114", site.base, output, env=env).returncode == 0
        check(site, output)
    assert any("讲话" in s["title"] for s in speeches(output))
