"""From a `RawDocument` to speeches with their traces, or to the failure that says why there is none.

for result in clean(raw, site_names()):
    match result:
        case Cleaned(speech, trace): …
        case Failure(): …
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipelines.cleaning.breaks import Breaks
from pipelines.cleaning.collections import Part, parts
from pipelines.cleaning.engine import Mark, Outcome, run
from pipelines.cleaning.refusals import refusal
from pipelines.cleaning.rule import Facts, PlacedGap
from pipelines.cleaning.ruleset import RULES, RULESET, TITLE_RULES
from pipelines.failures import failure as make_failure
from pipelines.record_parts import Break, Completeness, Damage, Gap, Removed, Source, Step
from pipelines.records import Failure, LocalDocument, RawDocument, Speech, Trace, document_id
from pipelines.speech_facts import stated_facts
from pipelines.text.canonical import content_hash, counted
from pipelines.text.script import changes

#: How far the counted characters may stand from the shown ones: the band of FORMAT (S3 lies at −11.8 %).
COUNT_BAND = 0.15
#: … and how far without a word: headings and marks are counted in more than one way.
COUNT_NOTED = 0.01
#: A declared length beyond the counted one by so much says that text is withheld, even where nothing shows where.
UNPLACED_SHARE = 0.25

#: Titles in which only the script may be amiss: they hold nothing that another of TITLE_RULES looks for.
PLAIN = re.compile("[\u4e00-\u9fff0-9“”《》、]*")
UNREADABLE = re.compile("[\ud800-\udfff\0]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A speech, how it came about, the text it was made of (the trace's raw text: of a part, its own stretch), and
    the spans that rules remarked upon (for `explain`)."""

    speech: Speech
    trace: Trace
    marks: tuple[Mark, ...] = ()
    raw_text: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that was refused, and what the rules had done to its text before (for `explain`)."""

    failure: Failure
    steps: tuple[Step, ...]
    removed: tuple[Removed, ...]
    raw_text: str


def readable(text: str) -> str:
    """The text as everything works on it: lone surrogates are U+FFFD, NULs are gone.

    >>> readable("a\\ud800\\0b") == "a\\ufffdb"
    True
    """
    if "\0" not in text:
        try:
            text.encode(
                "utf-32-le"
            )  # refuses surrogates too, in a sixth of the time of a search for them
        except UnicodeEncodeError:
            pass
        else:
            return text

    return UNREADABLE.sub(lambda m: "" if m[0] == "\0" else "\ufffd", text)


def clean(
    raw: RawDocument, sites: Mapping[str, str], now: str | None = None
) -> list[Cleaned | Failure]:
    """Clean one page. A collection gives several documents, a page that is none gives one `Failure`.

    `sites` maps host names and site names (as notices write them, Simplified) to site keys. `now` (ISO 8601 UTC)
    stamps failures.
    """
    attempted = attempts(raw, sites, now)

    return [found.failure if isinstance(found, Refused) else found for found in attempted]


def attempts(
    raw: RawDocument, sites: Mapping[str, str], now: str | None = None
) -> list[Cleaned | Refused | Failure]:
    """What `clean` gives, with all that is known of a refused document."""
    readable_text, readable_title = readable(raw.text), readable(raw.title)

    if readable_text is not raw.text or readable_title is not raw.title:
        raw = replace(raw, text=readable_text, title=readable_title)

    if not raw.text.strip():
        return [failure(raw, "empty", "the page has no text", now)]

    found = parts(raw.text)
    if len(found) < 2:
        return [_part(raw, Part(0, len(raw.text), ""), None, sites, now)]

    return [_part(raw, part, number, sites, now) for number, part in enumerate(found, 1)]


def failure(raw: RawDocument, error: str, detail: str, now: str | None) -> Failure:
    """The `failure/1` of a document at this stage."""
    return make_failure(raw.url, raw.site, "clean", error, detail, now)


def _part(
    raw: RawDocument, part: Part, number: int | None, sites: Mapping[str, str], now: str | None
) -> Cleaned | Refused | Failure:
    """Clean one document of a page; `number` is its place in a collection. A rule that fails loses this one only."""
    text = raw.text[part.start : part.end] if number else raw.text
    title = (part.title or raw.title) if number else raw.title
    url = f"{raw.url}#{number}" if number else raw.url

    try:
        facts = _stated(raw, sites)
        facts.title = _title(title, sites)
        facts.breaks = Breaks.of(text, _kinds(raw, part) if number else raw.breaks)
        outcome = run(text, facts, RULES)
        site = _site(raw, outcome.facts, sites)
        page = raw if text is raw.text and site == raw.site else replace(raw, text=text, site=site)
        length = counted(outcome.text)
        refused = refusal(page, outcome.text, outcome.facts, length)
    except MemoryError:  # the page's bound, which is no fault of a rule
        raise
    except Exception as error:
        detail = "; ".join((f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())))
        return failure(replace(raw, url=url), "rule_error", detail, now)

    if refused:
        told = failure(replace(raw, url=url, site=site), *refused, now)
        return Refused(told, outcome.steps, _removed(outcome), text)

    speech = _speech(raw, outcome, site, number, length)
    trace = Trace(
        id=speech.id,
        raw_sha256=_sha256(text),
        clean_sha256=_sha256(outcome.text),
        raw_start=part.start if number else None,
        raw_end=part.end if number else None,
        ruleset=RULESET,
        steps=outcome.steps,
    )

    return Cleaned(speech, trace, outcome.marks, text)


def _kinds(raw: RawDocument, part: Part) -> tuple[Break, ...]:
    """What ended the lines of one document of a page."""
    first = raw.text.count("\n", 0, part.start)

    return raw.breaks[first : first + raw.text.count("\n", part.start, part.end)]


def _title(title: str, sites: Mapping[str, str]) -> str:
    """A title as extraction found it, cleaned."""
    if not PLAIN.fullmatch(title) or changes(title):
        return run(title, Facts(sites=sites), TITLE_RULES).text

    return title


def _stated(raw: RawDocument, sites: Mapping[str, str]) -> Facts:
    """What extraction knows already; it wins over what the text states."""
    given: dict[str, str | int | None] = {
        "doc_id": raw.doc_id, "category": raw.category, "published": raw.published, "uploader": raw.uploader,
        "format": raw.format, "size": raw.size, "pages": raw.pages, "declared_chars": raw.declared_chars,
        "shown_chars": raw.shown_chars, "source": raw.source,
    }  # fmt: skip

    return Facts(
        site=raw.site,
        url=raw.url,
        stated={name: value for name, value in given.items() if value is not None},
        toc=list(raw.toc),
        sites=sites,
    )


def _speech(
    raw: RawDocument, outcome: Outcome, site: str, number: int | None, length: int
) -> Speech:
    text, facts = outcome.text, outcome.facts
    url = f"{raw.url}#{number}" if number else raw.url
    doc_id = _text(facts, "doc_id")
    address = raw.identity if isinstance(raw, LocalDocument) else raw.url
    identity = document_id(site, doc_id, address, number)
    hashed = content_hash(text)
    declared, shown = _number(facts, "declared_chars"), _number(facts, "shown_chars")
    gaps = _gaps(text, facts.gaps, declared, shown)

    if "more_pages" in raw.warnings and not any(gap.kind == "cut_off" for gap in gaps):
        gaps = (*gaps, Gap(len(text), None, "cut_off", ""))

    warnings = [*raw.warnings, *(c for c in facts.cautions if c not in raw.warnings)]
    warnings += [code for code in _count_warnings(length, shown) if code not in warnings]
    script = facts.stated.get("script", "hans")

    return Speech(
        id=identity,
        url=url,
        site=site,
        doc_id=doc_id,
        part=number,
        title=facts.title,
        text=text,
        gaps=gaps,
        completeness=_completeness(gaps, facts, declared, shown, length),
        declared_chars=declared,
        shown_chars=shown,
        counted_chars=length,
        toc=tuple(facts.toc),
        script="hant" if script == "hant" else "mixed" if script == "mixed" else "hans",
        category=_text(facts, "category"),
        published=_text(facts, "published"),
        uploader=_text(facts, "uploader"),
        format=_text(facts, "format"),
        size=_text(facts, "size"),
        pages=_number(facts, "pages"),
        crawled_at=raw.crawled_at,
        content_hash=hashed,
        cluster=identity,
        sources=(Source(identity, url, site, hashed, length),),
        removed=_removed(outcome),
        ruleset=RULESET,
        warnings=tuple(warnings),
        source=_text(facts, "source"),
        attachments=raw.attachments,
        parent=raw.parent,
        damage=_damage(text, facts),
        facts=stated_facts(facts.title, text),
    )


def _count_warnings(length: int, shown: int | None) -> list[str]:
    """How far the counted characters are from what the site says it shows."""
    if not shown:
        return []

    off = abs(length - shown) / shown
    if off > COUNT_BAND:
        return ["count_off"]

    return ["count_differs"] if off > COUNT_NOTED else []


def _damage(text: str, facts: Facts) -> tuple[Damage, ...]:
    """The record's damaged spans, in order.

    Those that a later rule took away with what stood around them are gone, and those that were left at first and mended
    in a later pass are told once.
    """
    spots = sorted({(s.start, min(s.end, len(text)), s.kind) for s in facts.damage})
    mended = [spot for spot in spots if spot[2] != "left"]

    return tuple(
        [
            Damage(start, end, kind)
            for start, end, kind in spots
            if start < end
            and (kind != "left" or not any(s < end and start < e for s, e, _ in mended))
        ]
    )


def _site(raw: RawDocument, facts: Facts, sites: Mapping[str, str]) -> str:
    """Site key: given, else by the address, else by a host or name in the page's notices or frame."""
    if raw.site != "unknown":
        return raw.site

    host = None
    with suppress(ValueError):  # an address as given may be anything
        host = urlsplit(raw.url).hostname if "://" in raw.url else None

    candidates = (host, facts.stated.get("site_host"), facts.stated.get("site_name"))
    return next((sites[str(c)] for c in candidates if c and str(c) in sites), "unknown")


