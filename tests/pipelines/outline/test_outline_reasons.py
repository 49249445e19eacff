"""Every verdict of the parser has a case: tests/data/outline_reasons.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.outline import decisions, plain_speech, reasons
from pipelines.outline.nesting import _NUMBERING, CUT_SHORT, OPENS
from pipelines.record_parts import Gap

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "outline_reasons.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}: {case['why']}" for n, case in enumerate(CASES)])
def test_the_case_is_decided_for_its_reason(case: dict[str, Any]) -> None:
    wanted = f"heading: {case['why']}" if case["heading"] else case["why"]
    decided = [d for d in decisions(plain_speech(case["text"])) if d.marker == case["marker"]]
    assert wanted in [d.why for d in decided], decided
    assert all(d.heading == d.why.startswith("heading") for d in decided)


def test_reasons_that_need_a_gap() -> None:
    text = "一、修路\n石料备足。\n三、架桥\n要稳。\n（一）图纸要画好"
    gaps = [Gap(text.index("三、"), 90, "omitted", ""), Gap(len(text), 90, "cut_off", "")]
    said = {d.marker: d.why for d in decisions(plain_speech(text, gaps=gaps))}
    assert said["三"] == "heading: a gap may hold those between"
    assert said["（一）"].startswith("heading")
    glued = "一、修路\n二、架桥要画好图纸 一是请工匠"
    cut = [Gap(len(glued), 90, "cut_off", "")]
    assert all(d.why for d in decisions(plain_speech(glued, gaps=cut)))


def test_every_reason_has_a_case() -> None:
    refused = {
        why for name, why in vars(reasons).items() if name.isupper() and isinstance(why, str)
    }
    accepted = {says for _, why, says in _NUMBERING if not why} | {OPENS, CUT_SHORT}
    elsewhere = {"the file's format states it", "a gap may hold those between", CUT_SHORT}
    assert {case["why"] for case in CASES} | elsewhere == refused | accepted
