"""Where paragraphs are proved to end, and how that follows the text through the rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.breaks import Breaks
from pipelines.text.edits import Carrier, Edit, apply


def test_markup_proves_what_it_says_and_no_more() -> None:
    text = "甲\n乙\n丙\n丁"
    breaks = Breaks.of(text, ("p", "br", "p"))
    assert breaks.from_markup
    assert [breaks.proved(k, k + 1) for k in (1, 3, 5)] == [True, False, True]


def test_fewer_kinds_than_lines_prove_nothing_behind_them() -> None:
    assert Breaks.of("甲\n乙\n丙", ("p",)).starts() == [2]
    assert Breaks.of("甲", ("p", "p")).starts() == []


def test_blank_lines_prove_where_the_text_uses_them() -> None:
    text = "甲\n\n乙\n丙\n \n丁\n\n戊"
    breaks = Breaks.of(text)
    assert [text[at] for at in breaks.starts()] == ["乙", "丁", "戊"]
    assert not breaks.proved(text.index("乙") + 1, text.index("丙"))


def test_a_blank_line_below_the_title_is_no_use_of_blank_lines() -> None:
    assert not Breaks.of("标题\n\n甲\n乙\n丙\n丁")


def test_a_break_follows_its_line() -> None:
    text = "页眉\n甲\n  \n乙[1]\n丙"
    breaks = Breaks.of(text, ("p", "p", "p", "br"))
    edits = [Edit(0, 3), Edit(4, 8, "\n"), Edit(9, 12)]
    breaks.move(edits)
    after = apply(text, edits)
    assert after == "甲\n乙\n丙"
    assert breaks.proved(1, 2)
    assert not breaks.proved(3, 4)


@given(st.text(alphabet="甲\n ", max_size=30), st.data())
def test_offsets_are_carried_as_the_engine_carries_gaps(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [
        Edit(start, end, data.draw(st.sampled_from(["", "\n", "乙乙"])))
        for start, end in zip(places[::2], places[1::2], strict=False)
        if start < end
    ]
    starts = [k + 1 for k, c in enumerate(text) if c == "\n"]
    breaks = Breaks(starts)
    breaks.move(edits)
    carry = Carrier(edits)
    assert breaks.starts() == [carry(at) for at in starts]
