"""`scrapy show`, `scrapy feed` and `scrapy replica`: one document, the newest documents, and sites to try a crawl on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import feedparser
import pytest

from benchmarks.search_corpus import speech
from pipelines.record_parts import Gap
from pipelines.records import speech_from, to_line
from tests.crawler.commands.in_process import PROJECT, scrapy

TEXT = "同志们：\n一、修闸门\n闸门要上漆。\n二、清渠道\n渠道要清淤。"
GAPPED = speech(
    "wm114", "1", "论渠道\x1b[31m", TEXT, completeness="cut_off",
    gaps=(Gap(TEXT.index("二、"), 312, "omitted", "省略312字"), Gap(len(TEXT), None, "cut_off", "")),
)  # fmt: skip
OTHER = speech("hancun", "2", "论苗圃", "苗圃里先育杉苗。", crawled_at="2026-05-01T00:00:00Z")


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "speeches").mkdir()
    (tmp_path / "speeches" / "a.jsonl").write_bytes(to_line(GAPPED) + to_line(OTHER))
    return tmp_path


@pytest.mark.parametrize("wanted", [GAPPED.id, GAPPED.id[:8], GAPPED.url])
def test_a_document_is_shown_with_its_gaps(output: Path, wanted: str) -> None:
    done = scrapy("show", wanted, "-s", f"OUTPUT_DIR={output}")
    shown = done.out.decode().split("\n")
    assert (done.code, done.err) == (0, "")
    assert shown[0] == "论渠道�[31m"
    text = shown[shown.index("同志们：") :]
    assert text == [
        "同志们：",
        "一、修闸门",
        "闸门要上漆。",
        "[[ 312 characters withheld by the site ]]",
        "二、清渠道",
        "渠道要清淤。",
        "[[ the end is missing: text withheld by the site ]]",
        "",
    ]
    assert [line.strip() for line in shown[shown.index("Outline") + 1 :][:2]] == [
        "一、修闸门 〔partial〕",
        "二、清渠道 〔partial〕",
    ]


def test_the_record_itself(output: Path) -> None:
    done = scrapy("show", GAPPED.id, "--json", "-s", f"OUTPUT_DIR={output}")
    assert speech_from(done.out) == GAPPED


@pytest.mark.parametrize(
    ("wanted", "code", "says"),
    [
        ("f" * 32, 1, "no document"),
        ("https://nowhere.example/1", 1, "no document"),
        ("ab", 1, "no"),
    ],
)
def test_what_is_not_there_is_said(output: Path, wanted: str, code: int, says: str) -> None:
    done = scrapy("show", wanted, "-s", f"OUTPUT_DIR={output}")
    assert (done.code, says in done.err) == (code, True)


def test_the_raw_text_comes_back_from_the_trace(tmp_path: Path) -> None:
    raw = "　　同志们：今天商量水磨坊的事。磨盘要换，水槽要修，看磨的人要轮流值夜。  \n\n\n大家回去就办。\n"
    (tmp_path / "page.txt").write_text(raw, "utf-8")
    file = tmp_path / "speeches.jsonl"
    assert scrapy("clean", tmp_path / "page.txt", "-o", file).code == 0
    known = speech_from(file.read_bytes())
    assert known.text != raw
    done = scrapy("show", known.id, file, "--raw")
    assert (done.code, done.out.decode()) == (0, raw)
    traces = file.with_name("speeches.traces.jsonl")
    trace = json.loads(traces.read_bytes())
    trace["steps"][0]["edits"][0]["removed"] += "x"
    traces.write_text(json.dumps(trace), "utf-8")
    assert scrapy("show", known.id, file, "--raw").code == 1


def test_a_feed_of_all_sites_and_of_a_query(output: Path) -> None:
    there = f"OUTPUT_DIR={output}"
    everything = feedparser.parse(scrapy("feed", "-s", there).out)
    assert not everything.bozo
    assert [entry.title for entry in everything.entries] == ["论苗圃", "论渠道[31m"]
    assert scrapy("index", "-s", there).code == 0
    assert scrapy("feed", "苗圃", "-o", output / "found.atom", "-s", there).code == 0
    found = feedparser.parse((output / "found.atom").read_bytes())
    assert ([entry.title for entry in found.entries], found.feed.title) == (
        ["论苗圃"],
        "harvest: 苗圃",
    )
    one_site = feedparser.parse(scrapy("feed", "--site", "wm114", "-s", there).out)
    assert len(one_site.entries) == 1
    assert scrapy("feed", "--site", "wm14", "-s", there).code == 2


def test_the_replica_is_served_until_interrupted(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "replica"],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        key, base = child.stdout.readline().split()
        assert key == "wm114"
        assert "首页".encode("gbk") in urlopen(base).read()
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "-a home=wm114.example" in said
