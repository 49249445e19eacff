"""The report shows what is there, every gap in its place, and nothing in it comes from elsewhere or runs from a page's text."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search_corpus import speech
from pipelines.errors import HarvestError
from pipelines.exports.report import write_report
from pipelines.exports.report.pages import Pages
from pipelines.outline import outline_of
from pipelines.record_parts import DocumentCounts, ExtractionCounts, Gap, OtherRequests, PageCounts
from pipelines.records import Run, to_line

TEXT = "同志们：\n一、清淤\n要用船。\n课本要发。\n三、修渠\n水要清。"
GAPPED = speech(
    "a", "1", "论夜校 <b>", TEXT, published="2025-03-04", completeness="cut_off", toc=("一、清淤", "二、耕牛", "三、修渠"),
    gaps=(Gap(TEXT.index("课本"), 312, "omitted", "省略312字"), Gap(len(TEXT), None, "cut_off", "")),
)  # fmt: skip
RUN = Run(
    run="R1", site="a", command="crawl a", started="2026-01-02T03:04:05Z", finished="", exit=3, pages=PageCounts(asked=9, failed=2),
    failures={"timeout": 2}, other_requests=OtherRequests(), documents=DocumentCounts(new=7), withheld_chars=312, rules={},
    extraction=ExtractionCounts(), gone=(), versions={},
)  # fmt: skip


@pytest.fixture
def output(tmp_path: Path, write: Callable[..., Path]) -> Path:
    write("speeches/a-1.jsonl", GAPPED, speech("b/../c", "2", "乙", "文"))
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "R1.json").write_bytes(to_line(RUN))
    return tmp_path


def test_every_page_is_there_and_every_link_leads_somewhere(output: Path) -> None:
    folder = output / "report"
    assert write_report(output, folder) == 2
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) == 6
    for page in pages:
        tree = lxml.html.fromstring(page.read_text("utf-8"))
        for link in tree.iter("a"):
            target = link.get("href")
            if target.startswith("#"):
                assert tree.get_element_by_id(target[1:]) is not None
            elif not target.startswith("https://"):
                target = target.partition("#")[0]
                assert (page.parent / target).resolve().is_file(), target
                assert (page.parent / target).resolve().is_relative_to(folder.resolve())
        loaded = [
            e.get("src") or e.get("href") for e in tree.iter("script", "link", "img", "iframe")
        ]
        assert all((page.parent / name).resolve().is_relative_to(folder) for name in loaded)
        assert all((page.parent / name).is_file() for name in loaded)


def test_the_text_stands_there_whole_with_its_gaps_between(output: Path) -> None:
    page = Pages().document(GAPPED, outline_of(GAPPED))
    article = lxml.html.fromstring(page).find(".//article")
    assert article is not None
    blocks = [("GAP" if "gap" in (b.get("class") or "") else b.text_content()) for b in article]
    assert blocks == [
        "同志们：",
        "一、清淤",
        "要用船。",
        "GAP",
        "课本要发。",
        "三、修渠",
        "水要清。",
        "GAP",
    ]
    notes = [note.text_content() for note in article.iterfind('.//div[@role="note"]')]
    assert notes == [
        "312 字被网站隐去characters withheld by the site省略312字",
        "结尾缺失:The end is missing: 有内容被网站隐去Text withheld by the site",
    ]
    assert 'missing"' in page
    assert "论夜校 &lt;b&gt;" in page


def test_the_front_page_counts(output: Path) -> None:
    write_report(output, output / "report")
    page = (output / "report" / "index.html").read_text("utf-8")
    tiles = [
        b.text_content() for b in lxml.html.fromstring(page).iterfind('.//div[@class="tile"]/b')
    ]
    assert tiles == ["2", "2", "1", "26", "312", "1"]
    runs = lxml.html.fromstring((output / "report" / "runs.html").read_text("utf-8"))
    assert "2026-01-02 03:04" in runs.text_content()
    assert "timeout 2" in runs.text_content()


class Words(HTMLParser):
    """The text of an article, and every tag of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags, self._inside = "", set[str](), 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside += tag == "article"

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "article"

    def handle_data(self, data: str) -> None:
        self.text += data if self._inside else ""


@given(st.text("一二、（）1.是要\n<>&\"'a甲乙，。", max_size=60))
def test_no_character_of_a_text_is_lost_or_becomes_markup(text: str) -> None:
    one = speech("a", "1", text.replace("\n", ""), text, url="javascript:alert(1)")
    words = Words()
    words.feed(Pages().document(one, outline_of(one)))
    assert words.text == text.replace("\n", "")
    assert words.tags <= set(
        "html head meta title link script body header main h1 h2 h3 h4 p a span div nav article strong button b q dl dt dd br".split()
    )


def test_a_second_report_takes_the_place_of_the_first(
    output: Path, write: Callable[..., Path]
) -> None:
    write_report(output, output / "report")
    write("speeches/a-1.jsonl", speech("a", "9", "丙", "文"))
    assert write_report(output, output / "report") == 1
    assert len(list((output / "report" / "documents").rglob("*.html"))) == 1
    assert sorted(p.name for p in output.iterdir()) == ["report", "runs", "speeches"]


def test_where_nothing_is_there_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(HarvestError, match="neither speeches nor runs"):
        write_report(tmp_path, tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_not_touched(output: Path) -> None:
    mine = [output / name for name in ("www/index.html", "www/a.jpg", "www.old/a", "www.part/a")]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", "utf-8")
    with pytest.raises(HarvestError, match="no report of ours"):
        write_report(output, output / "www")
    write_report(output, output / "other")
    assert {path.read_text("utf-8") for path in mine} == {"mine"}


def test_what_others_put_into_a_report_stays(output: Path, write: Callable[..., Path]) -> None:
    folder = output / "report"
    write_report(output, folder)
    before = set(folder.rglob("*.html"))
    notes = folder / "documents" / "notes.html"
    notes.write_text("mine", "utf-8")
    with (folder / ".harvest-report.json").open("r+") as marker:
        kept = marker.read().replace(
            '"files":{', '"files":{"../speeches/a-1.jsonl":"1","documents/../../x.html":"2",'
        )
        marker.seek(0)
        marker.write(kept)
    (output / "x.html").write_text("mine", "utf-8")
    write("speeches/a-1.jsonl", speech("a", "9", "丙", "文"))
    write_report(output, folder)
    assert notes.read_text("utf-8") == (output / "x.html").read_text("utf-8") == "mine"
    assert (output / "speeches" / "a-1.jsonl").exists()
    assert len(before - set(folder.rglob("*.html"))) == 2


def test_a_report_of_an_earlier_version_is_taken_over(output: Path) -> None:
    folder = output / "report"
    old = folder / "documents" / "aa" / "gone.html"
    old.parent.mkdir(parents=True)
    old.write_text("old", "utf-8")
    (folder / "index.html").write_text("<!doctype html><title>What is there</title>", "utf-8")
    write_report(output, folder)
    assert not old.exists()
