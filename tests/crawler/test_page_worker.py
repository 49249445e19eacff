"""The page worker: whatever one task does, it costs itself, and the others are answered."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.page_worker import Bounds, PageLost, PageWorker, WorkerBroken, restart_clock

BOUNDS = Bounds(cpu_seconds=0.2, wall_seconds=20.0, memory=128 << 20)
#: Two ways to read each `a`, so twice the time for each more of them.
ENDLESS = re.compile(r"(?:a|aa)+$")


def work(task: str) -> str:
    """What a page may do to whoever reads it."""
    if task == "hang in C":
        ENDLESS.match("a" * 99 + "b")
    elif task == "hang in Python":
        while True:
            pass
    elif task == "wait":
        time.sleep(3600)
    elif task == "allocate":
        return f"{len(bytes(1 << 30))}"
    elif task == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif task == "raise":
        raise ValueError("the page is wrong")
    return task.upper()


@pytest.mark.parametrize(
    ("task", "error", "detail"),
    [
        ("hang in C", "too_slow", "more than 0.2 s of CPU"),
        ("hang in Python", "too_slow", "more than 0.2 s of CPU"),
        ("allocate", "too_large", "more than 128 MB of memory"),
        ("crash", "rule_error", "SIGSEGV"),
        ("raise", "rule_error", "ValueError: the page is wrong"),
    ],
)
def test_a_task_costs_only_itself(task: str, error: str, detail: str) -> None:
    with PageWorker(work, BOUNDS) as worker:
        assert worker.call("before") == "BEFORE"
        for _ in range(2):
            with pytest.raises(PageLost, match=detail) as lost:
                worker.call(task)
            assert lost.value.error == error
            assert worker.call("after") == "AFTER"


def test_a_task_that_waits_for_ever_is_ended_too() -> None:
    with PageWorker(work, Bounds(wall_seconds=0.2)) as worker:
        with pytest.raises(PageLost, match=r"no end in 0\.2 s") as lost:
            worker.call("wait")
        assert lost.value.error == "too_slow"
        assert worker.call("after") == "AFTER"


def test_neighbours_of_a_hanging_task_are_answered_in_order() -> None:
    async def ask() -> list[str | BaseException]:
        await worker.connect()
        tasks = ["a", "hang in C", "b", "crash", "allocate", "c"]
        answers = await asyncio.gather(*map(worker.ask, tasks), return_exceptions=True)
        await worker.disconnect()
        return answers

    with PageWorker(work, BOUNDS) as worker:
        answers = asyncio.run(ask())
    told = [a.error if isinstance(a, PageLost) else a for a in answers]
    assert told == ["A", "too_slow", "B", "rule_error", "too_large", "C"]


def test_the_event_loop_goes_on_while_a_task_hangs() -> None:
    async def ticks_meanwhile() -> int:
        await worker.connect()
        asked = asyncio.ensure_future(worker.ask("hang in C"))
        ticks = 0
        while not asked.done():
            await asyncio.sleep(0)
            ticks += 1
        assert isinstance(asked.exception(), PageLost)
        await worker.disconnect()
        return ticks

    with PageWorker(work, BOUNDS) as worker:
        assert asyncio.run(ticks_meanwhile()) > 100


def test_large_tasks_get_more_time_in_proportion() -> None:
    def turns(size: int) -> int:
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
        return size

    bounds = Bounds(cpu_seconds=0.15, per_bytes=1000)
    with PageWorker(lambda task: turns(len(task)), bounds) as worker:
        with pytest.raises(PageLost):
            worker.call(b"x" * 900)
        assert worker.call(b"x" * 9000) == 9000


def test_a_call_of_many_documents_begins_a_new_allowance_for_each() -> None:
    def documents(count: int) -> int:
        for _ in range(count):
            restart_clock(1)
            end = time.process_time() + 0.1
            while time.process_time() < end:
                pass
        return count

    with PageWorker(documents, Bounds(cpu_seconds=0.25)) as worker:
        assert worker.call(5) == 5


def test_closing_ends_a_worker_that_hangs() -> None:
    worker = PageWorker(work)

    async def leave() -> None:
        await worker.connect()
        asked = asyncio.ensure_future(worker.ask("wait"))
        await asyncio.sleep(0.05)
        worker.close()
        with pytest.raises(WorkerBroken):
            await asked

    asyncio.run(leave())
    worker.close()  # a second time: nothing happens


def test_a_worker_that_is_gone_says_so() -> None:
    worker = PageWorker(work)
    os.killpg(worker._pid, signal.SIGKILL)
    with pytest.raises(WorkerBroken, match="has gone"):
        worker.call("a")
    worker.close()


def test_the_worker_ends_with_its_caller() -> None:
    caller = (
        "import os, signal\n"
        "from crawler.page_worker import PageWorker\n"
        "worker = PageWorker(lambda task: os.getpid())\n"
        "print(worker.call(0), worker._pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    project = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", caller], cwd=project, capture_output=True, text=True
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    left = {int(pid) for pid in run.stdout.split()}
    assert len(left) == 2
    end = time.monotonic() + 30
    while left and time.monotonic() < end:
        left = {pid for pid in left if _is_alive(pid)}
        time.sleep(0.02)
    assert not left


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_worker_knows_no_scrapy() -> None:
    code = (
        "import sys, crawler.page_worker, crawler.reading.fetched_page\n"
        "print([m for m in ('scrapy', 'twisted') if m in sys.modules])"
    )
    project = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
