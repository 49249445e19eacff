"""Speeches for the tests of deduplication, invented sentence by sentence."""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.dedup_texts import filled, speech, template
from pipelines.record_parts import Gap
from pipelines.records import Speech

TITLE = "在全县工作会议上的汇报"


def report(seed: int, length: int = 1200, subject: str = "工业") -> str:
    """The text of a report."""
    rng = random.Random(seed)
    return filled(rng, template(rng, subject, length))


def whole(number: int, text: str, **more: object) -> Speech:
    """A copy that shows everything."""
    return replace(speech(number, text, TITLE), **more)  # type: ignore[arg-type]


def cut_off(number: int, text: str, end: int, chars: int | None = None) -> Speech:
    """A copy that shows the text up to `end` and says that it is cut off."""
    shown = text[:end]
    return speech(number, shown, TITLE, gaps=(Gap(len(shown), chars, "cut_off", "未完"),))


def omitted(number: int, text: str, start: int, end: int, chars: int | None = None) -> Speech:
    """A copy that shows everything but a stretch, and says so."""
    front, back = text[:start].rstrip("\n") + "\n", text[end:].lstrip("\n")
    return speech(number, front + back, TITLE, gaps=(Gap(len(front), chars, "omitted", "省略"),))
