"""`make soak`: an hour at full speed on the replica sites with random faults, then ledger and records must be equal.

    .venv/bin/python tests/faults/soak.py [--minutes 60] [--seed 1]

The four sites are crawled in turn while they grow and answer some pages with 500, late, or not at all; crawls are
killed, interrupted, stopped, starved of disk, have a stage broken. Then one clean run of each, and every document that
the sites list was served, and is behind exactly one record: copies on several sites behind the same one, no two others.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag

import zstandard

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.runs.state import Store
from crawler.sites import sites
from pipelines.records import Speech, speech_from
from tests.crawler.crawl.running import arguments, crawl, lines_of, speeches, started, wait_for
from tests.faults.growing import SITES, GrowingReplica

FAULTS = ("kill", "kill", "kill", "term", "stop", "full", "stage", "none")
STAGES = ("read", "clean", "deduplicate", "emit", "archive", "links")
#: A site that keeps silent for 6 s is given up after this.
PATIENCE = ("-s", "DOWNLOAD_TIMEOUT=2")


def soak(
    folder: Path, minutes: float, seed: int, growth: int = 60
) -> tuple[Counter[str], list[str]]:
    """Soak; how the runs ended, and what is wrong between ledger and records."""
    pick, met = random.Random(seed), Counter[str]()
    end = time.monotonic() + minutes * 60
    with GrowingReplica(seed) as world:
        world.grow(4 * growth)
        while time.monotonic() < end:
            world.round += 1
            world.trouble = pick.choice((0.0, 0.01, 0.05))
            fault, site = pick.choice(FAULTS), SITES[world.round % len(SITES)]
            met[f"{fault} {one_run(world, site, folder, fault, pick)}"] += 1
            world.grow(pick.randrange(growth))
        world.trouble = 0.0
        wrong = []
        for site in SITES:
            last = crawl(site, world.bases[site], folder, timeout=1800)
            if last.returncode:
                wrong.append(
                    f"the clean run of {site} ended with {last.returncode}: {last.stderr[-300:]}"
                )
        return met, wrong + list(differences(world, folder))


def one_run(world: GrowingReplica, site: str, output: Path, fault: str, pick: random.Random) -> int:
    """One crawl with a fault in its way; its exit status."""
    plan = None
    if fault == "full":
        plan = {
            "what": "ENOSPC",
            "at": pick.randrange(5, 60),
            "lasting": True,
            "half": True,
            "kinds": ["write", "COMMIT"],
        }
    elif fault == "stage":
        plan = {"stage": pick.choice(STAGES), "error": "broken for the soak"}
    world.alarm.clear()
    world.alarm_at = world.asked + pick.randrange(1, 120)
    with started(arguments(site, world.bases[site], output, "-q", *PATIENCE), plan=plan) as process:
        number = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "stop": signal.SIGSTOP}.get(fault)
        if number and wait_for(world.alarm, process):
            world.closing.wait(pick.random() * 0.1)
            process.send_signal(number)
            if number == signal.SIGSTOP:
                world.closing.wait(0.3)
                process.send_signal(signal.SIGCONT)
        process.communicate(timeout=1800)
    return int(process.returncode or 0)


def differences(world: GrowingReplica, output: Path) -> Iterator[str]:
    """What ledger and records disagree about."""
    newest = {s["id"]: s for s in sorted(speeches(output), key=lambda s: int(s["version"]))}
    versions = Counter((s["id"], s["version"]) for s in speeches(output))
    failed = {(f["site"], f["url"], f["error"]) for f in lines_of(output / "failures")}
    with Store.open(output / "state.db") as store:
        rows = store.db.execute("SELECT record, speech FROM copy_members").fetchall()
    pages: defaultdict[str, list[tuple[Speech, str]]] = defaultdict(list)
    for record, line in rows:
        speech = speech_from(zstandard.decompress(line))
        pages[urldefrag(speech.url).url].append((speech, record))
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for replica in world.sites:
        site = sites()[replica.key]
        for page in replica.expected:
            final = replica.answers[page.path].location or page.path
            url = site.canonical(f"{site.scheme}://{site.hosts[0]}{final}")
            if not world.ledger[replica.key, final, 200]:
                yield f"{url} was never served"
            found = sorted(pages.pop(url, ()), key=lambda member: member[0].part or 0)
            if len(found) != len(page.documents):
                yield f"{url} is {len(page.documents)} documents, and {len(found)} are known"
            if page.error and (replica.key, url, page.error) not in failed:
                yield f"{url} is no document ({page.error}), and that is not on file"
            for truth, (speech, record) in zip(page.documents, found, strict=False):
                titles[truth.title].add(record)
                sources = newest[record]["sources"] if record in newest else ()
                if not any(
                    source["id"] == speech.id or source["content_hash"] == speech.content_hash
                    for source in sources
                ):
                    yield f"{url} ({speech.id}) is not behind its record {record}"
    yield from (f"{url} is known, and nobody serves it" for url in pages)
    yield from (
        f"{title} has {len(records)} records"
        for title, records in titles.items()
        if len(records) > 1
    )
    merged = Counter(record for records in titles.values() for record in records)
    yield from (
        f"{record} stands for {count} documents" for record, count in merged.items() if count > 1
    )
    superseded = {id for s in newest.values() for id in s["supersedes"]}
    yield from (
        f"{id} is a record of nothing" for id in newest if id not in merged and id not in superseded
    )
    yield from (
        f"{id} has version {version} {n} times" for (id, version), n in versions.items() if n > 1
    )


def main() -> int:
    """Soak, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="a new folder to keep")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        output = asked.output or Path(folder) / "output"
        met, wrong = soak(output, asked.minutes, asked.seed)
        records, failures = (
            len(speeches(output)),
            Counter(f["error"] for f in lines_of(output / "failures")),
        )
    print(f"{met.total()} runs and how they ended: {dict(sorted(met.items()))}")
    print(f"{records} lines of records; failures on file: {dict(failures)}")
    print("\n".join(wrong[:50]) or "ledger and records are equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
