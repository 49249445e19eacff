"""What `scrapy clean` makes of the archive is what the crawl made of the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.replica.pages import build_replicas
from crawler.replica.server import serving
from tests.crawler.crawl.running import crawl, speeches, started

#: What folding a collection together adds to a record.
FOLDED = ("version", "supersedes", "cluster", "family", "links", "sources", "provenance")


def _alone(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k not in FOLDED}


@pytest.mark.parametrize("key", ["wm114", "jinchutou", "hancun", "sanweiyuan"])
def test_a_capture_gives_the_record_that_the_crawl_made_of_it(tmp_path: Path, key: str) -> None:
    replicas = [replica for replica in build_replicas() if replica.key == key]
    with serving(replicas) as bases:
        done = crawl(key, bases[key], tmp_path)
    assert done.returncode in (0, 3), done.stderr
    with started(
        ["clean", str(tmp_path / "pages"), "-o", str(tmp_path / "again.jsonl")]
    ) as process:
        process.communicate(timeout=120)
    again = {
        r["id"]: r
        for r in map(json.loads, (tmp_path / "again.jsonl").read_text("utf-8").splitlines())
    }
    single = [s for s in speeches(tmp_path) if len(s["sources"]) == 1 and not s["provenance"]]
    assert len(single) >= 3
    for record in single:
        assert _alone(again[record["id"]]) == _alone(record)
