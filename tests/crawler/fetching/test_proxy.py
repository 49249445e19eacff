"""An egress proxy from the environment: pages come through it, and nothing of the inside is asked by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.fetching.proxy import Proxies, is_inside
from tests.crawler.crawl.loopback import Answer, Loopback
from tests.crawler.crawl.running import arguments, crawl, lines_of, speeches

MIRROR = "http://mirror.invalid"


def test_names_of_the_inside() -> None:
    inside = (
        "localhost",
        "a.localhost",
        "printer",
        "nas.lan",
        "x.local",
        "metadata.google.internal",
        "db.corp.",
        "r.home.arpa",
    )
    outside = (
        "www.wm114.cn",
        "local.example",
        "lan.cn",
        "8.8.8.8",
        "[2606:4700::1]",
        "2606:4700::1",
    )
    assert [host for host in inside if not is_inside(host)] == []
    assert [host for host in outside if is_inside(host)] == []


def test_proxies_are_read_as_curl_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "direct.example")
    proxies = Proxies(
        {"http": "proxy.example:3128", "https": "http://user:secret@proxy.example:8080"}
    )
    assert proxies.for_url("http", "a.example") == "http://proxy.example:3128"
    assert proxies.for_url("https", "a.example") == "http://user:secret@proxy.example:8080"
    assert proxies.for_url("http", "direct.example") is None
    assert proxies.hosts() == ["proxy.example:3128", "proxy.example:8080"]
    assert Proxies({"http": "socks5://proxy.example:1080"}).for_url("http", "a.example") is None


def through_proxy(site: Loopback, output: Path, base: str, *more: str) -> list[str]:
    """Crawl by a proxy; the addresses that it was asked for."""

    def answer(path: str, headers: dict[str, str]) -> Answer | None:
        for host in (MIRROR, base):
            path = path.removeprefix(host)
        return site.page(path or "/", headers)

    site.answer = answer
    words = arguments(
        "wm114", base, output, "-a", "ids=1-2", "-s", "CONTACT=crawl@example.org", *more
    )
    assert words[:2] == ["crawl", "wm114"]
    run = crawl(
        "wm114", base, output, *words[words.index("-a", 4) :],
        env={"http_proxy": site.base, "no_proxy": "", "HTTP_PROXY": "", "NO_PROXY": ""},
    )  # fmt: skip
    assert "Traceback" not in run.stderr, run.stderr
    return [path for path, _ in site.ledger]


def test_pages_come_by_the_proxy(tmp_path: Path) -> None:
    with Loopback(documents=2) as site:
        asked = through_proxy(site, tmp_path, MIRROR, "-s", "ALLOW_PRIVATE_HOSTS=")
        assert f"{MIRROR}/robots.txt" in asked
        assert len(speeches(tmp_path)) == 2


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:9", "http://localhost:9", "http://db.internal", "http://[::1]:9"]
)
def test_nothing_of_the_inside_is_asked_by_the_proxy(tmp_path: Path, base: str) -> None:
    with Loopback(documents=2) as site:
        assert through_proxy(site, tmp_path, base, "-s", "ALLOW_PRIVATE_HOSTS=") == []
        assert {f["error"] for f in lines_of(tmp_path / "failures")} == {"refused_address"}


def test_the_proxy_itself_is_no_page(tmp_path: Path) -> None:
    with Loopback(documents=2) as site:
        assert through_proxy(site, tmp_path, site.base, "-s", "ALLOW_PRIVATE_HOSTS=") == []
