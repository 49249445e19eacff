"""What the gloss rule leaves of the damage that glossing mirrors do, on pages whose truth is known.

    python benchmarks/gloss_quality.py [--pages N] [--seed N] [--texts FILE.jsonl] [--worst N]

Official texts (the shared ones where they are there) and invented speeches are turned Traditional one to one, glossed
by nested lists, and damaged as in `gloss_fault`; three sites in four have the punctuation fault. Reported apart for
pages as a browser shows them (*live*), as extractors without unprintables leave them (*extracted*), and both (*mixed*):
errors as a share of what a plain strip of `(pinyin)` leaves, glossed syllables left, characters written that are
wrong, and those of them that no damaged span covers.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.gloss_fault import HALF, MARKS, Site, nested_list, shown, traditional
from benchmarks.invented import speech
from pipelines.cleaning.engine import run
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.rules.pinyin_gloss import pinyin_gloss
from pipelines.text.characters import SYLLABLE, plain
from pipelines.text.codepoints import LOST

SHARED = Path(__file__).resolve().parents[2] / "shared" / "eval" / "texts" / "dev.jsonl"
PLAIN_STRIP = re.compile(rf"[(（]{SYLLABLE}[)）]")
KINDS = ("live", "extracted", "mixed")
#: Lengths of the sites' lists (S3: 45 characters), and the characters of a page.
LISTS = (30, 60, 150, 400, 900)
LENGTH = 2500


class Mirrored(NamedTuple):
    """A page with its truth, both Traditional."""

    kind: str
    text: str
    truth: str


@dataclass(slots=True)
class Figures:
    """What was measured over pages of one kind. `characters` are those of the truth."""

    pages: int = 0
    characters: int = 0
    errors: int = 0
    plain_errors: int = 0
    syllables: int = 0
    written: int = 0
    wrong: int = 0
    silent: int = 0
    unmarked: int = 0

    def add(self, other: Figures) -> None:
        """Sum up."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def share(self) -> float:
        """Errors as a share of a plain strip's."""
        return self.errors / max(1, self.plain_errors)


def sources(texts: Path | None) -> Iterator[str]:
    """Texts to damage: the given ones, else the shared official ones, beside invented speeches."""
    path = texts or SHARED
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            official = [_text_of(json.loads(line)) for line in lines]
    else:
        official = []

    seed = 0

    while True:
        seed += 1
        yield official[seed * 7 % len(official)] if official and seed % 4 else speech(seed).text


def _text_of(record: dict[str, object]) -> str:
    lines = record.get("lines") or str(record.get("text", "")).split("\n")
    return "\n".join(map(str, lines if isinstance(lines, list) else []))


def pages(count: int, seed: int = 0, texts: Path | None = None) -> Iterator[Mirrored]:
    """So many pages of each kind."""
    dice = random.Random(seed)
    for number, text in zip(range(count), sources(texts), strict=False):
        start = dice.randrange(max(1, len(text) - LENGTH))
        turned = traditional(text[start : start + LENGTH])
        truth = turned.encode("gbk", "ignore").decode("gbk")
        site = _site(number, seed, dice)
        folded = number % 5 == 4

        for kind in KINDS:
            extracted = kind == "extracted" or (kind == "mixed" and number % 2 == 1)
            page = shown(truth, site, folded, extracted=extracted)
            wanted = truth.translate(HALF) if folded else truth
            yield Mirrored(kind, page, wanted)


def _site(number: int, seed: int, dice: random.Random) -> Site:
    """The mirror of a page: lists of five lengths, nested, the punctuation fault on three sites in four."""
    length = LISTS[number % len(LISTS)]
    listed = nested_list(length, seed + number % 3)
    marks = MARKS if number % 4 else ""

    return Site(listed, marks, 0.85, dice.randrange(1 << 30))


def distance(got: str, truth: str) -> int:
    """Characters put in, left out or changed, white space aside."""
    return sum([max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in _differences(got, truth)])


def _differences(got: str, truth: str) -> list[tuple[int, int, int, int]]:
    blocks = difflib.SequenceMatcher(None, got, truth, autojunk=False).get_opcodes()
    return [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in blocks if tag != "equal"]


def measure(page: Mirrored) -> tuple[Figures, list[str]]:
    """The figures of one page, and the wrong places."""
    facts = Facts()
    got = run(page.text, facts, (pinyin_gloss,)).text
    written = _written(got, page.text)
    flagged = {at for spot in facts.damage for at in range(spot.start, spot.end)}

    figures = Figures(pages=1, characters=len(page.truth))
    figures.plain_errors = distance(PLAIN_STRIP.sub("", page.text), page.truth)
    figures.written = len(written)
    figures.syllables = _syllables(got)

    places: list[str] = []
    for i1, i2, j1, j2 in _differences(got, page.truth):
        sign = _judge(figures, got, (i1, i2), written, flagged)
        figures.errors += max(i2 - i1, j2 - j1)
        places.append(f"{sign:8} {got[i1 - 4 : i2 + 4]!r} for {page.truth[j1 - 4 : j2 + 4]!r}")

    return figures, places


def _judge(
    figures: Figures, got: str, span: tuple[int, int], written: set[int], flagged: set[int]
) -> str:
    """Count one wrong place, and name its kind."""
    start, end = span
    wrong = [at for at in range(start, end) if at in written and got[at] not in LOST]
    silent = [at for at in wrong if at not in flagged]
    marked = any(at in flagged for at in range(start - 1, end + 1))

    figures.wrong += len(wrong)
    figures.silent += len(silent)
    figures.unmarked += not marked

    if silent:
        return "SILENT"
    if wrong:
        return "WRONG"
    return "left" if marked else "UNMARKED"


def _syllables(text: str) -> int:
    """Syllables that are left behind Traditional characters."""
    left = 0
    for found in PLAIN_STRIP.finditer(text):
        before = text[found.start() - 1]
        left += plain(before) != before

    return left


def _written(got: str, page: str) -> set[int]:
    """Offsets of characters that do not stand so on the page."""
    return {at for i1, i2, _, _ in _differences(got, page) for at in range(i1, i2)}


def figures_by_kind(count: int, seed: int = 0) -> dict[str, Figures]:
    """The figures of so many pages of each kind."""
    total = {kind: Figures() for kind in KINDS}

    for page in pages(count, seed):
        total[page.kind].add(measure(page)[0])

    return total


def main() -> int:
    """Print the figures of each kind."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--pages", type=int, default=60, help="pages of each kind")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--texts", type=Path, help="speech/1 or lines, instead of the shared ones")
    options.add_argument("--worst", type=int, default=0, help="show so many places of each kind")
    chosen = options.parse_args()
    total = {kind: Figures() for kind in KINDS}
    shown_places = dict.fromkeys(KINDS, 0)

    for page in pages(chosen.pages, chosen.seed, chosen.texts):
        figures, places = measure(page)
        total[page.kind].add(figures)

        for place in places:
            if shown_places[page.kind] < chosen.worst:
                shown_places[page.kind] += 1
                print(page.kind, place)

    for kind, f in total.items():
        print(
            f"{kind:10} {f.pages} pages {f.characters} characters: {f.errors} errors, {f.share:.3f} of a plain strip's "
            f"({f.plain_errors}); {f.syllables} syllables left; {f.wrong} of {f.written} written wrongly, {f.silent} silently; {f.unmarked} places unmarked"
        )

    return 0


if __name__ == "__main__":
    raise SystemExit(main())
