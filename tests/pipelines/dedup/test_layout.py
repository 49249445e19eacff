"""Of copies of one text, the one with its own paragraphs gives the record its lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from pipelines.dedup.fold import add_speech
from pipelines.dedup.layout import best_laid_out_first
from pipelines.dedup.memory_store import MemoryStore
from pipelines.dedup.merge import merge_copies
from pipelines.record_parts import Removed
from pipelines.records import Speech
from pipelines.text.canonical import content_hash, counted
from tests.pipelines.dedup.made import report, whole

TEXT = report(31, 1500)
SPLIT = (Removed("one_line", 2, 0),)


def laid_out(number: int, text: str, **more: object) -> Speech:
    return whole(number, text, content_hash=content_hash(text), counted_chars=counted(text), **more)


def wrapped(text: str, width: int) -> str:
    return "\n".join(
        line[at : at + width] for line in text.split("\n") for at in range(0, len(line), width)
    )


PARAGRAPHS = laid_out(1, TEXT)
RUN_TOGETHER = laid_out(2, TEXT.replace("\n", ""), removed=SPLIT)
WRAPPED = laid_out(3, wrapped(TEXT, 38))
GUESSED = laid_out(4, TEXT, removed=SPLIT)
WITHOUT_MARKS = laid_out(5, TEXT.replace("，", "").replace("。", ""))


def test_whatever_the_order_paragraphs_come_first() -> None:
    copies = [RUN_TOGETHER, WRAPPED, PARAGRAPHS, GUESSED, WITHOUT_MARKS]
    for order in permutations(copies):
        best = best_laid_out_first(order)
        assert best[:2] == [PARAGRAPHS, GUESSED]
        assert best[-1] == WITHOUT_MARKS


def test_a_record_takes_its_lines_from_the_best_copy() -> None:
    for order in permutations((RUN_TOGETHER, PARAGRAPHS, WRAPPED)):
        record = merge_copies(order, RUN_TOGETHER.id)
        assert record.text == TEXT
        assert record.removed == ()
        assert [source.id for source in record.sources] == sorted(s.id for s in order)


def test_a_duplicate_with_fewer_lines_is_no_upgrade() -> None:
    store = MemoryStore()
    add_speech(PARAGRAPHS, store)
    assert add_speech(RUN_TOGETHER, store).emitted == ()


def test_a_duplicate_with_its_own_paragraphs_is_an_upgrade() -> None:
    store = MemoryStore()
    add_speech(RUN_TOGETHER, store)
    (record,) = add_speech(PARAGRAPHS, store).emitted
    assert (record.id, record.version, record.text) == (RUN_TOGETHER.id, 2, TEXT)


def test_a_fuller_copy_still_gives_the_text() -> None:
    fuller = laid_out(6, f"{TEXT}\n谢谢各位！请审议。".replace("\n", ""))
    assert merge_copies([PARAGRAPHS, fuller], fuller.id).text.endswith("请审议。")
    cut = replace(fuller, text=TEXT[:900], content_hash=content_hash(TEXT[:900]), counted_chars=900)
    assert merge_copies([PARAGRAPHS, cut], cut.id).text == TEXT
