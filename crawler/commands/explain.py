"""`scrapy explain PATH|URL`: what each rule changed in a page, where and why.

scrapy explain page.html            # colour on a terminal, plain in a pipe
scrapy explain https://www.wm114.cn/wen/9/17001.html --json    # the capture in output/pages, never the network
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.archive.reader import Capture
from crawler.cli.command import CannotBeDone
from crawler.cli.command import Command as Base
from crawler.cli.page_bounds import page_bounds
from crawler.cli.page_pool import PagePool
from crawler.page_worker import restart_clock
from crawler.reading.inputs import NoSuchInput, Unit, read, units
from crawler.sites import site_names, site_of, sites
from pipelines.cleaning.clean import Cleaned, Refused, attempts
from pipelines.cleaning.ruleset import RULES
from pipelines.record_parts import Removed, Step
from pipelines.records import LOSSES, Failure

#: Characters of a removed stretch and of what stands around it that are shown.
SHOWN, AROUND = 120, 14
#: UTF-8 bytes of a Chinese character, to give a document of that many characters its time.
_BYTES = 3


class Command(Base):
    """See the module."""

    def syntax(self) -> str:
        return "PATH|URL [--json]"

    def short_desc(self) -> str:
        return "What each cleaning rule changed in a page, where and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object per document")
        parser.add_argument("--site", metavar="S", help="the site the page is of, whatever it says")

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            self.usage("name one page or its URL")

        if opts.site is not None and opts.site not in sites():
            self.usage(f"--site {opts.site}: no such site; there are {', '.join(sites())}")

        assert self.settings is not None
        target = args[0]

        if "://" in target:
            work: Iterator[Unit] = iter(
                [_archived(target, Path(self.settings["OUTPUT_DIR"]) / "pages")]
            )
        else:
            try:
                work = units([target])
            except NoSuchInput as error:
                raise CannotBeDone(str(error)) from None

        console = _Screen(soft_wrap=True, highlight=False)
        lost = False

        for result in self._results(work, opts.site):
            failed = result.failure if isinstance(result, Refused) else result
            lost |= isinstance(failed, Failure) and failed.error in LOSSES

            if opts.json:
                line = json.dumps(explained(result), ensure_ascii=False).encode()
                sys.stdout.buffer.write(line + b"\n")
            else:
                _print(console, result)

        return 3 if lost else 0

    def _results(
        self, work: Iterator[Unit], site: str | None
    ) -> Iterator[Cleaned | Refused | Failure]:
        """Each page read and cleaned under its bound."""
        try:
            bounds = page_bounds(self.settings)
        except ValueError as error:
            raise CannotBeDone(f"bad setting: {error}") from None

        with PagePool(1, partial(_cleaned, site=site), bounds) as pool:
            for results in pool.results([unit] for unit in work):
                yield from results


def _cleaned(batch: list[Unit], site: str | None) -> list[Cleaned | Refused | Failure]:
    """What becomes of the documents of some units, each with its own time."""
    known = sites()[site] if site else None
    found: list[Cleaned | Refused | Failure] = []

    for unit in batch:
        for document in read(unit, known):
            if isinstance(document, Failure):
                found.append(document)
                continue

            restart_clock(_BYTES * len(document.text))
            found += attempts(document, site_names(), document.crawled_at)

    return found


class _Screen(Console):
    """Rich ends with status 1 where nobody reads on; here that is no fault."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _archived(url: str, pages: Path) -> Unit:
    """The last capture of a page in the archive. Raises CannotBeDone where there is none."""
    site = site_of(url)
    wanted = {url, site.canonical(url)} if site else {url}
    found: Unit | None = None

    if pages.is_dir():
        for unit in units([str(pages)]):
            if isinstance(unit, Capture) and unit.url in wanted:
                found = unit

    if found is None:
        raise CannotBeDone(
            f"no capture of {url} in {pages} (explain reads the archive, never the network)"
        )

    return found


