"""What is exported reads back as what went in."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import opensearchpy
import pyarrow.parquet as pq
import pytest

from benchmarks.search_corpus import speech, speeches
from pipelines.errors import HarvestError
from pipelines.exports.bulk_files import FORMATS, ROW_GROUP, export
from pipelines.record_parts import Gap
from pipelines.records import Speech, speech_from, to_line
from pipelines.schema import arrow_schema

FULL = speech(
    "a", "1", "论夜校", "一、办好夜校\n夜校要办。\n二、管好课本\n课本要发。",
    gaps=(Gap(6, None, "omitted", ""),), completeness="gapped", published="2026-02-28", toc=("一、办好夜校",), warnings=("masked",),
)  # fmt: skip
BARE = speech("b", "2", "", "文", crawled_at=None)


def from_cells(row: dict[str, str]) -> dict[str, Any]:
    """A record out of a row: empty cells are unknown where the record allows that."""
    texts = {f.name for f in fields(Speech) if str(f.type) == "str"}
    numbers = {f.name for f in fields(Speech) if str(f.type).startswith("int")}
    record: dict[str, Any] = {}
    for name, cell in row.items():
        if cell.startswith(("[", "{")) or (name in numbers and cell):
            record[name] = json.loads(cell)
        else:
            record[name] = cell if cell or name in texts else None
    return record


def there(kind: str, path: Path) -> list[Speech]:
    if kind == "parquet":
        return [speech_from(json.dumps(row)) for row in pq.read_table(path).to_pylist()]
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [speech_from(json.dumps(from_cells(row))) for row in csv.DictReader(file)]
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if kind in ("elasticsearch", "opensearch"):
        actions, rows = rows[0::2], rows[1::2]
        assert [a["index"]["_id"] for a in actions] == [r["id"] for r in rows]
    return [speech_from(json.dumps(row)) for row in rows]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_reads_back_as_the_records_that_went_in(
    kind: str, tmp_path: Path, write: Callable[..., Path]
) -> None:
    many = [FULL, BARE, *speeches(60, characters=300)]
    out = tmp_path / "out" / "x"
    assert export(
        kind, [write("a.jsonl", *many[:30]), write("b.jsonl", *many[30:])], out, print
    ) == len(many)
    assert there(kind, out) == many
    assert sorted(p.name for p in out.parent.iterdir()) == (
        ["x"] if kind in ("jsonl", "csv", "parquet") else ["x", "x.settings.json"]
    )


def test_parquet_keeps_types_where_a_whole_row_group_is_null(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    bare = [speech("b", str(n), "", "文", crawled_at=None) for n in range(ROW_GROUP)]
    out = tmp_path / "x.parquet"
    export("parquet", [write("a.jsonl", *bare, FULL)], out, print)
    assert pq.ParquetFile(out).num_row_groups == 2
    assert pq.read_schema(out).equals(arrow_schema("speech-1"))
    assert pq.read_table(out).to_pylist()[-1]["published"] == "2026-02-28"


@pytest.mark.parametrize("kind", FORMATS)
def test_only_current_documents_are_exported(
    kind: str, tmp_path: Path, write: Callable[..., Path]
) -> None:
    old, new = (speech("a", "1", f"第{v}版", "文", version=v) for v in (1, 2))
    copy = speech("a", "3", "副本", "文")
    keeper = speech("a", "4", "正本", "文", supersedes=(copy.id,))
    out = tmp_path / "x"
    assert (
        export(kind, [write("a.jsonl", new, new, copy), write("b.jsonl", keeper, old)], out, print)
        == 2
    )
    assert there(kind, out) == [new, keeper]


def test_sections_come_along(tmp_path: Path, write: Callable[..., Path]) -> None:
    out = tmp_path / "x"
    export("typesense", [write("a.jsonl", FULL)], out, print)
    row = json.loads(out.read_text("utf-8"))
    assert row["section_titles"] == ["一、办好夜校", "二、管好课本"]
    assert [FULL.text[s["start"] : s["end"]].split("\n")[0] for s in row["sections"]] == row[
        "section_titles"
    ]
    assert row["day"] == 20260228


def test_a_bulk_file_and_its_settings_fill_a_real_index(
    opensearch: str, tmp_path: Path, write: Callable[..., Path]
) -> None:
    out = tmp_path / "x"
    export("opensearch", [write("a.jsonl", FULL, BARE)], out, print)
    with opensearchpy.OpenSearch(
        hosts=[opensearch.replace("opensearch://", "http://").rpartition("/")[0]]
    ) as client:
        client.indices.create(
            index="bulk", body=json.loads((tmp_path / "x.settings.json").read_text())
        )
        assert not client.bulk(body=out.read_bytes(), index="bulk", params={"refresh": "true"})[
            "errors"
        ]
        found = client.search(index="bulk", body={"query": {"match_phrase": {"text": "课本要发"}}})[
            "hits"
        ]["hits"]
        client.indices.delete(index="bulk")
    assert [h["_id"] for h in found] == [FULL.id]


def test_a_line_that_is_no_record_is_told_and_the_rest_exported(tmp_path: Path) -> None:
    path, told = tmp_path / "a.jsonl", list[str]()
    path.write_bytes(to_line(FULL) + b'{"schema": "speech/1"}\nnonsense\n' + to_line(BARE))
    assert export("meilisearch", [path], tmp_path / "x", told.append) == 2
    assert [t.split(": ")[0] for t in told] == [f"{path}, line 2", f"{path}, line 3"]


def test_an_export_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    source = write("a.jsonl", FULL)
    (tmp_path / "folder").mkdir()
    with pytest.raises(HarvestError, match="folder"):
        export("parquet", [source], tmp_path / "folder", print)
    with pytest.raises(HarvestError, match="missing"):
        export("parquet", [tmp_path / "missing"], tmp_path / "x", print)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "folder"]


def test_a_cell_is_no_formula(tmp_path: Path, write: Callable[..., Path]) -> None:
    out = tmp_path / "x.csv"
    export("csv", [write("a.jsonl", speech("a", "1", '=HYPERLINK("x")', "文"))], out, print)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["title"] == '\'=HYPERLINK("x")'
