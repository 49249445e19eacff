"""The records of the contract and their JSON: `raw/1`, `speech/1`, `trace/1`, `outline/1`, `failure/1`, `run/1`.

Every record is a frozen dataclass whose field order is the key order of its JSON line, so a line looks the same
whoever writes it. `to_line` writes one, the `*_from` functions read one back and refuse what is not that record
with `BadRecord`. Offsets count code points everywhere.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar

import orjson

Completeness = Literal["full", "gapped", "cut_off", "unknown"]
GapKind = Literal["omitted", "cut_off"]
Script = Literal["hans", "hant", "mixed"]
Status = Literal["full", "partial", "missing"]
NodeSource = Literal["body", "toc", "both", "numbering"]
Form = Literal["line", "run_in"]

#: The closed list of `failure/1` errors; `http_NNN` stands for any status.
RECOGNISED = (
    "login_wall",
    "captcha",
    "soft_404",
    "download_form",
    "font_garbage",
    "novel_chapter",
    "too_short",
)
LOSSES = ("empty", "too_large", "not_text", "undecodable", "bad_record", "rule_error")
FETCH_ERRORS = ("timeout", "dns", "connection", "tls", "redirect", "robots", "refused_address")

#: Largest page or record that is read at all, in bytes.
SIZE_LIMIT = 32 * 1024 * 1024


class BadRecord(ValueError):
    """A line that is not the record it should be; the message says which field is wrong and how."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch the site withheld. `at` is the first code point after it (`len(text)` at the end)."""

    at: int
    chars: int | None
    kind: GapKind
    notice: str


@dataclass(frozen=True, slots=True)
class Link:
    """A weaker claim than being a copy: another half of the document, a spun version."""

    id: str
    relation: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Source:
    """One copy behind a record."""

    id: str
    url: str
    site: str
    content_hash: str
    counted_chars: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """`text[start:end]` of a merged record comes from copy `id`."""

    start: int
    end: int
    id: str


@dataclass(frozen=True, slots=True)
class Removed:
    """How often a rule fired on a document and how many code points it took out."""

    rule: str
    count: int
    chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """What extraction (or somebody else, `raw/1`) hands to cleaning: a container's whole text and stated facts.

    `url` is canonical, or `file:` and a path. `title` may be empty: cleaning then looks for it in the text.
    """

    url: str
    site: str = "unknown"
    title: str = ""
    text: str
    doc_id: str | None = None
    category: str | None = None
    published: str | None = None
    uploader: str | None = None
    format: str | None = None
    size: str | None = None
    pages: int | None = None
    declared_chars: int | None = None
    shown_chars: int | None = None
    toc: tuple[str, ...] = ()
    crawled_at: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One cleaned document, `speech/1`; every field is explained in docs/records.md."""

    schema: Literal["speech/1"] = "speech/1"
    id: str
    version: int = 1
    supersedes: tuple[str, ...] = ()
    url: str
    site: str
    doc_id: str | None = None
    part: int | None = None
    title: str
    text: str
    gaps: tuple[Gap, ...] = ()
    completeness: Completeness
    declared_chars: int | None = None
    shown_chars: int | None = None
    counted_chars: int
    toc: tuple[str, ...] = ()
    script: Script
    category: str | None = None
    published: str | None = None
    uploader: str | None = None
    format: str | None = None
    size: str | None = None
    pages: int | None = None
    crawled_at: str | None = None
    content_hash: str
    cluster: str
    family: str | None = None
    links: tuple[Link, ...] = ()
    sources: tuple[Source, ...]
    provenance: tuple[Stretch, ...] = ()
    removed: tuple[Removed, ...] = ()
    ruleset: str
    warnings: tuple[str, ...] = ()


@dataclass(
    slots=True, unsafe_hash=True
)  # frozen, it takes three times as long to make, and a page has dozens
class TracedEdit:
    """`removed` stood at `start` of the step's input and `inserted` stands there now."""

    start: int
    removed: str
    inserted: str


