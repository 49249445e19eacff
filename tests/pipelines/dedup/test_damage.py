"""Damage goes on with the characters of the copy that has it, and ends where a sound copy gave the words."""

from __future__ import annotations

from dataclasses import replace

from pipelines.dedup.merge import merge_copies
from pipelines.record_parts import Damage
from tests.pipelines.dedup.made import cut_off, report, whole


def test_damage_of_the_fuller_copy_stays_and_moves_nowhere() -> None:
    text = report(3)
    damaged = replace(whole(1, text), damage=(Damage(5, 7, "left"), Damage(30, 31, "restored")))
    merged = merge_copies([damaged, whole(2, text)], damaged.id)
    assert merged.text == text
    if merged.provenance and merged.provenance[0].id != damaged.id:
        assert merged.damage == ()
    else:
        assert merged.damage == damaged.damage


def test_damage_of_a_copy_that_gives_the_end_is_found_in_the_merged_text() -> None:
    text = report(3)
    end = len(text)
    fuller = replace(whole(1, text), damage=(Damage(end - 20, end - 18, "left"),))
    merged = merge_copies([fuller, cut_off(2, text, end // 2)], fuller.id)
    assert [merged.text[d.start : d.end] for d in merged.damage] == [text[end - 20 : end - 18]]


def test_damage_where_a_sound_copy_gave_the_words_is_gone() -> None:
    text = report(3)
    end = len(text)
    begun = replace(cut_off(1, text, end // 2), damage=(Damage(8, 10, "left"),))
    merged = merge_copies([whole(2, text), begun], begun.id)
    assert merged.text == text
    assert merged.damage == ()
