"""`scrapy clean` and `scrapy explain`, as people run them: what they read, write, refuse and lose."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.crawler.commands.in_process import completed

PROJECT = Path(__file__).parents[3]
TEXT = (
    "同志们:\n今天召开这次会议,主要任务是总结去年的水利工作,部署今年的任务。下面,我讲三点意见。\n"
    "一要抓进度。各村要把清淤、维修、管护统筹起来,一件一件抓落实,秋播之前全部完成。缺劳力的村可以请合作社代工,"
    "工钱由镇里先垫付,年底再同各村结算,决不让一户掉队。\n"
    "二要抓质量。谁的工程谁负责,出了问题倒查责任,决不含糊。验收要请老党员和种粮大户一起到渠边看,看得见水、放得满田才算合格。"
    "验收不过的,限期半个月返工,返工的钱由施工队自己出,村里不得另立名目。谢谢大家!"
)
HTML = "<html><head><meta charset=utf-8></head><body><h1>全镇水利工作会议讲话</h1><div class=article-content>{}</div></body></html>"


def scrapy(*words: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[bytes]:
    """Run a command in the project; its output as bytes."""
    return completed(*words, cwd=cwd)


def lines(data: bytes | Path) -> list[dict[str, Any]]:
    whole = data.read_bytes() if isinstance(data, Path) else data
    assert whole == b"" or whole.endswith(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


def page(text: str) -> str:
    return HTML.format("".join(f"<p>{line}</p>" for line in text.split("\n")))


def warc(path: Path, *records: tuple[str, str, dict[str, str], bytes]) -> None:
    """`(url, status, WARC headers, body)` as a compressed archive."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, headers, body in records:
            http = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body),
                    length=len(body),
                    http_headers=http,
                    warc_headers_dict=headers,
                )
            )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good inputs of every kind among broken ones."""
    root = tmp_path_factory.mktemp("input")
    (root / "a.txt").write_text("在全镇水利会上的讲话\n" + TEXT, encoding="utf-8")
    (root / "sub").mkdir()
    (root / "sub" / "b.html").write_bytes(
        page(TEXT.replace("三点", "两点")).replace("utf-8", "gbk").encode("gbk")
    )
    (root / "c.txt").write_bytes(b"")
    (root / "d.txt").write_bytes(bytes(range(256)) * 40)
    raw = [
        {
            "schema": "raw/1",
            "url": f"https://www.wm114.cn/wen/9/{17000 + k}.html",
            "site": "unknown",
            "title": "",
            "text": TEXT + str(k),
        }
        for k in range(3)
    ]
    rows = [json.dumps(row, ensure_ascii=False) for row in raw]
    (root / "e.jsonl").write_text(
        "\n".join([rows[0], "{broken", rows[1], '{"schema": "speech/1"}', "", rows[2]]) + "\n",
        encoding="utf-8",
    )
    warc(
        root / "f.warc.gz",
        (
            "https://www.wm114.cn/wen/9/17009.html",
            "200 OK",
            {
                "X-Harvest-Site": "wm114",
                "X-Harvest-Kind": "document",
                "WARC-Date": "2024-05-06T07:08:09Z",
            },
            page(TEXT).encode(),
        ),
        (
            "https://www.wm114.cn/",
            "200 OK",
            {"X-Harvest-Site": "wm114", "X-Harvest-Kind": "list"},
            page(TEXT).encode(),
        ),
        (
            "https://www.wm114.cn/wen/9/17010.html",
            "404 Not Found",
            {"X-Harvest-Site": "wm114", "X-Harvest-Kind": "document"},
            b"<p>404",
        ),
    )
    return root


@pytest.fixture(scope="module")
def cleaned(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[bytes]]:
    out = tmp_path_factory.mktemp("out") / "speeches.jsonl"
    return out, scrapy("clean", str(folder), "-o", str(out))


def test_every_kind_of_input_gives_its_speeches_in_order(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]],
) -> None:
    speeches = lines(cleaned[0])
    assert [s["url"] for s in speeches] == [
        "file:a.txt", *(f"https://www.wm114.cn/wen/9/{17000 + k}.html" for k in range(3)),
        "https://www.wm114.cn/wen/9/17009.html", "file:sub/b.html",
    ]  # fmt: skip
    assert speeches[0]["title"] == "在全镇水利会上的讲话"
    assert [s["text"] for s in (speeches[0], speeches[4])] == [TEXT, TEXT]
    assert "两点意见" in speeches[5]["text"]


def test_a_capture_carries_its_site_number_and_hour(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]],
) -> None:
    capture = lines(cleaned[0])[4]
    assert (capture["site"], capture["doc_id"], capture["crawled_at"]) == (
        "wm114",
        "17009",
        "2024-05-06T07:08:09Z",
    )
    assert capture["crawled_at"] is not None
    assert lines(cleaned[0])[0]["crawled_at"] is None


def test_a_raw_line_is_of_the_site_of_its_address(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]],
) -> None:
    assert [(s["site"], s["doc_id"]) for s in lines(cleaned[0])[1:4]] == [
        ("wm114", str(17000 + k)) for k in range(3)
    ]


def test_what_is_lost_is_on_file_and_the_exit_says_so(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]],
) -> None:
    out, done = cleaned
    failures = lines(out.with_name("speeches.failures.jsonl"))
    assert [(f["url"], f["error"]) for f in failures] == [
        ("file:c.txt", "empty"), ("file:d.txt", "not_text"), ("file:e.jsonl#2", "bad_record"), ("file:e.jsonl#4", "bad_record"),
    ]  # fmt: skip
    assert done.returncode == 3
    assert b"6 speeches" in done.stderr


def test_traces_stand_beside_in_the_same_order(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]],
) -> None:
    out, _ = cleaned
    assert [t["id"] for t in lines(out.with_name("speeches.traces.jsonl"))] == [
        s["id"] for s in lines(out)
    ]
    assert [p.name for p in out.parent.iterdir() if "part" in p.name] == []


def test_several_processes_write_the_same_bytes(
    cleaned: tuple[Path, subprocess.CompletedProcess[bytes]], folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "many.jsonl"
    assert scrapy("clean", str(folder), "-j", "2", "-o", str(out)).returncode == 3
    assert out.read_bytes() == cleaned[0].read_bytes()


def test_standard_output_gets_speeches_alone(folder: Path, tmp_path: Path) -> None:
    done = scrapy(
        "clean",
        str(folder / "a.txt"),
        "--site",
        "wm114",
        "--traces",
        str(tmp_path / "t.jsonl"),
        "-o",
        "-",
    )
    assert [s["site"] for s in lines(done.stdout)] == ["wm114"]
    assert len(lines(tmp_path / "t.jsonl")) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.jsonl"]
    assert done.returncode == 0


def test_a_file_has_the_same_identity_by_itself_and_in_its_folder(
    folder: Path, cleaned: tuple[Path, subprocess.CompletedProcess[bytes]]
) -> None:
    [alone] = lines(scrapy("clean", str(folder / "a.txt"), "-o", "-").stdout)
    assert alone["id"] == lines(cleaned[0])[0]["id"]


def test_a_page_over_the_limit_is_a_failure_and_the_rest_goes_on(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(32 * 1024 * 1024 + 1)
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    done = scrapy("clean", str(tmp_path), "--failures", str(tmp_path / "lost"), "-o", "-")
    assert (done.returncode, len(lines(done.stdout))) == (3, 1)
    assert [f["error"] for f in lines(tmp_path / "lost")] == ["too_large"]


def test_an_archive_that_breaks_off_gives_what_it_holds(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "f.warc.gz").read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(
        whole + gzip.compress(b"WARC/1.0\r\nWARC-Type: resp", 1)[:-12]
    )
    done = scrapy("clean", str(tmp_path / "cut.warc.gz"), "-o", "-")
    assert len(lines(done.stdout)) == 1


def test_a_page_recognised_as_no_document_is_no_loss(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("同志们:\n散会。", encoding="utf-8")
    done = scrapy("clean", str(tmp_path / "short.txt"), "-o", str(tmp_path / "x.jsonl"))
    assert [f["error"] for f in lines(tmp_path / "x.failures.jsonl")] == ["too_short"]
    assert done.returncode == 0


REFUSED: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("clean", "nowhere", "-o", "x.jsonl"), 1, "nowhere"),
    (("clean", "README.md", "-o", "no/such/folder/x.jsonl"), 1, "no/such/folder"),
    (("clean", "README.md", "-o", "crawler"), 1, "folder"),
    (("clean",), 2, "name at least one"),
    (("clean", "README.md"), 2, "-o FILE"),
    (("clean", "README.md", "-o", "-", "--bogus"), 2, "--bogus"),
    (("clean", "README.md", "-o", "-", "-j", "0"), 2, "-j"),
    (("clean", "README.md", "-o", "-", "--site", "nosuch"), 2, "nosuch"),
    (("explain", "nowhere"), 1, "nowhere"),
    (("explain", "https://www.example.com/none.html"), 1, "never the network"),
    (("explain",), 2, "name one"),
)
#: Runs command lines one after another in one process: starting it takes longer than all of them.
ONE_AFTER_ANOTHER = """
import contextlib, io, json, sys
from scrapy.cmdline import execute
told = []
for words in json.loads(sys.argv[1]):
    error = io.StringIO()
    with contextlib.redirect_stderr(error):
        try:
            execute(["scrapy", *words])
        except SystemExit as end:
            told.append([end.code, error.getvalue()])
