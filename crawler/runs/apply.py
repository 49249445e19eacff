"""What a visit does to the state: which records it writes, what it counts, when its page is due again.

    lines, counts = Lines(), Counts()
    apply.visit(Visit(entry, results=clean(…)), lines, counts)

Everything happens within the transaction of whoever calls; where it raises, lines and counts are worth nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crawler.found import Found
from crawler.runs.counts import Counts
from crawler.runs.frontier import KNOWN, Entry
from crawler.runs.list_paging import ListPaging
from crawler.runs.state import Store, StoreError
from pipelines.cleaning.clean import Cleaned
from pipelines.dedup.fold import add_speech
from pipelines.failures import broken_stage
from pipelines.records import LOSSES, RECOGNISED, Failure, Speech, to_line

#: Failures that our own rules of politeness and safety are the reason of.
REFUSED = ("robots", "refused_address")
#: Answers of a page that is not there.
GONE = ("http_404", "http_410")


@dataclass(slots=True)
class Visit:
    """The result of fetching one URL.

    Of a document: `results` as cleaned, or `failure`, or `not_modified`. Of a list: `found`. `capture` is the archive's
    record of the response, as one or more gzip members.
    """

    entry: Entry
    capture: bytes = b""
    results: Sequence[Cleaned | Failure] = ()
    failure: Failure | None = None
    found: Sequence[Found] = ()
    not_modified: bool = False
    generic: bool = False
    too_old: bool = False
    etag: str | None = None
    modified: str | None = None
    published: str | None = None
    redirects: int = 0


@dataclass(slots=True)
class Lines:
    """What visits add to the files of a run; `emitted` are the records of the lines in `speeches`."""

    speeches: list[bytes] = field(default_factory=list)
    traces: list[bytes] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)
    pages: list[bytes] = field(default_factory=list)
    emitted: list[Speech] = field(default_factory=list)

    def of(self, kind: str) -> bytes:
        """What is added to a file of this kind."""
        chunks: list[bytes] = getattr(self, kind)

        return b"".join(chunks)

    def extend(self, more: Lines) -> None:
        """Add what one visit added."""
        self.speeches.extend(more.speeches)
        self.traces.extend(more.traces)
        self.failures.extend(more.failures)
        self.pages.extend(more.pages)
        self.emitted.extend(more.emitted)


#: Applies one visit.
Application = Callable[[Visit, Lines, Counts], None]


class Apply:
    """Applies the visits of one run, `number`, of a site."""

    def __init__(self, store: Store, site: str, number: int, paging: ListPaging) -> None:
        self._store = store
        self._site = site
        self._number = number
        self._paging = paging
        #: Whether the pages were found on lists; a page that somebody named should be there.
        self.pages_were_found = True

    def visit(self, visit: Visit, lines: Lines, counts: Counts) -> None:
        """What a page does to the state; adds to lines and counts."""
        if visit.capture:
            lines.pages.append(visit.capture)

        kind = visit.entry.kind
        if kind == "robots":
            self._robots(visit, counts)
            return

        counts.other["redirects"] += visit.redirects
        apply = self._document if kind == "document" else self._list
        outcome = apply(visit, lines, counts)
        self._settle(visit, outcome, counts)

    def visit_alone(self, visit: Visit, lines: Lines, counts: Counts) -> None:
        """As `visit`; a page that cannot be applied is a loss on file, and is asked again by the next run."""
        its_lines, its_counts = Lines(), Counts()

        try:
            with self._store.one_page():
                self.visit(visit, its_lines, its_counts)
        except (OSError, StoreError):
            raise
        except Exception as error:
            lost = broken_stage(visit.entry.url, self._site, "deduplicate", error)
            self.visit(Visit(visit.entry, visit.capture, failure=lost), lines, counts)

            return

        lines.extend(its_lines)
        counts.add(its_counts)

    def _robots(self, visit: Visit, counts: Counts) -> None:
        counts.other["robots"] += 1
        self._store.frontier.discover(self._site, visit.found)
        urls = [found.url for found in visit.found]
        self._store.frontier.ask_again(self._site, urls, self._number)

    def _settle(self, visit: Visit, outcome: str, counts: Counts) -> None:
        etag = modified = None
        if outcome in KNOWN:
            etag, modified = visit.etag, visit.modified
            if visit.not_modified:
                etag = etag or visit.entry.etag
                modified = modified or visit.entry.modified

        gone = self._store.frontier.settle(
            visit.entry,
            run=self._number,
            now=int(time.time()),
            outcome=outcome,
            etag=etag,
            modified=modified,
            published=visit.published,
        )

        if gone or self._is_dead_link(visit.entry, outcome):
            counts.gone.append(visit.entry.url)

    def _is_dead_link(self, entry: Entry, error: str) -> bool:
        """Whether a list led to a page that is not there."""
        if entry.kind != "document" or entry.known:
            return False

        return error in GONE and self.pages_were_found

    # -- a document ------------------------------------------------------------------------------------------------

    def _document(self, visit: Visit, lines: Lines, counts: Counts) -> str:
        counts.pages["asked"] += 1
        failures = _failures(visit)
        lines.failures.extend(map(to_line, failures))
        counts.numbers["losses"] += sum(f.error in LOSSES for f in failures)

        outcomes = self._fold_all(visit, lines, counts)

        if visit.not_modified or visit.too_old:
            outcomes = {"unchanged"}

        if visit.found:
            new = self._store.frontier.discover(self._site, visit.found)
            counts.numbers["met"] += new.count(False)

        if visit.results and not visit.too_old:
            counts.extraction["generic" if visit.generic else "own"] += 1

        if not outcomes:
            error = failures[0].error if failures else "empty"
            self._count_failure(visit.entry, error, counts)

            return error

        outcome = next(known for known in KNOWN if known in outcomes)
        counts.pages[outcome] += 1

        return "too_old" if visit.too_old else outcome

    def _count_failure(self, entry: Entry, error: str, counts: Counts) -> None:
        counts.failures[error] += 1
        counts.pages["refused" if error in REFUSED else "failed"] += 1

        if self._is_dead_link(entry, error):
            counts.numbers["dead_links"] += 1

    def _fold_all(self, visit: Visit, lines: Lines, counts: Counts) -> set[str]:
        return {
            self._fold(result, visit.entry, lines, counts)
            for result in visit.results
            if isinstance(result, Cleaned)
        }

    def _fold(self, cleaned: Cleaned, entry: Entry, lines: Lines, counts: Counts) -> str:
        """What a document does to the collection; the records that are written because of it."""
        folded = add_speech(cleaned.speech, self._store.copies)
        emitted = folded.emitted

        if folded.outcome != "unchanged":
            self._store.documents.note(cleaned.speech.id, list(emitted), self._number)

        lines.speeches.extend(map(self._store.copies.line, emitted))
        lines.emitted.extend(emitted)

        if folded.outcome != "unchanged":
            lines.traces.append(to_line(cleaned.trace))

        for speech in emitted:
            count_record(speech, counts)

        for removed in cleaned.speech.removed:
            counts.rules[removed.rule] += removed.count

        if emitted and folded.outcome != "duplicate":
            return "stored"

        return "unchanged" if entry.known else "duplicate"

    # -- a list ----------------------------------------------------------------------------------------------------

    def _list(self, visit: Visit, lines: Lines, counts: Counts) -> str:
        entry = visit.entry
        counts.other["lists"] += 1

        if visit.failure:
            lines.failures.append(to_line(visit.failure))
            counts.numbers["lists_failed"] += 1
            _count_failed_list(entry, visit.failure.error, counts)

            return visit.failure.error

        frontier = self._store.frontier
        documents = [found for found in visit.found if found.kind == "document"]
        further = [found for found in visit.found if found.kind != "document"]
        new = frontier.discover(self._site, documents)
        counts.numbers["met"] += new.count(False)

        is_start = entry.depth == 0

        if is_start or self._paging.goes_on(entry.url, documents, new):
            frontier.discover(self._site, further)
            frontier.ask_again(self._site, [found.url for found in further], self._number)

        return "listed" if documents or is_start else "bare"


def _failures(visit: Visit) -> list[Failure]:
    if visit.failure:
        return [visit.failure]

    return [result for result in visit.results if isinstance(result, Failure)]


def _count_failed_list(entry: Entry, error: str, counts: Counts) -> None:
    """Count a list that should have been there: a start page, one that was read before, a further page, a sitemap."""
    if error in REFUSED or error in RECOGNISED:
        return

    if entry.kind == "list" and entry.depth == 0:
        counts.numbers["starts_lost"] += 1
        return

    was_list = entry.outcome == "listed" or entry.kind == "sitemap" or entry.depth > 1
    if was_list and error not in GONE:
        counts.numbers["lists_lost"] += 1


def count_record(speech: Speech, counts: Counts) -> None:
    """Count a record that a run has written."""
    counts.documents["new" if speech.version == 1 else "upgraded"] += 1
    counts.documents["gapped"] += speech.completeness == "gapped"
    counts.documents["cut_off"] += speech.completeness == "cut_off"
    counts.numbers["withheld_chars"] += sum(gap.chars or 0 for gap in speech.gaps)
    length = math.log(max(1, speech.counted_chars))
    counts.lengths["log"] += length
    counts.lengths["log_squared"] += length * length
