"""The index: what is packed is found again, from memory, from segments and from joined segments alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.fingerprint import Fingerprint, containment, fingerprint
from pipelines.dedup.shingle_index import (
    CAP,
    LIMIT,
    MOST,
    POSTING,
    Packer,
    Postings,
    Recent,
    Segment,
    Shared,
    bucket_bits,
    chosen,
    declared_keys,
    joined,
    postings,
)
from tests.pipelines.dedup.made import report, whole

_HASHES = st.lists(
    st.integers(0, 2**32 - 1) | st.integers(0, 40).map(lambda n: n * 97_000_001),
    max_size=30,
    unique=True,
)


def sketch(hashes: list[int]) -> Fingerprint:
    """A fingerprint of these hashes."""
    return Fingerprint(np.array(sorted(hashes), np.uint32), 0)


def packed(pieces: list[Postings]) -> Segment:
    """A segment of these postings, in memory."""
    data = bytearray()
    packer = Packer(sum(map(len, pieces)), data.extend)
    for piece in pieces:
        packer.add(piece)
    width = POSTING.itemsize
    return Segment(packer.starts(), lambda start, end: bytes(data[start * width : end * width]))


def segment(sketches: dict[int, Fingerprint]) -> Segment:
    """A segment of these texts."""
    return packed(
        [
            np.sort(
                np.concatenate(
                    [np.empty(0, np.uint64), *(postings(n, s) for n, s in sketches.items())]
                )
            )
        ]
    )


@given(st.lists(_HASHES, min_size=1, max_size=12), _HASHES)
def test_a_segment_finds_what_memory_finds(texts: list[list[int]], query: list[int]) -> None:
    sketches = {number * 70_000: sketch(hashes) for number, hashes in enumerate(texts)}
    recent = Recent()
    for number, one in sketches.items():
        recent.add(number, one)
    owners = {
        hash: [n for n, hashes in zip(sketches, texts, strict=True) if hash in hashes]
        for hash in query
    }
    expected: dict[int, tuple[int, float]] = {}
    for numbers in owners.values():
        for number in numbers:
            count, rare = expected.get(number, (0, 0.0))
            expected[number] = count + 1, rare + 1 / len(numbers)
    for found in (
        recent.shared(sketch(query).hashes),
        segment(sketches).shared(sketch(query).hashes),
    ):
        assert found.numbers.tolist() == sorted(expected)
        for number, count, rare in zip(*(column.tolist() for column in found), strict=True):
            assert (count, rare) == (expected[number][0], pytest.approx(expected[number][1]))


@given(
    st.lists(_HASHES, min_size=2, max_size=9),
    st.integers(1, 8),
    st.sampled_from((1 << 10, 5000, 1 << 16)),
)
def test_joined_segments_are_the_segment_of_all(
    texts: list[list[int]], parts: int, step: int
) -> None:
    sketches = {number: sketch(hashes) for number, hashes in enumerate(texts)}
    pieces = [
        segment({n: s for n, s in sketches.items() if n % parts == part}) for part in range(parts)
    ]
    one, whole_ = packed(list(joined(pieces, step))), segment(sketches)
    assert one.starts.tolist() == whole_.starts.tolist()
    total = int(one.starts[-1])
    assert one.read(0, total) == whole_.read(0, total)


def test_a_hash_of_every_text_names_the_first_of_them_only() -> None:
    sketches = {n: sketch([5, 9_000 + n, 700_000]) for n in range(CAP + 50)}
    recent = Recent()
    for number, one in sketches.items():
        recent.add(number, one)
    query = sketch([5, 9_000 + CAP + 3, 9_003]).hashes
    for found in (segment(sketches).shared(query), recent.shared(query)):
        assert found.numbers.tolist() == [*range(CAP), CAP + 3]
        assert found.rare[3] == pytest.approx(1 + 1 / CAP)
    assert int(segment(sketches).starts[-1]) == 2 * CAP + CAP + 50


def test_a_number_beyond_24_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        packed([postings(LIMIT, sketch([1]))])


def test_buckets_stay_small() -> None:
    for count in (1, 10**5, 10**7, 2 * 10**8):
        assert count / (1 << bucket_bits(count)) <= 260


def among(shared: dict[int, tuple[int, int, float]], size: int) -> list[int]:
    """What is chosen of texts given as number: hashes shared, hashes in all, weight of the rare ones."""
    columns = [np.array(column) for column in zip(*shared.values(), strict=True)]
    return chosen(
        Shared(np.array([*shared]), columns[0], columns[2].astype(np.float64)), columns[1], size
    )


def test_candidates_are_ranked_by_containment_and_few() -> None:
    assert among(
        {1: (10, 10, 9), 2: (10, 100, 9), 3: (30, 100, 9), 4: (1, 1, 1), 5: (5, 100, 5)}, 100
    ) == [1, 3, 2]
    assert len(among(dict.fromkeys(range(500), (9, 9, 9)), 9)) == MOST


def test_phrases_of_the_trade_make_no_candidate() -> None:
    assert among({1: (25, 100, 0.9), 2: (25, 100, 2.1), 3: (30, 100, 0.9)}, 100) == [3, 2]


def test_a_cut_is_contained_and_another_report_is_not() -> None:
    text = report(1, 3000)
    assert containment(fingerprint(text), fingerprint(text[900:1800])) > 0.95
    assert containment(fingerprint(text), fingerprint(report(2, 3000))) < 0.15
    assert containment(fingerprint(text), fingerprint("短")) == 0.0


def test_fingerprints_do_not_change_between_runs() -> None:
    # Segments in a state.db outlive the program that wrote them.
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