print(json.dumps(told))
"""


def test_what_cannot_be_done_is_one_clear_line_and_touches_nothing() -> None:
    before = set(os.listdir(PROJECT))
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_ANOTHER, json.dumps([words for words, _, _ in REFUSED])],
        cwd=PROJECT, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    for (words, status, told), (exit_, said) in zip(REFUSED, json.loads(done.stdout), strict=True):
        assert (exit_, told in said, "Traceback" in said) == (status, True, False), words
        assert status == 2 or said.count("\n") == 1, words
    assert set(os.listdir(PROJECT)) == before


def test_an_older_output_stays_where_the_work_cannot_be_done(tmp_path: Path) -> None:
    old = tmp_path / "x.jsonl"
    old.write_text("old\n")
    assert scrapy("clean", str(tmp_path / "none"), "-o", str(old)).returncode == 1
    assert (old.read_text(), sorted(p.name for p in tmp_path.iterdir())) == ("old\n", ["x.jsonl"])


def test_explain_names_every_edit_with_rule_place_and_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        TEXT.replace("抓落实", "抓……(好例网省略30字,正式会员可完整阅读)……落实") + "\n上一篇:甲",
        encoding="utf-8",
    )
    [told] = lines(scrapy("explain", str(tmp_path / "a.txt"), "--json").stdout)
    assert [(e["rule"], e["line"]) for e in told["edits"]] == [("page_tail", 5), ("omission", 3)]
    assert told["edits"][1]["removed"] == "……(好例网省略30字,正式会员可完整阅读)……"
    assert all(e["reason"] for e in told["edits"])
    assert [r["rule"] for r in told["rules"]] == ["page_tail", "omission"]
    plain = scrapy("explain", str(tmp_path / "a.txt")).stdout.decode()
    assert "omission" in plain
    assert "\x1b[" not in plain
    assert "30 characters" in plain
