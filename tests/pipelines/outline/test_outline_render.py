"""Renderings show what is withheld, and read back as what was written."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from pipelines.outline import outline_of, plain_speech
from pipelines.outline.labels import label
from pipelines.outline.render import from_markdown, from_opml, markdown, mind_map, opml
from pipelines.record_parts import Gap
from pipelines.records import BadRecord, Outline

HEAD = "一、抓好播种\n（一）选种。选好种。\n（二）整地。深耕三十厘"
TAIL = "\n要在霜降前种完。\n三、抓好管护\n浇水施肥。"


@pytest.fixture
def outline() -> Outline:
    text = HEAD + TAIL
    gap = Gap(len(HEAD) + 1, 120, "omitted", "")
    return outline_of(plain_speech(text, title="在*秋种*会上的讲话 <稿>", gaps=[gap]))


def test_missing_and_partial_sections_are_visible_in_every_rendering(outline: Outline) -> None:
    assert [label(n) for n in outline.nodes] == [
        "一、抓好播种 〔partial〕", "（一）选种", "（二）整地 〔partial〕", "二、 〔missing〕", "三、抓好管护",
    ]  # fmt: skip
    for rendered in (markdown(outline), opml(outline)):
        assert rendered.decode().count("〔partial〕") == 2
        assert rendered.decode().count("〔missing〕") == 1
    page = mind_map(outline).decode()
    assert page.count("<i>partial</i>") == 2
    assert page.count("<i>missing</i>") == 1


def test_markdown_and_opml_give_the_same_outline_back(outline: Outline) -> None:
    assert from_markdown(markdown(outline)) == outline
    assert from_markdown(markdown(outline).decode()) == outline
    assert from_opml(opml(outline)) == outline


def test_a_title_edited_in_markdown_comes_back_edited(outline: Outline) -> None:
    edited = markdown(outline).decode().replace("选种", "精选良种")
    assert [n.title for n in from_markdown(edited).nodes][1] == "精选良种"


def test_opml_is_what_outliners_open(outline: Outline) -> None:
    root = ElementTree.fromstring(opml(outline))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == outline.title
    first = root.find("body/outline")
    assert first is not None
    assert first.get("text") == "一、抓好播种 〔partial〕"
    assert [child.get("text") for child in first] == ["（一）选种", "（二）整地 〔partial〕"]
    assert all(e.get("text") for e in root.iter("outline"))


def test_the_mind_map_needs_no_network_and_its_tags_close(outline: Outline) -> None:
    page = mind_map(outline).decode()
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<link|<img|\bsrc=", page)
    assert "&lt;稿&gt;" in page
    open_: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag != "meta":
                open_.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_.pop() == tag

    Tags().feed(page)
    assert open_ == []


def test_a_speech_without_headings_still_gives_whole_files() -> None:
    outline = outline_of(plain_speech("大家好。", title=""))
    assert from_markdown(markdown(outline)) == outline
    assert from_opml(opml(outline)) == outline
    assert b"<h1>" in mind_map(outline)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# x\n",
        "- **一**、x <!-- [1] -->\n",
        "<!-- outline/1 {} -->\n",
        "<!-- outline/1 [1] -->",
        "\n- x <!-- [1,2,3 -->",
        "- **x<!-- [**] -->",
        "- x <!-- [1] --> <!-- [1,2,3,4,5,6] -->",
    ],
)
def test_what_is_no_outline_is_refused(text: str) -> None:
    with pytest.raises(BadRecord):
        from_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "<opml", "<opml/>", "<opml><head/><body/></opml>", '<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "\ud800",
        '<opml xmlns:h="urn:harvest:outline:1"><head><h:outline>{}</h:outline></head><body><outline h:number="x"/></body></opml>',
        '<opml xmlns:h="urn:harvest:outline:1"><head><h:outline>{}</h:outline></head><body><outline h:title="\\x"/></body></opml>',
    ],
)  # fmt: skip
def test_what_is_no_opml_of_ours_is_refused(text: str) -> None:
    with pytest.raises(BadRecord):
        from_opml(text)
