"""What a run did, as a text file that Prometheus' node exporter collects (textfile collector).

    write_metrics(Path("output"), run)      # output/metrics/harvest-wm114.prom

One file a site, replaced whole after each run. `harvest_last_success_timestamp_seconds` keeps its value over runs that
went wrong: an alert on its age says that a site has had no good run for too long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pipelines.atomic_file import write_whole
from pipelines.exports.file_names import file_name
from pipelines.records import Run

FOLDER = "metrics"
LAST_SUCCESS = "harvest_last_success_timestamp_seconds"


def metrics_file(output: Path, site: str) -> Path:
    """Where the metrics of a site lie."""
    return output / FOLDER / f"harvest-{file_name(site)}.prom"


def write_metrics(output: Path, run: Run) -> Path:
    """Write the metrics of a finished run. Raises OutputError."""
    path = metrics_file(output, run.site)
    write_whole(path, metrics_of(run, last_success(path)))

    return path


def metrics_of(run: Run, success_before: float | None) -> bytes:
    """The text of a run's metrics. `success_before`: Unix time of the last run that exited 0."""
    registry = CollectorRegistry()
    started, finished = _seconds(run.started), _seconds(run.finished)
    success = finished if run.exit == 0 else success_before

    values = (
        ("harvest_run_exit_status", "Exit status of the last run", run.exit),
        ("harvest_run_duration_seconds", "Duration of the last run", finished - started),
        ("harvest_last_run_timestamp_seconds", "When the last run ended", finished),
        (LAST_SUCCESS, "When the last run ended that exited 0", success),
        ("harvest_withheld_characters", "Withheld from what was stored", run.withheld_chars),
    )

    for name, what, value in values:
        if value is not None:
            _set(registry, name, what, run.site, value)

    pages = run.pages
    outcomes = {
        "stored": pages.stored,
        "duplicate": pages.duplicate,
        "unchanged": pages.unchanged,
        "failed": pages.failed,
        "refused": pages.refused,
    }

    documents = run.documents
    kinds = {
        "new": documents.new,
        "upgraded": documents.upgraded,
        "gapped": documents.gapped,
        "cut_off": documents.cut_off,
    }

    _set_each(registry, "harvest_pages", "Pages of the last run", run.site, "outcome", outcomes)
    _set_each(registry, "harvest_documents", "Documents stored", run.site, "kind", kinds)
    _set_each(registry, "harvest_failures", "Failures by error", run.site, "error", run.failures)

    return generate_latest(registry)


def last_success(path: Path) -> float | None:
    """The time of the last good run by an older file; `None` where there is none that reads."""
    try:
        families = text_string_to_metric_families(path.read_text("utf-8"))
        samples = [sample for family in families for sample in family.samples]
    except (OSError, ValueError):
        return None

    return next((float(s.value) for s in samples if s.name == LAST_SUCCESS), None)


def _set(registry: CollectorRegistry, name: str, what: str, site: str, value: float) -> None:
    Gauge(name, what, ["site"], registry=registry).labels(site).set(value)


def _set_each(
    registry: CollectorRegistry,
    name: str,
    what: str,
    site: str,
    label: str,
    values: Mapping[str, int],
) -> None:
    gauge = Gauge(name, what, ["site", label], registry=registry)
    for value, count in values.items():
        gauge.labels(site, value).set(count)


def _seconds(when: str) -> float:
    """Unix time of an ISO date; 0 where it is none."""
    if not re.match(r"\d{4}-", when):
        return 0.0

    return datetime.fromisoformat(when).timestamp()
