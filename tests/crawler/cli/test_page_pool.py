"""Cleaning pages in workers: order, jobs, and pages that hang."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from crawler.cli import page_pool
from crawler.cli.page_pool import PagePool, cleaned
from crawler.commands import explain
from crawler.page_worker import Bounds
from crawler.reading.inputs import Unit, units
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import Failure, RawDocument

BOUNDS = Bounds(cpu_seconds=0.5)
HANG, ALLOCATE = "停在这里", "要全部内存"
TEXT = "同志们：\n今天讲{n}号渠的修缮。上半年完成了砌石，下半年要把闸门装好，秋收以前试水一次。\n"


@pytest.fixture(autouse=True)
def _poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cleaning that hangs in C, or asks for all memory, where a text says so."""

    def poisoned(raw: RawDocument, *more: object) -> list[Cleaned | Failure]:
        if HANG in raw.text:
            re.match(r"(?:a|aa)+$", "a" * 99 + "b")
        if ALLOCATE in raw.text:
            return [bytes(1 << 34)]  # type: ignore[list-item]
        return clean(raw, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(page_pool, "clean", poisoned)
    monkeypatch.setattr(explain, "attempts", poisoned)


def results(paths: list[str], jobs: int) -> list[tuple[str, str]]:
    """What became of each unit: its URL, and `speech` or the error."""

    def work(batch: list[Unit]) -> list[tuple[str, str]]:
        return [
            (r.speech.url, "speech") if isinstance(r, Cleaned) else (r.url, r.error)
            for _, r in cleaned(batch, None)
        ]

    found = list(units(paths))
    batches = [found[i : i + 4] for i in range(0, len(found), 4)]
    with PagePool(jobs, work, BOUNDS) as pool:
        return [entry for result in pool.results(batches) for entry in result]


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_file_that_hangs_costs_itself(tmp_path: Path, jobs: int) -> None:
    for n in range(10):
        poison = {3: HANG, 7: ALLOCATE}.get(n, "")
        (tmp_path / f"{n}.txt").write_text(TEXT.format(n=n) + poison, "utf-8")
    told = results([str(tmp_path)], jobs)
    expected = ["speech"] * 10
    expected[3], expected[7] = "too_slow", "too_large"
    assert [error for _, error in told] == expected
    assert told[3][0].startswith("file:")


def test_a_line_that_hangs_costs_itself(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        for n in range(30):
            text = TEXT.format(n=n) + (HANG if n == 11 else "")
            url = f"https://texts.example/{n}"
            record = {"schema": "raw/1", "url": url, "site": "x", "title": "", "text": text}
            yield json.dumps(record, ensure_ascii=False)

    file = tmp_path / "raw.jsonl"
    file.write_text("\n".join(lines()) + "\n", "utf-8")
    told = results([str(file)], 2)
    assert [url for url, _ in told] == [f"https://texts.example/{n}" for n in range(30)]
    assert [n for n, (_, error) in enumerate(told) if error != "speech"] == [11]
    assert told[11][1] == "too_slow"


def test_explain_says_that_a_page_is_too_slow(tmp_path: Path) -> None:
    from crawler.commands.explain import _cleaned

    (tmp_path / "1.txt").write_text(TEXT.format(n=1) + HANG, "utf-8")
    with PagePool(1, partial(_cleaned, site=None), BOUNDS) as pool:
        (found,) = pool.results([list(units([str(tmp_path)]))])
    (failed,) = found
    assert isinstance(failed, Failure)
    assert failed.error == "too_slow"
    assert "0.5 s of CPU" in failed.detail
