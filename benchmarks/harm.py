"""What cleaning does to true text that carries no notice and no frame: it should do nothing.

    python -m benchmarks.harm [--show 12] [--raise-floors]

The invented texts of tests/data/harm (rosters, schedules, chronicles, abstracts, interviews, tables flattened to lines,
long headings, verses, lists, signatures), each as it stands, with blank lines between its lines, and with the breaks that
markup proves; and the real texts of ../shared/eval/texts where they are there. Measured: line ends that are lost, characters
that are taken out, records that are not `full`. The run fails where a figure is above its floor in floors.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.record_parts import Break
from pipelines.records import RawDocument

PROJECT = Path(__file__).resolve().parents[1]
INVENTED = PROJECT / "tests" / "data" / "harm"
REAL = PROJECT.parent / "shared" / "eval" / "texts" / "dev.jsonl"
FLOORS = Path(__file__).with_name("floors.json")
#: Rules that take a frame away: the title above the text is a field of the record.
FRAMES = frozenset({"title_line", "page_head", "page_tail", "preview_end", "line_ends"})


class KnownText(NamedTuple):
    """A text whose line ends are known: `kinds` says what ended each line, `p` a paragraph."""

    name: str
    title: str
    lines: Sequence[str]
    kinds: Sequence[str]


@dataclass(slots=True)
class Harm:
    """What was measured."""

    texts: int = 0
    ends: int = 0
    lost: Counter[str] = field(default_factory=Counter)  # by text
    removed: Counter[str] = field(default_factory=Counter)  # characters, by rule
    incomplete: int = 0
    shown: list[str] = field(default_factory=list)

    def figures(self, prefix: str) -> dict[str, float]:
        """The figures that have floors; all are errors."""
        taken = sum(n for rule, n in self.removed.items() if rule not in FRAMES)
        return {
            f"{prefix}_line_ends_lost": round(self.lost.total() / max(1, self.ends), 6),
            f"{prefix}_most_in_a_text": float(max(self.lost.values(), default=0)),
            f"{prefix}_characters_removed": float(taken),
            f"{prefix}_not_whole": float(self.incomplete),
        }


def invented() -> Iterator[KnownText]:
    """The texts of tests/data/harm."""
    for path in sorted(INVENTED.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told: dict[str, Any] = json.loads(line)
            yield KnownText(told["id"], told["title"], told["lines"], ["p"] * len(told["lines"]))


def real() -> Iterator[KnownText]:
    """The shared texts, none where they are not there."""
    for line in REAL.read_text(encoding="utf-8").splitlines() if REAL.exists() else ():
        told: dict[str, Any] = json.loads(line)
        yield KnownText(told["id"], told["title"], told["lines"], told["breaks"])


def forms(text: KnownText) -> Iterator[RawDocument]:
    """A text as pages serve it: a line a paragraph, blank lines between them, markup's breaks."""
    url = f"https://harm.invalid/{text.name}"
    joined = "\n".join(text.lines)
    kinds: list[Break] = ["p" if kind == "p" else "br" for kind in text.kinds[:-1]]
    yield RawDocument(url=url, title=text.title, text=joined)
    yield RawDocument(url=url, title=text.title, text="\n\n".join(text.lines))
    yield RawDocument(url=url, title=text.title, text=joined, breaks=tuple(kinds))


def measure(harm: Harm, text: KnownText, raw: RawDocument) -> None:
    """Clean one form of a text and add up what it did."""
    harm.texts += 1
    [result, *others] = clean(raw, {})
    if others or not isinstance(result, Cleaned):
        harm.incomplete += 1
        harm.shown.append(f"{text.name}: {result}"[:160])
        return
    speech = result.speech
    if speech.completeness not in ("full", "unknown"):
        harm.incomplete += 1
        harm.shown.append(f"{text.name}: {speech.completeness} {speech.text[-40:]!r}")
    for step in result.trace.steps:
        for edit in step.edits:
            gone, put = "".join(edit.removed.split()), "".join(edit.inserted.split())
            if gone != put:
                harm.removed[step.rule] += len(gone)
                if step.rule not in FRAMES:
                    harm.shown.append(f"{text.name}: {step.rule} {edit.removed!r:.100}")

    for said, then, kind in zip(text.lines, text.lines[1:], text.kinds, strict=False):
        if kind != "p":
            continue
        harm.ends += 1
        if f"{said.strip()}{then.strip()}" in speech.text and said.strip() and then.strip():
            harm.lost[f"{text.name}@{raw.breaks[:1]}{raw.text.count(chr(10) * 2) > 0}"] += 1
            harm.shown.append(f"{text.name}: joined {said[-16:]!r} + {then[:16]!r}")


def figures() -> tuple[dict[str, float], list[str]]:
    """All figures, and what was seen."""
    own, shared = Harm(), Harm()
    for text in invented():
        for raw in forms(text):
            measure(own, text, raw)
    for text in real():
        measure(shared, text, next(forms(text)))
    found = own.figures("harm")
    if shared.texts:
        found |= shared.figures("harm_real")
    return found, own.shown + shared.shown


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--show", type=int, default=12, help="lines of what was done")
    options.add_argument("--raise-floors", action="store_true", help="write better figures there")
    chosen = options.parse_args()
    found, shown = figures()
    print(*shown[: chosen.show], sep="\n")

    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))
    worse = 0
    for name, figure in found.items():
        floor = floors.get(name)
        above = floor is not None and figure > floor
        worse += above
        print(f"{name:32} {figure:<10} floor {floor}{'   WORSE' if above else ''}")
        if chosen.raise_floors and not above:
            floors[name] = figure
    if chosen.raise_floors:
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
