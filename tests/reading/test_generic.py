"""The main text in markup that nobody has seen: nothing of it lost, little else kept."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from crawler.reading.generic import main_text
from crawler.reading.page import Page

_spec = importlib.util.spec_from_file_location("layouts", Path(__file__).with_name("layouts.py"))
assert _spec and _spec.loader
layouts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(layouts)


def extracted(html: str) -> str:
    page = Page.parse(html, "https://example.org/1.html")
    chosen = main_text(page)
    assert chosen
    return page.text(chosen.node, chosen.without)


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_nothing_of_the_text_is_lost(layout: str) -> None:
    shown = "".join(extracted(layouts.LAYOUTS[layout]()).split())
    at = 0
    for line in layouts.LINES:
        assert (found := shown.find("".join(line.split()), at)) >= 0, line
        at = found + len(line) if layout != "a contents block with anchors" else at


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_what_stands_beside_the_text_stays_outside(layout: str) -> None:
    shown = extracted(layouts.LAYOUTS[layout]())
    assert [words for words in layouts.BESIDE if words in shown] == []
