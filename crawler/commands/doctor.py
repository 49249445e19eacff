"""`scrapy doctor`: is everything in place, is any site's layout changing, what do the last runs say.

Prints what there is, then a line that begins with `!` for everything that somebody should look at, and exits 3 where there is one.
`--json` prints the same for monitoring.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

import orjson

from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.terminal import harmless
from crawler.runs.examination import Examination, examine
from crawler.runs.held_runs import discard, release
from crawler.runs.site_health import SiteHealth
from crawler.runs.state import StoreError

#: Distributions whose version decides what a run does.
_PARTS = ("scrapy", "opencc", "selectolax", "warcio", "orjson", "aiohttp", "yarl", "isal", "uvloop")


class Command(Base):
    """Scrapy finds the command by this name."""

    def syntax(self) -> str:
        """Of the command line."""
        return "[--days N] [--json] [--release RUN | --discard RUN]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Check installation, state and the sites' health; release or discard what an alarm holds back"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`--days`, `--json`, `--release`, `--discard`."""
        super().add_options(parser)

        parser.add_argument(
            "--days",
            type=float,
            metavar="N",
            help="a site without a run for so many days is a problem (default: three of its usual waits)",
        )

        parser.add_argument("--json", action="store_true", help="one JSON object, for monitoring")
        chosen = parser.add_mutually_exclusive_group()

        chosen.add_argument(
            "--release", metavar="RUN", help="let out the records of a run that were held back"
        )

        chosen.add_argument(
            "--discard", metavar="RUN", help="delete them; the pages are asked again"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """0 where all is well, 3 where there is a problem, 1 where the state cannot be read."""
        if args:
            self.usage(f"doctor takes no arguments: {args[0]}")

        if opts.days is not None and not opts.days >= 0:
            self.usage(f"--days {opts.days:g} must not be negative")

        try:
            if opts.release:
                self.say(f"{release(self.output, opts.release)} records released")
                return 0

            if opts.discard:
                discard(self.output, opts.discard)
                self.say("discarded; the pages are due again")

                return 0

            found = examine(self.output, time.time(), opts.days)
        except (OSError, StoreError) as error:
            raise CannotBeDone(f"{self.output}: {error}") from None

        parts = {name: _version(name) for name in _PARTS}
        missing = [f"{name} is not installed" for name, there in parts.items() if there is None]
        found.troubles = missing + found.troubles
        lines = [_json(found, parts)] if opts.json else map(harmless, _report(found, parts))

        for line in lines:
            print(line)

        return 3 if found.troubles else 0


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _json(found: Examination, parts: dict[str, str | None]) -> str:
    python = sys.version.split()[0]
    said = {"schema": "doctor/1", "python": python, "parts": parts, **asdict(found)}

    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def _report(found: Examination, parts: dict[str, str | None]) -> Iterator[str]:
    installed = [f"{name} {there or 'MISSING'}" for name, there in parts.items()]
    yield f"Python {sys.version.split()[0]}, {', '.join(installed)}"

    if found.free is not None:
        yield f"output: {found.output}, {found.free / (1 << 30):.1f} GiB free"
        yield f"records: {found.records} in {found.files} files"

    if found.documents is not None:
        yield f"state: sound, {found.documents} documents, {found.runs} runs"

    for health in found.sites.values():
        yield from _site(health)

    yield from found.notes

    for trouble in found.troubles:
        yield f"! {trouble}"

    problems = len(found.troubles)
    yield f"{problems} problem{'s' if problems > 1 else ''} found" if problems else "all is well"


def _site(health: SiteHealth) -> Iterator[str]:
    if health.last_run is None:
        yield f"{health.site}: {health.said}"
        return

    yield f"{health.site}: last run {health.last_run}, exit {health.exit}; {health.said}"
    if health.before:
        yield f"{' ' * len(health.site)}  before: {health.before}"