@dataclass(frozen=True, slots=True)
class Step:
    """All edits of one rule, sorted and disjoint."""

    rule: str
    edits: tuple[TracedEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What cleaning did to one document, `trace/1`.

    `raw_start` and `raw_end` say which stretch of the page's raw text this document (a part of a collection) is;
    both are `None` where it is the whole.
    """

    schema: Literal["trace/1"] = "trace/1"
    id: str
    raw_sha256: str
    clean_sha256: str
    raw_start: int | None = None
    raw_end: int | None = None
    ruleset: str
    steps: tuple[Step, ...] = ()


@dataclass(slots=True, unsafe_hash=True, kw_only=True)  # as above: an outline is half made of these
class OutlineNode:
    """One section of an outline."""

    level: int
    marker: str | None
    number: int | None
    title: str | None
    status: Status
    source: NodeSource
    form: Form | None
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The structure of one speech, `outline/1`. `preamble` and `unplaced` are spans `(start, end)` of its text."""

    schema: Literal["outline/1"] = "outline/1"
    id: str
    version: int
    title: str
    url: str
    salutation: str | None = None
    preamble: tuple[int, int]
    unplaced: tuple[tuple[int, int], ...] = ()
    nodes: tuple[OutlineNode, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A page or line that gave no speech, `failure/1`; `error` is from the closed list above."""

    schema: Literal["failure/1"] = "failure/1"
    url: str
    site: str
    stage: str
    error: str
    detail: str
    happened_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """Document pages of a run; `asked` is the sum of the others."""

    asked: int = 0
    stored: int = 0
    duplicate: int = 0
    unchanged: int = 0
    failed: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRequests:
    """Requests of a run that were not for documents."""

    lists: int = 0
    robots: int = 0
    redirects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCounts:
    """What the documents of a run were."""

    new: int = 0
    upgraded: int = 0
    gapped: int = 0
    cut_off: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionCounts:
    """How often a site's own selectors matched, and how often the generic extraction stepped in."""

    own: int = 0
    generic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The manifest of a run, `run/1`."""

    schema: Literal["run/1"] = "run/1"
    run: str
    site: str
    command: str
    started: str
    finished: str
    exit: int
    pages: PageCounts
    failures: dict[str, int]
    other_requests: OtherRequests
    documents: DocumentCounts
    withheld_chars: int
    rules: dict[str, int]
    extraction: ExtractionCounts
    gone: tuple[str, ...]
    versions: dict[str, str]


Record = Speech | Trace | Outline | Failure | Run
_R = TypeVar("_R")


def to_line(record: Record) -> bytes:
    """One JSON line with its `\\n`, keys in field order."""
    return orjson.dumps(
        _plain(record) if isinstance(record, Trace) else record, option=orjson.OPT_APPEND_NEWLINE
    )


def _plain(trace: Trace) -> dict[str, object]:
    """A trace as orjson writes it fastest: its many small records as objects of their own take 9 times as long."""
    return {
        "schema": trace.schema, "id": trace.id, "raw_sha256": trace.raw_sha256, "clean_sha256": trace.clean_sha256,
        "raw_start": trace.raw_start, "raw_end": trace.raw_end, "ruleset": trace.ruleset,
        "steps": [
            {"rule": step.rule, "edits": [{"start": e.start, "removed": e.removed, "inserted": e.inserted} for e in step.edits]}
            for step in trace.steps
        ],
    }  # fmt: skip


def document_id(site: str, number: str | None, url: str, part: int | None) -> str:
    """The identity of a document over re-crawls and rule changes: 32 lower-case hex characters.

    >>> document_id("wm114", "17", "https://a/", None) == document_id("wm114", "17", "https://b/", None)
    True
    >>> document_id("wm114", "17", "https://a/", 1) == document_id("wm114", "17", "https://a/", None)
    False
    """
    what = f"number:{number}" if number else f"url:{url}"
    return hashlib.sha256(
        f"{site}\n{what}\n{part or ''}".encode("utf-8", "surrogatepass")
    ).hexdigest()[:32]


def speech_from(line: bytes | str) -> Speech:
    """Read one `speech/1` line. Raises BadRecord."""
    return _read(Speech, _object(line))


def trace_from(line: bytes | str) -> Trace:
    """Read one `trace/1` line. Raises BadRecord."""
    return _read(Trace, _object(line))


def outline_from(line: bytes | str) -> Outline:
    """Read one `outline/1` line. Raises BadRecord."""
    return _read(Outline, _object(line))


def failure_from(line: bytes | str) -> Failure:
    """Read one `failure/1` line. Raises BadRecord."""
    return _read(Failure, _object(line))


def run_from(line: bytes | str) -> Run:
    """Read one `run/1` manifest. Raises BadRecord."""
    return _read(Run, _object(line))


def raw_from(line: bytes | str) -> RawDocument:
    """Read one `raw/1` line; unknown keys are let pass. Raises BadRecord."""
    data = _object(line)
    if data.get("schema") != "raw/1":
        raise BadRecord(f"schema is {data.get('schema')!r}, not 'raw/1'")
    known = {f.name for f in fields(RawDocument)}
    return _read(
        RawDocument,
        {k: v for k, v in data.items() if k in known and (v is not None or k in ("url", "text"))},
    )


def _object(line: bytes | str) -> dict[str, Any]:
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        data = _tolerant(line, error)
    if not isinstance(data, dict):
        raise BadRecord(f"a JSON {type(data).__name__}, not an object")
    return data


def _tolerant(line: bytes | str, error: orjson.JSONDecodeError) -> Any:
    """Lone surrogates, which orjson refuses, come back as U+FFFD; anything else is no JSON."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8", "surrogatepass")
        return orjson.loads(
            json.dumps(json.loads(text), ensure_ascii=False)
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
    except (ValueError, RecursionError):
        raise BadRecord(f"not JSON: {error}") from None


def _read(kind: type[_R], data: Mapping[str, Any]) -> _R:
    """Build a record from parsed JSON, every value checked against its field's type."""
    values: dict[str, Any] = {}
    for name, (reader, required) in _plan(typing.cast(Any, kind)).items():
        if name in data:
            try:
                values[name] = reader(data[name])
            except BadRecord as error:
                raise BadRecord(f"{name}: {error}") from None
        elif required:
            raise BadRecord(f"{name} is missing")
    return kind(**values)


@cache
def _plan(kind: type) -> dict[str, tuple[Callable[[Any], Any], bool]]:
    hints = typing.get_type_hints(kind)
    return {f.name: (_reader(hints[f.name]), f.default is MISSING) for f in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """What checks a value against a type and gives it back; made once a field, as asking a type what it is takes longer."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(a for a in args if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    readers = [_reader(a) for a in args if a is not Ellipsis] if origin in (tuple, dict) else []

    def read(value: Any) -> Any:
        if hint is str or hint is int:
            if type(value) is hint:
                return value
            raise BadRecord(f"{value!r:.60} is no {hint.__name__}")
        if origin is Literal:
            if value in args:
                return value
            raise BadRecord(f"{value!r:.60} is none of {', '.join(map(str, args))}")
        if origin is tuple:
            if not isinstance(value, list):
                raise BadRecord(f"{value!r:.60} is no list")
            if args[-1] is Ellipsis:
                return tuple([readers[0](v) for v in value])
            if len(value) != len(args):
                raise BadRecord(f"{value!r:.60} has not {len(args)} values")
            return tuple([r(v) for r, v in zip(readers, value, strict=True)])
        if origin is dict:
            if not isinstance(value, dict):
                raise BadRecord(f"{value!r:.60} is no object")
            return {str(k): readers[1](v) for k, v in value.items()}
        if is_dataclass(hint) and isinstance(value, dict):
            return _read(typing.cast(type, hint), value)
        raise BadRecord(f"{value!r:.60} does not fit {hint}")

    return read
