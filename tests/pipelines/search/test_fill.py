"""Filling: the same records give the same index in whatever order, a second call writes nothing, faults lose nothing."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.search_corpus import speech, speeches
from pipelines.record_parts import Gap
from pipelines.records import Speech, to_line
from pipelines.search import index as filling
from pipelines.search.document import Document, Query, SinkError
from pipelines.search.index import Sink, fill, open_sink
from pipelines.speech_files import Line, speech_files

A, B, C = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


def doc(number: str, text: str, **more: Any) -> Speech:
    return speech("a", number, "题", text, **more)


def found(sink: Sink, text: str, **filters: Any) -> list[str]:
    """The documents' own numbers, by their URLs."""
    hits = sink.search(Query.of(text, **filters), 100)
    assert hits.total == len(hits.hits)
    assert {h.id for h in hits.hits} == sink.matching(Query.of(text, **filters))
    return sorted(h.url.rpartition("/")[2].removesuffix(".html") for h in hits.hits)


def test_a_new_version_takes_the_place_of_the_old(target: str, write: Callable[..., Path]) -> None:
    with open_sink(target, empty=True) as sink:
        first = fill(sink, [write("1.jsonl", doc("1", "清淤船"), doc("2", "夜校"))], print)
        assert (first.new, first.total) == (2, 2)
        second = fill(sink, [write("2.jsonl", doc("1", "挖泥机", version=2))], print)
        assert (second.new, second.replaced, second.total) == (0, 1, 2)
        assert found(sink, "清淤") == []
        assert found(sink, "挖泥") == ["1"]
        third = fill(sink, [write("3.jsonl", doc("1", "清淤船"))], print)
        assert (third.unchanged, third.total) == (1, 2)
        assert found(sink, "清淤") == []


def test_what_is_superseded_goes_and_stays_away(target: str, write: Callable[..., Path]) -> None:
    copy = doc("2", "夜校课本", crawled_at=A)
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("1.jsonl", doc("1", "夜校课堂", crawled_at=A), copy)], print)
        done = fill(
            sink,
            [
                write(
                    "2.jsonl", doc("1", "夜校课堂", version=2, crawled_at=B, supersedes=(copy.id,))
                )
            ],
            print,
        )
        assert (done.buried, done.replaced, done.total) == (1, 1, 1)
        assert found(sink, "夜校") == ["1"]
        assert fill(sink, [write("3.jsonl", copy)], print).total == 1
        assert found(sink, "夜校") == ["1"]
        assert (
            fill(
                sink, [write("4.jsonl", doc("2", "夜校又开", version=2, crawled_at=A))], print
            ).total
            == 2
        )
        assert found(sink, "夜校") == ["1", "2"]
        assert (
            fill(
                sink,
                [write("5.jsonl", doc("1", "夜校又合", version=3, supersedes=(copy.id,)))],
                print,
            ).total
            == 1
        )
        assert (
            fill(
                sink, [write("6.jsonl", doc("2", "夜校又开", version=2, crawled_at=C))], print
            ).total
            == 1
        )


def test_a_record_that_is_folded_and_comes_again_counts_by_its_version(
    target: str, write: Callable[..., Path]
) -> None:
    two = [doc("2", f"夜校乙{v}", version=v, crawled_at=C) for v in (1, 2, 3)]
    one = doc("1", "夜校甲", version=4, crawled_at=A, supersedes=(two[0].id,))
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("all.jsonl", two[0], two[1], one, two[2], two[0])], print)
        assert found(sink, "夜校") == ["1", "2"]
        assert found(sink, "乙3") == ["2"]
        again = fill(sink, [write("again.jsonl", two[0], two[1], one)], print)
        assert (again.new, again.replaced, again.buried, again.total) == (0, 0, 0, 2)


def test_any_order_gives_the_same_index(target: str, write: Callable[..., Path]) -> None:
    two, three = doc("2", "夜校乙", crawled_at=B), doc("3", "夜校丙", crawled_at=C)
    records = [
        doc("1", "夜校甲", crawled_at=A), doc("1", "夜校甲改", version=2, crawled_at=A, supersedes=(two.id,)), two, three,
        doc("4", "夜校丁", crawled_at=B, supersedes=(three.id,)), doc("4", "夜校丁改", version=2, crawled_at=B),
    ]  # fmt: skip
    for n in range(4):
        random.Random(n).shuffle(records)
        with open_sink(target, empty=True) as sink:
            if n % 2:
                fill(sink, [write("all.jsonl", *records)], print)
            else:
                fill(
                    sink,
                    [write(f"{n}-{m}.jsonl", record) for m, record in enumerate(records)],
                    print,
                )
            assert sink.count() == 2
            assert (found(sink, "夜校"), found(sink, "丁改"), found(sink, "甲改")) == (
                ["1", "4"],
                ["4"],
                ["1"],
            )


