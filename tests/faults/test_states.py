"""Faults, then a state that is lost, older or rebuilt; `make faults` lays 400 such runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.runs.visits import put_state
from tests.faults.states import STATES, fault_run


@pytest.mark.parametrize("seed", range(9000, 9000 + 3 * len(STATES)))
def test_after_faults_and_with_any_state_nothing_is_lost_or_doubled(
    tmp_path: Path, seed: int
) -> None:
    assert fault_run(seed, tmp_path).wrong == []


def test_the_books_see_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a state that nobody compares with the records, documents are doubled."""
    from crawler.runs import recovery

    monkeypatch.setattr(recovery, "disagreement", lambda store, output: None)
    monkeypatch.setattr(recovery, "rebuild_needed", lambda output: put_state(output, None))
    wrong = [w for seed in range(9000, 9006) for w in fault_run(seed, tmp_path / str(seed)).wrong]
    assert any("times" in line for line in wrong)
