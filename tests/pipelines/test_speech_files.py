"""What is in a folder of speech files: every reader of the project gives the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.search_corpus import speech
from pipelines.errors import InputError
from pipelines.outline import outline_of
from pipelines.record_parts import Stretch
from pipelines.records import Speech, to_line
from pipelines.speech_files import (
    BYTE_ORDER_MARK,
    BadLine,
    CurrentVersions,
    Line,
    found_files,
    read_speeches,
    speech_files,
)
from tests.crawler.commands.in_process import PROJECT, scrapy

MILL = "水磨坊要修好，石槽要换新，看磨的人轮流值夜。" * 12
NURSERY = "苗圃里先育杉苗，再育油茶，雨季以前移到后山去。" * 12


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def mill(**more: object) -> Speech:
    return speech("a", "1", "修水磨坊", MILL, crawled_at="2026-01-01T00:00:00Z", **more)


def nursery(**more: object) -> Speech:
    return speech("a", "2", "办好苗圃", NURSERY, crawled_at="2026-01-01T00:00:00Z", **more)


def lines(*speeches: Speech) -> bytes:
    return b"".join(map(to_line, speeches))


def index(folder: Path) -> tuple[int, int]:
    done = scrapy("index", folder / "speeches", "--to", folder / "i.db")
    return done.code, int(done.err.partition("the index holds ")[2].split()[0])


def export(folder: Path) -> tuple[int, int]:
    out = folder / "x.ndjson"
    done = scrapy("export", folder / "speeches", "--format", "meilisearch", "-o", out)
    return done.code, len(out.read_bytes().splitlines())


def report(folder: Path) -> tuple[int, int]:
    done = scrapy("report", "-s", f"OUTPUT_DIR={folder}")
    return done.code, len(list((folder / "report" / "documents").rglob("*.html")))


def feed(folder: Path) -> tuple[int, int]:
    from pipelines.exports.atom import write_feeds

    bad: list[str] = []
    write_feeds(folder / "speeches", folder / "feeds", bad.append)
    feeds = (path.read_bytes() for path in (folder / "feeds").glob("*.atom"))
    return 3 if bad else 0, sum(made.count(b"<entry>") for made in feeds)


def dedup(folder: Path) -> tuple[int, int]:
    out = folder / "unique.out"
    done = scrapy("dedup", folder / "speeches", "-j", "1", "-o", out)
    return done.code, len(out.read_bytes().splitlines())


READERS: dict[str, Callable[[Path], tuple[int, int]]] = {
    "index": index,
    "export": export,
    "report": report,
    "feed": feed,
    "dedup": dedup,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "speeches").mkdir()
    return tmp_path


def every_reader(folder: Path) -> dict[str, tuple[int, int]]:
    return {name: count(folder) for name, count in READERS.items()}


def test_outlines_beside_speeches_are_no_speeches(folder: Path) -> None:
    file = folder / "speeches" / "a.jsonl"
    file.write_bytes(lines(mill(), nursery()))
    assert scrapy("outline", file, "-o", file.with_name("a.outlines.jsonl")).code == 0
    # a name of the user's own choice hides nothing either
    file.with_name("structure.jsonl").write_bytes(to_line(outline_of(mill())))
    assert every_reader(folder) == dict.fromkeys(READERS, (0, 2))
    assert scrapy("outline", folder / "speeches", "-o", "-").out.count(b"\n") == 2


def test_a_byte_order_mark_loses_no_record(folder: Path) -> None:
    (folder / "speeches" / "a.jsonl").write_bytes(BYTE_ORDER_MARK + lines(mill(), nursery()))
    assert every_reader(folder) == dict.fromkeys(READERS, (0, 2))


def test_a_record_that_is_read_again_supersedes_nothing_again(folder: Path) -> None:
    """The nursery's record was folded into the mill's and became a document of its own again."""
    other = nursery()
    folded = mill(version=2, supersedes=(other.id,))
    (folder / "speeches" / "a-1.jsonl").write_bytes(lines(other, folded, nursery(version=2)))
    (folder / "speeches" / "b-2.jsonl").write_bytes(lines(folded))
    assert every_reader(folder) == dict.fromkeys(READERS, (0, 2))


def test_a_file_that_is_named_counts_whatever_it_is_called(folder: Path) -> None:
    file = folder / "speeches" / "a.outlines.jsonl"
    file.write_bytes(lines(mill()))
    assert found_files([folder]) == []
    assert found_files([file, file]) == [file]


def test_files_come_oldest_first_and_what_is_missing_is_said(folder: Path) -> None:
    names = ("z-20250101T000000Z-aa.jsonl", "a-20260101T000000Z-aa.jsonl")
    for name in names:
        (folder / "speeches" / name).write_bytes(lines(mill()))
    assert [path.name for path in speech_files([folder])] == list(names)
    assert [path.name for path in found_files([folder])] == sorted(names)
    with pytest.raises(InputError, match="nowhere"):
        found_files([folder / "nowhere"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "../../out"}, "id"),
        ({"id": "A" * 32}, "id"),
        ({"crawled_at": "yesterday"}, "crawled_at"),
        ({"gaps": [{"at": 10_000, "chars": 1, "kind": "omitted", "notice": ""}]}, "gaps"),
        ({"gaps": [{"at": -1, "chars": 1, "kind": "omitted", "notice": ""}]}, "gaps"),
        ({"provenance": [{"start": 0, "end": 3, "id": "x"}]}, "provenance"),
        ({"title": None}, "title"),
    ],
)
def test_an_odd_record_is_a_bad_line_and_costs_no_other(
    folder: Path, change: dict[str, object], says: str
) -> None:
    file = folder / "speeches" / "a.jsonl"
    odd = json.dumps({**json.loads(to_line(mill())), **change}).encode() + b"\n"
    file.write_bytes(odd + lines(nursery()))
    bad, good = read_speeches(file)
    assert isinstance(bad, BadLine)
    assert (bad.number, bad.error, bad.detail.partition(":")[0]) == (1, "bad_record", says)
    assert isinstance(good, Line)
    assert every_reader(folder) == dict.fromkeys(READERS, (3, 1))


def test_stretches_that_tile_the_text_are_well(folder: Path) -> None:
    file = folder / "a.jsonl"
    whole = mill(provenance=(Stretch(0, 5, "x"), Stretch(5, len(MILL), "y")))
    file.write_bytes(lines(whole))
    assert [line for line in read_speeches(file) if isinstance(line, BadLine)] == []


@pytest.mark.parametrize(
    ("content", "error"), [(b"", "empty"), (b" \n\n", "empty"), (bytes(100), "not_text")]
)
def test_a_file_without_any_line_says_so(tmp_path: Path, content: bytes, error: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(content)
    assert [line.error for line in read_speeches(file) if isinstance(line, BadLine)] == [error]


def test_a_line_over_the_limit_is_one_bad_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.speech_files.SIZE_LIMIT", 6000)
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"a": "' + b"x" * 20_000 + b'"}\n' + lines(mill()))
    found = list(read_speeches(file))
    assert [line.error for line in found if isinstance(line, BadLine)] == ["too_large"]
    assert [line.speech.id for line in found if isinstance(line, Line)] == [mill().id]


def test_of_equal_versions_the_later_capture_counts() -> None:
    early, late = Line(mill(), "1"), Line(mill(), "2")
    current = CurrentVersions()
    assert current.add(early)
    assert current.add(late)
    assert not current.is_current(early)
    assert not current.add(late)