def test_a_second_call_reads_no_file_again_and_a_changed_file_is_read(
    target: str, write: Callable[..., Path]
) -> None:
    path = write("1.jsonl", doc("1", "夜校"))
    with open_sink(target, empty=True) as sink:
        assert fill(sink, [path], print).files == 1
    with open_sink(target) as sink:
        again = fill(sink, [path], print)
        assert (again.files, again.skipped_files, again.total) == (0, 1, 1)
        write("1.jsonl", doc("1", "夜校"), doc("2", "课本"))
        more = fill(sink, [path], print)
        assert (more.files, more.new, more.unchanged) == (1, 1, 1)


def test_filters_and_places(target: str, write: Callable[..., Path]) -> None:
    text = "同志们：\n一、办好夜校\n要有课本。\n（一）选好老师\n老师要住在村里，課本要新。\n二、管好河道\n不谈别的。"
    one = doc("1", text, published="2025-03-04", completeness="gapped")
    two = speech("b", "2", "课本的事", "无", published=None)
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("1.jsonl", one, two)], print)
        assert found(sink, "课本") == ["1", "2"]
        assert found(sink, "课本", sites=("b", "c")) == ["2"]
        assert found(sink, "课本", completeness=("gapped",)) == ["1"]
        assert found(sink, "课本", since="2025-03-04", until="2025-03-04") == ["1"]
        assert found(sink, "课本", since="2025-03-05") == []
        assert found(sink, "课本 河道") == ["1"]
        assert found(sink, "选好老师老师") == []
        hit = sink.search(Query.of("課本", sites=("a",)), 1).hits[0]
        assert [p.section for p in hit.places] == [
            ("一、办好夜校",),
            ("一、办好夜校", "（一）选好老师"),
        ]
        assert [p.marked("[", "]") for p in hit.places] == [
            "要有[课本]。",
            "老师要住在村里，[課本]要新。",
        ]
        assert [text[p.at : p.at + 2] for p in hit.places if p.at is not None] == ["课本", "課本"]
        title = sink.search(Query.of("课本", sites=("b",)), 1).hits[0].places
        assert [(p.field, p.marked("[", "]")) for p in title] == [("title", "[课本]的事")]


def test_a_withheld_heading_is_found_and_named(target: str, write: Callable[..., Path]) -> None:
    shown = "一、办好夜校\n课要好。\n牛要壮。\n三、修好水渠\n水要清。"
    gaps = (Gap(shown.index("牛"), 300, "omitted", "省略300字"),)
    gapped = doc(
        "1",
        shown,
        toc=("一、办好夜校", "二、养好耕牛", "三、修好水渠"),
        completeness="gapped",
        gaps=gaps,
    )
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("1.jsonl", gapped)], print)
        place = sink.search(Query.of("耕牛"), 1).hits[0].places[0]
        assert (place.field, place.at, place.section) == ("section", None, ("二、养好耕牛",))


def test_very_long_lines_and_phrases_are_found_exactly(
    target: str, write: Callable[..., Path]
) -> None:
    dice = random.Random(2)
    line = "".join(dice.choices("河道清淤夜校课本", k=40_000))
    wanted = line[20_000:20_150]
    almost = wanted[:100] + ("河" if wanted[100] != "河" else "道") + wanted[101:]
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("1.jsonl", doc("1", line), doc("2", almost))], print)
        assert found(sink, wanted) == ["1"]
        assert found(sink, almost) == ["2"]
        assert found(sink, line[30_000:30_064]) == ["1"]


def test_odd_characters_do_no_harm(target: str, write: Callable[..., Path]) -> None:
    odd = "夜\x00校'\"\\:*()&|!<>-^~{}[]/ \u2028\ufdd0\U0001f600课%s本" + "a" * 3000
    with open_sink(target, empty=True) as sink:
        fill(sink, [write("1.jsonl", doc("1", odd))], print)
        for query in (
            "夜校",
            "校'",
            "'\"\\",
            ":*()&|!<>-^~{}[]/",
            "😀课%s本",
            "a" * 3000,
            "本" + "a" * 3000,
        ):
            assert found(sink, query) == ["1"], query
        for query in ("本a", "OR", "a*", "' OR 1=1"):
            assert found(sink, query) == [], query


