"""What doctor finds: each trouble is made, and named; without one all is well."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.runs.apply import Visit
from crawler.runs.examination import examine
from crawler.runs.journal import Journal
from pipelines.failures import failure
from tests.crawler.commands.in_process import scrapy
from tests.crawler.crawl.loopback import text_of
from tests.crawler.runs.visits import put_state, visit
from tests.faults.pages import raw, url

DAY = 86_400


def _texts(count: int) -> dict[int, list[str]]:
    return {n: text_of(n) for n in range(1, count + 1)}


def _well(output: Path) -> None:
    visit(output, _texts(8))


def _file_is_gone(output: Path) -> None:
    _well(output)
    next((output / "speeches").glob("*.jsonl")).unlink()


def _line_is_torn(output: Path) -> None:
    _well(output)
    file = next((output / "speeches").glob("*.jsonl"))
    file.write_bytes(file.read_bytes()[:-1])


def _state_is_gone(output: Path) -> None:
    _well(output)
    put_state(output, None)


def _was_killed(output: Path) -> None:
    visit(output, _texts(8), finish=False)


def _is_held(output: Path) -> None:
    visit(output, _texts(8), hold=True)


def _folder_is_missing(output: Path) -> None:
    output.rmdir()


def _run_long_ago(output: Path) -> None:
    visit(output, _texts(3), shift=-9 * DAY)


def _cron_is_gone(output: Path) -> None:
    for nights in (9, 8, 7, 6, 5):
        visit(output, _texts(3), shift=-nights * DAY)


def _fails(error: str, exit_status: int, failed: int = 6, well: int = 4) -> Callable[[Path], None]:
    def run(output: Path) -> None:
        from crawler.found import Found
        from pipelines.cleaning.clean import clean

        with Journal.open(output, "wm114", "test") as journal:
            journal.start([Found(url(n), "document") for n in range(1, failed + well + 1)])
            for n, entry in enumerate(journal.due(99), 1):
                lost = failure(entry.url, "wm114", "fetch", error, "", None)
                if n > failed:
                    journal.add(Visit(entry, results=clean(raw(n), {})))
                else:
                    journal.add(Visit(entry, failure=lost))
            journal.finish(exit_status)

    return run


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_file_is_gone, "is gone"),
        (_line_is_torn, "torn"),
        (_state_is_gone, "state.db is gone"),
        (_was_killed, "was killed"),
        (_is_held, "held back"),
        (_folder_is_missing, "is missing"),
        (_run_long_ago, "no run for 9 days"),
        (_cron_is_gone, "no run for 5 days"),
        (_fails("http_500", 0), "6 of 10 pages could not be fetched (http_500 6)"),
        (_fails("captcha", 0), "6 of 10 pages were walls (captcha 6)"),
        (_fails("robots", 0), "6 of 10 pages were refused (robots 6)"),
        (_fails("rule_error", 3, failed=2), "2 of 6 pages were lost (rule_error 2)"),
        (_fails("http_404", 3, failed=1), "exit 3"),
        (_fails("http_404", 143, failed=1), "terminated"),
    ],
)
def test_each_trouble_is_named(tmp_path: Path, make: Callable[[Path], None], said: str) -> None:
    make(tmp_path)
    troubles = examine(tmp_path, time.time()).troubles
    assert any(said in trouble for trouble in troubles), troubles


@pytest.mark.parametrize("make", [_well, _fails("http_404", 0), _fails("soft_404", 0, failed=1)])
def test_where_all_is_well_nothing_is_found(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path)
    found = examine(tmp_path, time.time())
    assert found.troubles == []
    assert found.records == found.documents


def test_nothing_was_due_is_said_only_where_documents_were_met(tmp_path: Path) -> None:
    with Journal.open(tmp_path, "wm114", "test") as journal:
        journal.finish(0)
    found = examine(tmp_path, time.time())
    assert found.sites["wm114"].said == "nothing was asked, no document was met"
    assert found.troubles


def test_a_run_under_way_is_no_trouble(tmp_path: Path) -> None:
    _well(tmp_path)
    with Journal.open(tmp_path, "wm114", "test"):
        found = examine(tmp_path, time.time())
    assert found.troubles == []
    assert "wm114" in found.under_way


def test_the_command_exits_3_where_there_is_a_problem_and_prints_json(tmp_path: Path) -> None:
    output = tmp_path / "output"
    _well(output)
    well = scrapy("doctor", "-s", f"OUTPUT_DIR={output}")
    assert (well.code, well.out.splitlines()[-1]) == (0, b"all is well")
    _file_is_gone(output)
    done = scrapy("doctor", "--json", "-s", f"OUTPUT_DIR={output}")
    said = json.loads(done.out)
    assert done.code == 3
    assert said["schema"] == "doctor/1"
    assert "is gone" in said["troubles"][0]
    assert said["sites"]["wm114"]["pages"]["unchanged"] == 8
