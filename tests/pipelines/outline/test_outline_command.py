"""`scrapy outline`: what it writes, what it refuses, and that it holds one speech at a time."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.outline import Command
from pipelines.outline import plain_speech
from pipelines.outline.render import from_markdown, from_opml
from pipelines.records import Speech, failure_from, outline_from, to_line
from tests.crawler.commands.in_process import completed

PROJECT = Path(__file__).parents[3]


def speech(number: int) -> Speech:
    text = "一、修路\n硬化村道三公里。\n二、架桥\n新建便桥一座。"
    return replace(
        plain_speech(text, title=f"汇报{number}", url=f"file:{number}"), id=f"{number:032x}"
    )


def speeches(path: Path, lines: Iterable[bytes]) -> str:
    path.write_bytes(b"".join(lines))
    return str(path)


def run(*argv: str) -> int:
    command = Command()
    command.settings = Settings()
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(argv))
    command.run(args, opts)
    return command.exitcode


@pytest.fixture
def two(tmp_path: Path) -> str:
    return speeches(tmp_path / "two.jsonl", [to_line(speech(1)), to_line(speech(2))])


def test_one_outline_a_line_and_no_failures_file(tmp_path: Path, two: str) -> None:
    assert run(two, "-o", str(tmp_path / "o.jsonl")) == 0
    outlines = [outline_from(line) for line in (tmp_path / "o.jsonl").read_bytes().splitlines()]
    assert [(o.title, len(o.nodes)) for o in outlines] == [("汇报1", 2), ("汇报2", 2)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.jsonl", "two.jsonl"]


@pytest.mark.parametrize(("format_", "read"), [("md", from_markdown), ("opml", from_opml)])
def test_several_speeches_fill_a_folder(
    tmp_path: Path, two: str, format_: str, read: object
) -> None:
    assert callable(read)
    assert run(two, "-o", str(tmp_path / "maps"), "--format", format_) == 0
    files = sorted((tmp_path / "maps").iterdir())
    assert [f.name for f in files] == [f"{1:032x}.{format_}", f"{2:032x}.{format_}"]
    assert read(files[0].read_bytes()).title == "汇报1"


def test_one_speech_is_one_file_in_the_format_of_its_ending(tmp_path: Path) -> None:
    one = speeches(tmp_path / "one.jsonl", [to_line(speech(1))])
    assert run(one, "-o", str(tmp_path / "map.html")) == 0
    assert (tmp_path / "map.html").read_bytes().startswith(b"<!doctype html>")


def test_a_folder_that_is_there_keeps_its_other_files(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "mine.md").write_text("x")
    one = speeches(tmp_path / "one.jsonl", [to_line(speech(1))])
    assert run(one, "-o", str(tmp_path / "maps"), "--format", "md") == 0
    assert sorted(f.name for f in (tmp_path / "maps").iterdir()) == [f"{1:032x}.md", "mine.md"]


def test_a_bad_line_is_a_failure_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        to_line(speech(1)),
        b'{"schema": "speech/1", \n',
        b"\n",
        b'{"schema":"trace/1"}\n',
        b"[" * 5000 + b"\n",
        b"\xff\xfe\n",
        to_line(speech(2)),
    ]
    path = speeches(tmp_path / "mixed.jsonl", lines)
    assert run(path, "-o", str(tmp_path / "o.jsonl")) == 3
    assert (tmp_path / "o.jsonl").read_bytes().count(b"\n") == 2
    failures = [
        failure_from(line) for line in (tmp_path / "o.failures.jsonl").read_bytes().splitlines()
    ]
    assert [(f.error, f.stage, f.url.rsplit("#")[1]) for f in failures] == [
        ("bad_record", "outline", n) for n in "2456"
    ]


@pytest.mark.parametrize(
    ("content", "error"), [(b"", "empty"), (b"\x89PNG\r\n\x1a\n\0\0", "not_text")]
)
def test_a_file_that_holds_no_lines_is_one_failure(
    tmp_path: Path, content: bytes, error: str
) -> None:
    path = speeches(tmp_path / "odd.jsonl", [content])
    good = speeches(tmp_path / "good.jsonl", [to_line(speech(1))])
    assert run(path, good, "-o", str(tmp_path / "o.jsonl")) == 3
    assert [
        json.loads(line)["error"]
        for line in (tmp_path / "o.failures.jsonl").read_bytes().splitlines()
    ] == [error]
    assert (tmp_path / "o.jsonl").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("text", ["一、修路\n" * 100_000, "路" * 4_000_001])
def test_a_text_longer_than_any_speech_is_too_large(tmp_path: Path, text: str) -> None:
    huge = replace(plain_speech(text, url="file:3"), id=f"{3:032x}")
    path = speeches(tmp_path / "huge.jsonl", [to_line(huge), to_line(speech(1))])
    (tmp_path / "huge.txt").write_text(text)

    for given in (path, str(tmp_path / "huge.txt")):
        output = tmp_path / f"{Path(given).suffix[1:]}.outlines.jsonl"
        assert run(given, "-o", str(output)) == 3

        (line,) = output.with_name(f"{output.stem}.failures.jsonl").read_bytes().splitlines()
        failed = failure_from(line)
        assert (failed.error, failed.stage) == ("too_large", "outline")
        assert f"{len(text)} characters" in failed.detail

    assert (tmp_path / "jsonl.outlines.jsonl").read_bytes().count(b"\n") == 1


def test_a_line_over_the_limit_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.speech_files.SIZE_LIMIT", 4000)
    path = speeches(
        tmp_path / "big.jsonl", [b'{"x":"' + b"a" * 20_000 + b'"}\n', to_line(speech(1))]
    )
    assert run(path, "-o", str(tmp_path / "o.jsonl")) == 3
    assert [
        json.loads(line)["error"]
        for line in (tmp_path / "o.failures.jsonl").read_bytes().splitlines()
    ] == ["too_large"]
    assert (tmp_path / "o.jsonl").read_bytes().count(b"\n") == 1


def test_old_failures_do_not_outlive_a_clean_run(tmp_path: Path, two: str) -> None:
    (tmp_path / "o.failures.jsonl").write_text("old\n")
    assert run(two, "-o", str(tmp_path / "o.jsonl")) == 0
    assert (tmp_path / "o.failures.jsonl").read_bytes() == b""


def test_what_cannot_be_done_is_one_line_and_touches_nothing(
    tmp_path: Path, two: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken.md").write_text("mine")
    (tmp_path / "folder.jsonl").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for argv in (
        (str(tmp_path / "nowhere.jsonl"), "-o", str(tmp_path / "o.jsonl")),
        (two, str(tmp_path / "nowhere.jsonl"), "-o", str(tmp_path / "o.jsonl")),
        (two, "-o", str(tmp_path / "no" / "o.jsonl")),
        (two, "-o", str(tmp_path / "no" / "o.md")),
        (two, "-o", str(tmp_path / "folder.jsonl")),
        (two, "-o", str(tmp_path / "taken.md")),
        (two, "-o", "-", "--format", "html"),
        (str(tmp_path / "folder.jsonl"), "-o", str(tmp_path / "o.jsonl")),
    ):
        assert run(*argv) == 1, argv
        said = capsys.readouterr()
        assert said.err.count("\n") == 1, said.err
        assert said.err.startswith("error: ")
        assert said.out == ""
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "taken.md").read_text() == "mine"


def test_usage_is_refused(tmp_path: Path, two: str) -> None:
    for argv in ((), (two,), (two, "-o", "x", "--bogus")):
        with pytest.raises(UsageError):
            run(*argv)


def test_explain_says_why(two: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(two, "--explain") == 0
    said = capsys.readouterr().out
    assert said.count("\theading: ") == 4
    assert "▸一、修路" in said


def test_from_the_shell(tmp_path: Path, two: str) -> None:
    def shell(*argv: str) -> subprocess.CompletedProcess[bytes]:
        return completed("outline", *argv)

    done = shell(two, "-o", "-")
    assert done.returncode == 0, done.stderr
    assert [outline_from(line).title for line in done.stdout.splitlines()] == ["汇报1", "汇报2"]
    assert shell(two, "-o", str(tmp_path / "o"), "--format", "pdf").returncode == 2
    assert shell(two, "-o", str(tmp_path / "o"), "--frmat", "md").returncode == 2


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """The peak of a run over 40 MB stays within 25 MB of that over 2 MB."""
    line = to_line(
        replace(speech(1), text="一、修路\n" + "硬化村道三公里。" * 2000 + "\n二、架桥\n新建。")
    )
    script = (
        "import resource, sys, argparse\nfrom scrapy.settings import Settings\nfrom crawler.commands.outline import Command\n"
        "c = Command(); c.settings = Settings(); p = argparse.ArgumentParser(); c.add_options(p)\n"
        "o, a = p.parse_known_args(sys.argv[1:]); c.run(a, o)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(c.exitcode)"
    )

    def peak(copies: int) -> int:
        path = tmp_path / "large.jsonl"
        with path.open("wb") as file:
            for _ in range(copies):
                file.write(line)
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), "-o", str(tmp_path / "o.jsonl")],
            cwd=PROJECT,
            capture_output=True,
            check=True,
        )
        return int(done.stdout) * (1 if sys.platform == "darwin" else 1024)

    assert peak(2_000_000 // len(line)) + 25_000_000 > peak(40_000_000 // len(line))


def test_texts_markdown_and_word_give_the_same_outline(tmp_path: Path) -> None:
    text = "一、修路\n硬化村道三公里。\n二、架桥\n新建便桥一座。"
    (tmp_path / "a.txt").write_text(text, encoding="gb18030")
    (tmp_path / "b.md").write_text(text.replace("一、", "# 一、").replace("二、", "# 二、"))
    word = tmp_path / "c.docx"
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body>{paragraphs}</w:body></w:document>'
    with zipfile.ZipFile(word, "w") as package:
        package.writestr("word/document.xml", body)
    out = tmp_path / "o.jsonl"

    assert run(str(tmp_path / "a.txt"), str(tmp_path / "b.md"), str(word), "-o", str(out)) == 0
    outlines = [outline_from(line) for line in out.read_bytes().splitlines()]
    assert [[n.title for n in o.nodes] for o in outlines] == [["修路", "架桥"]] * 3
    assert [o.title for o in outlines] == ["a", "b", "c"]
    assert len({o.id for o in outlines}) == 3


def test_levels_are_written_into_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# 一、修路\n要快。\n# （一）石料\n备足。\n# （二）工期\n抓紧。\n"
    )
    assert run(str(tmp_path / "a.md"), "--format", "md", "-o", str(tmp_path / "b.md")) == 0
    done = (tmp_path / "b.md").read_text()
    assert done == "# 一、修路\n要快。\n## （一）石料\n备足。\n## （二）工期\n抓紧。\n"


def test_a_text_is_cleaned_where_that_is_asked_for(tmp_path: Path) -> None:
    noise = "……(新文秘网http://www.wm114.cn省略300字,正式会员可完整阅读)……"
    text = f"一、修路\n硬化村道三公里。\n{noise}\n三、架桥\n新建便桥一座，方便群众出行。"
    (tmp_path / "a.txt").write_text(text)
    assert run(str(tmp_path / "a.txt"), "-o", str(tmp_path / "raw.jsonl")) == 0
    assert run(str(tmp_path / "a.txt"), "--clean", "-o", str(tmp_path / "clean.jsonl")) == 0
    raw, cleaned = (outline_from((tmp_path / f"{n}.jsonl").read_bytes()) for n in ("raw", "clean"))
    assert [n.status for n in raw.nodes] == ["full", "full"]
    assert [n.status for n in cleaned.nodes] == ["partial", "missing", "full"]


def test_a_file_that_is_no_text_is_one_failure(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "b.txt").write_text(" \n")
    assert (
        run(str(tmp_path / "a.docx"), str(tmp_path / "b.txt"), "-o", str(tmp_path / "o.jsonl")) == 3
    )
    failures = (tmp_path / "o.failures.jsonl").read_bytes().splitlines()
    assert [failure_from(line).error for line in failures] == ["broken_file", "empty"]


def test_standard_input_is_a_text_or_records(tmp_path: Path, two: str) -> None:
    def piped(data: bytes) -> list[bytes]:
        argv = [sys.executable, "-m", "scrapy", "outline", "-", "-o", "-"]
        done = subprocess.run(argv, input=data, cwd=PROJECT, capture_output=True, check=True)
        return done.stdout.splitlines()

    assert [outline_from(line).title for line in piped(Path(two).read_bytes())] == [
        "汇报1",
        "汇报2",
    ]
    text = piped("一、修路\n要快。\n二、架桥\n要稳。".encode())
    assert [n.title for n in outline_from(text[0]).nodes] == ["修路", "架桥"]
