"""Nothing that is mistyped succeeds: the error names the option or the setting, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search_corpus import speech
from pipelines.records import to_line
from tests.crawler.commands.in_process import PROJECT, scrapy


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with one speech and its index."""
    made: Path = tmp_path_factory.mktemp("output")
    (made / "speeches").mkdir()
    record = speech("wm114", "1", "讲话", "渠道要清淤，闸门要上漆。", published="2025-03-04")
    (made / "speeches" / "wm114-1.jsonl").write_bytes(to_line(record))
    return made


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["index", "--to", "nonsense"], 1, "nonsense"),
        (["index", "--to", "sqlite://x.db"], 1, "sqlite:///PATH"),
        (["index", "--to", "mongodb://x"], 1, "mongodb"),
        (["index", "nowhere.jsonl"], 1, "nowhere.jsonl"),
        (["search", "渠道", "--site", "wm14"], 2, "wm14"),
        (["search", "渠道", "--from", "2025-13"], 2, "2025-13"),
        (["search", "渠道", "--to", "yesterday"], 2, "yesterday"),
        (["search", "渠道", "--from", "2026", "--to", "2025"], 2, "no day lies between"),
        (["search", "渠道", "--completeness", "ful"], 2, "ful"),
        (["search", "渠道", "-n", "0"], 2, "--limit"),
        (["search", "  "], 2, "nothing"),
        (["report", "extra"], 2, "extra"),
        (["crawl", "wm114", "-s", "S3_COPY=bucket/x"], 1, "S3_COPY=bucket/x"),
        (["crawl", "wm114", "-a", "home=wm114.example"], 2, "base"),
        (["clean", "pipelines", "--site", "wm14", "-o", "-"], 2, "wm14"),
        (["clean", "-j", "0", "pipelines", "-o", "-"], 2, "-j"),
        (["explain"], 2, "name one page"),
        (["demo", "now"], 2, "now"),
    ],
)
def test_an_argument_that_cannot_be_meant(
    folder: Path, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    assert scrapy("index", "-s", f"OUTPUT_DIR={folder}").code == 0
    before = sorted(path.name for path in PROJECT.iterdir())
    done = scrapy(*words, "-s", f"OUTPUT_DIR={folder}")
    assert done.code == code
    assert says in done.err + done.out.decode()
    assert sorted(path.name for path in PROJECT.iterdir()) == before


@pytest.mark.parametrize("command", [["index"], ["report"], ["search", "渠道"], ["doctor"]])
@pytest.mark.parametrize("value", ["s3://bucket/harvest", " "])
def test_an_output_folder_that_is_none(command: list[str], value: str) -> None:
    done = scrapy(*command, "-s", f"OUTPUT_DIR={value}")
    assert done.code == 1
    assert "OUTPUT_DIR" in done.err
    assert not (PROJECT / "s3:").exists()


def test_the_output_folder_is_the_projects_wherever_one_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PROJECT / "docs")
    from scrapy.utils.project import get_project_settings

    assert get_project_settings()["OUTPUT_DIR"] == str(PROJECT / "output")
