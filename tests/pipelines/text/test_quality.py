"""A share of the quality benchmark, and its floors, which are never below what the contract asks."""

from __future__ import annotations

import json
from itertools import islice

from benchmarks.blemishes import FAMILIES
from benchmarks.quality import ERRORS, FLOORS, LAYOUTS, Score, examples, measure

#: What must be true at the end (issues 3 and 15); floors.json may only be stricter.
CONTRACT = {
    "character_error": 0.0005,
    "gaps_right": 0.99,
    "controls_changed": 0.0,
    "gloss_error_of_plain_strip": 0.25,
    "gloss_live": 0.20,
    "gloss_extracted": 0.45,
    "gloss_mixed": 0.25,
    "gloss_written_silently": 0.0,
}


def test_the_floors_are_at_least_the_contract() -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert set(CONTRACT) < set(floors)
    for name, figure in CONTRACT.items():
        assert floors[name] <= figure if name in ERRORS else floors[name] >= figure


def test_the_corpus_has_every_family_in_both_widths_and_scripts_and_three_layouts() -> None:
    corpus = list(examples())
    assert len(corpus) >= 200
    assert len({e.text for e in corpus}) == len(corpus)
    for family in FAMILIES:
        of_it = [e for e in corpus if e.family == family.__name__]
        assert {(e.script, e.width) for e in of_it} == {
            (s, w) for s in ("hans", "hant") for w in ("full", "half")
        }
        assert {e.layout for e in of_it} in (set(LAYOUTS), {"lines"})


def test_a_share_of_the_corpus_keeps_the_floors() -> None:
    total = Score()
    for example in islice(examples(), 0, None, 5):
        total.add(measure(example)[0])
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    figures = total.figures
    assert total.pages > 50
    for name in ("character_error", "gaps_right", "line_f1", "controls_changed"):
        assert figures[name] <= floors[name] if name in ERRORS else figures[name] >= floors[name], (
            name,
            figures,
        )
