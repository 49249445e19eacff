"""Sitemaps: what they name is found, whatever stands around it, in time that is linear in their size."""

from __future__ import annotations

import time

import pytest

from crawler.found import Found
from crawler.reading.sitemap import sitemap_links
from crawler.runs.crawl_arguments import CrawlArguments
from crawler.site import Site

SITE = Site(key="s", hosts=("a.example",), documents=(r"/d/(?P<id>\d+)\.html(?:\?.*)?",))
HOME = "https://a.example/sitemap.xml"


def links(body: str) -> list[Found]:
    return list(sitemap_links(body, HOME, CrawlArguments(SITE).real, SITE.is_document))


def documents(body: str) -> list[str]:
    return [found.url.removeprefix("https://a.example") for found in links(body)]


def test_an_urlset_with_namespace_declaration_and_days() -> None:
    body = (
        '\ufeff<?xml version="1.0" encoding="gb2312"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>\n https://a.example/d/1.html </loc><lastmod>2026-03-04T05:06:07+08:00</lastmod></url>"
        "<url><loc><![CDATA[https://a.example/d/2.html]]></loc></url>"
        "<url><loc>https://a.example/about.html</loc></url></urlset>"
    )
    assert links(body) == [
        Found("https://a.example/d/1.html", "document", published="2026-03-04"),
        Found("https://a.example/d/2.html", "document"),
    ]


def test_an_index_names_further_sitemaps() -> None:
    body = "<sitemapindex><sitemap><loc>https://a.example/s2.xml</loc></sitemap></sitemapindex>"
    assert links(body) == [Found("https://a.example/s2.xml", "sitemap", 1)]


@pytest.mark.parametrize(
    "spoilt",
    [
        "<url><loc>http://[/</loc></url>",
        "<url><loc>http://a.example:port/d/9.html</loc></url>",
        "<url><loc></loc></url>",
        "<url></url>",
        "<url><loc>https://elsewhere.example/d/9.html</loc></url>",
        f"<url><loc>https://a.example/d/9.html?{'x' * 5000}</loc></url>",
        "<url><loc>https://a.example/d/&nosuch;</loc></url>",
        "<!-- <url><loc>https://a.example/d/9.html</loc></url> -->",
    ],
)
def test_an_entry_that_names_nothing_costs_itself(spoilt: str) -> None:
    whole = "<url><loc>https://a.example/d/{}.html</loc></url>"
    body = f"<urlset>{whole.format(1)}{spoilt}{whole.format(2)}</urlset>"
    assert documents(body) == ["/d/1.html", "/d/2.html"]


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    body = "<urlset><url><loc>https://a.example/d/1.html?a=1&x=2</loc></url><url><loc>https://a.example/d/2.html"
    assert documents(body) == ["/d/1.html?a=1&x=2", "/d/2.html"]


def test_a_mere_list_of_addresses_counts() -> None:
    assert documents("https://a.example/d/1.html\n\nhttps://a.example/d/2.html\n") == [
        "/d/1.html",
        "/d/2.html",
    ]


def test_no_entity_is_expanded_or_loaded() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY e0 "https://a.example/d/9.html">{bomb}<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        "<urlset><url><loc>&e11;</loc></url><url><loc>&f;</loc></url><url><loc>https://a.example/d/1.html</loc></url></urlset>"
    )
    assert "/d/1.html" in documents(body)
    assert len(documents(body)) <= 2


@pytest.mark.parametrize(
    "piece",
    ["<url><loc>" + " " * 40, "<url>", "<loc>", "<![CDATA[", "<url><loc>https://a.example/"],
)
def test_what_never_closes_takes_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        links("<urlset>" + piece * times)
        return time.process_time() - begun

    seconds(10)
    small, large = seconds(2_000), seconds(16_000)
    assert large < 24 * max(small, 0.005)
