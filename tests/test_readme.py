"""Every command that README and the server guide show is one of ours, with options that it knows."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from crawler.cli.lazy_command import command_of

PROJECT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/server.md", "docs/downstream.md", "docs/operating.md")
#: A command in a block of code: up to a comment, a pipe, a redirection or another command.
_COMMAND = re.compile(r"(?:^|[ /(`])(?:scrapy|harvest) (?P<name>[a-z]+)(?P<rest>[^\n#|&;>`]*)")


def blocks(page: str) -> Iterator[str]:
    """The lines of a page's blocks of code."""
    inside = False
    for line in (PROJECT / page).read_text("utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            yield line


def shown() -> list[tuple[str, str, str]]:
    return [
        (page, found["name"], found["rest"].strip())
        for page in PAGES
        for line in blocks(page)
        for found in _COMMAND.finditer(line)
        if (PROJECT / "crawler" / "commands" / f"{found['name']}.py").exists()
    ]


def test_there_are_many() -> None:
    assert len({name for _, name, _ in shown()}) >= 12


@pytest.mark.parametrize(("page", "name", "rest"), shown())
def test_a_command_and_its_options_exist(page: str, name: str, rest: str) -> None:
    command = command_of(name)
    command.settings = Settings()
    parser = ScrapyArgumentParser(prog=name, exit_on_error=False)
    command.add_options(parser)
    words = [word for word in rest.replace("…", "").split() if word not in ("…", "[…]")]
    try:
        _, unknown = parser.parse_known_args(words)
    except (argparse.ArgumentError, SystemExit) as error:
        pytest.fail(f"{page}: scrapy {name} {rest}: {error}")
    assert [word for word in unknown if word.startswith("-") and word != "-"] == []
