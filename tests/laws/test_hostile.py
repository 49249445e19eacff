"""A small share of the hostile text of benchmarks/hostile.py, and all of its kinds."""

from __future__ import annotations

import random

import pytest

from benchmarks.hostile import KINDS, Kind
from pipelines.cleaning.clean import Cleaned, clean, readable
from pipelines.cleaning.engine import run, undo
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.ruleset import RULES
from pipelines.records import RawDocument, to_line


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_text_goes_through_and_comes_back(kind: Kind, seed: int) -> None:
    text = kind(random.Random(seed), 6000)
    for result in clean(
        RawDocument(url="file:hostile", site="unknown", title=text[:50], text=text), {}
    ):
        if isinstance(result, Cleaned):
            assert to_line(result.speech).endswith(b"\n")
            assert to_line(result.trace).endswith(b"\n")
        else:
            assert result.error != "rule_error", result.detail
    raw = readable(text)
    outcome = run(raw, Facts(), RULES)
    assert undo(outcome.text, outcome.steps) == raw
