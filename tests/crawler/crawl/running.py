"""Running `scrapy crawl` as people and cron do, and reading what it left."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, Self

from scrapy.utils.misc import walk_modules_iter

from pipelines.text.canonical import canonical

PROJECT = Path(__file__).parents[3]


def arguments(site: str, base: str, output: Path, *more: str, delay: str = "0") -> list[str]:
    """The command line of a crawl of a site on loopback."""
    host = base.removeprefix("http://")
    return [
        "crawl",
        site,
        "-a",
        f"base={base}",
        "-s",
        f"OUTPUT_DIR={output}",
        "-s",
        f"DOWNLOAD_DELAY={delay}",
        "-s",
        "AUTOTHROTTLE_ENABLED=0" if delay == "0" else "AUTOTHROTTLE_ENABLED=1",
        "-s",
        f"ALLOW_PRIVATE_HOSTS={host}",
        *more,
    ]


class Forked:
    """A command run in a fork of this process, with the face of `subprocess.Popen`: starting one takes a second of CPU
    less, because everything is imported already."""

    def __init__(self, words: Sequence[str], work: Callable[[list[str]], None]) -> None:
        self.args, self.returncode = list(words), None
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  (closed in __exit__)
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _become_a_command(self._out.fileno(), self._err.fileno(), list(words), work)
        self._alive = os.pidfd_open(self.pid)

    returncode: int | None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative for a signal."""
        if self.returncode is None:
            if not select.select([self._alive], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it said, after it has ended."""
        self.wait(timeout)
        said = []
        for file in (self._out, self._err):
            file.seek(0)
            said.append(file.read().decode("utf-8", "replace"))
        return said[0], said[1]

    def send_signal(self, number: int) -> None:
        """As Popen does: nothing where it has ended."""
        if self.returncode is None:
            signal.pidfd_send_signal(self._alive, number)

    def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.wait()
        os.close(self._alive)
        self._out.close()
        self._err.close()


def _become_a_command(
    out: int, err: int, words: list[str], work: Callable[[list[str]], None]
) -> NoReturn:
    code: object = 1
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(
                number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            )
        warnings.resetwarnings()
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # what the tests' own threads left open is not the command's
        logging.root.handlers.clear()
        os.chdir(PROJECT)
        work(words)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


@cache
def _warm() -> None:
    """Import once, here, what every command imports: half of the second that a crawl of few pages takes."""
    for package in (
        "crawler",
        "scrapy.commands",
        "scrapy.downloadermiddlewares",
        "scrapy.spidermiddlewares",
    ):
        for module in walk_modules_iter(package):
            assert module
    for name in (
        "pipelines.item_pipelines",
        "scrapy.core.engine",
        "scrapy.extensions.remote_control",
        "scrapy.extensions.telnet",
        "uvloop",
    ):
        import_module(name)
    canonical("表" * 99)  # its table takes 0.2 s to fill


def _scrapy(words: list[str]) -> None:
    from scrapy.cmdline import execute

    sys.argv = ["scrapy", *words]
    execute(["scrapy", *words])


def started(
    words: list[str], *, plan: Mapping[str, Any] | None = None, env: Mapping[str, str] | None = None
) -> Forked | subprocess.Popen[str]:
    """Start a command in the project's folder; `plan` is a fault of tests/faults/faulty.py.

    It is a fork of this process, or a process of its own where it has its own environment, or where a reactor was
    installed here.
    """
    if env is None and "twisted.internet.reactor" not in sys.modules:
        from tests.faults.faulty import faulty

        _warm()
        return Forked(words, partial(faulty, plan) if plan is not None else _scrapy)
    runner = (
        [str(PROJECT / "tests/faults/faulty.py"), json.dumps(plan)]
        if plan is not None
        else ["-m", "scrapy"]
    )
    return subprocess.Popen(
        [sys.executable, *runner, *words], cwd=PROJECT, text=True, encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(env or {})},
    )  # fmt: skip


def crawl(
    site: str, base: str, output: Path, *more: str, timeout: float = 120, **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run a crawl to its end."""
    delay = how.pop("delay", "0")
    process = started(arguments(site, base, output, *more, delay=delay), **how)
    with process:
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_for(
    event: threading.Event, process: Forked | subprocess.Popen[str], timeout: float = 30
) -> bool:
    """Wait until the event is set, or the process has ended; whether it is set."""
    end = time.monotonic() + timeout
    while not event.is_set() and process.returncode is None and time.monotonic() < end:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.005)
    return event.is_set()


def lines_of(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    """All records in the finished files of a folder, oldest file first."""
    return [
        json.loads(line)
        for path in sorted(folder.glob(pattern))
        for line in path.read_text("utf-8").splitlines()
    ]


def speeches(output: Path) -> list[dict[str, Any]]:
    """All speeches that stand under a final name."""
    return lines_of(output / "speeches")


def manifests(output: Path) -> list[dict[str, Any]]:
    """All manifests, oldest first."""
    return [json.loads(path.read_bytes()) for path in sorted((output / "runs").glob("*.json"))]
