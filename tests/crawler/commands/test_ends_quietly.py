"""In a program of its own, a command says what it has to say and nothing more, from its start to the interpreter's end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.crawl.running import started


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["doctor"], 0, 0),
        (["crawl", "wm114"], 1, 1),  # without a contact
        (["crawl", "wm114", "--logfile", "nowhere/at/all.log"], 1, 1),
    ],
)
def test_nothing_is_said_beside_the_one_line(
    tmp_path: Path, words: list[str], code: int, says: int
) -> None:
    with started([*words, "-s", f"OUTPUT_DIR={tmp_path}"], env={"CONTACT": ""}) as process:
        _, said = process.communicate(timeout=60)
    assert (process.returncode, len(said.splitlines())) == (code, says), said
