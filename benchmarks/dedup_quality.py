"""How well copies are found and merged, on generated truth: recall and precision of pairs, families, merged text.

    python -m benchmarks.dedup_quality [--documents 6500] [--seed 1] [--jobs 2]

Exits with 1 where a floor is not reached. What is measured, and the floors: pairs of copies found >= 0.99, pairs claimed that are
copies >= 0.995, no two members of a family in one record, no stretch of a merged text that its donor does not show, and
>= 0.995 of what the copies show together (8-grams; of clusters whose copies are cut but not edited) in the merged text.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from benchmarks.dedup_texts import Made, collection
from pipelines.dedup.bulk import Collection
from pipelines.records import Speech, speech_from, to_line
from pipelines.text.canonical import canonical

#: The floors; see the module.
RECALL, PRECISION, COVERAGE = 0.99, 0.995, 0.995


class Quality(NamedTuple):
    """Shares of pairs, and counts; `coverage` is over all clusters, `whole` the share of clusters covered entirely."""

    recall: float
    precision: float
    families_merged: int
    families_named: float
    invented: int
    coverage: float
    whole: float
    clusters: int
    missed: Counter[str]

    @property
    def good(self) -> bool:
        """Whether all floors are reached."""
        return (
            self.recall >= RECALL
            and self.precision >= PRECISION
            and self.coverage >= COVERAGE
            and not self.families_merged
            and not self.invented
        )


def measure(made: Sequence[Made], records: Iterable[Speech]) -> Quality:
    """Compare records with the truth."""
    truth = {m.speech.id: m for m in made}
    home: dict[str, Speech] = {}
    for record in records:
        home.update({source.id: record for source in record.sources})
    documents: defaultdict[str, list[str]] = defaultdict(list)
    inside: defaultdict[str, list[Made]] = defaultdict(list)
    for m in made:
        documents[m.document].append(m.speech.id)
        inside[home[m.speech.id].id].append(m)
    found = lost = false = kin = 0
    missed: Counter[str] = Counter()
    for ids in documents.values():
        for a, b in combinations(ids, 2):
            if home[a].id == home[b].id:
                found += 1
            else:
                lost += 1
                missed[" + ".join(sorted((truth[a].kind, truth[b].kind)))] += 1
    invented = shown = covered = whole = clusters = 0
    for name, members in inside.items():
        record = home[name]
        for a, b in combinations(members, 2):
            if a.document != b.document:
                false += 1
                kin += a.family is not None and a.family == b.family
        if len(members) < 2:
            continue
        invented += sum(
            record.text[tile.start : tile.end].rstrip("\n") not in truth[tile.id].speech.text
            for tile in record.provenance
        )
        if any("edited" in m.kind or m.kind == "script" for m in members):
            continue
        want = _grams(canonical(m.whole[start:end]) for m in members for start, end in m.spans)
        have = want & _grams([canonical(record.text)])
        clusters, whole = clusters + 1, whole + (want == have)
        shown, covered = shown + len(want), covered + len(have)
    families: defaultdict[str, set[str]] = defaultdict(set)
    for m in made:
        if m.family:
            families[m.family].add(m.document.partition("/")[0])
    of_family = [m for m in made if m.family and len(families[m.family]) > 1]
    named = sum(home[m.speech.id].family is not None for m in of_family)
    return Quality(
        found / max(1, found + lost),
        found / max(1, found + false),
        kin,
        named / max(1, len(of_family)),
        invented,
        covered / max(1, shown),
        whole / max(1, clusters),
        clusters,
        missed,
    )


def _grams(texts: Iterable[str], length: int = 8) -> set[str]:
    return {text[i : i + length] for text in texts for i in range(len(text) - length + 1)}


def folded(made: Sequence[Made], jobs: int = 1) -> list[Speech]:
    """What `scrapy dedup` makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speeches.jsonl")
        path.write_bytes(b"".join(to_line(m.speech) for m in made))
        scratch = Path(folder, "scratch")
        scratch.mkdir()
        with Collection([path], scratch, jobs) as files:
            return [speech_from(line) for lines in files.records() for line in lines.splitlines()]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--documents",
        type=int,
        default=6500,
        help="before copying; about 3.3 speeches come of each",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    made = collection(options.seed, options.documents)
    began = time.perf_counter()
    records = folded(made, options.jobs)
    took = time.perf_counter() - began
    quality = measure(made, records)
    print(f"{len(made)} speeches, {len(records)} records, {took:.0f} s")
    for name, value in quality._asdict().items():
        print(f"{name:16} {value:.4f}" if isinstance(value, float) else f"{name:16} {value}")
    print("floors reached" if quality.good else "BELOW A FLOOR")
    return 0 if quality.good else 1


if __name__ == "__main__":
    sys.exit(main())
