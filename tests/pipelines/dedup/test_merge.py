"""Merging: all that the copies show together, nothing that none of them shows, and gaps that shrink."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.dedup_texts import cut, edited, rendered, speech
from pipelines.dedup.merge import CONFLICT, merge_copies
from pipelines.record_parts import Gap
from pipelines.records import Speech
from pipelines.text.canonical import canonical, content_hash, counted
from tests.pipelines.dedup.made import TITLE, cut_off, omitted, report, whole


def merged(*members: Speech) -> Speech:
    """The members joined, whatever their order; what must always hold, holds."""
    id = min(member.id for member in members)
    results = {repr(merge_copies(order, id)) for order in list(permutations(members))[:6]}
    assert len(results) == 1
    record = merge_copies(members, id)
    by_id = {member.id: member for member in members}
    tiles = record.provenance
    if tiles:
        assert [tile.start for tile in tiles] == [0, *(tile.end for tile in tiles)][:-1]
        assert tiles[-1].end == len(record.text)
        for tile in tiles:
            assert record.text[tile.start : tile.end].removesuffix("\n") in by_id[tile.id].text
    else:
        assert record.text == by_id[id].text
    for gap in record.gaps:
        assert 0 <= gap.at <= len(record.text)
        assert gap.at in (0, len(record.text)) or record.text[gap.at - 1] == "\n"
    assert record.content_hash == content_hash(record.text)
    assert record.counted_chars == counted(record.text)
    assert record.cluster == min(by_id)
    assert [source.id for source in record.sources] == sorted(by_id)
    return record


def test_a_fuller_copy_gives_the_whole() -> None:
    text = report(1)
    record = merged(cut_off(1, text, 500, 700), whole(2, text))
    assert record.text == text
    assert record.gaps == ()
    assert record.completeness == "full"


def test_head_and_tail_make_the_whole() -> None:
    text = report(2, 2000)
    record = merged(cut_off(1, text, 1300, 999), whole(2, text[1000:]))
    assert record.text == text
    assert (record.gaps, record.completeness) == ((), "full")
    assert {tile.id for tile in record.provenance} == {source.id for source in record.sources}


def test_an_omission_is_filled_where_both_sides_match() -> None:
    text = report(3, 2000)
    one, two = omitted(1, text, 600, 900, 300), cut_off(2, text, 1200, 500)
    record = merged(one, two)
    assert canonical(record.text) == canonical(text)
    assert (record.gaps, record.completeness) == ((), "full")


def test_a_gap_that_a_copy_fills_in_part_shrinks() -> None:
    text = report(4, 3000)
    start, end = 1000, 1000 + 900
    missing = counted(text[start:end])
    record = merged(
        omitted(1, text, start, end, missing), omitted(2, text, start + 300, len(text) - 200, None)
    )
    (gap,) = record.gaps
    assert canonical(record.text) == canonical(text[: start + 300] + text[end:])
    assert gap.chars is not None
    assert abs(gap.chars - counted(text[start + 300 : end])) <= 2
    assert record.completeness == "gapped"


def test_both_sides_of_a_gap_may_come_from_different_copies() -> None:
    text = report(5, 3000)
    third = len(text) // 3
    one, two = (
        omitted(1, text, third + 200, 2 * third, 500),
        omitted(2, text, third, 2 * third - 200, 500),
    )
    record = merged(one, two)
    (gap,) = record.gaps
    assert canonical(record.text) == canonical(text[: third + 200] + text[2 * third - 200 :])
    assert gap.kind == "omitted"


def test_a_copy_that_is_cut_off_and_one_that_lacks_the_middle() -> None:
    text = report(6, 3000)
    record = merged(
        cut_off(1, text, 1500, 1500), omitted(2, text, 1000, 2000, counted(text[1000:2000]))
    )
    (gap,) = record.gaps
    assert canonical(record.text) == canonical(text[:1500] + text[2000:])
    assert gap.kind == "omitted"
    assert abs((gap.chars or 0) - counted(text[1500:2000])) <= 2
    assert record.completeness == "gapped"


def test_where_both_are_cut_off_the_longer_one_ends_the_text() -> None:
    text = report(7, 2000)
    record = merged(cut_off(1, text, 700, 1300), cut_off(2, text, 1200, 800))
    (gap,) = record.gaps
    assert record.text == text[:1200]
    assert (gap.at, gap.chars, gap.kind, record.completeness) == (1200, 800, "cut_off", "cut_off")


def test_a_silent_cut_is_filled() -> None:
    text = report(8, 3000)
    record = merged(whole(1, text[:1000] + text[1600:]), cut_off(2, text, 2000, 900))
    assert canonical(record.text) == canonical(text)
    assert record.completeness == "full"


def test_a_gap_that_no_copy_fills_stays() -> None:
    text = report(9, 2000)
    record = merged(omitted(1, text, 600, 900, 300), omitted(2, text, 600, 900, 300))
    (gap,) = record.gaps
    assert (gap.chars, gap.notice) == (300, "省略")
    silent = whole(2, text[:600].rstrip("\n") + "\n" + text[900:].lstrip("\n"))
    assert merged(omitted(1, text, 600, 900, 300), silent).gaps == (gap,)


def test_conflicting_numbers_keep_the_fuller_reading_and_warn() -> None:
    text = report(10, 2000)
    at = next(i for i in range(600, len(text)) if text[i].isdigit())
    other = text[:at] + ("7" if text[at] != "7" else "8") + text[at + 1 :]
    record = merged(whole(1, text), cut_off(2, other, len(text) - 100, 100))
    assert record.text == text
    assert CONFLICT in record.warnings
    assert CONFLICT not in merged(whole(1, text), cut_off(2, text, 1500, 100)).warnings


def test_edits_of_a_shorter_copy_do_not_enter_the_text() -> None:
    text = report(11, 2000)
    assert (
        merged(whole(1, text), whole(2, edited(random.Random(1), text[:1500], 0.05))).text == text
    )


def test_a_paragraph_in_another_place_is_not_taken_twice() -> None:
    lines = report(12, 2500).split("\n")
    moved = "\n".join([*lines[:2], *lines[3:7], lines[2], *lines[7:]])
    assert merged(whole(1, "\n".join(lines)), whole(2, moved)).text.count(lines[2]) == 1


def test_one_member_alone_is_left_as_it_is() -> None:
    record = cut_off(1, report(13), 500, 9)
    assert merge_copies([record], record.id) == record


def test_facts_come_from_the_named_copy_and_else_from_the_fullest() -> None:
    text = report(14)
    one = replace(cut_off(1, text, 500), published="2020-01-01", toc=("一",))
    two = replace(whole(2, text), published="2021-01-01", category="汇报", title="")
    record = merge_copies([one, two], one.id)
    assert (record.id, record.url, record.published, record.category) == (
        one.id,
        one.url,
        "2020-01-01",
        "汇报",
    )
    assert (record.title, record.toc) == (TITLE, ("一",))


def test_a_merged_record_can_be_merged_again() -> None:
    text = report(15, 3000)
    first = merged(cut_off(1, text, 1200, 9), whole(2, text[900:2000]))
    record = merge_copies([first, whole(3, text[1800:])], first.id)
    assert record.text == text
    assert len(record.sources) == 3
    assert {tile.id for tile in record.provenance} == {source.id for source in record.sources}


@example(
    0, 0.625, 0.32587238795965207, 0.32421875, 0.5
)  # one character between what two copies show, and a third has it
@example(
    747, 0.5625, 0.25, 0.125, 0.546875
)  # a phrase before the gap stands also where the whole copy goes on
@given(
    st.integers(0, 10_000),
    st.floats(0.55, 0.8),
    st.floats(0.2, 0.4),
    st.floats(0.1, 0.4),
    st.floats(0.5, 0.9),
)
def test_random_cuts_that_overlap_give_the_whole(
    seed: int, end: float, start: float, out: float, into: float
) -> None:
    text = report(seed % 40, 1500)
    at = [int(len(text) * share) for share in (end, start, out, into)]
    record = merged(
        cut_off(1, text, at[0], counted(text[at[0] :])),
        whole(2, text[at[1] :]),
        omitted(3, text, at[2], at[3], counted(text[at[2] : at[3]])),
    )
    assert canonical(record.text) == canonical(text)
    assert (record.gaps, record.completeness) == ((), "full")


@given(
    st.integers(0, 10_000),
    st.lists(
        st.sampled_from(("head", "tail", "window", "gapped", "silent")), min_size=2, max_size=4
    ),
)
def test_any_copies_in_any_order_give_one_sound_record(seed: int, kinds: list[str]) -> None:
    rng = random.Random(seed)
    text = report(seed % 40, 1500)
    members = []
    for number, kind in enumerate(kinds):
        shown, gaps = rendered(text, *cut(rng, text, kind))
        members.append(
            speech(
                number,
                edited(rng, shown, rng.choice((0, 0.03))) if not gaps else shown,
                TITLE,
                gaps=gaps,
            )
        )
    assert merged(*members).counted_chars >= max(member.counted_chars for member in members)


_WORDS = "加强推进落实深化完善健全优化统筹保障服务改革发展管理监督检查考核教育宣传群众企业项目资金政策机制生态农业工业科技文化民生就业安全"


def paragraphs(rng: random.Random, count: int) -> list[str]:
    """Different paragraphs that begin alike, some of which end alike."""
    words = [_WORDS[i : i + 2] for i in range(0, len(_WORDS), 2)]
    return [
        f"第{number}，要{''.join(rng.choices(words, k=rng.randint(10, 40)))}{rng.choice(('。', '项。'))}"
        for number in "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"[:count]
    ]


def showing(number: int, lines: list[str], shown: list[int], silent: bool = False) -> Speech:
    """A copy of some lines, that says so where it leaves lines out or, if `silent`, only where it is cut off."""
    text, gaps, due = "", list[Gap](), 0
    for at in shown:
        text += "\n" if text else ""
        if at > due and not silent:
            gaps.append(Gap(len(text), None, "omitted", "省略"))
        text, due = text + lines[at], at + 1
    if due < len(lines):
        gaps.append(Gap(len(text), None, "cut_off", "未完"))
    return speech(number, text, TITLE, gaps=tuple(gaps))


def test_paragraphs_that_begin_alike_keep_their_beginnings_and_full_stops() -> None:
    lines = paragraphs(random.Random(1), 16)
    silent, cut = [*range(10), 13, 14, 15], list(range(12))
    record = merged(showing(1, lines, silent, silent=True), showing(2, lines, cut))
    assert record.text == "\n".join(lines[:12] + lines[13:])
    assert [record.text[: gap.at].count("\n") for gap in record.gaps] == [12]


def test_a_piece_behind_a_gap_meets_the_front_of_another_copy_with_one_full_stop() -> None:
    lines = paragraphs(random.Random(2), 16)
    lines[2] = "第三，要优化服务。"
    one, two = showing(1, lines, [0, *range(2, 14)]), showing(2, lines, [0, 1, 2, *range(8, 16)])
    assert merged(one, two).text == "\n".join(lines)


def test_what_a_copy_shows_behind_its_gap_stays_where_another_shows_the_gap_in_part() -> None:
    lines = paragraphs(random.Random(3), 16)
    record = merged(
        showing(1, lines, [*range(5), *range(10, 15)]), showing(2, lines, list(range(8)))
    )
    assert record.text == "\n".join(lines[:8] + lines[10:15])
    assert [record.text[: gap.at].count("\n") for gap in record.gaps] == [8, 12]