def _gaps(
    text: str, placed: list[PlacedGap], declared: int | None, shown: int | None
) -> tuple[Gap, ...]:
    """The record's gaps: in order, the end of the text cut off at most once and last.

    What the end lacks is declared − shown − the stated omissions; where an omission does not state its length,
    the site's figures do not allow it.
    """
    gaps = [Gap(g.at, g.chars, "omitted", g.notice) for g in placed if g.kind == "omitted"]
    ends = [g for g in placed if g.kind == "cut_off"]

    if not ends:
        if gaps and gaps[-1].at >= len(text):  # nothing is shown behind it: it is the end
            gaps[-1] = replace(gaps[-1], at=len(text), kind="cut_off")

        return tuple(gaps)

    chars = next((g.chars for g in ends if g.chars is not None), None)
    if chars is None and declared and shown:
        chars = _missing_at_end(gaps, declared, shown)

    notice = next((g.notice for g in ends if g.notice), "")
    return (*gaps, Gap(len(text), chars, "cut_off", notice))


def _missing_at_end(omissions: list[Gap], declared: int, shown: int) -> int | None:
    stated = [gap.chars for gap in omissions if gap.chars is not None]
    if len(stated) < len(omissions):
        return None

    left = declared - shown - sum(stated)
    return left if left > 0 else None


def _completeness(
    gaps: tuple[Gap, ...], facts: Facts, declared: int | None, shown: int | None, length: int
) -> Completeness:
    if gaps:
        return "cut_off" if gaps[-1].kind == "cut_off" else "gapped"

    short = declared is not None and length < declared * (1 - UNPLACED_SHARE)
    less = declared is not None and shown is not None and shown < declared * (1 - UNPLACED_SHARE)

    return "unknown" if short or less or "withheld_somewhere" in facts.stated else "full"


def _removed(outcome: Outcome) -> tuple[Removed, ...]:
    """Per rule that fired: how many edits and how many code points they took out."""
    tally: dict[str, tuple[int, int]] = {}

    for step in outcome.steps:
        count, chars = tally.get(step.rule, (0, 0))
        tally[step.rule] = (
            count + len(step.edits),
            chars + sum([len(e.removed) for e in step.edits]),
        )

    return tuple([Removed(name, count, chars) for name, (count, chars) in tally.items()])


def _text(facts: Facts, name: str) -> str | None:
    value = facts.stated.get(name)
    return None if value is None else str(value)


def _number(facts: Facts, name: str) -> int | None:
    value = facts.stated.get(name)
    return value if isinstance(value, int) else None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
