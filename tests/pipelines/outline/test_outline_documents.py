"""Outlines of documents written for this test, one folder each: `text.txt` and the `outline.txt` it must give.

In `text.txt` a line `〔gap〕` stands for text that a site withheld there, `〔end〕` for a withheld end, and lines between
`<toc>` and `</toc>` are the contents block. To add one, write `text.txt`, run `pytest` once, and look at what it wrote.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.outline import outline_of, plain_speech
from pipelines.record_parts import Gap
from pipelines.records import Outline, Speech

FOLDER = Path(__file__).parents[2] / "data" / "outlines"
GAP = re.compile(r"\n?〔(gap|end)〕\n?")


def speech_of(written: str) -> Speech:
    toc: list[str] = []
    if found := re.match(r"<toc>\n(.*?)\n</toc>\n", written, re.DOTALL):
        toc, written = found[1].split("\n"), written[found.end() :]
    text, gaps = "", []
    at = 0
    for mark in GAP.finditer(written):
        text += written[at : mark.start()] + ("\n" if mark[1] == "gap" else "")
        gaps.append(
            Gap(len(text), None, "omitted" if mark[1] == "gap" else "cut_off", mark[0].strip())
        )
        at = mark.end()
    return plain_speech((text + written[at:]).rstrip("\n"), gaps=gaps, toc=toc)


def shown(outline: Outline) -> str:
    lines = [f"salutation {outline.salutation}"] if outline.salutation else []
    lines += [f"warning {warning}" for warning in outline.warnings]
    for node in outline.nodes:
        marks = (
            ""
            if (node.status, node.source) == ("full", "body")
            else f" [{node.status} {node.source}]"
        )
        lines.append(
            f"{'  ' * node.level}{node.marker or '-'} | {node.title or '-'} | {node.form or '-'}{marks}"
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("folder", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_document(folder: Path) -> None:
    have = shown(outline_of(speech_of((folder / "text.txt").read_text(encoding="utf-8"))))
    expected = folder / "outline.txt"
    if not expected.exists():
        expected.write_text(have, encoding="utf-8")
        pytest.fail(f"wrote {expected}: look at it")
    assert have == expected.read_text(encoding="utf-8")
