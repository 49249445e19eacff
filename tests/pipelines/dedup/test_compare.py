"""What a pair is: copies, a family, parts, a spun version, nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.dedup_texts import (
    cut,
    edited,
    filled,
    rendered,
    speech,
    spun,
    template,
    traditional,
)
from pipelines.dedup.compare import Kind, Text, parts, relation
from pipelines.records import Speech
from tests.pipelines.dedup.made import TITLE, cut_off, omitted, report, whole


def kind(a: Speech, b: Speech) -> Kind:
    """What the pair is; asked both ways."""
    found = relation(Text(a), Text(b))
    assert relation(Text(b), Text(a)) == found
    return found.kind


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("how", ["head", "tail", "window", "gapped", "silent"])
def test_a_cut_is_a_copy(seed: int, how: str) -> None:
    rng = random.Random(seed)
    text = report(seed, 2000)
    shown, gaps = rendered(text, *cut(rng, text, how))
    assert kind(whole(1, text), speech(2, shown, TITLE, gaps=gaps)) == "copy"


@pytest.mark.parametrize("seed", range(6))
def test_two_light_edits_and_the_other_script_are_copies(seed: int) -> None:
    rng = random.Random(seed)
    text = report(seed, 2500)
    one, two = (whole(n, edited(rng, text, 0.05)) for n in (1, 2))
    assert kind(one, two) == "copy"
    assert kind(one, whole(3, traditional(text))) == "copy"


def test_overlapping_ends_are_copies() -> None:
    text = report(7, 3000)
    assert kind(cut_off(1, text, 1700), whole(2, text[1400:])) == "copy"


@pytest.mark.parametrize("seed", range(8))
def test_a_template_for_two_counties_is_a_family(seed: int) -> None:
    rng = random.Random(seed)
    form = template(rng, "卫生", 1500)
    assert kind(whole(1, filled(rng, form)), whole(2, filled(rng, form))) == "family"


@pytest.mark.parametrize("seed", range(8))
def test_edits_do_not_make_a_copy_of_another_county(seed: int) -> None:
    rng = random.Random(seed)
    form = template(rng, "环保", 2500)
    one, two = (edited(rng, filled(rng, form), 0.04) for _ in range(2))
    assert kind(whole(1, one), whole(2, two)) == "family"


def test_names_alone_make_a_family() -> None:
    text = report(9).replace("县", "某县")
    one, two = text.replace("某县", "青河县"), text.replace("某县", "平阳县")
    assert kind(whole(1, one), whole(2, two)) == "family"


@pytest.mark.parametrize("names", [("青河县", "清河县"), ("长河县", "长阳县")])
@pytest.mark.parametrize("share", [0.0, 0.04])
def test_names_that_differ_by_a_character_make_a_family(
    names: tuple[str, str], share: float
) -> None:
    text = report(9, 2500).replace("县", "某县")
    one, two = (
        edited(random.Random(i), text.replace("某县", name), share) for i, name in enumerate(names)
    )
    assert kind(whole(1, one), whole(2, two)) == "family"


def test_of_two_counties_a_cut_is_nearer_to_its_own() -> None:
    text = report(16).replace("县", "某县")
    one, two = (whole(n, text.replace("某县", name)) for n, name in enumerate(("长河县", "长阳县")))
    shown = cut_off(3, one.text, one.text.index("长河县") + 60)
    assert "长河县" in shown.text
    mine, other = (relation(Text(shown), Text(speech)) for speech in (one, two))
    assert mine.kind == "copy"
    assert other.kind == "family" or other.key.odds > mine.key.odds


def test_numbers_alone_make_a_family() -> None:
    rng = random.Random(10)
    form = template(rng, "教育", 1500).replace("{c}", "青河县").replace("{t}", "东塘镇")
    assert kind(whole(1, filled(rng, form)), whole(2, filled(rng, form))) == "family"


def test_the_titles_tell_two_counties_apart() -> None:
    text = report(11)
    one = whole(1, text, title="青河县二〇二三年工作总结")
    two = cut_off(2, text, 500)
    assert kind(one, replace(two, title="平阳县二〇二三年工作总结")) == "family"
    assert kind(one, replace(two, title="青河县二〇二三年工作总结")) == "copy"


def test_a_number_or_two_misread_is_a_conflict_not_a_family() -> None:
    text = report(12, 2500)
    numbers = [n for n in ("1", "2", "3", "4", "5", "6", "7", "8", "9") if text.count(n) > 3]
    at = (
        text.index(numbers[0] + numbers[1])
        if numbers[0] + numbers[1] in text
        else text.index(numbers[0])
    )
    assert kind(whole(1, text), whole(2, text[:at] + "0" + text[at + 1 :])) == "copy"


def test_a_masked_name_is_no_other_name() -> None:
    text = report(13).replace("县", "某县")
    assert (
        kind(whole(1, text.replace("某县", "青河县")), whole(2, text.replace("某县", "XX县")))
        == "copy"
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_spun_text_is_linked_not_merged(seed: int) -> None:
    rng = random.Random(seed)
    text = report(seed, 2000)
    assert kind(whole(1, text), whole(2, spun(rng, text))) == "spun"


@pytest.mark.parametrize("seed", range(6))
def test_reports_on_one_subject_are_unrelated(seed: int) -> None:
    assert kind(whole(1, report(seed)), whole(2, report(seed + 100))) == "unrelated"


def test_a_passage_that_two_speeches_quote_makes_no_copies() -> None:
    quoted = report(20, 300)
    one, two = (f"{report(n, 700)}\n{quoted}\n{report(n + 50, 700)}" for n in (21, 22))
    assert kind(whole(1, one), whole(2, two)) == "unrelated"


def test_a_common_close_makes_no_copies() -> None:
    close = report(23, 200)[:150]
    assert (
        kind(whole(1, f"{report(24)}\n{close}"), whole(2, f"{report(25)}\n{close}")) == "unrelated"
    )


def test_what_stands_on_either_side_of_two_gaps_does_not_contradict() -> None:
    text = report(26, 3000)
    third = len(text) // 3
    one = omitted(1, text, third + 200, 2 * third)
    two = omitted(2, text, third, 2 * third - 200)
    assert kind(one, two) == "copy"


def test_parts_need_title_and_declared_length() -> None:
    text = report(27, 2000)
    size = len("".join(text.split()))
    one = replace(cut_off(1, text, 800), declared_chars=size)
    two = replace(whole(2, text[1200:]), declared_chars=size + 5)
    assert relation(Text(one), Text(two)).kind == "unrelated"
    assert parts(one, two).kind == parts(two, one).kind == "other_part"
    assert parts(one, replace(two, declared_chars=None)).kind == "unrelated"
    assert parts(one, replace(two, declared_chars=2 * size)).kind == "unrelated"
    assert parts(one, replace(two, title="另一个会议上的讲话")).kind == "unrelated"
    assert parts(one, replace(two, counted_chars=size)).kind == "unrelated"
