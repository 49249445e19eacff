"""Feeds are valid Atom and say what is new, what is upgraded and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from benchmarks.search_corpus import speech
from crawler.runs.after_crawl import bring_up_to_date
from pipelines.errors import HarvestError
from pipelines.exports.atom import ENTRIES, feed, write_feeds
from pipelines.record_parts import Gap

#: RFC 4287 as far as it binds these feeds: which elements, how often, and what they hold.
GRAMMAR = etree.RelaxNG(
    etree.fromstring(
        """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><ref name="language"/><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/><oneOrMore><ref name="person"/></oneOrMore>
    <zeroOrMore><ref name="link"/></zeroOrMore>
    <optional><element name="generator"><text/></element></optional>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
  </interleave></element></start>
  <define name="entry"><element name="entry"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <optional><element name="published"><data type="dateTime"/></element></optional>
    <oneOrMore><ref name="link"/></oneOrMore><zeroOrMore><ref name="person"/></zeroOrMore>
    <zeroOrMore><element name="category"><attribute name="term"/><attribute name="scheme"><data type="anyURI"/></attribute></element></zeroOrMore>
    <optional><element name="summary"><text/></element></optional>
  </interleave></element></define>
  <define name="language"><optional><attribute name="lang" ns="http://www.w3.org/XML/1998/namespace"/></optional></define>
  <define name="id"><element name="id"><data type="anyURI"><param name="minLength">1</param></data></element></define>
  <define name="title"><element name="title"><text/></element></define>
  <define name="updated"><element name="updated"><data type="dateTime">
    <param name="pattern">.+(Z|[+\\-]\\d\\d:\\d\\d)</param></data></element></define>
  <define name="person"><element name="author"><element name="name"><text/></element></element></define>
  <define name="link"><element name="link"><attribute name="href"><data type="anyURI"/></attribute>
    <optional><attribute name="rel"/></optional><optional><attribute name="type"/></optional></element></define>
</grammar>"""
    )
)


def parsed(made: bytes) -> feedparser.FeedParserDict:
    assert GRAMMAR.validate(etree.fromstring(made)), GRAMMAR.error_log
    read = feedparser.parse(made)
    assert not read.bozo, read.bozo_exception
    return read


def test_a_feed_holds_new_and_upgraded_documents_newest_first() -> None:
    first = speech(
        "a",
        "1",
        "论清淤",
        "河道要清。",
        crawled_at="2026-03-01T00:00:00Z",
        published="2026-02-28",
        uploader="小王",
    )
    second = speech(
        "a", "2", "论夜校 <&>", "夜校要办。", crawled_at="2026-03-02T00:00:00Z", version=2
    )
    read = parsed(feed("a", [first, second]))
    assert [e.title for e in read.entries] == ["论夜校 <&>", "论清淤"]
    assert [[t.term for t in e.tags] for e in read.entries] == [
        ["upgraded", "full"],
        ["new", "full"],
    ]
    assert read.feed.updated == "2026-03-02T00:00:00Z"
    assert read.entries[1].author == "小王"
    assert read.entries[1].published == "2026-02-28T00:00:00Z"
    assert read.entries[1].id.replace("-", "") == f"urn:uuid:{first.id}"


def test_only_current_documents_are_in_a_feed(tmp_path: Path, write: Callable[..., Path]) -> None:
    old, new = (speech("a", "1", f"第{v}版", "文", version=v) for v in (1, 2))
    copy = speech("a", "3", "副本", "文")
    keeper = speech("b", "4", "正本", "文", supersedes=(copy.id,))
    write("speeches/a-1.jsonl", new, old, copy)
    write("speeches/b-1.jsonl", keeper)
    write_feeds(tmp_path / "speeches", tmp_path / "feeds")
    titles = {
        name: [
            entry.title
            for entry in parsed((tmp_path / "feeds" / f"{name}.atom").read_bytes()).entries
        ]
        for name in ("a", "b")
    }
    assert titles == {"a": ["第2版"], "b": ["正本"]}


def test_a_summary_stops_where_text_is_missing_and_says_how_much() -> None:
    text = "先讲河道。\n再讲夜校。"
    cut = speech("a", "1", "题", text, completeness="gapped", gaps=(Gap(6, 120, "omitted", "省"),))
    assert (
        parsed(feed("a", [cut])).entries[0].summary
        == "先讲河道。… [120 characters withheld by the site inside]"
    )


def test_an_empty_feed_is_valid() -> None:
    assert parsed(feed("a", [])).entries == []


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_gives_a_valid_feed(title: str, text: str) -> None:
    clean = (title + text).encode("utf-8", "replace").decode()
    assert len(parsed(feed("a", [speech("a", "1", clean, clean)])).entries) == 1


def test_feeds_are_written_per_site_and_only_where_something_changed(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    write(
        "speeches/a-1.jsonl", *(speech("a", str(n), f"第{n}篇", "文") for n in range(ENTRIES + 5))
    )
    write("speeches/b-1.jsonl", speech("b", "1", "乙", "文"))
    feeds = tmp_path / "feeds"
    assert write_feeds(tmp_path / "speeches", feeds) == ["a", "b"]
    assert len(parsed((feeds / "a.atom").read_bytes()).entries) == ENTRIES
    write("speeches/b-2.jsonl", speech("b", "2", "丙", "文", crawled_at="2027-01-01T00:00:00Z"))
    assert write_feeds(tmp_path / "speeches", feeds) == ["b"]
    assert [e.title for e in parsed((feeds / "b.atom").read_bytes()).entries] == ["丙", "乙"]
    assert sorted(p.name for p in feeds.iterdir()) == ["a.atom", "b.atom"]


def test_after_a_crawl_index_and_feed_follow(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("speeches/a-1.jsonl", speech("a", "1", "甲", "夜校要办。"))
    assert bring_up_to_date(tmp_path, {"index", "feed"}) == [
        "index: 1 new, 0 replaced, 0 superseded; 1 documents",
        "feed: a changed",
    ]
    assert bring_up_to_date(tmp_path, {"index", "feed"}) == [
        "index: 0 new, 0 replaced, 0 superseded; 1 documents",
        "feed: nothing changed",
    ]
    assert (tmp_path / "index.db").is_dir()


def test_an_unknown_follow_up_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(HarvestError, match="then=mail"):
        bring_up_to_date(tmp_path, {"index", "mail"})
    assert not (tmp_path / "index.db").exists()
