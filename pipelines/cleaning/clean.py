"""From a `RawDocument` to speeches with their traces, or to the failure that says why there is none.

    for result in clean(raw, sites):
        match result:
            case Cleaned(speech, trace): …
            case Failure(): …
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.cleaning.engine import Mark, Outcome, run
from pipelines.cleaning.rule import Facts
from pipelines.cleaning.ruleset import RULES, RULESET
from pipelines.records import Failure, Gap, RawDocument, Removed, Source, Speech, Trace, document_id
from pipelines.text.canonical import content_hash, counted


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A speech, how it came about, and the spans that rules remarked upon (for `explain`)."""

    speech: Speech
    trace: Trace
    marks: tuple[Mark, ...] = ()


def clean(raw: RawDocument, sites: Mapping[str, str], now: str | None = None) -> list[Cleaned | Failure]:
    """Clean one page. A collection gives several documents, a page that is none gives one `Failure`.

    `sites` maps host names and site names (as notices write them, Simplified) to site keys. `now` (ISO 8601 UTC)
    stamps failures.
    """
    facts = Facts(title=raw.title, site=raw.site, url=raw.url)
    outcome = run(raw.text, facts, RULES)
    return [_finished(raw, outcome, sites)]


def _finished(raw: RawDocument, outcome: Outcome, sites: Mapping[str, str]) -> Cleaned:
    text, facts = outcome.text, outcome.facts
    identity = document_id(raw.site, raw.doc_id, raw.url, None)
    hashed, length = content_hash(text), counted(text)
    gaps = tuple([Gap(len(text) if g.kind == "cut_off" else g.at, g.chars, g.kind, g.notice) for g in facts.gaps])  # type: ignore[arg-type]
    speech = Speech(
        id=identity,
        url=raw.url,
        site=raw.site,
        doc_id=raw.doc_id,
        title=facts.title,
        text=text,
        gaps=gaps,
        completeness="full",
        counted_chars=length,
        script="hans",
        content_hash=hashed,
        cluster=identity,
        sources=(Source(identity, raw.url, raw.site, hashed, length),),
        removed=tuple(
            [Removed(s.rule, len(s.edits), sum(len(e.removed) for e in s.edits)) for s in outcome.steps]
        ),
        ruleset=RULESET,
        crawled_at=raw.crawled_at,
    )
    trace = Trace(
        id=identity, raw_sha256=_sha256(raw.text), clean_sha256=_sha256(text), ruleset=RULESET, steps=outcome.steps
    )
    return Cleaned(speech, trace, outcome.marks)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
