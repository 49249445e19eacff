"""`scrapy crawl` from the command line, against a site on loopback that keeps a ledger."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawler.crawl.loopback import Answer, Loopback, page_of, text_of
from tests.crawler.crawl.running import crawl, lines_of, manifests, speeches, started


def test_a_site_is_crawled_and_the_second_run_stores_nothing_new(tmp_path: Path) -> None:
    with Loopback(documents=25) as site:
        first = crawl("wm114", site.base, tmp_path)
        assert first.returncode == 0, first.stderr
        assert "25 asked · 25 stored" in first.stderr
        assert len(first.stderr.splitlines()) == 1
        found = speeches(tmp_path)
        assert {s["url"] for s in found} == {
            f"https://www.wm114.cn{site.path(n)}" for n in range(1, 26)
        }
        assert {s["doc_id"] for s in found} == {str(n) for n in range(1, 26)}
        assert [t["id"] for t in lines_of(tmp_path / "traces")] == [s["id"] for s in found]
        assert site.served().total() == 25

        second = crawl("wm114", site.base, tmp_path, "-q")
        assert (second.returncode, second.stderr, second.stdout) == (0, "", "")
        assert len(speeches(tmp_path)) == 25
        assert site.served().total() == 25
    one, two = manifests(tmp_path)
    assert one["pages"] == {
        "asked": 25,
        "stored": 25,
        "duplicate": 0,
        "unchanged": 0,
        "failed": 0,
        "refused": 0,
    }
    assert one["other_requests"] == {"lists": 5, "robots": 1, "redirects": 0}
    assert (one["exit"], two["exit"], two["pages"]["asked"]) == (0, 0, 0)
    assert list((tmp_path / "speeches").iterdir()) == [
        tmp_path / f"speeches/wm114-{one['run']}.jsonl"
    ]


def test_metrics_and_a_command_after_the_run(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with Loopback(documents=3) as site:
        hook = f"AFTER_RUN=cp -t {seen}"
        seen.mkdir()
        assert crawl("wm114", site.base, tmp_path / "out", "-s", hook).returncode == 0
        (manifest,) = manifests(tmp_path / "out")
        assert [path.name for path in seen.iterdir()] == [f"{manifest['run']}.json"]
        told = (tmp_path / "out" / "metrics" / "harvest-wm114.prom").read_text("utf-8")
        assert 'harvest_pages{outcome="stored",site="wm114"} 3.0' in told

        bad = crawl("wm114", site.base, tmp_path / "out", "-q", "-s", "AFTER_RUN=false")
        assert (bad.returncode, bad.stderr.count("\n")) == (3, 1)
        assert "AFTER_RUN exited 1" in bad.stderr


def test_limit_ids_and_url_choose_the_pages(tmp_path: Path) -> None:
    with Loopback(documents=40) as site:
        assert crawl("wm114", site.base, tmp_path, "-a", "limit=7").returncode == 0
        assert site.served().total() == 7
        asked = crawl("wm114", site.base, tmp_path / "ids", "-a", "ids=36-45")
        assert asked.returncode == 0, asked.stderr  # 404s of a range are no failure of ours
        (manifest,) = manifests(tmp_path / "ids")
        assert manifest["pages"]["asked"] == 10
        assert manifest["failures"] == {"http_404": 5}
        real = f"https://www.wm114.cn{site.path(3)}"
        before = len(site.ledger)
        both = crawl("wm114", site.base, tmp_path / "url", "-a", f"url={site.url(2)},{real}")
        assert both.returncode == 0, both.stderr
        assert [path for path, _ in site.ledger[before:] if path != "/robots.txt"] == [
            site.path(2),
            site.path(3),
        ]
        assert {s["doc_id"] for s in speeches(tmp_path / "url")} == {"2", "3"}


def test_a_range_in_which_nothing_is_due_is_well_and_an_unreached_one_is_not(
    tmp_path: Path,
) -> None:
    with Loopback(documents=5) as site:
        for asked in (5, 0):
            run = crawl("wm114", site.base, tmp_path, "-a", "ids=1-5")
            assert run.returncode == 0, run.stderr
            assert manifests(tmp_path)[-1]["pages"]["asked"] == asked
        base = site.base
    assert crawl("wm114", base, tmp_path, "-a", "ids=4-6").returncode == 3
    assert crawl("wm114", base, tmp_path).returncode == 3


def test_a_copy_under_another_number_is_a_duplicate(tmp_path: Path) -> None:
    with Loopback(documents=6) as site:
        site.texts[5] = site.lines(2)
        assert crawl("wm114", site.base, tmp_path).returncode == 0
    (manifest,) = manifests(tmp_path)
    assert manifest["pages"]["stored"] == 5
    assert manifest["pages"]["duplicate"] == 1
    assert len({s["content_hash"] for s in speeches(tmp_path)}) == 5
    assert len({s["id"] for s in speeches(tmp_path)}) == 5


def test_every_response_is_in_the_archive_under_its_real_address(tmp_path: Path) -> None:
    with Loopback(documents=3) as site:
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        (warc,) = (tmp_path / "pages" / "wm114").glob("*.warc.gz")
        with warc.open("rb") as stream:
            kept = [
                (
                    r.rec_headers["WARC-Target-URI"],
                    r.rec_headers["X-Harvest-Site"],
                    r.rec_headers["X-Harvest-Kind"],
                    r.rec_headers["WARC-Date"],
                    r.content_stream().read(),
                )
                for r in ArchiveIterator(stream, check_digests="raise")
                if r.rec_type == "response"
            ]
        by_url = {url: (key, kind, when, body) for url, key, kind, when, body in kept}
        assert by_url["https://www.wm114.cn/robots.txt"][1] == "robots"
        assert by_url["https://www.wm114.cn/"][1] == "list"
        for speech in speeches(tmp_path):
            key, kind, when, body = by_url[speech["url"]]
            assert (key, kind, when) == ("wm114", "document", speech["crawled_at"])
            assert body == page_of(int(speech["doc_id"]), text_of(int(speech["doc_id"])))
        assert len(kept) == len(site.ledger)
    gzip.decompress(warc.read_bytes())  # sound to its last byte


def test_pages_that_fail_are_on_file_and_asked_again_by_the_next_run(tmp_path: Path) -> None:
    with Loopback(documents=12) as site:
        site.answer = lambda path, headers: Answer(status=500) if path == site.path(4) else None
        first = crawl("wm114", site.base, tmp_path)
        assert first.returncode == 0, first.stderr  # one of twelve is under a tenth
        (failure,) = lines_of(tmp_path / "failures")
        assert (failure["error"], failure["url"]) == (
            "http_500",
            f"https://www.wm114.cn{site.path(4)}",
        )
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path).returncode == 0
    assert len(speeches(tmp_path)) == 12


def test_too_many_failed_fetches_exit_3_and_so_does_a_site_that_is_not_there(
    tmp_path: Path,
) -> None:
    with Loopback(documents=20) as site:
        broken = {site.path(n) for n in range(1, 6)}
        site.answer = lambda path, headers: Answer(status=500) if path in broken else None
        failed = crawl("wm114", site.base, tmp_path, "-q")
        assert failed.returncode == 3
        (line,) = failed.stderr.splitlines()
        assert (
            ": 5 of 20 pages could not be fetched (http_500 5): the next run asks again ·" in line
        )
        base = site.base
    gone = crawl("wm114", base, tmp_path)
    assert gone.returncode == 3
    assert "reached" in gone.stderr or "fetched" in gone.stderr


def test_a_site_that_shows_nothing_but_walls_ends_the_run_and_exits_3(tmp_path: Path) -> None:
    wall = Answer(
        "<title>用户登录</title><body><form>请先登录后再查看本文内容。<br>帐号<input name=user>密码<input type=password name=pw>"
        "<button>登录</button><a href=/reg>免费注册</a></form>".encode(), headers={"Content-Type": "text/html; charset=utf-8"},
    )  # fmt: skip
    with Loopback(documents=60) as site:
        site.answer = lambda path, headers: (
            wall if path.startswith("/wen/") and path > "/wen/1/31" else None
        )
        met = crawl(
            "wm114",
            site.base,
            tmp_path,
            "-q",
            "-s",
            "WALLS_IN_A_ROW=4",
            "-s",
            "CONCURRENT_REQUESTS=1",
        )
        assert met.returncode == 3, met.stderr
        (said,) = met.stderr.splitlines()
        assert "4 walls in a row (login_wall): they and what was not asked are due again" in said
        (manifest,) = manifests(tmp_path)
        assert (manifest["exit"], manifest["failures"]) == (
            3,
            {"login_wall": manifest["pages"]["failed"]},
        )
        assert manifest["pages"]["asked"] < 40
        site.answer = lambda path, headers: None
        assert crawl("wm114", site.base, tmp_path).returncode == 0
        assert len(speeches(tmp_path)) == 60  # the pages of the streak too


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-a", "colour=red"], "colour"),
        (["-a", "limit=many"], "limit"),
        (["-a", "ids=9-3"], "ids"),
        (["-a", "since=yesterday"], "since"),
        (["-a", "url=https://www.example.org/"], "example.org"),
        (["--frob"], "--frob"),
    ],
)
def test_usage_errors_exit_2_and_touch_nothing(tmp_path: Path, words: list[str], says: str) -> None:
    refused = crawl("wm114", "http://127.0.0.1:9", tmp_path / "out", *words)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_site_exits_2(tmp_path: Path) -> None:
    assert crawl("nosuchsite", "http://127.0.0.1:9", tmp_path).returncode == 2


def test_a_public_address_is_not_asked_without_a_contact(tmp_path: Path) -> None:
    process = started(
        ["crawl", "wm114", "-s", f"OUTPUT_DIR={tmp_path / 'out'}"], env={"CONTACT": ""}
    )
    with process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "CONTACT" in said
    assert not (tmp_path / "out").exists()


def test_a_bad_setting_exits_1_and_touches_nothing(tmp_path: Path) -> None:
    refused = crawl("wm114", "http://127.0.0.1:9", tmp_path / "out", delay="soon")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert not (tmp_path / "out").exists()


def test_web_takes_any_host_and_stays_on_it(tmp_path: Path) -> None:
    with Loopback(documents=3) as site:
        done = crawl("web", site.base, tmp_path, "-a", f"url={site.url(2)}")
        assert done.returncode == 0, done.stderr
    (speech,) = speeches(tmp_path)
    assert speech["url"] == site.url(2)
    assert speech["site"] == "unknown"


def test_web_loses_no_short_text_among_links(tmp_path: Path) -> None:
    rows = "".join(
        f"<li><a href='/list/{k}.html'>第{k}次植树会上的讲话</a></li>" for k in (1, 2, 1, 2) * 8
    )
    said = {
        "/": "今天天气很好，我宣布，全县第二届植树节，正式开始！",
        "/list/1.html": "现在散会，谢谢大家。",
        "/list/2.html": "",
    }
    with Loopback(documents=0) as site:
        site.answer = lambda path, headers: (
            Answer(f"<h1>讲话</h1><p>{said[path]}</p><ul>{rows}</ul>".encode())
            if path in said
            else None
        )
        done = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/")
        assert done.returncode == 0, done.stderr
        home = site.base
    assert [s["url"] for s in speeches(tmp_path)] == [f"{home}/"]
    assert [(f["url"], f["error"]) for f in lines_of(tmp_path / "failures")] == [
        (f"{home}/list/1.html", "too_short")
    ]
    (manifest,) = manifests(tmp_path)
    assert manifest["other_requests"]["lists"] == 1


def test_web_follows_lists_and_counts_them_as_lists(tmp_path: Path) -> None:
    with Loopback(documents=12) as site:
        first = "<a href='/list/1.html'>讲话</a> <a href='/a.pdf'>附件</a> <a href='/b.PNG?v=1'>图</a> <a href='/login.html'>登录</a>"
        site.answer = lambda path, headers: Answer(first.encode()) if path == "/" else None
        done = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/", "-a", "limit=13")
        assert done.returncode == 0, done.stderr
        asked = {path for path, _ in site.ledger}
        home = site.base
    assert asked == {
        "/robots.txt",
        "/",
        "/list/1.html",
        "/list/2.html",
        *[Loopback.path(n) for n in range(1, 13)],
    }
    (manifest,) = manifests(tmp_path)
    assert (
        manifest["pages"]["asked"],
        manifest["pages"]["stored"],
        manifest["other_requests"]["lists"],
    ) == (12, 12, 3)
    assert not lines_of(tmp_path / "failures")
    assert {s["site"] for s in speeches(tmp_path)} == {"unknown"}
    (warc,) = (tmp_path / "pages" / "web").glob("*.warc.gz")
    with warc.open("rb") as stream:
        kinds = {
            r.rec_headers["WARC-Target-URI"]: r.rec_headers["X-Harvest-Kind"]
            for r in ArchiveIterator(stream)
            if r.rec_type == "response"
        }
    assert kinds[f"{home}/list/2.html"] == "list"
    assert kinds[home + Loopback.path(3)] == "document"
