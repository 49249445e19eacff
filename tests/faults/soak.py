"""`make soak`: an hour at full speed with random faults, then ledger and records must be equal.

    .venv/bin/python tests/faults/soak.py [--minutes 60] [--documents 4000] [--seed 1]

The site grows while it is crawled, answers some pages with 500, 404 first and silence; crawls are killed, interrupted, stopped, starved of disk and have
a stage broken. At the end one clean run, and each document that the site served has exactly one record in its newest version.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.crawl.loopback import Answer, Loopback
from tests.crawl.running import arguments, crawl, lines_of, speeches, started

FAULTS = ("kill", "kill", "kill", "term", "stop", "full", "stage", "none")


def main() -> int:
    """Soak."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    pick = random.Random(asked.seed)
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, Loopback(documents=asked.documents // 10, per_list=50) as site:
        output = Path(folder) / "output"
        end = time.monotonic() + asked.minutes * 60
        site.answer = lambda path, headers: (
            Answer(status=500) if path.startswith("/wen/") and pick.random() < 0.01 else None
        )
        while time.monotonic() < end:
            fault = pick.choice(FAULTS)
            code = one_run(site, output, fault, pick)
            met[f"{fault}: exit {code}"] += 1
            site.documents = min(asked.documents, site.documents + pick.randrange(asked.documents // 20 + 1))
        site.answer = lambda path, headers: None
        last = crawl("wm114", site.base, output, timeout=1800)
        print(f"last run: exit {last.returncode}: {last.stderr.strip()[-300:]}")
        served = {f"https://www.wm114.cn{path}" for path in site.served()}
        newest = Counter(s["url"] for s in {s["id"]: s for s in speeches(output)}.values())
        versions = Counter((s["id"], s["version"]) for s in speeches(output))
        failures = Counter(f["error"] for f in lines_of(output / "failures"))
    print(f"{sum(met.values())} runs: {dict(met)}; failures on file: {dict(failures)}")
    print(f"served {len(served)} documents, {len(newest)} have a record, {sum(n > 1 for n in newest.values())} more than one")
    good = served == set(newest) and max(newest.values()) == 1 and max(versions.values()) == 1 and last.returncode == 0
    print("ledger and records are equal" if good else "LEDGER AND RECORDS DIFFER")
    return 0 if good else 1


def one_run(site: Loopback, output: Path, fault: str, pick: random.Random) -> int:
    """One crawl with a fault in its way; its exit status."""
    plan = None
    if fault == "full":
        plan = {"what": "ENOSPC", "at": pick.randrange(5, 60), "lasting": True, "half": True, "kinds": ["write", "COMMIT"]}
    elif fault == "stage":
        plan = {"stage": pick.choice(["read", "clean", "deduplicate", "emit", "archive"]), "error": "broken for the soak"}
    with started(arguments("wm114", site.base, output, "-q"), plan=plan) as process:
        after = threading.Event()
        if fault in ("kill", "term", "stop"):
            after.wait(0.5 + pick.random() * 8)
            process.send_signal({"kill": signal.SIGKILL, "term": signal.SIGTERM, "stop": signal.SIGSTOP}[fault])
        if fault == "stop":
            after.wait(0.5)
            process.send_signal(signal.SIGCONT)
        process.communicate(timeout=1800)
    return int(process.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
