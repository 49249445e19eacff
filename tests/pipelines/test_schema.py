"""The shipped schemas are fresh, describe every field, and read what the records write."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import datasets
import jsonschema
import msgspec
import pyarrow as pa
import pyarrow.json
import pytest

from pipelines.field_docs import MEANINGS
from pipelines.record_parts import (
    Attachment,
    Damage,
    DocumentCounts,
    ExtractionCounts,
    Gap,
    Link,
    OtherRequests,
    OutlineNode,
    PageCounts,
    Removed,
    Source,
    SpeechFacts,
    StatedFact,
    Step,
    Stretch,
    TracedEdit,
)
from pipelines.records import (
    Chunk,
    ChunkHeading,
    Failure,
    Outline,
    RawDocument,
    Record,
    Run,
    Speech,
    Trace,
    to_line,
)
from pipelines.schema import RECORDS, _hints, files, json_schema, tables

DOCS = Path(__file__).parents[2] / "docs"
_ID, _HASH = "0123456789abcdef" * 2, "0123456789abcdef" * 4

#: Every record twice: with nothing but what must be, and with everything.
EXAMPLES: dict[str, tuple[Record, Record]] = {
    "speech-1": (
        Speech(
            id=_ID, url="file:a", site="unknown", title="", text="", completeness="full", counted_chars=0, script="hans",
            content_hash=_HASH, cluster=_ID, sources=(), ruleset="1",
        ),
        Speech(
            id=_ID, version=2, supersedes=(_ID,), url="https://a.example/1", site="a", doc_id="1", part=1, title="题",
            text="甲\n乙", gaps=(Gap(2, None, "omitted", ""), Gap(3, 9, "cut_off", "未完")), completeness="cut_off",
            declared_chars=20, shown_chars=11, counted_chars=2, toc=("一、甲",), script="hant", category="类",
            published="2026-01-02", uploader="人", format="doc", size="1 KB", pages=3, crawled_at="2026-01-02T00:00:00Z",
            content_hash=_HASH, cluster=_ID, family="f", links=(Link(_ID, "half", "e"),),
            sources=(Source(_ID, "https://a.example/1", "a", _HASH, 2),), provenance=(Stretch(0, 1, _ID),),
            removed=(Removed("r", 1, 2),), ruleset="1", warnings=("masked",), source="某报",
            attachments=(Attachment("附件", "https://a.example/1.doc", "doc"), Attachment("", "https://a.example/2", None)),
            parent=_ID, damage=(Damage(0, 1, "left"),),
            facts=SpeechFacts(genre=StatedFact("讲话", "title", 0, 1), delivered=StatedFact("2026-01", "text", 0, 2)),
        ),
    ),
    "trace-1": (
        Trace(id=_ID, raw_sha256=_HASH, clean_sha256=_HASH, ruleset="1"),
        Trace(
            id=_ID, raw_sha256=_HASH, clean_sha256=_HASH, raw_start=0, raw_end=9, ruleset="1",
            steps=(Step("r", (TracedEdit(1, "a", ""),)), Step("s", ())),
        ),
    ),
    "outline-1": (
        Outline(id=_ID, version=1, title="", url="file:a", preamble=(0, 0)),
        Outline(
            id=_ID, version=1, title="题", url="file:a", salutation="同志们", preamble=(0, 4), unplaced=((4, 5), (7, 9)),
            nodes=(
                OutlineNode(level=1, marker="一", number=1, title="甲", status="full", source="both", form="line", start=5, end=7),
                OutlineNode(level=1, marker=None, number=None, title=None, status="missing", source="numbering", form=None, start=None, end=None),
            ),
            warnings=("w",),
        ),
    ),
    "chunk-1": (
        Chunk(id=_ID, speech=_ID, version=1, title="", level=0, start=0, end=1, text="甲", gap=False, previous=None, next=None),
        Chunk(
            id=_ID, speech=_ID, version=2, title="题", path=(ChunkHeading("一", "甲", 1), ChunkHeading(None, None, 2)), level=2,
            start=3, end=5, text="乙。", gap=True, previous=_ID, next=_ID,
        ),
    ),
    "failure-1": (
        Failure(url="", site="a", stage="fetch", error="timeout", detail="", happened_at=None),
        Failure(url="https://a.example/", site="a", stage="fetch", error="http_500", detail="d", happened_at="2026-01-02T00:00:00Z"),
    ),
    "run-1": tuple(
        Run(
            run=name, site="a", command="c", started="s", finished="f", exit=0, pages=PageCounts(), failures=failures,
            other_requests=OtherRequests(), documents=DocumentCounts(), withheld_chars=0, rules=failures,
            extraction=ExtractionCounts(), gone=gone, versions={"python": "3"},
        )
        for name, failures, gone in (("1", {}, ()), ("2", {"http_500": 2}, ("https://a.example/1",)))
    ),
}  # type: ignore[assignment]  # fmt: skip


def plain(value: Any) -> Any:
    """A record as its JSON reads."""
    return json.loads(to_line(value))


def test_the_generated_files_are_fresh() -> None:
    """Run `python -m pipelines.schema` where this fails, and look at the difference."""
    shipped = {
        str(p.relative_to(DOCS)): p.read_bytes()
        for p in [DOCS / "records.md", *(DOCS / "schema").iterdir()]
    }
    made = files()
    assert shipped.keys() == made.keys()
    for name, content in made.items():
        if name.endswith(
            ".arrow"
        ):  # Arrow's own bytes may change with its version; what they say may not
            assert pa.ipc.read_schema(pa.py_buffer(shipped[name])).equals(
                pa.ipc.read_schema(pa.py_buffer(content))
            )
        else:
            assert shipped[name] == content, name


def test_every_field_has_a_meaning_and_every_meaning_a_field() -> None:
    known = {(part.__name__, name) for part in _all_parts() for name, _ in _hints(part)}
    assert [k for k in known if k not in MEANINGS and ("", k[1]) not in MEANINGS] == []
    assert [k for k in MEANINGS if k[0] and k not in known] == []
    assert [k for k in MEANINGS if not k[0] and k[1] not in {name for _, name in known}] == []


def _all_parts() -> set[type]:
    from pipelines.schema import _parts

    return {part for kind in RECORDS.values() for part in (kind, *_parts(kind))}


@pytest.mark.parametrize("name", EXAMPLES)
def test_records_are_valid_by_their_json_schema(name: str) -> None:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for record in EXAMPLES[name]:
        jsonschema.validate(plain(record), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_missing_an_unknown_or_a_wrong_key_is_not_valid(name: str) -> None:
    valid = jsonschema.Draft202012Validator(json_schema(name))
    record = plain(EXAMPLES[name][1])
    for key in record:
        assert not valid.is_valid({k: v for k, v in record.items() if k != key})
        assert not valid.is_valid({**record, key: 1.5})
    assert not valid.is_valid({**record, "other": 1})


def test_raw_records_need_only_address_and_text() -> None:
    valid = jsonschema.Draft202012Validator(json_schema("raw-1"))
    assert valid.is_valid({"schema": "raw/1", "url": "file:a", "text": "文", "anything": 1})
    assert valid.is_valid(
        {"schema": "raw/1", **json.loads(msgspec.json.encode(RawDocument(url="u", text="t")))}
    )
    assert not valid.is_valid({"schema": "raw/1", "url": "file:a"})


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n != "run-1"])
def test_arrow_reads_any_file_with_the_shipped_schema(name: str) -> None:
    schema = pa.ipc.read_schema(pa.py_buffer((DOCS / "schema" / f"{name}.arrow").read_bytes()))
    bare, full = EXAMPLES[name]
    for some in ([bare] * 3, [full], [bare] * 2000 + [full]):
        data = io.BytesIO(b"".join(map(to_line, some)))
        how = {
            "parse_options": pyarrow.json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error"
            )
        }
        table = pyarrow.json.read_json(
            data, **how, read_options=pyarrow.json.ReadOptions(block_size=65536)
        )
        assert table.schema.equals(schema)
        assert table.to_pylist() == [plain(r) for r in some]


@pytest.mark.parametrize("name", EXAMPLES)
def test_datasets_loads_any_file_with_the_shipped_features(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    features = datasets.Features.from_dict(
        json.loads((DOCS / "schema" / f"{name}.features.json").read_text())
    )
    bare, full = EXAMPLES[name]
    for n, some in enumerate(([bare] * 3, [bare] * 300 + [full])):
        path = tmp_path / f"{n}.jsonl"
        path.write_bytes(b"".join(map(to_line, some)))
        loaded = datasets.load_dataset(
            "json",
            data_files=str(path),
            features=features,
            split="train",
            cache_dir=str(tmp_path / "cache"),
            chunksize=8192,
        )
        assert loaded.features == features
        assert loaded.to_list() == [plain(r) for r in some]


def test_the_tables_name_every_field() -> None:
    assert all(f"| `{name}` |" in tables() for part in _all_parts() for name, _ in _hints(part))
