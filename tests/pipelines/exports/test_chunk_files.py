"""Chunks of the current documents in the formats of other programs."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.export import ExportCommand
from pipelines.outline import outline_of, plain_speech
from pipelines.outline.chunks import chunks_of
from pipelines.records import to_line

TEXT = "一、修路\n各村备足了石料，进度好于往年。\n二、架桥\n新建便桥一座，方便群众出行。"


def run(*argv: str) -> int:
    command = ExportCommand()
    command.settings = Settings()
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(argv))
    command.run(args, opts)
    return command.exitcode


@pytest.fixture
def speeches(tmp_path: Path) -> str:
    """A document in two versions; the second one is current."""
    first = replace(plain_speech("旧稿。", title="汇报"), id="a" * 32)
    second = replace(plain_speech(TEXT, title="汇报"), id="a" * 32, version=2)
    (tmp_path / "s.jsonl").write_bytes(to_line(first) + to_line(second))
    return str(tmp_path / "s.jsonl")


def test_json_lines_and_parquet_hold_the_same_chunks(tmp_path: Path, speeches: str) -> None:
    speech = replace(plain_speech(TEXT, title="汇报"), id="a" * 32, version=2)
    wanted = [json.loads(to_line(c)) for c in chunks_of(speech, outline_of(speech))]
    for kind in ("jsonl", "parquet"):
        target = str(tmp_path / f"c.{kind}")
        assert run(speeches, "--format", kind, "--chunks", "-o", target) == 0
    lines = (tmp_path / "c.jsonl").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == wanted
    assert pq.read_table(tmp_path / "c.parquet").to_pylist() == wanted


@pytest.mark.parametrize("kind", ["elasticsearch", "opensearch", "meilisearch", "typesense"])
def test_bulk_files_carry_the_headings_as_context(tmp_path: Path, speeches: str, kind: str) -> None:
    target = tmp_path / "c.ndjson"
    assert run(speeches, "--format", kind, "--chunks", "-o", str(target)) == 0
    records = [json.loads(line) for line in target.read_bytes().splitlines()]
    chunks = [record for record in records if "text" in record]
    assert [c["context"] for c in chunks] == ["汇报 / 一、修路", "汇报 / 二、架桥"]
    assert len(records) == len(chunks) * (2 if kind.endswith("search") and kind[0] in "eo" else 1)
    assert json.loads((tmp_path / "c.ndjson.settings.json").read_bytes())


def test_what_chunks_cannot_be_written_as_is_refused(tmp_path: Path, speeches: str) -> None:
    for options in (
        ("--format", "csv", "--chunks"),
        ("--format", "jsonl", "--chunks", "--size", "9"),
    ):
        with pytest.raises(UsageError):
            run(speeches, *options, "-o", str(tmp_path / "c"))
