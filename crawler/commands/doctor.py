"""`scrapy doctor`: is everything in place, is any site's layout changing, what do the last runs say."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.runs.counts import Counts
from crawler.runs.held_runs import NotHeld, discard, release
from crawler.runs.layout_alarm import LOOK_BACK, Health, health
from crawler.runs.run_lock import LockHeld
from crawler.runs.run_table import RunState
from crawler.runs.schema import StateDamaged, StateTooNew
from crawler.runs.state import Store, StoreError

#: Distributions whose version decides what a run does.
_PARTS = ("scrapy", "opencc", "selectolax", "warcio", "orjson", "aiohttp", "yarl", "isal", "uvloop")
#: Free space below which a crawl may not end well, bytes.
LITTLE = 1 << 30


class Command(Base):
    """Scrapy finds the command by this name."""

    def syntax(self) -> str:
        """Of the command line."""
        return "[--release RUN | --discard RUN]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Check installation, state and the sites' health; release or discard what an alarm holds back"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`--release`, `--discard`."""
        super().add_options(parser)
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument(
            "--release", metavar="RUN", help="let out the records of a run that were held back"
        )
        chosen.add_argument(
            "--discard", metavar="RUN", help="delete them; the pages are asked again"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """0 where all is well, 3 where something wants looking at, 1 where the state cannot be read."""
        if args:
            self.usage(f"doctor takes no arguments: {args[0]}")
        assert self.settings is not None
        output = self.output
        try:
            if opts.release:
                self.say(f"{release(output, opts.release)} records released")
                return 0
            if opts.discard:
                discard(output, opts.discard)
                self.say("discarded; the pages are due again")
                return 0
            return self._examine(output)
        except (NotHeld, LockHeld, StateDamaged, StateTooNew, OSError, StoreError) as error:
            raise CannotBeDone(str(error)) from None

    def _examine(self, output: Path) -> int:
        print(f"Python {sys.version.split()[0]}, {', '.join(map(_part, _PARTS))}")
        troubles = [*_folder(output)]
        state = output / "state.db"
        if state.exists():
            with Store.open(state, thorough=True) as store:
                runs = store.runs.all()
                print(f"state: sound, {store.documents.count()} records, {len(runs)} runs")
                for site in sorted({run.site for run in runs}):
                    troubles += _site(site, [run for run in runs if run.site == site])
        else:
            print(f"state: no runs in {output} yet")
        for trouble in troubles:
            print(f"! {trouble}")
        print("all is well" if not troubles else f"{len(troubles)} things want looking at")
        return 3 if troubles else 0


def _part(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} MISSING"


def _folder(output: Path) -> list[str]:
    place = output if output.exists() else output.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return [f"{place} cannot be written: {error.strerror}"]
    free = shutil.disk_usage(place).free
    print(f"output: {place}, {free / (1 << 30):.1f} GiB free")
    return [f"{place} has only {free >> 20} MiB left"] if free < LITTLE else []


def _site(site: str, runs: list[RunState]) -> list[str]:
    finished = [run for run in runs if run.state == "finished"]
    if finished:
        last = Counts.from_json(finished[-1].counts)
        past = [c for c in (Counts.from_json(run.counts) for run in finished[:-1]) if c.extraction][
            -LOOK_BACK:
        ]
        print(
            f"{site}: last run {finished[-1].run}, exit {_exit(finished[-1])}; {_said(health([last]))}"
        )
        if past:
            print(f"{' ' * len(site)}  before: {_said(health(past))}")
    troubles = [
        f"{site}: run {run.run} is held back: scrapy doctor --release {run.run}, or --discard {run.run}"
        for run in runs
        if run.state == "held"
    ]
    if any(run.state in ("open", "ending") for run in runs):
        print(f"{site}: a run is under way, or was killed; the next one finishes it")
    return troubles


def _exit(run: RunState) -> int:
    return int(orjson.loads(run.manifest)["exit"]) if run.manifest else -1


def _said(found: Health) -> str:
    if not found.pages:
        return "nothing was due"
    return (
        f"{found.pages} pages read, {found.own:.0%} by the site's own selectors; {found.documents} documents of about "
        f"{found.length:.0f} characters, {found.gapped:.0%} gapped"
    )
