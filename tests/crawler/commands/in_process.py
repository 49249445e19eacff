"""Our commands in this process: as fast as a function call, with exit status, standard output and what was said."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from scrapy.cmdline import execute

from crawler.cli.command import Command

PROJECT = Path(__file__).parents[3]


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: bytes
    err: str


def scrapy(*words: str | Path, given: bytes = b"") -> Done:
    """Run a command; `given` is its standard input. The current folder must lie in the project."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    standard_input = io.TextIOWrapper(io.BufferedReader(io.BytesIO(given)), encoding="utf-8")  # type: ignore[arg-type]
    # without the process that only a crawl needs: it would leave an event loop behind in this one
    quiet = mock.patch.object(Command, "requires_crawler_process", False)
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "stdin", standard_input),
        quiet,
        pytest.raises(SystemExit) as ended,
    ):
        execute(["scrapy", *map(str, words)])
    told = err.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert "Traceback" not in told
    assert "a fault in the program" not in told
    code = ended.value.code
    assert isinstance(code, int)
    return Done(code, out.buffer.getvalue(), told)  # type: ignore[attr-defined]


def completed(
    *words: str | Path, given: bytes = b"", cwd: Path = PROJECT
) -> subprocess.CompletedProcess[bytes]:
    """The same in a folder of the project, as `subprocess.run` would tell of it."""
    with chdir(cwd):
        done = scrapy(*words, given=given)
    return subprocess.CompletedProcess(words, done.code, done.out, done.err.encode())
