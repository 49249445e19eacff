"""`scrapy show ID|URL`: one document in the terminal.

scrapy show 3f2a9c0d                          # the beginning of an id is enough, as `scrapy search` shows it
scrapy show https://www.wm114.cn/wen/9/17001.html
scrapy show 3f2a9c0d --raw                    # the text before cleaning, put back from the trace
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from crawler.cli.command import CannotBeDone, Command
from crawler.cli.terminal import harmless
from pipelines.outline import outline_of
from pipelines.outline.labels import label
from pipelines.raw_text import raw_text, sha256
from pipelines.record_parts import Gap
from pipelines.records import BadRecord, Speech, Trace, to_line, trace_from
from pipelines.speech_files import current_lines, speech_files

#: The fewest characters of an id that are looked for.
SHORTEST = 6
_ID = re.compile(f"[0-9a-f]{{{SHORTEST},32}}")


class ShowCommand(Command):
    """See the module."""

    def syntax(self) -> str:
        """What stands behind `scrapy show`."""
        return "ID|URL [SPEECHES…] [--json | --raw]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "One document: its text with the gaps marked, outline, sources; or its raw text"

    def long_desc(self) -> str:
        """What it does, for `scrapy show -h`."""
        return (
            "Shows the current version of a document of the output folder, or of the files named. "
            f"Of an id the first {SHORTEST} characters are enough where they are of one document only."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`--json`, `--raw`."""
        super().add_options(parser)
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="the record as it is, on one line")

        form.add_argument(
            "--raw", action="store_true", help="the text before cleaning, put back from the trace"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 0, or 1 where there is no such document."""
        if not args:
            self.usage("name a document: its id, the beginning of it, or its URL")

        folders = [Path(name) for name in args[1:]] or [self.output / "speeches"]
        path, speech = self._found(args[0], folders)

        if opts.json:
            sys.stdout.buffer.write(to_line(speech))
        elif opts.raw:
            sys.stdout.buffer.write(_raw(path, speech).encode("utf-8", "surrogatepass"))
        else:
            for line in _lines(speech):
                print(harmless(line))

        return 0

    def _found(self, wanted: str, folders: list[Path]) -> tuple[Path, Speech]:
        """The one document that is meant."""
        is_id = _ID.fullmatch(wanted) is not None
        found: list[tuple[Path, Speech]] = []

        for path, line in current_lines(speech_files(folders), self._warn):
            speech = line.speech
            if (is_id and _has_id(speech, wanted)) or _has_url(speech, wanted):
                found.append((path, speech))

        exact = [(path, speech) for path, speech in found if wanted in (speech.id, speech.url)]
        found = exact or found
        where = " ".join(map(str, folders))

        if not found:
            raise CannotBeDone(f"no document {wanted} in {where}; scrapy search shows ids")

        if len(found) > 1:
            ids = ", ".join(speech.id for _, speech in found[:3])
            raise CannotBeDone(f"{wanted} is of {len(found)} documents: {ids} …; name one whole")

        return found[0]

    def _warn(self, why: str) -> None:
        self.say(f"warning: {why}")


def _has_id(speech: Speech, wanted: str) -> bool:
    ids = (speech.id, *(source.id for source in speech.sources))
    return any(known.startswith(wanted) for known in ids)


def _has_url(speech: Speech, wanted: str) -> bool:
    urls = (speech.url, *(source.url for source in speech.sources))
    return wanted in urls


def _raw(speeches: Path, speech: Speech) -> str:
    if speech.provenance:
        raise CannotBeDone(
            f"{speech.id} is merged from several copies and has no trace of its own: scrapy show SOURCE-ID --raw"
        )

    digest = sha256(speech.text)
    for trace in _traces(speeches):
        if trace.id == speech.id and trace.clean_sha256 == digest:
            return raw_text(speech.text, trace)

    raise CannotBeDone(f"{speech.id}: no trace of this version beside {speeches}")


def _traces(speeches: Path) -> Iterator[Trace]:
    """The traces of a file of speeches: in `traces/` as a crawl leaves them, or beside it as `scrapy clean` does."""
    stem = speeches.name.removesuffix(".jsonl")

    places = (
        speeches.parent.parent / "traces" / speeches.name,
        speeches.with_name(f"{stem}.traces.jsonl"),
    )

    for path in places:
        if not path.is_file():
            continue

        with path.open("rb") as file:
            for line in file:
                try:
                    yield trace_from(line)
                except BadRecord as error:
                    raise CannotBeDone(f"{path}: {error}") from None


def _lines(speech: Speech) -> Iterator[str]:
    """The document for a person."""
    yield speech.title or "(no title)"
    yield from _facts(speech)
    yield ""
    outline = outline_of(speech)

    if outline.nodes:
        yield "Outline"
        yield from ("  " * node.level + label(node) for node in outline.nodes)
        yield ""

    yield from _text(speech)
    if len(speech.sources) > 1:
        yield ""
        yield "Sources"

        yield from (
            f"  {source.id}  {source.url} ({source.counted_chars} characters)"
            for source in speech.sources
        )

    if speech.provenance:
        yield "Provenance"
        yield from (f"  {part.start}-{part.end}  {part.id}" for part in speech.provenance)

    for link in speech.links:
        yield f"{link.relation}: {link.id} ({link.evidence})"


def _facts(speech: Speech) -> Iterator[str]:
    yield speech.url
    yield f"{speech.id}, version {speech.version}"
    known = (speech.site, speech.published, speech.category, speech.source, speech.uploader)
    yield " · ".join(fact for fact in known if fact)
    withheld = sum(gap.chars or 0 for gap in speech.gaps)
    missing = f", {withheld} characters withheld" if withheld else ""
    yield f"{speech.completeness}, {speech.counted_chars} characters{missing}"

    if speech.warnings:
        yield f"warnings: {', '.join(speech.warnings)}"


def _text(speech: Speech) -> Iterator[str]:
    """The text line by line, with a line for every gap."""
    gaps = sorted(speech.gaps, key=lambda gap: gap.at)
    at = 0

    for line in speech.text.split("\n"):
        end = at + len(line)
        inside = [gap for gap in gaps if at <= gap.at <= end and gap.at < len(speech.text)]
        start = at

        for gap in inside:
            if gap.at > start:
                yield speech.text[start : gap.at]

            yield _gap(gap)
            start = max(start, gap.at)

        yield speech.text[start:end]
        at = end + 1

    yield from (_gap(gap) for gap in gaps if gap.at >= len(speech.text))


def _gap(gap: Gap) -> str:
    amount = "text" if gap.chars is None else f"{gap.chars} characters"
    where = "the end is missing: " if gap.kind == "cut_off" else ""

    return f"[[ {where}{amount} withheld by the site ]]"
