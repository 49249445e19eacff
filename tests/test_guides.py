"""Guides for whoever carries on name what is there: every path and module in them exists."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
GUIDES = ("docs/architecture.md", "CONTRIBUTING.md")
_PATH = re.compile(r"`((?:crawler|pipelines|tests|benchmarks|docs)/[a-zA-Z0-9_./-]*)`")
_MODULE = re.compile(r"`((?:crawler|pipelines)(?:\.[a-z_0-9]+)+)`")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_is_there(guide: str) -> None:
    paths = _PATH.findall((PROJECT / guide).read_text("utf-8"))
    assert len(paths) > 10
    assert [path for path in paths if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_module_is_there(guide: str) -> None:
    modules = list(_MODULE.findall((PROJECT / guide).read_text("utf-8")))
    assert [name for name in modules if not _is_module_or_member(name)] == []


def _is_module_or_member(name: str) -> bool:
    if find_spec(name.rpartition(".")[0]) and find_spec(name):
        return True
    parent, _, member = name.rpartition(".")
    module = __import__(parent, fromlist=[member])
    return hasattr(module, member)


def test_every_room_is_in_the_architecture() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    folders = {
        path.parent.relative_to(PROJECT).as_posix()
        for top in ("crawler", "pipelines")
        for path in (PROJECT / top).glob("*/__init__.py")
    }
    assert {folder for folder in folders if f"`{folder}/`" not in text} == set()


def test_the_table_covers_everyday_changes() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| .+ \| .*`.+` *.*\|$", text, re.MULTILINE)
    assert len(rows) >= 20
