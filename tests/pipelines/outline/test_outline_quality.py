"""The figures of benchmarks/outline_quality.py stay at their floors (a share of it; `make quality` runs all)."""

from __future__ import annotations

import json

import pytest

from benchmarks.outline_quality import FLOORS, FORMS, Draft, figures, measured, worse


def test_the_floors_hold() -> None:
    floors = json.loads(FLOORS.read_text())
    for name, value in figures(rounds=2).items():
        assert not worse(name, value, floors[name]), (name, value)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_text_that_lost_its_markers_is_measured_as_a_fault(form: object) -> None:
    import random

    draft = Draft(random.Random(1))
    assert callable(form)
    form(draft)
    broken = measured([("x", "干活。", draft)])
    assert broken["f1"] == 0
    assert broken["exact"] == 0
