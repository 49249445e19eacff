"""No pattern of the project takes more than its share of time: a share of `benchmarks.pattern_fuzz`."""

from __future__ import annotations

import re
from datetime import date

import pytest

from benchmarks.pattern_fuzz import Found, patterns, slow

#: Another share of the patterns each week: `make hostile` tries them all.
SHARES = 40
FOUND = patterns()
SHARE = FOUND[date.today().isocalendar().week % SHARES :: SHARES]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\{(?:[a-z-]{2,40}\s{0,4}:[^{}]{0,200}?(?:;|(?=\}))\s{0,8}){0,30}\}",
        r"标题：(?P<title>[^\n|]{2,}?)\s*[|]?\s*$",
        r"\s*[._]{3,}\s*\d{0,4}\s*$",
        r"<loc>\s*(.*?)\s*</loc>",
        r"(?:甲|甲乙|乙)*丙",
    ],
)
def test_the_fuzzer_finds_what_is_superlinear(pattern: str) -> None:
    assert slow(Found("bad", re.compile(pattern, re.DOTALL), frozenset({"search"})))


@pytest.mark.parametrize(
    "pattern", [r"^\s*(?:一|二)、", r"[（(][^（）()]{0,60}[）)]", r"(?:甲乙)*+丙"]
)
def test_the_fuzzer_lets_pass_what_is_linear(pattern: str) -> None:
    assert not slow(Found("good", re.compile(pattern), frozenset({"match"})))


def test_all_patterns_are_found() -> None:
    names = {found.name for found in FOUND}
    assert "pipelines.cleaning.rules.leaked_markup.LEAK" in names
    assert "pipelines.text.chinese.HEADING_MARKER" in names
    assert len(names) > 200


@pytest.mark.parametrize("found", SHARE, ids=[found.name for found in SHARE])
def test_a_pattern_is_linear(found: Found) -> None:
    worst = slow(found)
    assert worst is None, worst
