"""The report in a real browser (Debian's Chromium): it finds what a plain scan finds, on any screen, and no text runs as script.

Skipped where Chromium is not installed: `make browser` installs it and runs these tests.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.search_corpus import speech, speeches
from pipelines.exports.report import write_report
from pipelines.outline import outline_of
from pipelines.record_parts import Gap
from pipelines.records import Speech, to_line
from pipelines.search.bigrams import phrases, scan
from pipelines.search.document import sections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: make browser")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

EVIL = "<img src=x onerror=document.title='ran'></script><script>document.title='ran'</script>"
TEXT = "同志们：\n一、清淤修渠\n要用船，不用车。\n课本要发。\n三、修渠要紧\n水要清，国務院发了文。"
OURS = (
    speech(
        "evil", "1", f"论夜校{EVIL}", f"夜校要办。\n{EVIL}\n夜校要办好。", url="javascript:alert(1)",
        warnings=("masked",),
    ),
    speech(
        "ditch", "2", "论水渠", TEXT, published="2024-03-05", completeness="cut_off", toc=("一、清淤修渠", "二、耕牛下田", "三、修渠要紧"),
        gaps=(Gap(TEXT.index("课本"), 312, "omitted", "省略312字"), Gap(len(TEXT), None, "cut_off", "")),
    ),
)  # fmt: skip


@dataclass
class Report:
    """A report on disk, and the speeches in it."""

    folder: Path
    speeches: list[Speech]

    def holding(self, query: str) -> int:
        """How many documents a plain scan finds."""
        terms = phrases(query)
        return sum(all(self._holds(one, term) for term in terms) for one in self.speeches)

    @staticmethod
    def _holds(one: Speech, term: Any) -> bool:
        labels = [section.label for section in sections(outline_of(one))]
        return any(scan(field, term) for field in (one.title, one.text, *labels))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    output = tmp_path_factory.mktemp("output")
    (output / "speeches").mkdir()
    made = [*OURS, *speeches(240, 600)]
    (output / "speeches" / "a-1.jsonl").write_bytes(b"".join(map(to_line, made)))
    write_report(output, output / "report")
    return Report(output / "report", made)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab that fails its test when a page writes an error."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert errors == []


def search(page: Any, report: Report, query: str) -> int:
    page.goto((report.folder / "search.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    page.fill("#q", query)
    page.press("#q", "Enter")
    page.wait_for_function(
        "query => { const told = document.getElementById('count').dataset;"
        " return told.whole === 'true' && told.query === query; }",
        arg=query,
    )
    return int(page.get_attribute("#count", "data-count"))


def test_it_finds_what_a_plain_scan_finds(page: Any, report: Report) -> None:
    dice = random.Random(3)
    queries = [
        "修渠",
        "清淤修渠",
        "耕牛下田",
        "国务院",
        "國務院",
        "修渠 课本",
        "渠",
        "ai",
        "2025",
        "没有的词语",
    ]
    for _ in range(12):
        text = dice.choice(report.speeches[2:]).text.replace("\n", "").replace(" ", "")
        at = dice.randrange(len(text) - 8)
        queries.append(text[at : at + dice.choice((1, 2, 2, 3, 5))].strip())
    for query in filter(str.strip, queries):
        assert search(page, report, query) == report.holding(query), query


def test_a_hit_opens_at_its_section(page: Any, report: Report) -> None:
    assert search(page, report, "清淤修渠") == 1
    page.wait_for_selector("#hits .place")
    page.click("#hits a.place")
    page.wait_for_selector("article h3:target")
    assert page.inner_text("article h3:target") == "一、清淤修渠"
    assert "312" in page.inner_text("div.gap")
    assert page.inner_text("nav.outline .missing") == "二、耕牛下田"


def test_a_facet_and_the_order_narrow_the_list(page: Any, report: Report) -> None:
    assert search(page, report, "") == len(report.speeches)
    page.check("#facets input[data-facet=site][data-value=ditch]")
    page.wait_for_selector("#count[data-count='1']")
    assert page.inner_text("#hits h3") == "论水渠"
    page.uncheck("#facets input[data-facet=site][data-value=ditch]")
    page.select_option("#sort", "longest")
    page.wait_for_selector(f"#count[data-count='{len(report.speeches)}']")
    longest = max(one.counted_chars for one in report.speeches)
    assert f"{longest:,}" in page.inner_text("#hits li")


def test_no_text_runs_as_script(page: Any, report: Report) -> None:
    assert search(page, report, "夜校") == 1
    page.wait_for_selector("#hits mark")
    assert page.title() != "ran"
    page.click("#hits h3 a")
    page.wait_for_selector("article")
    assert page.title().startswith("论夜校<img")
    assert page.query_selector("article img, article script, a[href^=javascript]") is None


def test_language_and_theme_switch(page: Any, report: Report) -> None:
    page.goto((report.folder / "index.html").as_uri())
    assert page.inner_text("h1") == "讲话与报告库"
    page.click("#language")
    assert page.inner_text("h1") == "Speeches and reports"
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.parametrize("name", ["index.html", "search.html", "runs.html", "failures.html"])
def test_it_fits_a_phone(page: Any, report: Report, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((report.folder / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_barriers(page: Any, report: Report, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=theme)
    document = next((report.folder / "documents").rglob("*.html"))
    for path in (report.folder / "index.html", report.folder / "search.html", document):
        page.goto(path.as_uri())
        page.wait_for_timeout(300)
        found = Axe().run(page).response["violations"]
        serious = [(v["id"], path.name) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []
