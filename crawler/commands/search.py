"""`scrapy search QUERY`: ask a downstream index."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import date
from typing import TYPE_CHECKING

from crawler.cli.command import Command
from crawler.cli.terminal import harmless
from pipelines.search.document import Query
from pipelines.search.index import default_index, open_sink

if TYPE_CHECKING:
    from pipelines.search.document import Found, Hit, Place

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
#: The most hits that one answer shows; engines refuse more (OpenSearch's own limit).
MOST = 10_000
_COMPLETENESS = ("full", "gapped", "cut_off", "unknown")
_COLOUR = ("\x1b[1;33m", "\x1b[0m")
_BRACKETS = ("【", "】")


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
        query = self._query(args, opts)

        with open_sink(opts.index or default_index(self.output), create=False) as sink:
            found = sink.search(query, opts.limit)

        if not found.total:
            self._check_sites(query.sites)

        if opts.json:
            sys.stdout.buffer.write(b"".join([_json(hit) for hit in found.hits]))
            sys.stdout.buffer.flush()
        else:
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            print(_shown(found, *(_COLOUR if colour else _BRACKETS)), end="")

        shown = len(found.hits)
        rest = f", the best {shown} shown" if found.total > shown else ""
        self.say(f"{found.total} documents{rest}")

        return 0

    def _query(self, args: list[str], opts: argparse.Namespace) -> Query:
        """What is asked; ends with exit status 2 where it cannot be meant."""
        words = " ".join([os.fsencode(word).decode("utf-8", "replace") for word in args])
        since = self._day("--from", opts.since, first=True)
        until = self._day("--to", opts.until, first=False)

        if since and until and since > until:
            self.usage(f"--from {opts.since} --to {opts.until}: no day lies between them")

        completeness = _list(opts.completeness)
        if unknown := set(completeness) - set(_COMPLETENESS):
            listed = ", ".join(sorted(unknown))
            self.usage(f"--completeness: {listed}; there are {', '.join(_COMPLETENESS)}")

        if not 1 <= opts.limit <= MOST:
            self.usage(f"--limit: from 1 to {MOST}")

        filters = {"since": since, "until": until, "completeness": completeness}
        try:
            return Query.of(words, sites=_list(opts.site), **filters)
        except ValueError as error:
            self.usage(str(error))

    def _day(self, option: str, value: str | None, first: bool) -> str | None:
        """A day, or a year or month that is filled up to its first or last day."""
        if value is None:
            return None

        if not _DAY.fullmatch(value):
            self.usage(f"{option}: {value!r} is no day; write YYYY-MM-DD, YYYY-MM or YYYY")

        rest = "-01-01" if first else "-12-31"
        day = value + rest[len(value) - 4 :]

        try:
            date.fromisoformat(value + "-01-01"[len(value) - 4 :])
        except ValueError:
            self.usage(f"{option}: {value!r} is no day of the calendar")

        return day

    def _check_sites(self, asked: tuple[str, ...]) -> None:
        """Where nothing was found, a site that does not exist is the likely reason."""
        if not asked:
            return

        from crawler.sites import sites

        unknown = [site for site in asked if site not in sites() and site != "unknown"]

        if unknown:
            self.usage(f"--site {unknown[0]}: no such site; there are {', '.join(sites())}")


def _list(values: list[str]) -> tuple[str, ...]:
    return tuple(v.strip() for value in values for v in value.split(",") if v.strip())


def _json(hit: Hit) -> bytes:
    import orjson

    places = [
        {
            "field": place.field,
            "section": place.section,
            "at": place.at,
            "excerpt": place.excerpt,
            "marks": place.marks,
            "marked": place.marked("<mark>", "</mark>"),
        }
        for place in hit.places
    ]

    record = {
        "id": hit.id,
        "version": hit.version,
        "score": round(hit.score, 4),
        "site": hit.site,
        "title": hit.title,
        "url": hit.url,
        "published": hit.published,
        "completeness": hit.completeness,
        "section": next((place.section[-1] for place in hit.places if place.section), None),
        "places": places,
    }
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _shown(found: Found, opens: str, closes: str) -> str:
    lines = []
    for number, hit in enumerate(found.hits, 1):
        lines += [f"{number}. {_title(hit, opens, closes)}", f"   {_facts(hit)}", f"   {hit.id}"]
        for place in hit.places:
            if place.field != "title":
                section = " › ".join(place.section) or "(before the first section)"
                lines.append(f"   § {harmless(section)}")
                lines.append(f"     {_marked(place, opens, closes)}")

        lines.append("")

    return "".join([line + "\n" for line in lines])


def _title(hit: Hit, opens: str, closes: str) -> str:
    for place in hit.places:
        if place.field == "title":
            return _marked(place, opens, closes)

    return harmless(hit.title)


def _facts(hit: Hit) -> str:
    known = (hit.site, hit.published, hit.completeness, hit.url)
    return harmless(" · ".join(fact for fact in known if fact))


def _marked(place: Place, opens: str, closes: str) -> str:
    safe = place._replace(excerpt=harmless(place.excerpt))  # of the same length, so the marks fit
    return safe.marked(opens, closes)
