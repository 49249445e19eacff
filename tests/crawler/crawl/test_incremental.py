"""What later runs do: revisits by age, conditional requests, new versions, pages gone, alarms, `since`, sitemaps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.found import Found
from crawler.runs.apply import Visit
from crawler.runs.counts import Counts
from crawler.runs.frontier import DAY, FIRST_WAIT, LONGEST_WAIT
from crawler.runs.held_runs import NotHeld, discard, release
from crawler.runs.journal import Journal
from crawler.runs.layout_alarm import layout_alarm
from crawler.runs.state import Store
from pipelines.cleaning.clean import clean
from pipelines.records import Failure
from tests.crawler.crawl.loopback import Answer, Loopback, text_of
from tests.crawler.crawl.running import crawl, lines_of, manifests, speeches, started
from tests.faults.pages import START, lines, raw, run, url


class Clock:
    """Time as the test has it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(time, "time", lambda: self.now)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def asked(output: Path, answer: dict[int, str | list[str]], clock: Clock) -> Iterator[int]:
    """One run over what is due; `answer` gives an error's name or the paragraphs of a document."""
    with Journal.open(output, "wm114", "test", clock) as journal:
        journal.start([Found(START, "list")])
        while entries := journal.due(4):
            for entry in entries:
                if entry.kind == "list":
                    journal.add(Visit(entry, found=[Found(url(n), "document") for n in answer]))
                    continue
                n = int(entry.url.rpartition("/")[2].removesuffix(".html"))
                yield n
                given = answer[n]
                if given == "http_304":
                    journal.add(Visit(entry, not_modified=True))
                elif isinstance(given, str):
                    failure = Failure(
                        url=entry.url,
                        site="wm114",
                        stage="fetch",
                        error=given,
                        detail="",
                        happened_at=None,
                    )
                    journal.add(Visit(entry, failure=failure))
                else:
                    journal.add(Visit(entry, results=clean(raw(n, given), {})))
            journal.commit()
        journal.finish(0)


def test_a_known_page_is_looked_at_again_by_age_and_less_often_while_it_never_changes(
    tmp_path: Path, clock: Clock
) -> None:
    assert list(asked(tmp_path, {1: text_of(1)}, clock)) == [1]
    waits = []
    for _ in range(6):
        days = 0
        while not list(asked(tmp_path, {1: "http_304"}, clock)):
            clock.now += DAY
            days += 1
        waits.append(days)
    assert waits == [7, 14, 28, 56, 91, 91]
    assert waits[-1] * DAY == LONGEST_WAIT


def test_a_changed_page_gives_a_new_version_of_the_same_id_and_is_looked_at_sooner(
    tmp_path: Path, clock: Clock
) -> None:
    list(asked(tmp_path, {1: text_of(1)}, clock))
    clock.now += FIRST_WAIT
    list(asked(tmp_path, {1: "http_304"}, clock))
    clock.now += 2 * FIRST_WAIT
    assert list(asked(tmp_path, {1: [*text_of(1), *text_of(77)]}, clock)) == [1]
    one, two = lines(tmp_path / "speeches")
    assert (one["id"], one["version"], two["version"]) == (two["id"], 1, 2)
    assert two["text"].startswith(one["text"][:100])
    assert [m["documents"]["upgraded"] for m in manifests(tmp_path)] == [0, 0, 1]
    clock.now += FIRST_WAIT
    assert list(asked(tmp_path, {1: "http_304"}, clock)) == [1]


def test_a_page_is_gone_when_it_is_missing_twice_days_apart_and_its_record_stays(
    tmp_path: Path, clock: Clock
) -> None:
    list(asked(tmp_path, {1: text_of(1)}, clock))
    clock.now += FIRST_WAIT
    assert list(asked(tmp_path, {1: "http_404"}, clock)) == [1]
    clock.now += DAY // 2
    assert list(asked(tmp_path, {1: "http_404"}, clock)) == []
    clock.now += DAY
    assert list(asked(tmp_path, {1: "http_410"}, clock)) == [1]
    assert [m["gone"] for m in manifests(tmp_path)] == [[], [], [], [url(1)]]
    assert len(lines(tmp_path / "speeches")) == 1


def test_a_page_that_was_missing_once_and_came_back_is_not_gone(
    tmp_path: Path, clock: Clock
) -> None:
    list(asked(tmp_path, {1: text_of(1)}, clock))
    for given in ("http_404", "http_304", "http_404"):
        clock.now += LONGEST_WAIT
        assert list(asked(tmp_path, {1: given}, clock)) == [1]
    assert [m["gone"] for m in manifests(tmp_path)] == [[], [], [], []]


