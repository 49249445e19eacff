"""What cleaning gets right, on pages whose truth is known.

    python benchmarks/quality.py [--worst 10] [--raise-floors]

Every family of blemish × both widths × both scripts × three layouts (a paragraph a line, hard-wrapped, all on one line), on
invented speeches. Measured: character error (edit distance over characters, white space aside), gaps found with
kind, length and place, line breaks (F1), clean controls that were changed, damage by glosses beside a plain strip.
The run fails where a figure is worse than its floor in floors.json; `--raise-floors` writes better figures there, and
no option writes worse ones.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import opencc

from benchmarks.blemishes import CONTROLS, FAMILIES, OWN_LAYOUT, Draft, Family, Hole, glosses
from benchmarks.gloss_fault import HALF, MARKS, Site, nested_list, shown, traditional
from benchmarks.gloss_quality import LISTS, PLAIN_STRIP, distance, figures_by_kind
from benchmarks.invented import speech
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.record_parts import Gap
from pipelines.records import RawDocument
from pipelines.text.canonical import counted

FLOORS = Path(__file__).with_name("floors.json")
S2T = opencc.OpenCC("s2t")
WIDTH = 30  # characters of a hard-wrapped line
LAYOUTS = ("lines", "wrapped", "one_line")


@dataclass(frozen=True, slots=True)
class Example:
    """A page with its truth."""

    family: str
    script: str
    width: str
    layout: str
    title: str
    text: str
    truth: str
    holes: tuple[Hole, ...]


def examples(rounds: int = 1) -> Iterator[Example]:
    """The corpus, the same every time."""
    seed = 0

    for _ in range(rounds):
        for family in FAMILIES:
            for script in ("hans", "hant"):
                for width in ("full", "half"):
                    for layout in _layouts(family, script):
                        seed += 1
                        yield _example(family, script, width, layout, seed)


def _layouts(family: Family, script: str) -> tuple[str, ...]:
    """The layouts of a family, its only one as often; glossed pages differ more than others, so there are more."""
    if family is glosses and script == "hant":
        return LAYOUTS * 5

    return OWN_LAYOUT.get(family.__name__, LAYOUTS)


def _example(family: Family, script: str, width: str, layout: str, seed: int) -> Example:
    dice = random.Random(seed)
    draft = family(speech(seed), dice)
    text = _laid_out(draft, layout)
    example = Example(
        family.__name__,
        script,
        width,
        layout,
        draft.title,
        text,
        "\n".join(draft.truth),
        tuple(draft.holes),
    )

    if script == "hant" and family is glosses:
        site = _mirror(seed, dice)
        dropped = seed % 2 == 1
        example = replace(
            example,
            text=shown(traditional(example.text), site, extracted=dropped),
            title=shown(traditional(example.title), site, extracted=dropped),
        )
    elif script == "hant":
        turned = str(S2T.convert(example.text))
        example = replace(example, text=turned, title=str(S2T.convert(example.title)))

    if width == "half":
        example = replace(
            example, text=example.text.translate(HALF), truth=example.truth.translate(HALF)
        )

    return example


def _laid_out(draft: Draft, layout: str) -> str:
    if layout == "one_line":
        return "\n".join([*draft.head, " ".join(draft.blocks), *draft.tail])

    if layout == "lines":
        return "\n".join([*draft.head, *draft.blocks, *draft.tail])

    wrapped = [_wrapped(block) if block in draft.truth else block for block in draft.blocks]

    return "\n".join([*draft.head, *wrapped, *draft.tail])


def _wrapped(paragraph: str) -> str:
    said = "　　" + paragraph
    return "\n".join(said[k : k + WIDTH] for k in range(0, len(said), WIDTH))


def _mirror(seed: int, dice: random.Random) -> Site:
    """A glossing mirror; three in four have the punctuation fault."""
    listed = nested_list(dice.choice(LISTS), seed % 3)

    return Site(listed, MARKS if seed % 4 else "", seed=seed)


@dataclass(slots=True)
class Score:
    """What was measured, over all pages or those of a family."""

    pages: int = 0
    characters: int = 0
    wrong: int = 0
    holes: int = 0
    holes_right: int = 0
    holes_false: int = 0
    breaks_right: int = 0
    breaks_false: int = 0
    breaks_missed: int = 0
    controls: int = 0
    controls_changed: int = 0
    plain_wrong: int = 0  # glossed pages: what a plain strip leaves wrong
    gloss_wrong: int = 0

    def add(self, other: Score) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def figures(self) -> dict[str, float]:
        """The figures that have floors. Errors are shares."""
        breaks = 2 * self.breaks_right + self.breaks_false + self.breaks_missed

        return {
            "character_error": round(self.wrong / max(1, self.characters), 6),
            "gaps_right": round(self.holes_right / max(1, self.holes + self.holes_false), 5),
            "line_f1": round(2 * self.breaks_right / max(1, breaks), 5),
            "controls_changed": self.controls_changed / max(1, self.controls),
            "gloss_error_of_plain_strip": round(self.gloss_wrong / max(1, self.plain_wrong), 4),
        }


#: Figures of which less is better.
ERRORS = (
    "character_error",
    "controls_changed",
    "gloss_error_of_plain_strip",
    "gloss_live",
    "gloss_extracted",
    "gloss_mixed",
    "gloss_written_silently",
)
#: Pages of each kind on which the damage by glosses is measured apart.
GLOSS_PAGES = 40


def breaks(text: str) -> set[int]:
    """Characters (white space aside) before each line break."""
    at, found = 0, set()

    for line in text.split("\n")[:-1]:
        at += counted(line)
        found.add(at)

    return found


def measure(example: Example) -> tuple[Score, str]:
    """The score of one page, and the text that came out."""
    raw = RawDocument(url="file:a", site="unknown", title=example.title, text=example.text)
    results = clean(raw, {})
    speech_of = results[0] if len(results) == 1 else None
    text, gaps = "", tuple[Gap, ...]()
    if isinstance(speech_of, Cleaned):
        text, gaps = speech_of.speech.text, speech_of.speech.gaps

    got = _closed_up(text)
    truth = _closed_up(example.truth)
    score = Score(pages=1, characters=len(truth), wrong=distance(got, truth))
    _score_gaps(score, example, text, gaps)

    glossed = example.family == "glosses" and example.script == "hant"
    if example.family != "counted_splice" and not glossed:
        _score_breaks(score, text, example.truth)
    if _is_control(example):
        score.controls = 1
        score.controls_changed = int(text != example.truth or bool(gaps))
    if glossed:
        _score_glosses(score, example, truth)

    return score, text


def _closed_up(text: str) -> str:
    return "".join(text.split())


def _is_control(example: Example) -> bool:
    """Whether nothing of a page is for any rule to take away."""
    plain = example.script == "hans" and example.layout == "lines"
    return plain and example.family in CONTROLS


def _score_gaps(score: Score, example: Example, text: str, gaps: tuple[Gap, ...]) -> None:
    found = [Hole(counted(text[: g.at]), g.chars, g.kind) for g in gaps]
    score.holes = len(example.holes)
    score.holes_right = len([hole for hole in example.holes if hole in found])
    if len(found) > len(example.holes):
        score.holes_false = len([hole for hole in found if hole not in example.holes])


def _score_breaks(score: Score, text: str, truth: str) -> None:
    mine = breaks(text)
    true = breaks(truth)
    score.breaks_right = len(mine & true)
    score.breaks_false = len(mine - true)
    score.breaks_missed = len(true - mine)


def _score_glosses(score: Score, example: Example, truth: str) -> None:
    """Glossed pages are judged by the ratio: what the site destroyed nobody brings back."""
    stripped = str(opencc.OpenCC("t2s").convert(PLAIN_STRIP.sub("", example.text)))
    score.plain_wrong = distance(_closed_up(stripped), truth)
    score.gloss_wrong = score.wrong
    score.wrong = score.characters = 0


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--rounds",
        type=int,
        default=1,
        help="the whole corpus so many times, each on other speeches",
    )

    options.add_argument("--worst", type=int, default=0, help="show so many of the worst pages")
    options.add_argument(
        "--raise-floors",
        action="store_true",
        help="write the figures that are better than their floors",
    )

    chosen = options.parse_args()
    total, by = Score(), defaultdict[str, Score](Score)
    bad: list[tuple[int, Example, str]] = []

    for example in examples(chosen.rounds):
        score, text = measure(example)
        total.add(score)

        for key in (example.family, example.script, example.width, example.layout):
            by[key].add(score)

        fault = (
            score.wrong
            + 20 * (score.holes - score.holes_right + score.holes_false)
            + score.breaks_false
            + score.breaks_missed
        )

        if fault:
            bad.append((fault, example, text))

    for key, score in by.items():
        print(
            f"{key:16} {score.pages:4} pages  error {score.wrong:5}/{score.characters:<7} gaps {score.holes_right}/{score.holes} (+{score.holes_false})  lines {score.figures['line_f1']:.4f}"
        )

    for fault, example, text in sorted(bad, key=lambda item: -item[0])[: chosen.worst]:
        print(
            f"\n--- {example.family} {example.script} {example.width} {example.layout}: {fault}, gaps {example.holes}"
        )
        for line in difflib.unified_diff(
            example.truth.split("\n"), text.split("\n"), "truth", "cleaned", n=0, lineterm=""
        ):
            print(line[:300])

    print(f"\n{total.pages} pages, {total.holes} gaps, {total.controls} controls")

    return _against_floors(total.figures | gloss_figures(GLOSS_PAGES), chosen.raise_floors)


def gloss_figures(pages: int) -> dict[str, float]:
    """Errors on glossed pages as shares of a plain strip's, and characters written wrongly without a mark."""
    by_kind = figures_by_kind(pages)
    shares = {f"gloss_{kind}": round(found.share, 4) for kind, found in by_kind.items()}

    return shares | {"gloss_written_silently": float(sum(f.silent for f in by_kind.values()))}


def _against_floors(figures: dict[str, float], raise_floors: bool) -> int:
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    worse = []

    for name, figure in figures.items():
        floor = floors.get(name)
        below = floor is not None and (figure > floor if name in ERRORS else figure < floor)
        worse += [name] * below
        print(f"{name:28} {figure:<10} floor {floor}{'   WORSE' if below else ''}")
        if raise_floors and not below:
            floors[name] = figure

    if raise_floors:
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")

    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main())
