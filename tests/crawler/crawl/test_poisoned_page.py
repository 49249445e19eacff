"""A page that hangs whoever reads it costs itself: it is on file, the others are stored, and the next night is quiet."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from tests.crawler.crawl.loopback import Loopback
from tests.crawler.crawl.running import (
    arguments,
    crawl,
    lines_of,
    manifests,
    speeches,
    started,
    wait_for,
)

#: Enough for pages of this site on a loaded machine, little enough for a test.
SHORT = ("-s", "PAGE_CPU_SECONDS=0.5")


def test_pages_that_hang_are_failures_and_the_others_are_stored(tmp_path: Path) -> None:
    hang = {"stage": "clean", "error": "hang"}
    with Loopback(documents=4) as site:
        ids = ("-a", "ids=1-4", *SHORT)
        first = crawl("wm114", site.base, tmp_path, *ids, plan=hang)
        failed = lines_of(tmp_path / "failures")
        # Whoever takes over from an ended worker counts from the start: the second page each time.
        assert {f["error"] for f in failed} == {"too_slow"}
        assert all(f["stage"] == "read" and "0.5 s of CPU" in f["detail"] for f in failed)
        assert len(failed) + len(speeches(tmp_path)) == 4
        assert len(failed) in (1, 2)
        assert first.returncode == 3, first.stderr
        assert manifests(tmp_path)[0]["failures"] == {"too_slow": len(failed)}

        asked = len(site.ledger)
        second = crawl("wm114", site.base, tmp_path, *ids)
        assert second.returncode == 0, second.stderr
        assert not [path for path, _ in site.ledger[asked:] if path.startswith("/wen/")]


def test_a_list_that_hangs_costs_its_links_only(tmp_path: Path) -> None:
    with Loopback(documents=20) as site:
        run = crawl("wm114", site.base, tmp_path, *SHORT, plan={"stage": "links", "error": "hang"})
        errors = [(f["error"], f["url"]) for f in lines_of(tmp_path / "failures")]
        assert errors
        assert {error for error, _ in errors} == {"too_slow"}
        assert not any("/wen/" in url for _, url in errors)
        assert "Traceback" not in run.stderr


def test_a_page_that_wants_all_memory_is_too_large(tmp_path: Path) -> None:
    filler = "<p>" + "汇报材料" * 2_000_000
    with Loopback(documents=3) as site:
        site.texts[2] = [filler]
        limits = ("-s", "PAGE_MEMORY_MB=24", "-s", "PAGE_CPU_SECONDS=60")
        run = crawl("wm114", site.base, tmp_path, "-a", "ids=1-3", *limits)
        (failed,) = lines_of(tmp_path / "failures")
        assert (failed["error"], failed["url"][-7:]) == ("too_large", "/2.html")
        assert len(speeches(tmp_path)) == 2
        assert run.returncode == 3, run.stderr


def test_sigterm_is_heard_while_a_page_hangs(tmp_path: Path) -> None:
    read = threading.Event()
    with Loopback(documents=3) as site:

        def answer(path: str, headers: dict[str, str]) -> None:
            if path == site.path(3):
                read.set()

        site.answer = answer
        words = arguments(
            "wm114", site.base, tmp_path, "-a", "ids=1-3", "-s", "PAGE_CPU_SECONDS=999"
        )
        with started(words, plan={"stage": "clean", "error": "hang"}) as process:
            assert wait_for(read, process)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            assert process.returncode == 143
        again = crawl("wm114", site.base, tmp_path, "-a", "ids=1-3")
        assert again.returncode == 0, again.stderr
        assert len(speeches(tmp_path)) == 3


@pytest.mark.parametrize(
    "setting", ["PAGE_CPU_SECONDS=0", "PAGE_MEMORY_MB=-1", "PAGE_CPU_SECONDS=soon"]
)
def test_bounds_that_are_none_are_refused(tmp_path: Path, setting: str) -> None:
    run = crawl("wm114", "http://127.0.0.1:9", tmp_path, "-s", setting)
    assert run.returncode == 1
    assert "PAGE_" in run.stderr or "soon" in run.stderr
    assert not (tmp_path / "state.db").exists()
