"""`scrapy dedup` as people and cron type it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.dedup_texts import collection
from pipelines.records import failure_from, speech_from, to_line
from tests.crawler.commands.in_process import completed


def dedup(*args: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command in the project's folder."""
    return completed("dedup", *args, given=given)


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return [to_line(made.speech) for made in collection(11, 6, (500, 900))]


def test_a_collection_becomes_one_file(tmp_path: Path, lines: list[bytes]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(b"".join(lines[:5]) + b"no speech\n")
    (tmp_path / "in" / "b.jsonl").write_bytes(b"".join(lines[5:]))
    (tmp_path / "in" / "b.traces.jsonl").write_bytes(b"{}\n")
    out = tmp_path / "out.jsonl"
    done = dedup(tmp_path / "in", "-j", "2", "-o", out)
    assert done.returncode == 3, done.stderr
    assert b"1 failures" in done.stderr
    records = [speech_from(line) for line in out.read_bytes().splitlines()]
    assert sum(len(record.sources) for record in records) == len(lines)
    assert len(records) < len(lines)
    failure = failure_from((tmp_path / "out.failures.jsonl").read_bytes())
    assert (failure.error, failure.stage, failure.detail.split(":")[0]) == (
        "bad_record",
        "dedup",
        "line 6",
    )
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out.jsonl", "out.failures.jsonl"}

    again = dedup("-", "-o", "-", given=b"".join(reversed(lines)))
    assert again.returncode == 0, again.stderr
    assert again.stdout == out.read_bytes()


@pytest.mark.parametrize(
    ("args", "status", "why"),
    [
        (["nothing.jsonl", "-o", "out.jsonl"], 1, b"nothing.jsonl"),
        (["in.jsonl", "-o", "missing/out.jsonl"], 1, b"missing"),
        (["in.jsonl"], 2, b"-o FILE"),
        (["in.jsonl", "-o", "out.jsonl", "--loud"], 2, b"--loud"),
    ],
)
def test_what_cannot_be_done_touches_nothing(
    tmp_path: Path, lines: list[bytes], args: list[str], status: int, why: bytes
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines[0])
    (tmp_path / "out.jsonl").write_bytes(b"as it was")
    done = dedup(*(tmp_path / arg if arg.endswith("jsonl") else arg for arg in args))
    assert done.returncode == status
    assert why in done.stderr + done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}
    assert (tmp_path / "out.jsonl").read_bytes() == b"as it was"
