"""`scrapy newsite` draws a site that works on the page it was drawn from, and overwrites nothing."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.cli.command import CannotBeDone
from crawler.commands.newsite import draw, pattern_of, selector_of
from crawler.reading.document import read_document
from crawler.reading.page import Page
from crawler.site import Site

PAGE = (
    "<html><head><title>在全乡茶园管护会上的讲话_某某文稿网</title></head><body><ul><li><a href=/a>首页</a></ul><h1>在全乡茶园管护会上的讲话</h1>"
    '<div class="nr box"><p>同志们：</p><p>开春以来，茶园管护抓得紧，施肥、修剪、除虫都走在了前面。</p><p>一、抓好采摘</p>'
    "<p>采摘要分批，机器要检修，工棚要备足。各村排出日程，报乡里汇总。</p></div></body></html>"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crawler" / "sites").mkdir(parents=True)
    (tmp_path / "saved.html").write_text(PAGE, encoding="gbk")
    return tmp_path


def drawn(project: Path, url: str, key: str = "newkey") -> Site:
    written = draw(project, key, [(url, str(project / "saved.html"))])
    spec = importlib.util.spec_from_file_location("drawn_site", written[0])
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    site = module.SITE
    assert isinstance(site, Site)
    return site


@pytest.mark.parametrize(
    ("url", "number", "by_number"),
    [
        ("https://www.wengao.example/doc/4711.html", "4711", "/doc/9.html"),
        ("http://wengao.example/a/2024/0310/88.shtml", "88", None),
        ("https://m.wengao.example/p-12.html", "12", "/p-9.html"),
        ("https://m.wengao.example/cha-ye.html", None, None),
    ],
)
def test_a_drawn_site_reads_its_page(
    project: Path, url: str, number: str | None, by_number: str | None
) -> None:
    site = drawn(project, url)
    assert site.is_document(url)
    assert site.number(url) == number
    assert (site.numbered(9) if site.numbered else None) == by_number
    raw = read_document(Page.parse(PAGE, url), site, None)
    assert raw.title == "在全乡茶园管护会上的讲话"
    assert raw.text.split("\n")[0] == "同志们："
    assert raw.warnings == ()
    case = project / "tests" / "data" / "sites" / "newkey" / "page_1"
    assert (case / "page.html").read_bytes() == PAGE.encode("gbk")
    assert (case / "url.txt").read_text(encoding="utf-8") == f"{url}\n"


def test_nothing_is_overwritten(project: Path) -> None:
    drawn(project, "https://a.example/1.html")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(CannotBeDone, match="there already"):
        draw(project, "newkey", [("https://b.example/2.html", str(project / "saved.html"))])
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("key", "url", "file", "why"),
    [
        ("Key", "https://a.example/1.html", "saved.html", "no key"),
        ("../x", "https://a.example/1.html", "saved.html", "no key"),
        ("wm114", "https://a.example/1.html", "saved.html", "there already"),
        ("newkey", "https://www.wm114.cn/wen/1/2.html", "saved.html", "belongs to wm114"),
        ("newkey", "ftp://a.example/1.html", "saved.html", "no address"),
        ("newkey", "https://a.example/1.html", "missing.html", "missing.html: No such file"),
        ("newkey", "https://a.example/1.html", "binary.html", "no page"),
    ],
)
def test_what_cannot_be_done_leaves_nothing(
    project: Path, key: str, url: str, file: str, why: str
) -> None:
    (project / "binary.html").write_bytes(b"%PDF-1.5 ...")
    before = sorted(project.rglob("*"))
    with pytest.raises(CannotBeDone, match=why):
        draw(project, key, [(url, str(project / file))])
    assert sorted(project.rglob("*")) == before


def test_a_key_with_a_digit_in_front_gets_a_module_that_can_be_imported(project: Path) -> None:
    drawn(project, "https://a.example/1.html", key="51doc")
    assert (project / "crawler" / "sites" / "doc51.py").exists()


def test_selectors_and_patterns() -> None:
    page = Page.parse("<div id='1x' class='3 ok'><b id=main>甲</b><i>乙</i></div>", "")
    assert [selector_of(page.css(s)[0]) for s in ("div", "b", "i")] == ["div.ok", "#main", "i"]
    assert pattern_of("/a.b/7.html") == r"/a\.b/(?P<id>\d{1,15})\.html"


def test_the_command_line(tmp_path: Path) -> None:
    for name in ("scrapy.cfg", "crawler", "pipelines"):
        source = Path(__file__).parents[3] / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    (tmp_path / "saved.html").write_text(PAGE, encoding="utf-8")

    def scrapy(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *args],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    done = scrapy("newsite", "newkey", "https://a.example/1.html", "saved.html")
    assert done.returncode == 0, done.stderr
    assert "expected.json" in done.stdout
    again = scrapy("newsite", "newkey", "https://a.example/1.html", "saved.html")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert scrapy("newsite", "newkey").returncode == 2
