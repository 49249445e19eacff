"""How fast outlines are parsed, beside one pass of a plain regular expression over the same text.

    python benchmarks/outline_speed.py [--rounds 5] [--profile]

Three claims, both sides in turn on the same data in one run:

text     speeches, reports, plans and rules (invented, and ../shared/eval where it is; no text twice): at least 4 MB of UTF-8 a
         second, printed beside the plain expression's time and the ratio of the two.
one line the same texts without their breaks: at least 4 MB a second.
hostile  numbering made to be hard, 10,000 markers and more: twice the text takes at most 2.5 times the time.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.outline_quality import drafts  # noqa: E402
from pipelines.outline import outline_of, plain_speech  # noqa: E402
from pipelines.record_parts import Gap  # noqa: E402
from pipelines.records import Speech  # noqa: E402

PLAIN = re.compile(
    r"^[ \u3000]*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.、]|第[一二三四五六七八九十]+[章节条])[^\n。]{1,60}",
    re.M,
)
HOSTILE = {
    "（一） ×": "（一）",
    "own lines": "（一）加强领导。\n",
    "一、 ×": "一、",
    "glued 一、建设": "一、建设",
    "quotes": "一、“《（",
    "jumps": "".join(f"（{n}）加强。\n" for n in "一五二九三"),
    "1.1.1": "1.1.1加强",
    "long title": "一、" + "加强" * 200,
}


def texts() -> list[str]:
    """The evaluation's texts where they are, and invented ones; no text twice."""
    found = ["\n".join(draft.lines) for _, draft in drafts(60)]
    for name in ("dev.jsonl", "plain_reports.jsonl"):
        path = ROOT.parent / "shared/eval/outline" / name
        if path.exists():
            found += [json.loads(line)["text"] for line in path.open(encoding="utf-8")]
    return list(dict.fromkeys(found))


def best(rounds: int, *sides: Callable[[], object]) -> list[float]:
    """Processor seconds (the machine may be shared) of each side, the best of `rounds` in turn."""
    times = [float("inf")] * len(sides)
    for _ in range(rounds):
        for i, side in enumerate(sides):
            began = time.process_time()
            side()
            times[i] = min(times[i], time.process_time() - began)
    return times


def compared(name: str, speeches: Sequence[Speech], rounds: int) -> None:
    size = sum(len(s.text.encode()) for s in speeches) / 1e6
    ours, plain = best(
        rounds,
        lambda: [outline_of(s) for s in speeches],
        lambda: [PLAIN.findall(s.text) for s in speeches],
    )
    print(
        f"{name:9} {size:5.1f} MB  outline {size / ours:6.1f} MB/s  plain re {size / plain:7.1f} MB/s  ratio {ours / plain:5.1f}  (claim: outline >= 4 MB/s)"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Print the three claims."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--profile", action="store_true")
    args = options.parse_args(argv)
    found = texts()
    speeches = [plain_speech(text) for text in found]
    if args.profile:
        profile = cProfile.Profile()
        profile.runcall(lambda: [outline_of(s) for s in speeches])
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)
        return
    compared("text", speeches, args.rounds)
    compared(
        "one line", [plain_speech(re.sub(r"\s*\n\s*", "", text)) for text in found], args.rounds
    )
    for name, piece in HOSTILE.items():
        once, twice = (
            _hostile(piece * (n * 10_000 // max(1, piece.count("一") + piece.count("（"))))
            for n in (1, 2)
        )
        a, b = best(args.rounds, lambda s=once: outline_of(s), lambda s=twice: outline_of(s))  # type: ignore[misc]
        print(
            f"hostile   {name:14} {len(once.text):7} -> {len(twice.text):7} code points: x{b / a:.2f}  (claim: <= 2.5)"
        )


def _hostile(text: str) -> Speech:
    gaps = [Gap(at, 1, "omitted", "") for at in range(0, len(text), 50)]
    return plain_speech(
        text, gaps=gaps, toc=["一、建设", "（二）型水库", "（三）加强"] * (len(text) // 300)
    )


if __name__ == "__main__":
    main()