def test_known_pages_are_asked_with_what_the_site_gave_to_recognise_them(tmp_path: Path) -> None:
    with Loopback(documents=4) as site:
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        with Store.open(tmp_path / "state.db") as store, store.transaction():
            store.db.execute("UPDATE pages SET due = 1 WHERE kind = 'document'")
        site.texts[2] = [*text_of(2), *text_of(99)]
        before = len(site.ledger)
        again = crawl("wm114", site.base, tmp_path)
        assert again.returncode == 0, again.stderr
        statuses = {
            path: status for path, status in site.ledger[before:] if path.startswith("/wen/")
        }
    assert statuses == {site.path(n): 200 if n == 2 else 304 for n in range(1, 5)}
    assert manifests(tmp_path)[-1]["pages"] == {
        "asked": 4,
        "stored": 1,
        "duplicate": 0,
        "unchanged": 3,
        "failed": 0,
        "refused": 0,
    }
    assert [s["version"] for s in speeches(tmp_path) if s["doc_id"] == "2"] == [1, 2]


def test_paging_stops_where_a_list_holds_only_known_documents(tmp_path: Path) -> None:
    with Loopback(documents=60) as site:
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        site.documents = 64
        before = len(site.ledger)
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        asked_lists = [path for path, _ in site.ledger[before:] if path.startswith("/list/")]
    assert asked_lists == ["/list/1.html", "/list/2.html"]
    assert len(speeches(tmp_path)) == 64


def test_since_leaves_out_what_a_list_or_a_sitemap_dates_earlier(tmp_path: Path) -> None:
    def answer(path: str, headers: dict[str, str]) -> Answer | None:
        if path == "/":
            rows = "".join(
                f"<li><a href='{Loopback.path(n)}'>第{n}号</a> 2024-0{n}-15</li>"
                for n in range(1, 7)
            )
            return Answer(
                f"<ul>{rows}</ul>".encode(), headers={"Content-Type": "text/html; charset=utf-8"}
            )
        if path == "/robots.txt":
            return Answer(f"User-agent: *\nDisallow:\nSitemap: {site.base}/map.xml\n".encode())
        if path == "/map.xml":
            urls = "".join(
                f"<url><loc>{site.base}{Loopback.path(n)}</loc><lastmod>2024-0{n - 6}-20T00:00:00Z</lastmod></url>"
                for n in range(7, 13)
            )
            return Answer(
                f'<?xml version="1.0"?><urlset>{urls}</urlset>'.encode(),
                headers={"Content-Type": "text/xml"},
            )
        return None

    with Loopback(documents=12) as site:
        site.answer = answer
        assert crawl("wm114", site.base, tmp_path, "-a", "since=2024-04-01").returncode == 0
        assert set(site.served()) == {site.path(n) for n in (4, 5, 6, 10, 11, 12)}
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        assert len(speeches(tmp_path)) == 12


def test_since_leaves_a_page_that_says_itself_it_is_older_for_another_run(tmp_path: Path) -> None:
    with Loopback(documents=4) as site:
        for n in (1, 2):
            site.texts[n] = [f"发布时间：2021-03-0{n}", *text_of(n)]
        first = crawl("wm114", site.base, tmp_path, "-a", "since=2024-01-01")
        assert first.returncode == 0, first.stderr
        early = {
            s["doc_id"] for s in speeches(tmp_path) if s["published"] and s["published"] < "2024"
        }
        assert early == set()
        (manifest,) = manifests(tmp_path)
        pages = manifest["pages"]
        assert pages["asked"] == sum(v for k, v in pages.items() if k != "asked")
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        assert {s["doc_id"] for s in speeches(tmp_path)} == {"1", "2", "3", "4"}


def test_a_document_that_leads_to_the_start_page_is_none(tmp_path: Path) -> None:
    with Loopback(documents=15) as site:
        site.answer = lambda path, headers: (
            Answer(status=302, headers={"Location": "/"}) if path == site.path(3) else None
        )
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        (failure,) = lines_of(tmp_path / "failures")
        assert failure["error"] == "soft_404"
        assert manifests(tmp_path)[0]["other_requests"]["redirects"] == 1


def _counts(own: int, generic: int = 0, *, length: float = 2000, gapped: int = 0) -> Counts:
    import math

    counts = Counts()
    counts.extraction.update(own=own, generic=generic)
    counts.documents.update(new=own + generic, gapped=gapped)
    for n in range(own + generic):
        log = math.log(length) + (0.4 if n % 2 else -0.4)
        counts.lengths["log"] += log
        counts.lengths["log_squared"] += log * log
    return counts


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        (_counts(20), [_counts(30)], None),
        (_counts(1, 9), [_counts(30)], "selectors"),
        (_counts(0, 5), [_counts(8)], "selectors"),
        (_counts(0, 3), [_counts(30)], None),  # three pages are no evidence
        (_counts(0, 20), [_counts(0, 40)], None),  # it never had any
        (_counts(0, 20), [], None),
        (_counts(20, length=300), [_counts(40)], "characters"),
        (_counts(20, length=1700), [_counts(40)], None),
        (_counts(5, length=1100), [_counts(40)], None),  # five short ones are an accident
        (_counts(20, gapped=1), [_counts(40, gapped=30)], "notices"),
        (_counts(20, gapped=12), [_counts(40, gapped=30)], None),
        (
            _counts(20, gapped=19),
            [_counts(40, gapped=2)],
            None,
        ),  # more gaps are no fault of the layout
    ],
)
def test_the_layout_alarm_needs_a_fall_that_is_no_accident(
    now: Counts, before: list[Counts], word: str | None
) -> None:
    said = layout_alarm(now, before)
    assert (said is None) == (word is None)
    assert word is None or word in str(said)


