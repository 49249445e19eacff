"""Looking up: what shares enough is found, from memory and from segments alike, exactly as a plain count says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.fingerprint import Hashes, containment, fingerprint
from pipelines.dedup.recent_texts import RecentTexts
from pipelines.dedup.segment import (
    KEPT,
    Segment,
    SegmentDamaged,
    Shape,
    write_joined,
    write_segment,
)
from pipelines.dedup.shingle_index import (
    LOOKED_AT,
    MOST,
    Compared,
    Part,
    chosen,
    declared_keys,
    nearest,
)
from tests.pipelines.dedup.made import report, whole

_HASHES = st.lists(
    st.integers(0, 2**32 - 1) | st.integers(0, 40).map(lambda n: n * 97_000_001),
    max_size=30,
    unique=True,
)


def sketch(hashes: Sequence[int]) -> Hashes:
    """A fingerprint of these hashes."""
    return np.array(sorted(hashes), np.uint32)


def in_memory(first: int, sketches: Sequence[Hashes]) -> RecentTexts:
    """A part of the index in memory."""
    recent = RecentTexts()
    for number, one in enumerate(sketches, first):
        recent.add(number, one)
    return recent


def on_disk(folder: Path, first: int, sketches: Sequence[Hashes]) -> Segment:
    """A part of the index on disk."""
    return Segment.open(folder, write_segment(folder, first, sketches))


def listed(part: Part, hashes: Hashes) -> list[list[int]]:
    """The numbers of the texts that a part lists for each hash."""
    first, counts = part.ranges(hashes, np.full(len(hashes), 1 << 31))
    return [
        part.numbers_at(np.arange(at, at + count)).tolist()
        for at, count in zip(first.tolist(), counts.tolist(), strict=True)
    ]


@given(st.lists(_HASHES, min_size=1, max_size=12), _HASHES, st.integers(1, 70_000))
def test_memory_and_disk_list_the_same_texts(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[int]], query: list[int], first: int
) -> None:
    sketches = [sketch(hashes) for hashes in texts]
    folder = tmp_path_factory.mktemp("index")
    asked = sketch(query)
    expected = [
        [n for n, hashes in enumerate(texts, first) if hash in hashes] for hash in asked.tolist()
    ]
    half = len(sketches) // 2
    parts = [
        on_disk(folder / "one", first, sketches[:half]),
        on_disk(folder / "two", first + half, sketches[half:]),
    ]
    joined = Segment.open(folder / "both", write_joined(folder / "both", parts))
    whole_ = on_disk(folder / "whole", first, sketches)
    for part in (in_memory(first, sketches), joined, whole_):
        assert listed(part, asked) == expected
        numbers = np.arange(first, first + len(texts))
        assert part.sizes_of(numbers).tolist() == [len(hashes) for hashes in texts]
    for name in ("hashes", "offsets", "numbers", "starts", "sizes"):
        assert (folder / "both" / name).read_bytes() == (folder / "whole" / name).read_bytes()


def test_of_a_hash_that_every_text_has_the_first_are_looked_at(tmp_path: Path) -> None:
    own = [[9_000_000 + 10 * n + i for i in range(3)] for n in range(KEPT + 50)]
    sketches = [sketch([5, *hashes]) for hashes in own]
    disk = on_disk(tmp_path / "index", 0, sketches)
    assert len(listed(disk, sketch([5]))[0]) == KEPT
    last = len(sketches) - 1
    asked = sketch([5, *own[last], *own[1]])
    for part in (disk, in_memory(0, sketches)):
        known = dict(enumerate(sketches))
        (near,) = nearest([part], [asked], [10_000], lambda numbers, known=known: known)  # type: ignore[misc]
        assert near == [1, last]
    assert last > LOOKED_AT


def test_what_every_text_says_is_compared_in_full(tmp_path: Path) -> None:
    common = [50 * n for n in range(30)]
    sketches = [sketch([*common, 8_000 + 2 * n, 8_001 + 2 * n]) for n in range(3 * LOOKED_AT)]
    part = on_disk(tmp_path / "index", 0, sketches)
    copied = 2 * LOOKED_AT
    asked = sketch([*common, 8_000 + 2 * copied, 8_001 + 2 * copied])
    known = dict(enumerate(sketches))
    (near,) = nearest([part], [asked], [10_000], lambda numbers: known)
    assert near[0] == copied


def test_a_segment_whose_files_are_not_whole_is_refused(tmp_path: Path) -> None:
    shape = write_segment(tmp_path / "index", 1, [sketch([1, 2, 3])])
    assert shape == Shape(first=1, texts=1, hashes=3, postings=3)
    (tmp_path / "index" / "numbers").write_bytes(b"1234")
    with pytest.raises(SegmentDamaged, match="12 bytes"):
        Segment.open(tmp_path / "index", shape)
    (tmp_path / "index" / "numbers").unlink()
    with pytest.raises(SegmentDamaged):
        Segment.open(tmp_path / "index", shape)


def among(shared: dict[int, tuple[int, int, float]], size: int, usual: float = 0.0) -> list[int]:
    """What is chosen of texts given as number: hashes shared, hashes in all, weight of the rare ones."""
    columns = [np.array(column) for column in zip(*shared.values(), strict=True)]
    return chosen(
        Compared(
            query=np.zeros(len(shared), np.int64),
            numbers=np.array([*shared]),
            counts=columns[0],
            rare=columns[2].astype(np.float64),
            smaller=np.minimum(columns[1], size),
            usual=np.full(len(shared), usual),
        )
    )


def test_candidates_are_ranked_by_containment_and_few() -> None:
    assert among(
        {1: (10, 10, 9), 2: (10, 100, 9), 3: (30, 100, 9), 4: (1, 1, 1), 5: (5, 100, 5)}, 100
    ) == [1, 3, 2]
    assert len(among(dict.fromkeys(range(500), (9, 9, 9)), 9)) == MOST


def test_phrases_of_the_trade_make_no_candidate() -> None:
    assert among({1: (25, 100, 0.9), 2: (25, 100, 2.1), 3: (30, 100, 0.9)}, 100) == [3, 2]


def test_what_is_shared_by_chance_is_commoner_than_the_text() -> None:
    assert among({1: (20, 100, 3), 2: (20, 100, 12), 3: (30, 100, 3)}, 100, usual=0.8) == [3, 2]


def test_a_cut_is_contained_and_another_report_is_not() -> None:
    text = report(1, 3000)
    assert containment(fingerprint(text), fingerprint(text[900:1800])) > 0.95
    assert containment(fingerprint(text), fingerprint(report(2, 3000))) < 0.15
    assert containment(fingerprint(text), fingerprint("短")) == 0.0


def test_fingerprints_do_not_change_between_runs() -> None:
    # Fingerprints in a state.db outlive the program that wrote them.
    found = fingerprint(
        "各位代表，现在我代表县人民政府向大会报告工作，请予审议，并请列席人员提出意见。" * 2
    )
    assert found.size == 70
    assert found.hashes.tolist() == FROZEN


FROZEN: list[int] = [335292327, 421178982, 3495268792]


def test_declared_lengths_that_agree_share_a_key() -> None:
    one = replace(whole(1, report(3)), declared_chars=4311)
    for length, agree in ((4311, True), (4360, True), (4250, True), (4700, False), (3900, False)):
        assert (
            bool({*declared_keys(one)} & {*declared_keys(replace(one, declared_chars=length))})
            == agree
        )
    assert not {*declared_keys(one)} & {*declared_keys(replace(one, title="另一篇讲话"))}
    assert (
        declared_keys(replace(one, declared_chars=None))
        == declared_keys(replace(one, title=""))
        == ()
    )
