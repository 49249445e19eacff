"""Addresses from pages: what cannot be read costs itself, and what leads deeper for ever leads nowhere."""

from __future__ import annotations

import pytest

from crawler.reading.link_address import base_address, canonical_target, is_trap
from crawler.reading.links import list_links
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.site import Site

SITE = Site(key="s", hosts=("a.example",), documents=(r"/d/(?P<id>\d+)\.html",))
HOME = "https://a.example/list/1.html"
#: Addresses that some function of the standard library refuses to read.
UNREADABLE = (  # the last two can be read as a base: of another host

    "http://[", "http://[::1", "//[x]/", "http://a.example:port/", "http://a.example:99999/d/1.html", "https://[v1.x]/",
    "http://\u2100.example/",
)  # fmt: skip


@pytest.mark.parametrize("address", UNREADABLE)
def test_an_unreadable_address_is_none(address: str) -> None:
    asked = CrawlArguments(SITE)
    assert asked.real(address) is None
    mirrored = CrawlArguments(SITE, base="http://127.0.0.1:8000")
    assert mirrored.real(address) is None
    assert canonical_target(HOME, address, asked.real) is None


@pytest.mark.parametrize("address", UNREADABLE)
@pytest.mark.parametrize(
    "where", ["<base href='{}'>", "<link rel=next href='{}'>", "<a href='{}'>下一页</a>"]
)
def test_an_unreadable_address_costs_nothing_else_on_a_list(address: str, where: str) -> None:
    html = (
        where.format(address)
        + "<ul><li><a href='https://a.example/d/1.html'>一</a><li><a href='/d/2.html'>二</a></ul>"
        "<a href='/list/2.html'>下一页</a>"
    )
    asked = CrawlArguments(SITE)
    found = [f.url for f in list_links(html, HOME, HOME, 1, asked.real, SITE.is_document)]
    assert "https://a.example/d/1.html" in found
    if "base" not in where or base_address(HOME, address) == HOME:
        assert "https://a.example/d/2.html" in found
        assert "https://a.example/list/2.html" in found


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        ("/a/x.html", False),
        ("/2024/05/05/05/5.html", False),
        ("/000/000/000/017.html", False),
        ("/news/news/1.html", False),
        ("/a/a/a/x.html", True),
        ("/a/b/a/b/a/x.html", True),
        ("/" + "/".join(f"s{n}" for n in range(19)) + "/x.html", False),
        ("/" + "/".join(f"s{n}" for n in range(20)) + "/x.html", True),
    ],
)
def test_paths_that_only_a_machine_makes(path: str, trap: bool) -> None:
    assert is_trap(f"https://a.example{path}") is trap
