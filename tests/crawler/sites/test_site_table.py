"""docs/sites.md says what the site files say."""

from __future__ import annotations

from crawler.site_table import TABLE, table
from crawler.sites import sites


def test_the_table_is_fresh() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "run `python -m crawler.site_table`"


def test_every_site_has_a_row() -> None:
    rows = [line for line in table().splitlines() if line.startswith("| `")]
    assert len(rows) == len(sites())
    assert all(row.count("[V]") + row.count("[G]") + row.count("[T]") for row in rows)
