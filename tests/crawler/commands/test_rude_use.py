"""Commands as rude people use them: whatever is named, one clear line or one failure, and never a traceback."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.runs.crawl_arguments import BadArgument, CrawlArguments
from crawler.sites import sites
from tests.crawler.commands.in_process import PROJECT, Done, scrapy

TEXT = (
    "同志们:\n今天把大家请来,专门商量村里水渠的事,我先讲几句。\n"
    "水渠修了二十多年,淤得厉害,今年春旱,下游的田浇不上水,大家意见很大,不能再拖。各组出劳力,镇上出石料,一个月里头把主渠清完。\n"
    "清完之后要有人管。谁家门前谁负责,年底评一评,管得好的记在光荣榜上。我就讲这些,谢谢大家!"
)
PAGE = "<html><head><meta charset=utf-8></head><body><h1>全村水渠会议讲话</h1><div class=article-content>{}</div></body></html>"


def refused(done: Done) -> bool:
    """Exit 1 and one line."""
    return done.code == 1 and done.err.startswith("error: ") and done.err.count("\n") == 1


def records(data: bytes | Path) -> list[dict[str, Any]]:
    whole = data.read_bytes() if isinstance(data, Path) else data
    return [json.loads(line) for line in whole.splitlines()]


def archive(count: int) -> bytes:
    """A WARC that is not compressed."""
    made = io.BytesIO()
    writer = WARCWriter(made, gzip=False)
    for k in range(count):
        body = PAGE.format("".join(f"<p>{line}{k}</p>" for line in TEXT.split("\n"))).encode()
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        headers = {
            "X-Harvest-Site": "hancun",
            "X-Harvest-Kind": "document",
            "WARC-Date": "2024-05-06T07:08:09Z",
        }
        writer.write_record(
            writer.create_warc_record(
                f"https://www.hancun.example/{k}.html", "response", payload=io.BytesIO(body), length=len(body),
                http_headers=http, warc_headers_dict=headers,
            )
        )  # fmt: skip
    return made.getvalue()


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page and its speech beside it."""
    folder = tmp_path_factory.mktemp("speech")
    (folder / "page.txt").write_text(TEXT, encoding="utf-8")
    before = os.getcwd()
    os.chdir(PROJECT)
    try:
        assert (
            scrapy("clean", str(folder / "page.txt"), "-o", str(folder / "speech.jsonl")).code == 0
        )
    finally:
        os.chdir(before)
    return folder / "speech.jsonl"


WRITERS: dict[str, Callable[[Path], list[str]]] = {
    "clean": lambda s: ["clean", str(s.with_name("page.txt"))],
    "dedup": lambda s: ["dedup", "-j", "1", str(s)],
    "outline": lambda s: ["outline", str(s)],
    "outline to pages": lambda s: ["outline", str(s), "--format", "md"],
    "export": lambda s: ["export", str(s), "--format", "elasticsearch"],
}


@pytest.mark.parametrize("command", WRITERS)
def test_an_output_that_cannot_be_is_one_line_and_nothing_is_touched(
    command: str, speech: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("kept")
    words = WRITERS[command](speech)
    for output in (tmp_path / "file" / "x.jsonl", tmp_path / ("x" * 260), Path("/proc/x.jsonl")):
        assert refused(scrapy(*words, "-o", str(output))), output
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("file", "kept")]


@pytest.mark.parametrize("command", WRITERS)
def test_a_pipe_named_as_output_stays_a_pipe(command: str, speech: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = scrapy(*WRITERS[command](speech), "-o", str(pipe))
        said = os.read(reader, 1 << 20)
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]
    assert (
        refused(done)
        if command in ("outline to pages", "export")
        else (done.code == 0 and len(records(said)) == 1)
    )


def test_a_link_named_as_output_is_followed(speech: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to("target.jsonl")
    assert scrapy("outline", str(speech), "-o", str(tmp_path / "link.jsonl")).code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(records(tmp_path / "target.jsonl")) == 1


def test_no_output_is_written_over_an_input_or_another_output(speech: Path, tmp_path: Path) -> None:
    before = speech.read_bytes()
    page, other = str(speech.with_name("page.txt")), str(tmp_path / "o.jsonl")
    assert refused(scrapy("outline", str(speech), "-o", str(speech)))
    assert refused(scrapy("export", str(speech), "--format", "parquet", "-o", str(speech)))
    assert refused(scrapy("clean", page, "-o", page))
    assert refused(scrapy("clean", page, "-o", other, "--traces", other))
    assert refused(scrapy("clean", page, "-o", "-", "--traces", other, "--failures", other))
    assert speech.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_a_folder_cleaned_into_itself_gives_the_same_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    codes = [scrapy("clean", str(tmp_path), "-o", str(tmp_path / "s.jsonl")).code for _ in range(2)]
    assert codes == [0, 0]
    assert len(records(tmp_path / "s.jsonl")) == 1


@pytest.mark.parametrize("zipped", [False, True])
def test_an_archive_cut_anywhere_loses_no_whole_page_and_passes_no_half_one(
    zipped: bool, tmp_path: Path
) -> None:
    whole = archive(3)
    starts = [k for k in range(len(whole)) if whole.startswith(b"WARC/1.0\r\n", k)]
    ends = [*starts[1:], len(whole)]
    for cut in (
        ends[0] // 2,
        ends[0] - 40,
        ends[0] + 12,
        ends[0] + 45,
        ends[0] + 260,
        ends[0] + 320,
        ends[1] + (ends[2] - ends[1]) // 2,
        len(whole) - 60,
    ):
        data = whole[:cut]
        (tmp_path / "a.warc.gz").write_bytes(gzip.compress(data) if zipped else data)
        done = scrapy(
            "clean", str(tmp_path / "a.warc.gz"), "-o", "-", "--failures", str(tmp_path / "f.jsonl")
        )
        assert len(records(done.out)) == sum(cut >= end for end in ends)
        assert ([f["error"] for f in records(tmp_path / "f.jsonl")], done.code) == (
            ["bad_record"],
            3,
        ), cut


def test_an_archive_compressed_as_one_piece_and_one_with_a_loud_name_are_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "LOUD.WARC.GZ").write_bytes(gzip.compress(archive(3)))
    done = scrapy("clean", str(tmp_path), "-o", "-")
    assert (done.code, len(records(done.out))) == (0, 3)


