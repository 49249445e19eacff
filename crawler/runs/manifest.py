"""The manifest of a run, `run/1`: made of its counts, and written as `runs/RUN.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from crawler.runs.counts import Counts
from pipelines.atomic_file import write_whole
from pipelines.record_parts import DocumentCounts, ExtractionCounts, OtherRequests, PageCounts
from pipelines.records import Run


def make_manifest(
    run: str,
    site: str,
    command: str,
    started: str,
    finished: str,
    exit_status: int,
    counts: Counts,
    versions: Mapping[str, str],
) -> Run:
    """The manifest of a run that did what `counts` says; `started` and `finished` are ISO 8601 in UTC."""
    return Run(
        run=run,
        site=site,
        command=command,
        started=started,
        finished=finished,
        exit=exit_status,
        pages=PageCounts(**_named(PageCounts.__slots__, counts.pages)),
        failures=dict(sorted(counts.failures.items())),
        other_requests=OtherRequests(**_named(OtherRequests.__slots__, counts.other)),
        documents=DocumentCounts(**_named(DocumentCounts.__slots__, counts.documents)),
        withheld_chars=counts.numbers["withheld_chars"],
        rules=dict(sorted(counts.rules.items())),
        extraction=ExtractionCounts(**_named(ExtractionCounts.__slots__, counts.extraction)),
        gone=tuple(counts.gone),
        versions=dict(versions),
    )


def _named(names: Iterable[str], counter: Counter[str]) -> dict[str, int]:
    return {name: counter[name] for name in names}


def manifest_line(manifest: Run) -> str:
    """For the state."""
    return orjson.dumps(manifest).decode()


def manifest_file(output: Path, run: str) -> Path:
    """Where the manifest of a run stands."""
    return output / "runs" / f"{run}.json"


def write_manifest(output: Path, manifest: Run) -> None:
    """Write `runs/RUN.json`, whole or not at all. Raises OSError, OutputError."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    path = manifest_file(output, manifest.run)
    write_whole(path, orjson.dumps(manifest, option=options))
    path.chmod(0o600)  # a command line may hold what redaction does not know
