"""The replica sites with a ledger of what they served, faults in their answers, and documents that become more and more.

with GrowingReplica(seed=1) as world:
    world.grow(40)                        # forty invented documents, every eighth on two sites
    world.trouble = 0.02                  # of the pages answer 500, nothing at all or late until `world.round` changes
    world.bases["wm114"], world.ledger    # where it is, and what was served: Counter of (site, path, status)
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Self

from crawler.replica.documents import Document, Placed
from crawler.replica.pages import Answer, build_replicas, grow
from crawler.replica.server import serving
from tests.crawler.crawl.loopback import text_of

SITES = ("wm114", "hancun", "sanweiyuan", "jinchutou")
#: Far above the numbers of the replica's own documents.
FIRST = {"wm114": 500_000, "hancun": 600_000, "sanweiyuan": 700_000, "jinchutou": 48_000_000}
TRAITS = {"wm114": ("contents", "linked"), "hancun": ("oneline",)}
BROKEN = Answer("<title>500</title>此处有误".encode(), 500)


def invented(n: int) -> Document:
    """Document `n`, unlike all others. It stands on one site, every eighth on two; of three that are previews two
    withhold something."""
    pick = random.Random(n)
    sites = pick.sample(SITES, 2)[: 1 + (n % 8 == 0)]
    paragraphs = text_of(n, 900)
    if "jinchutou" not in sites and n % 3:
        line = -1 if n % 3 == 1 else 2
        middle = len(paragraphs[line]) // 2
        shown, rest = paragraphs[line][:middle], paragraphs[line][middle:]
        paragraphs[line] = f"{shown}⟦{rest}⟧" if line == -1 else f"{shown}⟦{rest[:60]}⟧{rest[60:]}"
    pages = [
        Placed(
            site,
            FIRST[site] + n,
            frozenset(trait for trait in TRAITS.get(site, ()) if pick.random() < 0.3),
        )
        for site in sites
    ]
    stated = {"published": f"2025-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"}
    return Document(f"第{n}号工作讲话", "\n".join(paragraphs), tuple(pages), stated)


class _Watched(dict[str, Answer]):
    """A site's answers; each that is asked for goes into the ledger."""

    def __init__(self, world: GrowingReplica, site: str, answers: dict[str, Answer]) -> None:
        super().__init__(answers)
        self._world, self._site = world, site

    def get(self, path: str, missing: Any = None) -> Any:
        answer = self._world.spoiled(self._site, path) or super().get(path, missing)
        with self._world.lock:
            self._world.ledger[self._site, path, answer.status] += 1
            self._world.asked += 1
            if self._world.asked >= self._world.alarm_at:
                self._world.alarm.set()
        return answer


class GrowingReplica:
    """See the module. `alarm` is set when `alarm_at` requests have come."""

    def __init__(self, seed: int) -> None:
        self.seed, self.round, self.trouble = seed, 0, 0.0
        self.ledger: Counter[tuple[str, str, int]] = Counter()
        self.lock, self.alarm = threading.Lock(), threading.Event()
        self.asked, self.alarm_at = 0, 1 << 60
        self.documents = 0
        self.sites = [
            replace(site, answers=_Watched(self, site.key, site.answers))
            for site in build_replicas()
        ]
        self.closing = threading.Event()
        self._held = ExitStack()

    def grow(self, count: int) -> None:
        """Put further documents in front of the lists."""
        more = [invented(n) for n in range(self.documents + 1, self.documents + count + 1)]
        self.documents += count
        for site in self.sites:
            grow(site, more)

    def spoiled(self, site: str, path: str) -> Answer | None:
        """The fault in the way of a page, the same for the whole round; waits or raises where that is the fault."""
        lot = random.Random(f"{self.seed} {self.round} {site} {path}")
        if lot.random() >= self.trouble:
            return None
        fault = lot.choice(("error", "reset", "silence", "late"))
        if fault == "reset":
            raise ConnectionResetError
        self.closing.wait({"error": 0, "silence": 6, "late": 0.5}[fault])
        return BROKEN if fault == "error" else None

    def __enter__(self) -> Self:
        self.bases = self._held.enter_context(serving(self.sites))
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._held.close()
