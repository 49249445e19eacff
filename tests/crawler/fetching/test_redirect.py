"""Where a redirect leads: to another host of the site it is followed as it is, on a mirror it stays on the mirror."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.fetching.errors import Refused
from crawler.middlewares.redirect import Redirect
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.site import Site

SITE = Site(
    key="s", hosts=("a.example", "m.a.example"), scheme="http", documents=(r"/(?P<id>\d+)\.html",)
)


def led(
    place: str, start: str = "http://a.example/1.html", base: str | None = None, status: int = 302
) -> Any:
    crawler = get_crawler()
    crawler.spider = SimpleNamespace(
        asked=CrawlArguments.read({"base": base} if base else {}, SITE)
    )  # type: ignore[assignment]
    request = Request(start)
    found = Redirect.from_crawler(crawler).process_response(
        request, Response(start, status=status, headers={"Location": place})
    )
    assert not inspect.isawaitable(found)
    return found


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("/2.html", "http://a.example/2.html"),
        ("//m.a.example/1.html", "http://m.a.example/1.html"),
        ("https://a.example/1.html", "https://a.example/1.html"),
        ("?page=1", "http://a.example/1.html?page=1"),
        ("http://m.a.example/1.html?from=pc", "http://m.a.example/1.html?from=pc"),
    ],
)
def test_within_the_site_it_is_followed_as_it_is(place: str, url: str) -> None:
    assert led(place).url == url


def test_on_a_mirror_it_stays_on_the_mirror() -> None:
    base = "http://127.0.0.1:8000/copy"
    assert led("http://m.a.example/2.html", f"{base}/1.html", base).url == f"{base}/2.html"
    assert led("/copy/2.html", f"{base}/1.html", base).url == f"{base}/2.html"


@pytest.mark.parametrize(
    "place",
    ["file:///etc/passwd", "javascript:alert(1)", "mailto:a@b", "http://[", "/1.html", "#top"],
)
def test_what_is_not_followed(place: str) -> None:
    with pytest.raises(Refused) as caught:
        led(place)
    assert caught.value.error == "redirect"


def test_what_is_no_redirect_passes() -> None:
    assert isinstance(led("/2.html", status=200), Response)
    assert isinstance(led("/2.html", status=304), Response)


def test_leading_elsewhere_takes_a_look_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def addresses(host: str, *_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("10.0.0.1" if host == "inside.example" else "93.184.216.34", 80))]

    async def at_once(call: Any, *args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    monkeypatch.setattr("crawler.middlewares.redirect.socket.getaddrinfo", addresses)
    monkeypatch.setattr("crawler.middlewares.redirect.deferToThread", at_once)
    monkeypatch.setattr("crawler.middlewares.redirect.maybe_deferred_to_future", lambda x: x)
    crawler = get_crawler()
    for url, error in (
        ("http://inside.example/", "refused_address"),
        ("https://shop.example/", "redirect"),
    ):
        with pytest.raises(Refused) as caught:
            asyncio.run(Redirect.from_crawler(crawler)._off_site(url))
        assert caught.value.error == error
