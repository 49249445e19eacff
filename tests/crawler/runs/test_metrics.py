"""Metrics parse as Prometheus reads them, and the last good run outlives bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.runs.after_run import HookFailed, call_after_run
from crawler.runs.metrics import last_success, metrics_file, write_metrics
from pipelines.record_parts import DocumentCounts, ExtractionCounts, OtherRequests, PageCounts
from pipelines.records import Run


def run(exit: int, finished: str) -> Run:
    return Run(
        run="R",
        site="wm114",
        command="crawl wm114",
        started="2026-01-02T03:00:00Z",
        finished=finished,
        exit=exit,
        pages=PageCounts(asked=9, stored=7, failed=2),
        failures={"timeout": 2},
        other_requests=OtherRequests(),
        documents=DocumentCounts(new=7, gapped=1),
        withheld_chars=312,
        rules={},
        extraction=ExtractionCounts(),
        gone=(),
        versions={},
    )


def values(path: Path) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(path.read_text("utf-8"))
    found = {}
    for sample in [sample for family in families for sample in family.samples]:
        others = [value for label, value in sorted(sample.labels.items()) if label != "site"]
        found[sample.name, sample.labels["site"], *others] = sample.value
    return found


def test_a_run_can_be_read_by_prometheus(tmp_path: Path) -> None:
    found = values(write_metrics(tmp_path, run(0, "2026-01-02T03:05:00Z")))
    assert found["harvest_pages", "wm114", "stored"] == 7
    assert found["harvest_failures", "wm114", "timeout"] == 2
    assert found["harvest_documents", "wm114", "gapped"] == 1
    assert found["harvest_run_duration_seconds", "wm114"] == 300
    assert found["harvest_withheld_characters", "wm114"] == 312


def test_the_last_good_run_outlives_bad_ones(tmp_path: Path) -> None:
    write_metrics(tmp_path, run(0, "2026-01-02T03:05:00Z"))
    good = last_success(metrics_file(tmp_path, "wm114"))
    found = values(write_metrics(tmp_path, run(3, "2026-01-03T03:05:00Z")))
    assert found["harvest_last_success_timestamp_seconds", "wm114"] == good
    assert found["harvest_run_exit_status", "wm114"] == 3


def test_a_first_bad_run_claims_no_success(tmp_path: Path) -> None:
    found = values(write_metrics(tmp_path, run(3, "2026-01-02T03:05:00Z")))
    assert ("harvest_last_success_timestamp_seconds", "wm114") not in found


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    metrics_file(tmp_path, "wm114").parent.mkdir()
    metrics_file(tmp_path, "wm114").write_text("{{{ no metrics", "utf-8")
    write_metrics(tmp_path, run(0, "2026-01-02T03:05:00Z"))
    assert last_success(metrics_file(tmp_path, "wm114"))


def test_a_hook_gets_the_manifest_and_its_failure_is_said(tmp_path: Path) -> None:
    manifest = tmp_path / "R 1.json"
    manifest.write_text("{}", "utf-8")
    call_after_run("test -f", manifest)
    for command in ("false", "/no/such/program", "unclosed 'quote"):
        with pytest.raises(HookFailed, match="AFTER_RUN"):
            call_after_run(command, manifest)
