"""What falls, and what is chance; pages chosen by hand are no sample."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from crawler.commands.crawl import summary
from crawler.found import Found
from crawler.runs.apply import Visit
from crawler.runs.counts import Counts
from crawler.runs.journal import Journal
from crawler.runs.layout_alarm import layout_alarm
from crawler.runs.manifest import make_manifest
from pipelines.cleaning.clean import clean
from tests.faults.pages import raw, url


def _run(pages: int, *, own: int | None = None, gapped: int = 0, length: int = 2000) -> Counts:
    log = math.log(length)
    counts = Counts(
        extraction=Counter(own=pages if own is None else own),
        documents=Counter(new=pages, gapped=gapped),
    )
    counts.extraction["generic"] = pages - counts.extraction["own"]
    counts.lengths["log"] = pages * log
    counts.lengths["log_squared"] = pages * (log * log + 0.1)
    return counts


def test_a_share_that_falls_is_an_alarm_only_where_chance_does_not_bring_it() -> None:
    before = [_run(100, gapped=20)]
    assert "gapped" in (layout_alarm(_run(60), before) or "")
    assert layout_alarm(_run(12), before) is None  # of twelve pages none is gapped once in fifteen
    assert "selectors" in (layout_alarm(_run(40, own=10), [_run(100, own=60)]) or "")
    assert layout_alarm(_run(6, own=1), [_run(10, own=5)]) is None


def test_runs_of_chosen_pages_are_not_compared_with(tmp_path: Path) -> None:
    for again in (False, True):
        with Journal.open(tmp_path, "wm114", "test") as journal:
            found = [Found(url(n), "document") for n in range(1, 4)]
            for entry in journal.plan(found, again=again):
                n = int(entry.url.rpartition("/")[2].removesuffix(".html"))
                journal.add(Visit(entry, results=clean(raw(n), {})))
            journal.finish(0)
    with Journal.open(tmp_path, "wm114", "test") as journal:
        assert len(journal.before()) == 1
        journal.finish(0)


def test_the_line_of_a_run_says_the_reason_first_and_no_zeros() -> None:
    counts = Counts(pages=Counter(asked=3, stored=2, failed=1), documents=Counter(new=2))
    manifest = make_manifest("R", "wm114", "test", "", "", 3, counts, {})
    assert summary(manifest, "all is lost") == (
        "wm114 R: all is lost · 3 asked · 2 stored (2 new) · 1 failed"
    )
    nothing = make_manifest("R", "wm114", "test", "", "", 0, Counts(), {})
    assert summary(nothing, met=4) == "wm114 R: nothing was due, 4 known documents met"
