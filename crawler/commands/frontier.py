"""`scrapy frontier SITE`: what the next run asks, when the other pages are due, and what failed.

$ scrapy frontier wm114 -n 2
wm114: 812 documents, 14 lists; 3 never asked, 2 failed; 5 due now, 120 within a week
due         last asked  result    page
now         never       -         https://www.wm114.cn/wen/9/17.html
2026-02-09  2026-02-02  stored    https://www.wm114.cn/wen/9/18.html
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.terminal import harmless
from crawler.runs.frontier import PageState
from crawler.runs.state import Store, StoreError


class Command(Base):
    """Scrapy finds the command by this name."""

    def syntax(self) -> str:
        """Of the command line."""
        return "[--failed] [-n N] [--json] SITE"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Show what a site's next run asks: due pages, when, and what failed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`--failed`, `-n`, `--json`."""
        super().add_options(parser)

        parser.add_argument(
            "--failed", action="store_true", help="only pages whose last visit failed"
        )

        parser.add_argument(
            "-n", type=int, default=20, metavar="N", help="pages shown (default: 20)"
        )

        parser.add_argument("--json", action="store_true", help="one JSON object")

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """0; 1 where nothing is known of the site."""
        if len(args) != 1:
            self.usage("one site is wanted; scrapy list shows them")

        if opts.n < 0:
            self.usage(f"-n {opts.n} must not be negative")

        site, state = args[0], self.output / "state.db"
        if not state.exists():
            raise CannotBeDone(f"no runs in {self.output} yet")

        now = int(time.time())
        try:
            with Store.open(state) as store:
                tally = store.frontier.tally(site, now)
                pages = store.frontier.listing(site, failed=opts.failed, limit=opts.n)
        except (OSError, StoreError) as error:
            raise CannotBeDone(f"{state}: {error}") from None

        if not tally["documents"] and not tally["lists"]:
            raise CannotBeDone(f"{site}: no page of it is known; scrapy list shows the sites")

        if opts.json:
            said = {
                "schema": "frontier/1",
                "site": site,
                **tally,
                "pages": [_record(p) for p in pages],
            }

            print(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
        else:
            for line in _table(site, tally, pages, now):
                print(harmless(line))

        return 0


def _record(page: PageState) -> dict[str, str | None]:
    return {
        "url": page.url,
        "kind": page.kind,
        "due": _moment(page.due),
        "asked": _moment(page.asked),
        "result": page.outcome,
        "missing_since": _moment(page.missing),
    }


def _moment(seconds: int | None) -> str | None:
    """ISO 8601 in UTC; `None` for never, and for at once."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}" if seconds else None


def _table(site: str, tally: dict[str, int], pages: list[PageState], now: int) -> Iterator[str]:
    yield (
        f"{site}: {tally['documents']} documents, {tally['lists']} lists; {tally['never_asked']} never asked, "
        f"{tally['failed']} failed; {tally['due']} due now, {tally['due_in_a_week']} within a week"
    )

    if pages:
        yield f"{'due':<12}{'last asked':<12}{'result':<12}page"

    for page in pages:
        due = "now" if page.due <= now else _day(page.due)
        result = "gone" if page.missing else page.outcome or "-"
        yield f"{due:<12}{_day(page.asked):<12}{result:<12}{page.url}"


def _day(seconds: int | None) -> str:
    return (_moment(seconds) or "never")[:10]
