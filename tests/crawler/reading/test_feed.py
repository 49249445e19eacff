"""Feeds are lists: recognised, and their entries read."""

from __future__ import annotations

import pytest

from crawler.reading.feed import Entry, entries, is_feed
from crawler.reading.list_page import is_list
from crawler.reading.page import Page

RSS = """<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet href="a.xsl"?><!-- made by hand -->
<rss version="2.0"><channel><title>讲话</title><link>https://a.example/</link>
<item><title>甲</title><link>https://a.example/1.html</link><pubDate>Tue, 05 Mar 2024 09:00:00 +0800</pubDate></item>
<item><title>乙</title><link>https://a.example/2.html</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.example/"/>
<entry><link rel="self" href="https://a.example/self"/><link href="https://a.example/3.html"/><updated>2024-03-06T00:00:00Z</updated></entry>
</feed>"""


def test_rss_and_atom_are_read() -> None:
    assert is_feed(RSS)
    assert list(entries(RSS)) == [
        Entry("https://a.example/1.html", "2024-03-05"),
        Entry("https://a.example/2.html", None),
    ]
    assert is_feed(ATOM)
    assert list(entries(ATOM)) == [Entry("https://a.example/3.html", "2024-03-06")]


def test_a_feed_is_a_list() -> None:
    assert is_list(Page.parse(RSS, ""))


def test_a_feed_that_breaks_off_gives_what_came_before() -> None:
    assert next(entries(RSS[: RSS.index("<title>乙")])).url == "https://a.example/1.html"


@pytest.mark.parametrize("text", ["", "<html><body>rss</body></html>", "<feedback>好</feedback>"])
def test_other_markup_is_no_feed(text: str) -> None:
    assert not is_feed(text)


def test_no_entity_is_resolved() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><item><link>https://a.example/&c;</link></item></rss>'
    assert [entry.url for entry in entries(bomb)] in ([], ["https://a.example/"])
