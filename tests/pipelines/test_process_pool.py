"""Results come in order, memory stays flat, a dead process is one clear line."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipelines.process_pool import IN_FLIGHT, ProcessPool, WorkerDied


def power(base: int, exponent: int) -> int:
    return int(base**exponent)


def die(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_tasks_and_few_wait(jobs: int) -> None:
    taken: list[int] = []

    def arguments() -> Iterator[tuple[int, int]]:
        for number in range(40):
            taken.append(number)
            yield number, 2

    with ProcessPool(jobs) as pool:
        for number, result in enumerate(pool.results(power, arguments())):
            assert result == number**2
            assert len(taken) <= number + 1 + jobs * IN_FLIGHT
    assert len(taken) == 40


def test_what_a_task_raises_comes_through() -> None:
    with ProcessPool(2) as pool, pytest.raises(TypeError):
        list(pool.results(power, [("x", 2)]))


def test_a_process_that_dies_is_one_clear_line() -> None:
    with ProcessPool(2) as pool, pytest.raises(WorkerDied, match="fewer with -j") as died:
        list(pool.results(die, ((number,) for number in range(10))))
    assert died.value.exit_status == 1
