"""`scrapy dedup` as a library: the result depends on the lines alone; what is no speech is told, nothing else is lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.dedup_quality import folded, measure
from benchmarks.dedup_texts import collection
from pipelines.dedup import bulk, bulk_compare, bulk_read
from pipelines.dedup.bulk import Bad, Collection
from pipelines.dedup.bulk_compare import build_index
from pipelines.dedup.bulk_read import newest, put_together, read_chunk, stretches
from pipelines.dedup.fold import add_speech
from pipelines.dedup.memory_store import MemoryStore
from pipelines.record_parts import Link, Stretch
from pipelines.records import Speech, speech_from, to_line
from tests.pipelines.dedup.made import cut_off, report, whole


def records(folder: Path, *files: bytes, jobs: int = 1) -> tuple[list[Speech], list[Bad]]:
    """What comes of these files."""
    scratch = folder / "scratch"
    scratch.mkdir()
    paths = []
    for number, data in enumerate(files):
        paths.append(folder / f"{number}.jsonl")
        paths[-1].write_bytes(data)
    with Collection(paths, scratch, jobs) as files_:
        lines = b"".join(files_.records())
    for path in paths:
        path.unlink()
    shutil.rmtree(scratch)
    return [speech_from(line) for line in lines.splitlines()], files_.bad


def lines(speeches: Sequence[Speech]) -> bytes:
    """A file of speeches."""
    return b"".join(map(to_line, speeches))


def test_quality_on_generated_truth() -> None:
    made = collection(42, 60)
    quality = measure(made, folded(made))
    assert quality.good, quality
    assert quality.families_named == 1


def test_the_measure_sees_what_is_wrong() -> None:
    made = collection(42, 10)
    alone = measure(made, [m.speech for m in made])
    assert not alone.good
    assert alone.recall == 0
    heap = replace(made[0].speech, sources=tuple(m.speech.sources[0] for m in made))
    merged = measure(made, [heap])
    assert not merged.good
    assert (merged.recall, merged.families_merged > 0) == (1, any(m.family for m in made))
    assert merged.precision < 1
    invented = replace(
        made[0].speech, text="无中生有", provenance=(Stretch(0, 4, made[0].speech.id),)
    )
    assert measure(made[:1] * 2, [invented]).invented == 1


def test_files_and_order_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_compare, "_BATCH", 3000)
    monkeypatch.setattr(bulk_compare, "_PARTS", 3)
    speeches = [made.speech for made in collection(5, 25, (500, 1500))]
    first, _ = records(tmp_path, lines(speeches))
    assert [record.id for record in first] == sorted(record.id for record in first)
    random.Random(1).shuffle(speeches)
    monkeypatch.setattr(bulk_read, "READ", 5000)
    monkeypatch.setattr(bulk, "LOOK_UP", 3)
    second, _ = records(tmp_path, lines(speeches[:7]), b"", lines(speeches[7:] + speeches[:3]))
    assert second == first


def test_several_processes_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speeches = [made.speech for made in collection(6, 12, (500, 1500))]
    alone, _ = records(tmp_path, lines(speeches))
    monkeypatch.setattr(bulk, "_SMALL", 0)
    together, _ = records(tmp_path, lines(speeches), jobs=2)
    assert together == alone


def test_a_crawl_and_a_collection_agree_on_text_and_cluster(tmp_path: Path) -> None:
    speeches = [made.speech for made in collection(7, 25, (500, 1500))]
    found, _ = records(tmp_path, lines(speeches))
    store, crawled = MemoryStore(), dict[str, Speech]()
    for speech in speeches:
        result = add_speech(speech, store)
        crawled.update({record.id: record for record in result.emitted})
        for id in result.superseded:
            del crawled[id]
    assert {(r.cluster, r.text, r.gaps) for r in found} == {
        (r.cluster, r.text, r.gaps) for r in crawled.values()
    }


def test_folding_again_changes_nothing(tmp_path: Path) -> None:
    speeches = [made.speech for made in collection(8, 25, (500, 1500))]
    once, _ = records(tmp_path, lines(speeches))
    assert any(record.version == 2 and record.supersedes for record in once)
    twice, _ = records(tmp_path, lines(once))
    assert twice == once


def test_what_is_alone_stays_to_the_byte(tmp_path: Path) -> None:
    speech = replace(
        cut_off(1, report(1), 500, 700),
        version=4,
        supersedes=("f" * 32,),
        links=(Link("e" * 32, "spun", "seen"),),
        family="f1",
    )
    assert records(tmp_path, lines([speech])) == ([speech], [])


def test_the_smallest_id_bears_the_record(tmp_path: Path) -> None:
    text = report(2)
    head, full = sorted((cut_off(1, text, 600, 500), whole(2, text)), key=lambda speech: speech.id)
    (record,), _ = records(tmp_path, lines([full, head]))
    assert (record.id, record.cluster, record.version, record.supersedes) == (
        head.id,
        head.id,
        2,
        (full.id,),
    )
    assert (record.text, record.url) == (text, head.url)


def test_of_one_id_the_highest_version_counts(tmp_path: Path) -> None:
    old, new = whole(1, report(3)), replace(whole(1, report(4)), version=3)
    assert records(tmp_path, lines([new, old]))[0] == [new]


def test_bad_lines_are_told_with_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = to_line(whole(1, report(5)))
    gap = to_line(replace(whole(2, report(6)), provenance=(Stretch(0, 3, "a" * 32),)))
    data = (
        b"\xef\xbb\xbf"
        + good
        + b"\n"
        + b'{"schema": "trace/1"}\n'
        + b"\xff\xfe\n"
        + gap
        + good.rstrip(b"\n")
    )
    for step in (4 << 20, 100):
        monkeypatch.setattr(bulk_read, "READ", step)
        found, bad = records(tmp_path, good, data)
        assert found == [speech_from(good)]
        assert [(b.path.name, b.line, b.error) for b in bad] == [
            ("1.jsonl", line, "bad_record") for line in (3, 4, 5)
        ]
        assert "schema" in bad[0].detail or "missing" in bad[0].detail


def test_a_line_beyond_the_limit_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_read, "SIZE_LIMIT", 20_000)
    good = to_line(whole(1, report(5)))
    found, bad = records(tmp_path, b"x" * 3_000_000 + b"\n" + good + b"y" * 20_001)
    assert found == [speech_from(good)]
    assert [(b.line, b.error) for b in bad] == [(1, "too_large"), (3, "too_large")]


def test_a_stated_hash_that_is_wrong_hides_no_copy(tmp_path: Path) -> None:
    text = report(7, 2000)
    one, two = (
        replace(s, content_hash="0" * 64) for s in (cut_off(1, text, 1200), whole(2, text[900:]))
    )
    (record,), _ = records(tmp_path, lines([one, two]))
    assert record.text == text


def test_an_index_in_many_parts_is_the_same_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speeches = [made.speech for made in collection(9, 12, (500, 900))]
    path = tmp_path / "speeches.jsonl"
    path.write_bytes(lines(speeches))
    found = []
    for batch in (1 << 20, 200):
        monkeypatch.setattr(bulk_compare, "_BATCH", batch)
        monkeypatch.setattr(bulk_compare, "_PARTS", 4)
        scratch = tmp_path / str(batch)
        scratch.mkdir()
        place = stretches([path.stat().st_size])[0]
        chunk = read_chunk(path, place.start, place.chunk, scratch)
        build_index(newest(put_together([(place, chunk)])), [path], scratch)
        found.append({file.name: file.read_bytes() for file in (scratch / "index").iterdir()})
        assert not list(scratch.glob("part*"))
    assert found[0] == found[1]
    assert set(found[0]) == {"hashes", "offsets", "numbers", "starts", "sizes"}
