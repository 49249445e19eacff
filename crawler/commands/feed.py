"""`scrapy feed [QUERY]`: an Atom feed of the newest documents of all sites, or of those that a query finds.

scrapy feed -o all.atom
scrapy feed 森林防火 --site wm114 -o fires.atom
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crawler.cli.command import CannotBeDone, Command
from pipelines.atomic_file import write_whole
from pipelines.exports.atom import feed, newest
from pipelines.speech_files import speech_files


class FeedCommand(Command):
    """See the module."""

    def syntax(self) -> str:
        """What stands behind `scrapy feed`."""
        return "[QUERY] [--site SITE] [-o FILE]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "An Atom feed of the newest documents of all sites, or of those that a query finds"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`-o`, `--site`, `--index`."""
        super().add_options(parser)

        parser.add_argument(
            "-o", "--output", metavar="FILE", default="-", help="default: standard output"
        )

        parser.add_argument("--site", metavar="SITE", help="only this site")
        parser.add_argument(
            "--index",
            metavar="TARGET",
            help="the index that a query asks (default: output/index.db)",
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 3 where a line was no record."""
        if opts.site:
            self._check_site(opts.site)

        wanted = self._matching(" ".join(args), opts.index) if args else None
        speeches = self.output / "speeches"

        if not speeches.is_dir():
            raise CannotBeDone(f"{speeches}: no speeches there yet")

        bad = 0

        def tell(why: str) -> None:
            nonlocal bad
            bad += 1
            self.say(f"warning: {why}")

        found = newest(
            speech_files([speeches]),
            lambda speech: (
                opts.site in (None, speech.site) and (wanted is None or speech.id in wanted)
            ),
            tell,
        )

        name = " ".join([*args, *([opts.site] if opts.site else [])]) or "all sites"
        file = "" if opts.output == "-" else Path(opts.output).name
        self._write(feed(name, found, file), opts.output)

        return 3 if bad else 0

    def _check_site(self, site: str) -> None:
        from crawler.sites import sites

        if site not in sites() and site != "unknown":
            self.usage(f"--site {site}: no such site; there are {', '.join(sites())}")

    def _matching(self, words: str, target: str | None) -> set[str]:
        """The ids of the documents that a query finds."""
        from pipelines.search.document import Query
        from pipelines.search.index import default_index, open_sink

        try:
            query = Query.of(words)
        except ValueError as error:
            self.usage(str(error))

        with open_sink(target or default_index(self.output), create=False) as sink:
            return sink.matching(query)

    @staticmethod
    def _write(made: bytes, output: str) -> None:
        if output == "-":
            sys.stdout.buffer.write(made)
            sys.stdout.buffer.flush()
        else:
            write_whole(Path(output), made)
