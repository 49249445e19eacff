"""Ids of local files: no two files lose each other, and a saved page has the id of the page it was saved from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.records import document_id
from tests.crawler.commands.in_process import PROJECT, scrapy

PONDS = "同志们：今天把几个村的同志请来，商量清塘的事。塘泥要在立冬以前挖完，挖出来的泥送到茶园去。大家回去就动手，谢谢。"
LAMPS = "同志们：今天讲一讲路灯。村口到学校的路上要装十二盏灯，电线走北坡，冬至以前亮起来。我的话完了，谢谢大家。"


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def page(text: str, head: str = "") -> str:
    return f"<html><head><meta charset=utf-8>{head}</head><body><h1>会上的讲话</h1><div><p>{text}</p></div></body></html>"


def clean(*paths: Path) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    out = paths[0].parent / "out.jsonl"
    done = scrapy("clean", *paths, "-o", out)
    records = [
        [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        for file in (out, out.with_name("out.failures.jsonl"))
    ]
    traces = out.with_name("out.traces.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in traces] == [speech["id"] for speech in records[0]]
    return done.code, records[0], records[1]


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def test_files_of_one_name_in_two_folders_are_two_documents(tmp_path: Path) -> None:
    write(tmp_path / "d1" / "index.html", page(PONDS))
    write(tmp_path / "d2" / "index.html", page(LAMPS))
    code, speeches, failures = clean(tmp_path / "d1", tmp_path / "d2")
    assert (code, failures) == (0, [])
    assert len({speech["id"] for speech in speeches}) == 2


def test_one_path_on_two_days_is_two_documents_and_unchanged_it_is_one(tmp_path: Path) -> None:
    file = write(tmp_path / "001.html", page(PONDS))
    first = clean(file)[1][0]["id"]
    assert clean(file)[1][0]["id"] == first
    write(file, page(LAMPS))
    assert clean(file)[1][0]["id"] != first


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://papers.example/show?id=7&amp;x=1">',
        '<meta property="og:url" content="https://papers.example/show?id=7&amp;x=1">',
        "<!-- saved from url=(0043)https://papers.example/show?id=7&x=1 -->",
    ],
)
def test_a_saved_page_has_the_id_of_its_own_address(tmp_path: Path, head: str) -> None:
    _, speeches, _ = clean(write(tmp_path / "any name.html", page(PONDS, head)))
    address = "https://papers.example/show?id=7&x=1"
    assert speeches[0]["id"] == document_id("unknown", None, address, None)
    assert speeches[0]["url"] == "file:any name.html"


def test_a_front_page_that_all_pages_name_makes_no_ids_equal(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://papers.example/">'
    one = write(tmp_path / "1.html", page(PONDS, head))
    two = write(tmp_path / "2.html", page(LAMPS, head))
    code, speeches, _ = clean(one, two)
    assert (code, len(speeches)) == (0, 2)


def test_equal_ids_with_different_texts_are_a_failure_that_names_both(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://papers.example/7.html">'
    one = write(tmp_path / "monday" / "7.html", page(PONDS, head))
    two = write(tmp_path / "tuesday" / "7.html", page(LAMPS, head))
    code, speeches, failures = clean(one, two)
    assert code == 3
    assert [PONDS in speech["text"] for speech in speeches] == [True]
    assert [failure["error"] for failure in failures] == ["id_taken"]
    assert str(one) in failures[0]["detail"]
    assert str(two) in failures[0]["detail"]


def test_equal_ids_with_one_text_are_no_failure(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://papers.example/7.html">'
    one = write(tmp_path / "monday" / "7.html", page(PONDS, head))
    two = write(tmp_path / "tuesday" / "7.html", page(PONDS, head))
    code, _, failures = clean(one, two)
    assert (code, failures) == (0, [])


def raw(text: str, **more: object) -> str:
    record = {"schema": "raw/1", "url": "https://papers.example/7", "title": "讲话", "text": text}
    return json.dumps({**record, **more}, ensure_ascii=False) + "\n"


def test_lines_of_other_programs_are_held_apart_too(tmp_path: Path) -> None:
    code, speeches, failures = clean(write(tmp_path / "x.jsonl", raw(PONDS) + "\n" + raw(LAMPS)))
    assert (code, len(speeches)) == (3, 1)
    assert "x.jsonl#1" in failures[0]["detail"]
    assert "x.jsonl#3" in failures[0]["detail"]


def test_captures_at_two_times_are_versions(tmp_path: Path) -> None:
    early = raw(PONDS, crawled_at="2026-01-01T00:00:00Z")
    late = raw(LAMPS, crawled_at="2026-02-01T00:00:00Z")
    code, speeches, failures = clean(write(tmp_path / "x.jsonl", early + late))
    assert (code, len(speeches), failures) == (0, 2, [])
