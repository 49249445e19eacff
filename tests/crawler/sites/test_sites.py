"""Every site against its stored cases: a folder with `page.html`, `url.txt` and `expected.json` each."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.reading.document import read_document
from crawler.reading.encodings import Unreadable, decode
from crawler.reading.page import Page
from crawler.sites import site_names, site_of, sites

HERE = Path(__file__).parents[2] / "data" / "sites"
CASES = sorted(folder.parent for folder in HERE.glob("*/*/page.html"))


@pytest.mark.parametrize("folder", CASES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_page_gives_what_was_looked_at(folder: Path, expect: Callable[[Path, str], None]) -> None:
    site = sites()[folder.parent.name]
    url = (folder / "url.txt").read_text(encoding="utf-8").strip()
    assert site_of(url) is site
    assert site.is_document(url)
    html = decode((folder / "page.html").read_bytes(), None).text
    raw = read_document(Page.parse(html, site.canonical(url)), site, None)
    stated = {k: v for k, v in dataclasses.asdict(raw).items() if v not in (None, (), "")}
    stated["text"] = raw.text.split("\n")
    if raw.breaks:
        stated["breaks"] = " ".join(raw.breaks)
    expect(folder / "expected.json", json.dumps(stated, ensure_ascii=False, indent=2) + "\n")


def test_every_site_has_a_case() -> None:
    assert {folder.parent.name for folder in CASES} == set(sites())


@pytest.mark.parametrize("key", sorted(sites()))
def test_a_site_names_itself_well(key: str) -> None:
    site = sites()[key]
    assert re.fullmatch(r"[a-z0-9]+", key)
    assert site.hosts
    assert all(site_of(f"{site.scheme}://{host}/") is site for host in site.hosts)
    assert not site.is_document(f"{site.scheme}://{site.hosts[0]}/")
    if site.numbered:
        url = f"{site.scheme}://{site.hosts[0]}{site.numbered(20417)}"
        assert site.number(url) == "20417"


def test_no_two_sites_claim_a_host_or_a_name() -> None:
    claims = [name for site in sites().values() for name in (*site.hosts, *site.names)]
    assert len(claims) == len(set(claims)) == len(site_names())


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://www.wm114.cn/wen/104/206417.html", "206417"),
        ("https://www.jinchutou.com/p-156562.html", "156562"),
        ("https://m.jinchutou.com/shtml/view-156562.html", "156562"),
        ("https://www.jinchutou.com/shtml/5f0c2b9e71aa4d08.html", None),
        ("https://www.jinchutou.com/shtml/view-5f0c2b9e71aa4d08aa.html", None),
        ("https://www.bdocx.com/doc/77.html", "77"),
        ("https://max.book118.com/html/2020/0310/8104023721002050.shtm", "8104023721002050"),
        ("http://www.gwyzj.com/article/jianghua/shuili/202011/71023.html", "71023"),
    ],
)
def test_numbers_in_addresses(url: str, number: str | None) -> None:
    site = site_of(url)
    assert site
    assert site.is_document(url)
    assert site.number(url) == number


@pytest.mark.parametrize(
    "url",
    ["https://www.31ppt.com/d-44.html", "https://www.31ppt.com/", "https://www.wm114.cn/wen/104/", "http://[::1", "", "http://www.hancun.net/list/3.html",
     "https://www.jinchutou.com/shtml/list.html", "https://www.wm114.cn/wen/104/206417.html?page=2"],
)  # fmt: skip
def test_addresses_that_are_no_documents(url: str) -> None:
    assert not any(site.is_document(url) for site in sites().values() if site is site_of(url))


def test_a_page_without_anything_is_read_all_the_same() -> None:
    for site in sites().values():
        raw = read_document(Page.parse("", f"https://{site.hosts[0]}/"), site, None)
        assert (raw.text, raw.title) == ("", "")
        assert raw.warnings == ("generic_extraction",)


def test_boxes_side_by_side_are_one_text_and_the_fullest_place_counts() -> None:
    boxes = "".join(
        f"<div class=article-content>第{k}部分写的是水库除险加固和渠道清淤整治的事。</div>"
        for k in "一二三"
    )
    aside = "<div><div class=article-content>另一处只有一小段推荐文字，共二十来个字，不是正文。</div></div>"
    site = sites()["wm114"]
    raw = read_document(
        Page.parse(f"{aside}<main>{boxes}</main>", "https://www.wm114.cn/wen/1/2.html"), site, None
    )
    assert raw.text.count("\n") == 2
    assert "推荐" not in raw.text
    assert raw.warnings == ()


def test_a_wall_is_no_document() -> None:
    page = Page.parse(
        "<h1>会员登录</h1><div class=article-content>请先登录后再查看<input type=password></div>",
        "https://www.wm114.cn/wen/1/2.html",
    )
    with pytest.raises(Unreadable) as caught:
        read_document(page, sites()["wm114"], None)
    assert caught.value.error == "login_wall"
