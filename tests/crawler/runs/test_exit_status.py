"""When a run ends with 3, and when it does not."""

from __future__ import annotations

from collections import Counter

import pytest

from crawler.runs.counts import Counts
from crawler.runs.exit_status import Circumstances, exit_status


def _counts(stored: int = 0, met: int = 0, **failures: int) -> Counts:
    failed = sum(failures.values())
    return Counts(
        pages=Counter(asked=stored + failed, stored=stored, failed=failed),
        failures=Counter(failures),
        numbers=Counter(met=met),
    )


@pytest.mark.parametrize(
    ("counts", "run", "status"),
    [
        (_counts(5, http_404=1), Circumstances(reached=6), 0),
        (_counts(5, timeout=4), Circumstances(reached=6), 0),
        (_counts(40, http_500=5), Circumstances(reached=45), 3),
        (_counts(96, http_500=5), Circumstances(reached=99), 0),
        (_counts(0, http_500=2), Circumstances(reached=2), 3),
        (_counts(2, http_500=1), Circumstances(reached=3, named=True), 3),
        (_counts(5, http_404=60), Circumstances(reached=65, numbered=True), 0),
        (_counts(0, login_wall=1), Circumstances(reached=1, named=True), 0),
        (_counts(0, login_wall=1), Circumstances(reached=1, start_named=True), 3),
        (_counts(0, met=9), Circumstances(), 0),
        (_counts(9, rule_error=1), Circumstances(reached=9), 3),
        (_counts(9, too_slow=1), Circumstances(reached=9), 3),
        (_counts(9), Circumstances(reached=9, cut_short="ten walls"), 3),
        (_counts(), Circumstances(reached=3, known_before=7), 3),
    ],
)
def test_status(counts: Counts, run: Circumstances, status: int) -> None:
    got, why = exit_status(counts, run)
    assert got == status
    assert bool(why) == bool(status)


def test_dead_links_are_no_failed_fetches_unless_they_are_most_pages() -> None:
    some, most = _counts(20, http_404=6), _counts(4, http_404=6)
    for counts in (some, most):
        counts.numbers["dead_links"] = 6
    assert exit_status(some, Circumstances(reached=26)) == (0, None)
    status, why = exit_status(most, Circumstances(reached=10))
    assert status == 3
    assert why is not None
    assert "6 of 10 found pages are not there" in why


def test_lists_that_could_not_be_read_count() -> None:
    start, further = _counts(3), _counts(3)
    start.numbers["starts_lost"] = 1
    further.numbers["lists_lost"] = 1
    further.other["lists"] = 4
    assert exit_status(start, Circumstances(reached=3))[0] == 3
    assert exit_status(further, Circumstances(reached=3))[0] == 3
    further.other["lists"] = 40
    assert exit_status(further, Circumstances(reached=3))[0] == 0


def test_the_reason_names_the_errors_the_most_frequent_first() -> None:
    _, why = exit_status(_counts(0, timeout=2, http_500=7), Circumstances(reached=7))
    assert (
        why == "9 of 9 pages could not be fetched (http_500 7, timeout 2): the next run asks again"
    )
