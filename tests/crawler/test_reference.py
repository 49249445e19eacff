"""The reference is fresh and whole: every argument and every code that the program can write stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from crawler.reference import PAGE, page, stated_settings
from crawler.runs.crawl_arguments import _READERS, ARGUMENTS
from pipelines import codes, records
from pipelines.dedup.compare import Kind

PROJECT = Path(__file__).parents[2]
#: Calls and methods whose first argument is a warning code.
WARNING_CALLS = re.compile(r"(?:Caution|warnings\.(?:append|add))$")


def test_the_page_is_fresh(expect: Callable[[Path, str], None]) -> None:
    expect(PAGE, page())


def test_every_argument_is_explained() -> None:
    assert list(ARGUMENTS) == list(_READERS)


def test_every_error_is_explained() -> None:
    assert set(codes.RECOGNISED) == set(records.RECOGNISED)
    assert set(codes.LOSSES) == set(records.LOSSES)
    assert set(codes.FETCH_ERRORS) == {*records.FETCH_ERRORS, "http_NNN"}


def test_every_relation_is_explained() -> None:
    assert set(codes.RELATIONS) == set(get_args(Kind)) - {"copy", "family", "unrelated"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in ("crawler", "pipelines"):
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield ast.unparse(node.func), node


def literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_warning_that_is_written_is_explained() -> None:
    written = {
        code
        for name, call in calls()
        if WARNING_CALLS.search(name)
        for code in literals(call.args[:1])
    }
    assert len(written) > 5
    assert written <= set(codes.WARNINGS)


def test_every_stage_that_is_written_is_explained() -> None:
    written = {
        stage
        for name, call in calls()
        if name in ("failure", "make_failure", "broken_stage")
        for stage in literals(call.args[2:3])
        if " " not in stage  # cleaning has a maker of its own
    }
    assert len(written) > 3
    assert written <= set(codes.STAGES)


def test_our_settings_are_in_it() -> None:
    source = (PROJECT / "crawler" / "settings.py").read_text("utf-8")
    names = {name for name, _, _ in stated_settings(source)}
    assert {
        "CONTACT",
        "DOWNLOAD_DELAY",
        "OUTPUT_DIR",
        "RETRY_AFTER_LIMIT",
        "WALLS_IN_A_ROW",
        "PAGE_CPU_SECONDS",
        "S3_COPY",
    } <= names