class Interrupted(Exception):
    pass


def test_a_call_that_is_cut_short_keeps_what_it_wrote_and_the_next_goes_on(
    target: str, tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 10)
    path = write("1.jsonl", *speeches(50, characters=60))
    written = 0
    with open_sink(target, empty=True) as sink:
        real = sink.write

        def failing(documents: Sequence[Document], buried: dict[str, int]) -> None:
            nonlocal written
            if written == 30:
                raise Interrupted
            real(documents, buried)
            written += len(documents)

        monkeypatch.setattr(sink, "write", failing)
        with pytest.raises(Interrupted):
            fill(sink, [path], print)
    with open_sink(target) as sink:
        assert sink.count() == 30
        done = fill(sink, [path], print)
        assert (done.unchanged, done.new, done.total) == (30, 20, 50)


def test_lines_that_are_no_records_are_told_counted_and_read_again(
    target: str, tmp_path: Path
) -> None:
    path, told = tmp_path / "1.jsonl", list[str]()
    path.write_bytes(to_line(doc("1", "夜校")) + b"\n{}\n\xff\n" + to_line(doc("2", "课本")))
    with open_sink(target, empty=True) as sink:
        done = fill(sink, [path], told.append)
        assert (done.new, done.bad) == (2, 2)
        assert len(told) == 2
        assert fill(sink, [path], told.append).skipped_files == 0


def test_an_index_that_is_not_there_is_not_made_by_asking(target: str) -> None:
    if target.startswith("tantivy"):
        with pytest.raises(SinkError, match="no index there"):
            open_sink(target, create=False)
        assert not os.path.exists(target.removeprefix("tantivy:///"))
    elif target.startswith("opensearch"):
        with pytest.raises(SinkError, match="no index there"):
            open_sink(target + "-none", create=False)


def test_engines_that_are_not_there_are_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all, but long enough to look at" * 100)
    for target in (
        "postgresql://postgres@127.0.0.1:1/x",
        "opensearch://127.0.0.1:1/x",
        f"sqlite:///{tmp_path / 'broken.db'}",
        f"sqlite:///{tmp_path / 'broken.db' / 'x.db'}",
        "mysql://x",
    ):
        with pytest.raises(SinkError) as told:
            open_sink(target)
        assert "\n" not in str(told.value), target
        assert len(str(told.value)) > 15


def test_a_password_in_a_target_is_refused_and_not_repeated() -> None:
    for target in (
        "postgresql://u:secret@127.0.0.1/x",
        "postgresql://127.0.0.1/x?password=secret",
        "opensearch://u:secret@h/x",
    ):
        with pytest.raises(SinkError, match="environment") as told:
            open_sink(target)
        assert "secret" not in str(told.value)


def test_folders_give_their_speeches_and_no_sidecars_oldest_first(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    runs = (
        "b-20260102T000000Z-x.jsonl",
        "a-20260103T000000Z-x.jsonl",
        "sub/c-20260101T000000Z-x.jsonl",
        "now.jsonl",
    )
    for name in (*runs, "a.traces.jsonl", "a.failures.jsonl", "c.jsonl.part", "d.jsonl.held"):
        write(name)
    os.utime(tmp_path / "now.jsonl", (1e9, 1e9))
    found = [p.name[0] for p in speech_files([tmp_path, tmp_path / runs[0]])]
    assert found == ["n", "c", "b", "a"]


def test_a_record_too_large_is_told_and_the_others_are_there(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    told: list[str] = []
    path = write("1.jsonl", doc("1", "夜校"), doc("2", "行\n" * 100_001), doc("3", "课本"))
    with open_sink(str(tmp_path / "index.db")) as sink:
        done = fill(sink, [path], told.append)
    assert (done.new, done.bad, done.total) == (2, 1, 2)
    assert [line for line in told if "too large to be indexed" in line and "100002 lines" in line]


def test_a_batch_holds_so_many_records_and_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [Line(doc(str(n), "夜" * n), "") for n in range(1, 8)]
    monkeypatch.setattr(filling, "BATCH", 3)
    monkeypatch.setattr(filling, "BATCH_CHARACTERS", 6)
    sizes = [[len(line.speech.text) for line in batch] for batch in filling._batches(records)]
    assert sizes == [[1, 2, 3], [4, 5], [6], [7]]
