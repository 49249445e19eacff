"""What all tests share: Hypothesis without deadlines (the machines are shared and noisy), and `--accept`, which rewrites
expected files and fails once, until someone has looked at the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("shared", deadline=None, max_examples=60, derandomize="CI" in os.environ)
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite expected files; the test still fails once"
    )


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`expect(file, text)`: the text is what the file holds. With `--accept` the file is rewritten, and the test fails."""

    def check(file: Path, text: str) -> None:
        stored = file.read_text(encoding="utf-8") if file.exists() else None
        if stored == text:
            return
        if request.config.getoption("--accept"):
            file.write_text(text, encoding="utf-8", newline="\n")
            pytest.fail(f"{file} was rewritten: look at the diff, then run again")
        assert stored is not None, f"{file} is missing: `pytest --accept` writes it"
        assert text == stored

    return check