def test_a_compressed_archive_that_is_cut_gives_the_members_before(tmp_path: Path) -> None:
    first, second = gzip.compress(archive(2)), gzip.compress(archive(1))
    (tmp_path / "a.warc.gz").write_bytes(first + second[:-5])
    done = scrapy("clean", str(tmp_path / "a.warc.gz"), "-o", "-")
    assert done.code == 3
    assert len(records(done.out)) >= 2


@pytest.mark.parametrize(
    "change",
    [
        (b"Content-Type: text/html", b"Content-Encoding: br"),
        (b"WARC-Target-URI", b"WARC-Xarget-URI"),
    ],
)
def test_hostile_headers_in_an_archive_are_failures(
    change: tuple[bytes, bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.warc").write_bytes(archive(1).replace(*change))
    (tmp_path / "b.warc").write_bytes(archive(1))
    done = scrapy("clean", str(tmp_path), "-o", "-")
    assert (done.code, len(records(done.out))) == (3, 1)


@pytest.mark.parametrize("command", ["clean", "outline", "dedup"])
def test_a_line_of_nul_bytes_loses_itself_alone_and_a_binary_file_is_one_failure(
    command: str, speech: Path, tmp_path: Path
) -> None:
    raw = json.dumps(
        {"schema": "raw/1", "url": "http://[", "site": "", "title": "", "text": TEXT},
        ensure_ascii=False,
    ).encode()
    good = raw if command == "clean" else speech.read_bytes().rstrip()
    (tmp_path / "mixed.jsonl").write_bytes(
        b"\xef\xbb\xbf" * (command != "dedup") + good + b"\r\n\0\0\0\n" + good
    )
    done = scrapy(
        command,
        *(["-j", "1"] if command == "dedup" else []),
        str(tmp_path / "mixed.jsonl"),
        "-o",
        "-",
        "--failures",
        str(tmp_path / "f"),
    )
    assert done.code == 3
    assert len(records(done.out)) == (1 if command == "dedup" else 2)  # dedup folds the two
    assert [(f["error"], f["url"][-2:]) for f in records(tmp_path / "f")] == [("bad_record", "#2")]
    if command != "dedup":
        (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)) * 40)
        assert (
            scrapy(
                command,
                str(tmp_path / "binary.jsonl"),
                "-o",
                "-",
                "--failures",
                str(tmp_path / "f"),
            ).code
            == 3
        )
        assert [f["error"] for f in records(tmp_path / "f")] == ["not_text"]
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert (
        scrapy(
            command, str(tmp_path / "empty.jsonl"), "-o", "-", "--failures", str(tmp_path / "f")
        ).code
        == 3
    )
    assert [f["error"] for f in records(tmp_path / "f")] == ["empty"]


def test_a_folder_without_pages_cannot_be_cleaned(tmp_path: Path) -> None:
    (tmp_path / "notes.dat").write_text("x")
    assert refused(scrapy("clean", str(tmp_path), "-o", "-"))


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    for name in ("中文 名字.txt", "two\nlines.txt", os.fsdecode(b"bad\xff.txt"), ".hidden.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "lost.txt").symlink_to("nowhere")
    done = scrapy("clean", str(tmp_path), "-o", "-")
    assert (done.code, len(records(done.out))) == (0, 4)
    assert refused(scrapy("clean", str(tmp_path / "no\nfile"), "-o", "-"))


def test_explain_says_by_its_status_that_a_page_was_lost(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    assert scrapy("explain", str(tmp_path / "empty.txt")).code == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["newsite", "abc", "http://[", "page.html"], 1),
        (["index", "README.md", "--to", "opensearch://127.0.0.1:abc/x"], 1),
        (["search", "水渠", "-n", "99999999999999999999"], 2),
        (["report", "-o", "README.md"], 1),
        (["export", "README.md", "--format", "parquet", "-o", "-"], 2),
        (["export", "README.md", "--format", "parquet", "-o", ""], 2),
        (["clean", "README.md", "-o", "-", "-j", "abc"], 2),
        (["explain", "http://["], 1),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    words: list[str], code: int, tmp_path: Path
) -> None:
    assert scrapy(*words, "-s", f"OUTPUT_DIR={tmp_path}").code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("argument", ["base", "url"])
def test_an_address_that_cannot_be_read_is_no_argument_of_a_crawl(argument: str) -> None:
    with pytest.raises(BadArgument, match="no http or https address"):
        CrawlArguments.read({argument: "http://["}, sites()["wm114"])


def test_closed_streams_and_readers_who_leave(speech: Path) -> None:
    run = f"{sys.executable} -m scrapy"
    page = str(speech.with_name("page.txt"))
    for line, code in (
        (f"{run} clean '{page}' -o - >&- <&-", 0),
        (f"{run} explain '{page}' | true; exit ${{PIPESTATUS[0]}}", 0),
        (f"{run} explain '{page}' > /dev/full", 1),
        (f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 {run} explain '{page}'", 0),
    ):
        done = subprocess.run(
            ["bash", "-c", line], cwd=PROJECT, capture_output=True, timeout=60, check=False
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False), line
