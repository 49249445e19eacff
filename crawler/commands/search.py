"""`scrapy search QUERY`: ask a downstream index."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import orjson

from crawler.cli.command import Command
from pipelines.search.document import Found, Hit, Query
from pipelines.search.index import default_index, open_sink

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
#: The most hits that one answer shows; engines refuse more (OpenSearch's own limit).
MOST = 10_000
_COMPLETENESS = ("full", "gapped", "cut_off", "unknown")


class SearchCommand(Command):
    """Terms are parted by spaces and must all occur, each exactly as it stands."""

    def syntax(self) -> str:
        """What stands behind `scrapy search`."""
        return "QUERY [--site SITE] [--from DAY] [--to DAY] [--completeness C] [--json]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "Search the index: exact phrases, with the section each hit stands in"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of this command."""
        super().add_options(parser)
        parser.add_argument(
            "--site", action="append", default=[], metavar="SITE[,SITE]", help="only these sites"
        )
        parser.add_argument(
            "--from", "--since", dest="since", metavar="DAY", help="published on this day or later"
        )
        parser.add_argument(
            "--to", "--until", dest="until", metavar="DAY", help="published on this day or earlier"
        )
        parser.add_argument(
            "--completeness",
            action="append",
            default=[],
            metavar="C[,C]",
            help=f"only these: {', '.join(_COMPLETENESS)}",
        )
        parser.add_argument(
            "-n",
            "--limit",
            type=int,
            default=10,
            help="how many hits to show (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a hit and line")
        parser.add_argument(
            "--index", metavar="TARGET", help="the index to ask, as `scrapy index --to` names it"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, found or not."""
        try:
            query = Query.of(
                " ".join([os.fsencode(word).decode("utf-8", "replace") for word in args]),
                sites=_list(opts.site),
                since=self._day("--from", opts.since, "-01-01"),
                until=self._day("--to", opts.until, "-12-31"),
                completeness=_list(opts.completeness),
            )
        except ValueError as error:
            self.usage(str(error))
        if unknown := set(query.completeness) - set(_COMPLETENESS):
            self.usage(
                f"--completeness: {', '.join(sorted(unknown))}; there are {', '.join(_COMPLETENESS)}"
            )
        if not 1 <= opts.limit <= MOST:
            self.usage(f"--limit: from 1 to {MOST}")
        assert self.settings is not None
        target = opts.index or default_index(Path(self.settings["OUTPUT_DIR"]))
        with open_sink(target, create=False) as sink:
            found = sink.search(query, opts.limit)
        if opts.json:
            sys.stdout.buffer.write(b"".join([_json(hit) for hit in found.hits]))
            sys.stdout.buffer.flush()
        else:
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            print(_shown(found, *(("\x1b[1;33m", "\x1b[0m") if colour else ("【", "】"))), end="")
        self.say(
            f"{found.total} documents"
            + (f", the best {len(found.hits)} shown" if found.total > len(found.hits) else "")
        )
        return 0

    def _day(self, option: str, value: str | None, rest: str) -> str | None:
        """A day, or a year or month that is filled up to its first or last day."""
        if value is None:
            return None
        if not _DAY.fullmatch(value):
            self.usage(f"{option}: {value!r} is no day; write YYYY-MM-DD, YYYY-MM or YYYY")
        return value + rest[len(value) - 4 :]


def _list(values: list[str]) -> tuple[str, ...]:
    return tuple(v.strip() for value in values for v in value.split(",") if v.strip())


def _json(hit: Hit) -> bytes:
    record = {
        "id": hit.id, "version": hit.version, "score": round(hit.score, 4), "site": hit.site, "title": hit.title,
        "url": hit.url, "published": hit.published, "completeness": hit.completeness,
        "section": next((p.section[-1] for p in hit.places if p.section), None),
        "places": [
            {"field": p.field, "section": p.section, "at": p.at, "excerpt": p.excerpt, "marks": p.marks, "marked": p.marked("<mark>", "</mark>")}
            for p in hit.places
        ],
    }  # fmt: skip
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _shown(found: Found, opens: str, closes: str) -> str:
    out = []
    for n, hit in enumerate(found.hits, 1):
        title = next((p.marked(opens, closes) for p in hit.places if p.field == "title"), hit.title)
        out.append(f"{n}. {title}")
        out.append(
            f"   {' · '.join(filter(None, (hit.site, hit.published, hit.completeness, hit.url)))}"
        )
        for place in hit.places:
            if place.field != "title":
                out.append(f"   § {' › '.join(place.section) or '(before the first section)'}")
                out.append(f"     {place.marked(opens, closes)}")
        out.append("")
    return "".join([line + "\n" for line in out])
