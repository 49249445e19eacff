"""Commands are listed without being imported, and the list says of each what the command says of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.cli.lazy_command import command_of

PROJECT = Path(__file__).parents[3]
COMMANDS = sorted(path.stem for path in (PROJECT / "crawler" / "commands").glob("[a-z]*.py"))
ENTRIES = sorted(path.stem for path in (PROJECT / "crawler" / "cli" / "entries").glob("[a-z]*.py"))

LISTING = """
import sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", *sys.argv[1:]])
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules} | set(sys.modules)), file=sys.stderr)
"""

#: What takes long to import and no list of commands needs.
HEAVY = {
    "numpy",
    "selectolax",
    "opencc",
    "aiohttp",
    "pyarrow",
    "rich",
    "jinja2",
    "msgspec",
    "orjson",
}


def imported(*words: str) -> set[str]:
    """The modules that a command line imports."""
    done = subprocess.run(
        [sys.executable, "-c", LISTING, *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


#: Of Scrapy's, without meaning here: they say what to use in their place.
REFERRED = {"bench", "genspider", "parse"}


def test_every_command_is_listed() -> None:
    assert set(ENTRIES) - REFERRED == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    entry = __import__(f"crawler.cli.entries.{name}", fromlist=["Entry"]).Entry()
    assert entry.short_desc() == entry.summary == command_of(name).short_desc()
    assert entry.syntax() == command_of(name).syntax()


def test_the_list_of_commands_imports_none_of_them() -> None:
    modules = imported("--help")
    assert not modules & HEAVY
    assert not [name for name in modules if name.startswith(("crawler.commands", "pipelines"))]


def test_a_search_imports_neither_parser_nor_cleaning() -> None:
    modules = imported("search", "--help")
    assert "pipelines.search.document" in modules
    assert not modules & {"selectolax", "aiohttp", "rich", "jinja2", "pyarrow"}
    assert not [name for name in modules if name.startswith(("pipelines.outline", "pipelines.cl"))]
