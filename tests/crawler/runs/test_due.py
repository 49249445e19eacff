"""When a page is asked again: after walls, after failures, and when somebody wants it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from crawler.found import Found
from crawler.runs.apply import Visit
from crawler.runs.frontier import DAY, WAIT_AFTER_FAILURE
from crawler.runs.journal import Journal
from crawler.runs.state import Store
from pipelines.cleaning.clean import clean
from pipelines.failures import failure
from tests.crawler.commands.in_process import scrapy
from tests.faults.pages import START, raw, url


def _visit(output: Path, errors: dict[int, str], *, shift: float = 0, again: str = "") -> list[str]:
    """A run over documents 1 to 6, of which these fail; the pages that it asked."""
    asked = []
    with Journal.open(output, "wm114", "test", lambda: time.time() + shift) as journal:
        if again:
            journal.ask_again(again)
        journal.start([Found(url(n), "document") for n in range(1, 7)] if not again else [])
        for entry in journal.due(9):
            n = int(entry.url.rpartition("/")[2].removesuffix(".html"))
            asked.append(entry.url)
            if n in errors:
                failed = failure(entry.url, "wm114", "read", errors[n], "", None)
                journal.add(Visit(entry, failure=failed))
            else:
                journal.add(Visit(entry, results=clean(raw(n), {})))
        journal.finish(0)
    return asked


def _due(output: Path, after: float) -> list[str]:
    with Store.open(output / "state.db") as store:
        now = int(time.time() + after)
        return sorted(e.url for e in store.frontier.due("wm114", run=99, now=now, want=99))


def _urls(*numbers: int) -> list[str]:
    return [url(n) for n in numbers]


def test_pages_whose_visit_failed_are_asked_again_where_that_is_wanted(tmp_path: Path) -> None:
    errors = {1: "soft_404", 2: "login_wall", 3: "http_404", 4: "empty"}
    _visit(tmp_path, errors)
    assert _due(tmp_path, 60) == []
    assert sorted(_visit(tmp_path, errors, again="failed")) == _urls(1, 2, 3, 4)
    assert len(_visit(tmp_path, {}, again="all")) == 6


def test_a_wall_is_asked_again_after_a_day_then_more_and_more_rarely(tmp_path: Path) -> None:
    _visit(tmp_path, {1: "captcha"})
    assert _due(tmp_path, 0.9 * DAY) == []
    assert _due(tmp_path, 1.1 * DAY) == _urls(1)
    waits = []
    for _ in range(7):
        _visit(tmp_path, {1: "captcha"}, again="failed")
        with Store.open(tmp_path / "state.db") as store:
            (page,) = store.frontier.entries("wm114", _urls(1))
        waits.append(page.interval)
    assert waits[:3] == [2 * DAY, 4 * DAY, 8 * DAY]
    assert waits[-1] == WAIT_AFTER_FAILURE


def test_pages_of_a_streak_of_walls_stay_due(tmp_path: Path) -> None:
    with Journal.open(tmp_path, "wm114", "test") as journal:
        journal.start([Found(url(n), "document") for n in range(1, 4)])
        entries = journal.due(9)
        for entry in entries:
            failed = failure(entry.url, "wm114", "read", "captcha", "", None)
            journal.add(Visit(entry, failure=failed))
        journal.stay_due(entries[1:])
        journal.finish(3)
    assert _due(tmp_path, 0) == _urls(2, 3)


def test_the_frontier_command_shows_what_is_due_and_what_failed(tmp_path: Path) -> None:
    where = ("-s", f"OUTPUT_DIR={tmp_path}")
    assert scrapy("frontier", "wm114", *where).code == 1
    _visit(tmp_path, {2: "captcha", 4: "http_500"})
    said = scrapy("frontier", "wm114", *where).out.decode().splitlines()
    assert said[0].startswith("wm114: 6 documents, 0 lists; 0 never asked, 2 failed; 1 due now")
    assert said[2].split() == ["now", said[2].split()[1], "http_500", url(4)]
    assert len(said) == 8

    found = json.loads(scrapy("frontier", "wm114", "--failed", "--json", *where).out)
    assert [page["result"] for page in found["pages"]] == ["http_500", "captcha"]
    assert scrapy("frontier", "nowhere", *where).code == 1
    assert scrapy("frontier", *where).code == 2


def _found(output: Path, errors: Sequence[str]) -> tuple[list[str], int]:
    """A run whose list leads to pages that fail like this: what is gone, and how many links are dead."""
    with Journal.open(output, "wm114", "test") as journal:
        journal.start([Found(START, "list")])
        (start,) = journal.due(1)
        journal.add(Visit(start, found=[Found(url(n), "document") for n in range(len(errors))]))
        journal.commit()
        for entry, error in zip(journal.due(99), errors, strict=True):
            failed = failure(entry.url, "wm114", "fetch", error, "", None)
            journal.add(Visit(entry, failure=failed))
        manifest = journal.finish(0)
        return list(manifest.gone), journal.counts.numbers["dead_links"]


def test_found_links_that_lead_nowhere_are_counted_as_gone(tmp_path: Path) -> None:
    gone, dead = _found(tmp_path, ["http_404", "http_410", "http_500"])
    assert gone == _urls(0, 1)
    assert dead == 2