def test_what_a_changed_layout_gave_is_held_back_until_doctor_lets_it_out(tmp_path: Path) -> None:
    with Loopback(documents=12) as site:
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        site.documents = 24

        def changed(path: str, headers: dict[str, str]) -> Answer | None:
            if not path.startswith("/wen/"):
                return None
            body = site.page(path, {}).body.replace(b"class=article-content", b"id=zw")
            return Answer(body, headers={"Content-Type": "text/html"})

        site.answer = changed
        held = crawl("wm114", site.base, tmp_path)
        assert held.returncode == 3
        assert "selectors" in held.stderr
        assert len(speeches(tmp_path)) == 12
        (kept,) = (tmp_path / "speeches").glob("*.held")
        assert len(kept.read_bytes().splitlines()) == 12
        run_name = manifests(tmp_path)[-1]["run"]
        assert _doctor(tmp_path)[0] == 3
        assert run_name in _doctor(tmp_path)[1]
        code, said = _doctor(tmp_path, "--release", run_name)
        assert (code, "12 records" in said) == (0, True), said
        assert len(speeches(tmp_path)) == 24
        assert len(lines_of(tmp_path / "outlines")) == 24
        assert not list(tmp_path.rglob("*.held"))
        assert _doctor(tmp_path)[0] == 0
        assert _doctor(tmp_path, "--release", run_name)[0] == 1
        again = crawl("wm114", site.base, tmp_path)
        assert again.returncode == 0, again.stderr
        assert len(speeches(tmp_path)) == 24


def _doctor(output: Path, *more: str) -> tuple[int, str]:
    with started(["doctor", "-s", f"OUTPUT_DIR={output}", *more]) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def test_idle_nights_do_not_make_the_alarm_forget(tmp_path: Path) -> None:
    run(tmp_path, 8)
    for _ in range(12):
        run(tmp_path, 8)
    with Journal.open(tmp_path, "wm114", "test") as journal:
        assert [c.extraction["own"] for c in journal.before()] == [8]
        journal.finish(0)


def test_held_pages_are_unseen_and_discarding_leaves_no_trace_of_them(tmp_path: Path) -> None:
    run(tmp_path, 5)
    run(tmp_path, 9, hold=True)
    (held,) = [m["run"] for m in manifests(tmp_path)[1:]]
    assert len(lines(tmp_path / "speeches")) == 5
    discard(tmp_path, held)
    with pytest.raises(NotHeld, match="nothing"):
        discard(tmp_path, held)
    ledger = run(tmp_path, 9)
    assert {u for u in ledger if u != START} == set(map(url, range(6, 10)))
    assert (
        len({s["id"] for s in lines(tmp_path / "speeches")})
        == len(lines(tmp_path / "speeches"))
        == 9
    )


def test_what_was_fetched_again_since_is_not_released_twice(tmp_path: Path) -> None:
    run(tmp_path, 5)
    run(tmp_path, 9, hold=True)
    (held,) = [m["run"] for m in manifests(tmp_path)[1:]]
    run(tmp_path, 9, fails=(8, 9))
    assert len(lines(tmp_path / "speeches")) == 7
    assert release(tmp_path, held) == 2
    assert set(run(tmp_path, 9)) == {START}
    found = lines(tmp_path / "speeches")
    assert sorted(s["url"] for s in found) == sorted(map(url, range(1, 10)))
    assert sorted(t["id"] for t in lines(tmp_path / "traces")) == sorted(s["id"] for s in found)


def lists_asked(site: Loopback) -> list[str]:
    """Addresses of list pages since the ledger was emptied, in the order of answering."""
    return [path for path, _ in site.ledger if path.startswith("/list/")]


@pytest.mark.parametrize("cut", ["limit", "error", "growth", "state"])
def test_what_new_documents_push_down_a_list_is_met_behind_pages_that_are_all_known(
    tmp_path: Path, cut: str
) -> None:
    with Loopback(documents=50) as site:
        grown = []

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/list/3.html" and cut == "error":
                return Answer(status=500)
            if path == "/list/2.html" and cut == "growth" and not grown:
                grown.append(True)
                site.documents = 70
            return None

        site.answer = answer
        crawl(
            "wm114", site.base, tmp_path, *(["-a", "limit=15"] if cut in ("limit", "state") else [])
        )
        site.documents, site.answer = 70, lambda path, headers: None
        if cut == "state":
            for file in tmp_path.glob("state.db*"):
                file.unlink()
        last = crawl("wm114", site.base, tmp_path)
        assert last.returncode == 0, last.stderr
        assert sorted(s["url"] for s in speeches(tmp_path)) == sorted(
            f"https://www.wm114.cn{site.path(n)}" for n in range(1, 71)
        )
        site.ledger.clear()
        site.documents = 71
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        assert lists_asked(site) == [
            "/list/1.html",
            "/list/2.html",
        ]  # and no further: the rest is known