def explained(result: Cleaned | Refused | Failure) -> dict[str, Any]:
    """What became of a document, as one JSON object.

    `edits` in the order of the rules: `rule`, `reason` (the rule's first sentence), `start` (code points, in that
    step's input), `line` (from 1, there, of the first removed
    character that shows), `removed`, `inserted`, `before`, `after`. `rules` sums them up, `marks` are
    spans of the clean text that were remarked upon and left. A refused document has its `error`, its `detail` and the
    edits that were made before it was refused.
    """
    if isinstance(result, Refused):
        return {
            **explained(result.failure),
            "rules": [_sum(removed) for removed in result.removed],
            "edits": list(_edits(result.raw_text, result.steps)),
        }
    if isinstance(result, Failure):
        return {
            "url": result.url,
            "error": result.error,
            "detail": result.detail,
            "edits": [],
            "rules": [],
            "marks": [],
        }

    speech = result.speech
    return {
        "url": speech.url,
        "id": speech.id,
        "site": speech.site,
        "title": speech.title,
        "completeness": speech.completeness,
        "counted_chars": speech.counted_chars,
        "gaps": [
            {"at": g.at, "chars": g.chars, "kind": g.kind, "notice": g.notice} for g in speech.gaps
        ],
        "warnings": list(speech.warnings),
        "rules": [_sum(removed) for removed in speech.removed],
        "edits": list(_edits(result.raw_text, result.trace.steps)),
        "marks": [
            {
                "rule": m.rule,
                "code": m.code,
                "start": m.start,
                "end": m.end,
                "text": speech.text[m.start : m.end],
            }
            for m in result.marks
        ],
    }


def _sum(removed: Removed) -> dict[str, Any]:
    """What one rule did."""
    return {
        "rule": removed.rule,
        "count": removed.count,
        "chars": removed.chars,
        "reason": _reason(removed.rule),
    }


def _edits(text: str, steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
    for step in steps:
        line, counted_to = 1, 0
        pieces: list[str] = []
        done = 0

        for edit in step.edits:
            shown = (
                edit.start + len(edit.removed) - len(edit.removed.lstrip())
                if edit.removed.strip()
                else edit.start
            )

            line += text.count("\n", counted_to, shown)
            counted_to = shown
            end = edit.start + len(edit.removed)

            yield {
                "rule": step.rule, "reason": _reason(step.rule), "start": edit.start, "line": line,
                "removed": edit.removed, "inserted": edit.inserted,
                "before": text[max(0, edit.start - AROUND) : edit.start], "after": text[end : end + AROUND],
            }  # fmt: skip

            pieces += (text[done : edit.start], edit.inserted)
            done = end

        text = "".join((*pieces, text[done:]))


def _reason(rule: str) -> str:
    """The first sentence of a rule's story."""
    story = next((r.story for r in RULES if r.name == rule), "")

    return " ".join(story.split("\n\n")[0].split())


def _print(console: Console, result: Cleaned | Refused | Failure) -> None:
    """One document for a person."""
    told = explained(result)

    if "error" in told:
        said = f"{told['url']}: no speech: {told['error']} ({told['detail']})"
        console.print(Text(said, style="bold red"))
        _print_edits(console, told)
        _print_rules(console, told)

        return

    console.print(Text(f"{told['title'] or '(no title)'}", style="bold"))
    console.print(
        Text(
            f"{told['url']} · {told['site']} · {told['completeness']} · {told['counted_chars']} characters",
            style="dim",
        )
    )

    _print_edits(console, told)
    for mark in told["marks"]:
        console.print(
            Text(
                f"{mark['rule']:>22} {mark['start']}-{mark['end']}: {_visible(mark['text'])} ({mark['code']}, left)",
                style="yellow",
            )
        )

    for gap in told["gaps"]:
        length = "unknown length" if gap["chars"] is None else f"{gap['chars']} characters"
        console.print(
            Text(
                f"{'gap':>22} at {gap['at']}: {gap['kind']}, {length}: {_visible(_short(gap['notice'])) or '(no notice)'}",
                style="magenta",
            )
        )

    _print_rules(console, told)
    for warning in told["warnings"]:
        console.print(Text(f"warning: {warning}", style="yellow"))


def _print_edits(console: Console, told: dict[str, Any]) -> None:
    for edit in told["edits"]:
        where = Text(f"{edit['rule']:>22} ", style="cyan")
        where.append(f"line {edit['line']}, {edit['start']}: ", style="dim")
        where.append(_visible(edit["before"]), style="dim")
        where.append(f"[-{_visible(_short(edit['removed']))}-]", style="red")

        if edit["inserted"]:
            where.append(f"{{+{_visible(_short(edit['inserted']))}+}}", style="green")

        where.append(_visible(edit["after"]), style="dim")
        console.print(where)


def _print_rules(console: Console, told: dict[str, Any]) -> None:
    table = Table("rule", "edits", "characters", "reason", box=None, pad_edge=False)
    for rule in told["rules"]:
        table.add_row(rule["rule"], str(rule["count"]), str(rule["chars"]), rule["reason"])

    if told["rules"]:
        console.print(table)


def _short(words: str) -> str:
    return (
        words
        if len(words) <= SHOWN
        else f"{words[: SHOWN // 2]} … {len(words) - SHOWN} more … {words[-SHOWN // 2 :]}"
    )


def _visible(words: str) -> str:
    """Breaks and what a terminal would obey are shown, not obeyed."""
    return "".join("⏎" if c == "\n" else c if c.isprintable() else "�" for c in words)
