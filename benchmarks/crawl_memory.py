"""Does a crawl stay the same size? Resident memory of the process after 10,000 and after 100,000 pages.

    .venv/bin/python benchmarks/crawl_memory.py [--pages 100000]

A site on loopback, no delay, everything on (WARC, clean, deduplicate, trace, state, JSONL). Exits 1 where the size after
all pages is more than 15 % above the size after a tenth of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.crawler.crawl.loopback import Answer, Loopback
from tests.crawler.crawl.running import arguments, started

#: What it may grow by.
GROWTH = 0.15


def resident(pid: int) -> float:
    """Resident size in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=100_000)
    pages = parser.parse_args().pages
    marks = [pages // 10, pages // 4, pages // 2, pages - 10]
    reached = {mark: threading.Event() for mark in marks}
    seen = 0
    with tempfile.TemporaryDirectory() as folder, Loopback(documents=pages, per_list=500) as site:
        site.keep_ledger = False

        def count(path: str, headers: dict[str, str]) -> Answer | None:
            nonlocal seen
            seen += path.startswith("/wen/")
            if seen in reached:
                reached[seen].set()
            return None

        site.answer = count
        sizes = {}
        with started(
            arguments("wm114", site.base, Path(folder), "-q"), env={**os.environ}
        ) as process:
            for mark, event in reached.items():
                while not event.wait(1) and process.poll() is None:
                    pass
                sizes[mark] = resident(process.pid)
                print(f"{mark:>7} pages: {sizes[mark]:.1f} MiB", flush=True)
            _, said = process.communicate()
        print(said[-500:] or "exit 0, silent")
    ratio = sizes[marks[-1]] / sizes[marks[0]]
    print(f"{marks[-1]} / {marks[0]} pages = {ratio:.3f} (at most {1 + GROWTH:.2f})")
    return int(ratio > 1 + GROWTH or process.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
