"""Alignment: what is equal is found, what is not is not claimed, and no input makes it slow."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.dedup_texts import cut, edited, filled, rendered, template
from pipelines.dedup.alignment import Alignment, align, aligned
from pipelines.record_parts import Gap
from pipelines.text.canonical import canonical

_TEXTS = st.text(st.sampled_from("一二三国务院工作报告，。\n12"), max_size=150)


def sound(found: Alignment) -> None:
    """Blocks are equal in both, rise in both, and tile them together with the hunks."""
    a_at = b_at = 0
    for block in found.blocks:
        assert block.length > 0
        assert block.a >= a_at
        assert block.b >= b_at
        a_at, b_at = block.a + block.length, block.b + block.length
        assert found.a.letters[block.a : a_at] == found.b.letters[block.b : b_at]
        assert list(found.to_b[block.a : a_at]) == list(range(block.b, b_at))
    assert found.matched == (found.to_b >= 0).sum()
    assert found.matched + sum(len(h.a_text) for h in found.hunks) == len(found.a)
    assert found.matched + sum(len(h.b_text) for h in found.hunks) == len(found.b)


@given(_TEXTS, _TEXTS, st.lists(st.integers(0, 150), max_size=2))
def test_an_alignment_is_sound_on_any_texts(x: str, y: str, places: list[int]) -> None:
    gaps = [Gap(min(place, len(x)), None, "omitted", "") for place in places]
    sound(align(aligned(x, gaps), aligned(y)))
    sound(align(aligned(y), aligned(x, gaps)))


@given(st.integers(0, 10_000), st.sampled_from(("head", "tail", "window", "gapped", "silent")))
def test_a_cut_lies_whole_in_its_document(seed: int, kind: str) -> None:
    rng = random.Random(seed)
    whole = filled(rng, template(rng, "农业", 1500))
    text, gaps = rendered(whole, *cut(rng, whole, kind))
    found = align(aligned(whole), aligned(text, gaps))
    sound(found)
    assert (
        found.matched >= len(canonical(text)) - 4
    )  # at a torn edge a letter may be equal by chance on the other side


def test_edits_do_not_tear_the_rest_apart() -> None:
    rng = random.Random(3)
    whole = filled(rng, template(rng, "教育", 3000))
    found = align(aligned(edited(rng, whole, 0.05)), aligned(edited(rng, whole, 0.05)))
    sound(found)
    assert found.matched >= 0.88 * len(found.a)


def test_texts_that_only_share_a_subject_hardly_align() -> None:
    rng = random.Random(4)
    one, two = (filled(rng, template(rng, "环保", 3000)) for _ in range(2))
    found = align(aligned(one), aligned(two))
    sound(found)
    assert found.matched < 0.15 * len(found.a)


def test_a_moved_paragraph_is_matched_in_one_place_only() -> None:
    rng = random.Random(5)
    lines = filled(rng, template(rng, "城建", 3000)).split("\n")
    moved = [*lines[:2], *lines[3:8], lines[2], *lines[8:]]
    found = align(aligned("\n".join(lines)), aligned("\n".join(moved)))
    sound(found)
    assert found.matched == len(found.a) - len(canonical(lines[2]))
