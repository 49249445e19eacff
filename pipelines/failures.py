"""Failure records are made here, so that every stage cuts details and dates in the same way.

broken_stage("https://example.org/1.html", "wm114", "clean", error)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from pipelines.records import Failure
from pipelines.redact import redact_addresses

#: The longest `detail` of a failure and of a broken stage, in code points.
DETAIL_LIMIT = 500
BROKEN_STAGE_LIMIT = 2000


def iso(moment: float) -> str:
    """ISO 8601 in UTC, to the second.

    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def failure(
    url: str, site: str, stage: str, error: str, detail: str, happened_at: str | None
) -> Failure:
    """A `failure/1` whose detail is no longer than `DETAIL_LIMIT`."""
    return Failure(
        url=url,
        site=site,
        stage=stage,
        error=error,
        detail=redact_addresses(detail)[:DETAIL_LIMIT],
        happened_at=happened_at,
    )


def broken_stage(url: str, site: str, stage: str, error: Exception) -> Failure:
    """The record of a page on which one of our own stages raised."""
    notes = "; ".join(getattr(error, "__notes__", ()))
    detail = f"{type(error).__name__}: {error}" + (f" ({notes})" if notes else "")

    return Failure(
        url=url,
        site=site,
        stage=stage,
        error="rule_error",
        detail=redact_addresses(detail)[:BROKEN_STAGE_LIMIT],
        happened_at=iso(time.time()),
    )
