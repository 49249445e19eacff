"""Runs under faults, then states lost, older and rebuilt: `python -m tests.faults.states --runs 400 --seed 1` prints a table.

One fault run lays two to four runs over one output, each under a random fault (a kill before any effect, a torn write, a full disk, a
failing fsync) or none, with documents that change and copy each other; keeps the state at random commits; then does something to the state
(nothing, lost, an older copy with or without its log, a damaged one, a kill while it is made anew), and runs once more without a fault.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.crawler.crawl.loopback import text_of
from tests.crawler.runs.visits import doubled, keep_state, put_state, unfinished, visit
from tests.faults.pages import in_a_process, lines
from tests.faults.points import Fault, faults

DOCUMENTS = 8
FAULTS = ("none", "kill", "kill", "torn write", "full disk", "failing fsync")
STATES = ("kept", "lost", "older", "older without its log", "damaged", "killed in the rebuild")
#: Effects of a run of a few documents, about.
EFFECTS = 60


class Outcome(NamedTuple):
    """What a fault run came to; `wrong` is empty where the books are right."""

    faults: Sequence[str]
    state: str
    wrong: Sequence[str]


def _text(n: int, edition: int) -> list[str]:
    """Document 7 copies document 1, document 8 shows less than document 2."""
    if n == 7:
        return text_of(1 + 1000 * edition)
    if n == 8:
        return text_of(2 + 1000 * edition)[:-1]
    return text_of(n + 1000 * edition)


def _fault(pick: random.Random, what: str) -> Fault:
    at = pick.randrange(EFFECTS)
    if what == "kill":
        return Fault("kill", at)
    if what == "torn write":
        return Fault("kill", pick.randrange(12), kinds=("write",), half=True)
    if what == "full disk":
        return Fault("ENOSPC", at, lasting=True, half=True)
    if what == "failing fsync":
        return Fault("EIO", pick.randrange(10), kinds=("fsync",))
    return Fault()


def fault_run(seed: int, folder: Path) -> Outcome:
    """One fault run in an empty folder."""
    pick = random.Random(seed)
    output = folder / "output"
    met = [pick.choice(FAULTS) for _ in range(pick.randrange(2, 5))]
    for number, what in enumerate(met):
        wanted = pick.sample(range(1, DOCUMENTS + 1), pick.randrange(2, DOCUMENTS))
        edition = pick.randrange(3)
        texts = {n: _text(n, edition) for n in wanted}
        shift = pick.choice((0.0, 0.0, -86_400.0, 86_400.0))
        log = pick.random() < 0.5
        fault = _fault(pick, what)
        kept = folder / f"kept{number}"
        in_a_process(partial(_visit, output, texts, shift, fault, kept, log=log))

    state = pick.choice(STATES)
    _spoil(output, folder, state, pick)
    final = {n: _text(n, pick.randrange(3)) for n in range(1, DOCUMENTS + 1)}
    visit(output, final)
    return Outcome(met, state, list(_wrong(output, final)))


def _visit(
    output: Path,
    texts: dict[int, list[str]],
    shift: float,
    fault: Fault,
    kept: Path,
    log: bool,
) -> None:
    with faults(fault):
        visit(
            output,
            texts,
            every=2,
            shift=shift,
            after_commit=lambda: keep_state(output, kept, log=log),
        )


def _spoil(output: Path, folder: Path, state: str, pick: random.Random) -> None:
    kept = sorted(folder.glob("kept*"))
    if state in ("older", "older without its log") and kept:
        older = pick.choice(kept)
        if state == "older without its log":
            for log in older.glob("state.db-*"):
                log.unlink()
        put_state(output, older)
    elif state == "damaged" and (output / "state.db").exists():
        put_state(output, None)
        (output / "state.db").write_bytes(pick.randbytes(9000))
    elif state in ("lost", "killed in the rebuild"):
        put_state(output, None)
    if state == "killed in the rebuild":
        fault = Fault("kill", pick.randrange(EFFECTS))
        in_a_process(partial(_visit, output, {}, 0.0, fault, folder / "unused", log=False))


def _wrong(output: Path, final: dict[int, list[str]]) -> list[str]:
    wrong = [f"{version} stands {times} times" for version, times in doubled(output).items()]
    wrong += unfinished(output)
    written = "\n".join(s["text"] for s in lines(output / "speeches"))
    for n, text in final.items():
        wrong += [f"document {n} lost: {line[:20]}" for line in text[2:] if line not in written]
    return wrong


def main() -> int:
    """0 where nothing was lost, doubled or left unfinished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    by_fault, by_state, wrong = Counter[str](), Counter[str](), list[str]()
    for seed in range(asked.seed, asked.seed + asked.runs):
        folder = Path(tempfile.mkdtemp(prefix="fault-run-"))
        outcome = fault_run(seed, folder)
        by_fault.update(outcome.faults)
        by_state[outcome.state] += 1
        wrong += [
            f"seed {seed} ({', '.join(outcome.faults)}; state {outcome.state}): {w}"
            for w in outcome.wrong
        ]
        shutil.rmtree(folder)
    for title, counted in (("runs under", by_fault), ("then a state", by_state)):
        for what, number in sorted(counted.items()):
            print(f"{title:<14}{what:<24}{number:>6}")
    print(f"{asked.runs} fault runs: {len(wrong)} wrong")
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
