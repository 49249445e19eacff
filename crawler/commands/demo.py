"""`scrapy demo`: all of it on this machine, on the bundled replica sites on loopback.

    $ scrapy demo
    site        asked  stored  duplicates  gapped  cut  failed  withheld characters
    wm114           8       7           0       3    2       1                  580
    …

Starts the replica, crawls its four sites one after another just as a user would (`scrapy crawl SITE -a base=…` in a
program of its own, so that what is shown is what a cron job gets), fills the index, asks it something, makes the report, and
says where everything lies. It writes to `output/demo`, apart from real sites, and its records carry hosts that cannot be real
(`wm114.example`). The pages stay the same, so a second run stores nothing new.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Self

from rich.console import Console
from rich.table import Table
from scrapy.settings import SETTINGS_PRIORITIES

from crawler.cli.command import CannotBeDone, Command
from crawler.replica.pages import build_replicas
from crawler.replica.server import serving
from pipelines.records import BadRecord, Run, run_from

PATIENCE = 120  # seconds for one step; a crawl of a replica takes about three
NOTHING_NEW = (
    "Nothing new: all that the sites show is known from an earlier run, and nothing was stored."
)
QUESTION = "森林防火"  # a document about it is among the replica's


class Demo(Command):
    """See the module."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Run all of it on this machine, on the bundled replica sites"

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            self.usage(f"demo takes no arguments: {args[0]}")

        with Interruption() as self._interruption:
            try:
                return self._show()
            except KeyboardInterrupt:
                self.say("interrupted")
                return 128 + self._interruption.arrived

    def _show(self) -> int:
        output = self._folder()
        screen = Console(width=None if sys.stdout.isatty() else 110)
        replicas = build_replicas()
        runs: list[Run] = []
        exits: list[int] = []

        with serving(replicas) as bases:
            for replica in replicas:
                base = bases[replica.key]
                self.say(f"crawling the replica of {replica.key} at {base}")
                code, run = self._crawl(replica.key, base, output)
                exits.append(code)
                runs.append(run)

        screen.print(_table(runs))
        stored = sum(run.documents.new for run in runs)
        screen.print(f"{stored} documents stored." if stored else NOTHING_NEW)
        there = f"OUTPUT_DIR={output}"
        exits.append(self._child("index", "-s", there)[0])
        code, answer = self._child("search", QUESTION, "-s", there)
        exits.append(code)
        exits.append(self._child("report", "-s", there)[0])
        question = f"scrapy search {QUESTION} -s OUTPUT_DIR={_short(output)}"
        screen.print(f"\n{question}\n{answer.rstrip()}\n", highlight=False, markup=False)
        screen.print(_where(output), highlight=False, markup=False)

        return max(exits)

    def _folder(self) -> Path:
        """Where the demo writes: invented speeches do not belong among those of real sites."""
        assert self.settings is not None
        named = (self.settings.getpriority("OUTPUT_DIR") or 0) >= SETTINGS_PRIORITIES["cmdline"]

        return self.output if named else self.output / "demo"

    def _crawl(self, site: str, base: str, output: Path) -> tuple[int, Run]:
        """Crawl one replica; gives the exit status and the manifest of the run."""
        before = set(output.glob("runs/*.json"))

        code, _ = self._child(
            "crawl", site, "-a", f"base={base}", "-a", f"home={site}.example",
            "-s", f"ALLOW_PRIVATE_HOSTS={base.removeprefix('http://')}", "-s", "DOWNLOAD_DELAY=0",
            "-s", f"OUTPUT_DIR={output}",
        )  # fmt: skip

        for path in set(output.glob("runs/*.json")) - before:
            try:
                run = run_from(path.read_bytes())
            except (BadRecord, OSError) as error:
                raise CannotBeDone(f"{path}: {error}") from None

            if run.site == site:
                return code, run

        raise CannotBeDone(
            f"the crawl of {site} ended with {code} and left no manifest in {output / 'runs'}"
        )

    def _child(self, *command: str) -> tuple[int, str]:
        """Run one of our commands in a program of its own; gives its exit status and what it printed.

        The child has a session of its own: an interrupt reaches it once, through us, and it gets the time to end well.
        """
        with self._interruption.waits():
            child = subprocess.Popen(
                [sys.executable, "-m", "scrapy", *command],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            )  # fmt: skip

        with child:
            try:
                self._interruption.act()
                said, complained = child.communicate(timeout=PATIENCE)
            except BaseException as error:
                with self._interruption.waits():
                    child.send_signal(signal.SIGINT)
                    try:
                        child.communicate(timeout=10)
                    except subprocess.TimeoutExpired:
                        child.kill()

                if isinstance(error, subprocess.TimeoutExpired):
                    raise CannotBeDone(
                        f"scrapy {' '.join(command[:2])} took more than {PATIENCE} s"
                    ) from None

                raise

        if child.returncode:
            self.say(f"scrapy {' '.join(command[:2])} ended with {child.returncode}:")
            self.say("\n".join(complained.rstrip().splitlines()[-12:]))

        return child.returncode, said


class Interruption:
    """SIGINT and SIGTERM raise KeyboardInterrupt, but not while a child is being started or ended: between the fork
    and our knowing of it an exception would leave it running."""

    def __init__(self) -> None:
        #: The number of the signal, once there was one.
        self.arrived = 0
        self._waiting = False

    def __enter__(self) -> Self:
        self._before = {
            n: signal.signal(n, self._signalled) for n in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def waits(self) -> Iterator[None]:
        """A signal is noted within the block, and acted upon later."""
        self._waiting = True

        try:
            yield
        finally:
            self._waiting = False

    def act(self) -> None:
        """Raise what was noted."""
        if self.arrived:
            raise KeyboardInterrupt

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self.arrived = number
        if not self._waiting:
            raise KeyboardInterrupt


def _table(runs: list[Run]) -> Table:
    """What each site gave, and the sum."""
    table = Table(title="What the crawl made of the replica sites", show_footer=True)

    rows = [
        (r.pages.asked, r.pages.stored, r.pages.duplicate, r.documents.gapped, r.documents.cut_off,
         r.pages.failed + r.pages.refused, r.withheld_chars)
        for r in runs
    ]  # fmt: skip

    names = ("asked", "stored", "duplicates", "gapped", "cut", "failed", "withheld characters")
    table.add_column("site", "all")

    for name, numbers in zip(names, zip(*rows, strict=True), strict=True):
        table.add_column(name, str(sum(numbers)), justify="right")

    for run, row in zip(runs, rows, strict=True):
        table.add_row(run.site, *map(str, row))

    return table


def _short(path: Path) -> str:
    """A path as a person standing here would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _where(output: Path) -> str:
    """Where to look."""
    folder = _short(output)

    kinds = {
        "report/index.html": "open it in a browser: sites, runs, documents with their gaps and outlines",
        "speeches/": "the clean documents, one JSON object a line",
        "traces/": "every character that cleaning took out, and by which rule",
        "outlines/": "their structure",
        "failures/": "what was no document, and why",
        "pages/": "the pages as fetched (WARC): scrapy clean repeats the cleaning from them",
        "runs/": "a manifest for each crawl",
    }

    lines = [f"  {folder}/{name}  {what}" for name, what in kinds.items()]
    return "\n".join(["Where to look:", *lines, f"To throw the demo away: rm -r {folder}"])
