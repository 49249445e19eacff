"""The records of the contract and their JSON: `raw/1`, `speech/1`, `trace/1`, `outline/1`, `failure/1`, `run/1`.

Every record is a frozen dataclass. The order of its fields is the order of the keys in its JSON line, so a line looks
the same whoever writes it. `to_line` writes a record; the `*_from` functions read one and raise `BadRecord` where the
line is not that record. Offsets count code points everywhere. msgspec reads and writes the JSON and checks every type.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

import msgspec

from pipelines.record_parts import (
    Attachment,
    Break,
    Completeness,
    Damage,
    DocumentCounts,
    ExtractionCounts,
    Gap,
    Link,
    OtherRequests,
    OutlineNode,
    PageCounts,
    Removed,
    Script,
    Source,
    SpeechFacts,
    Step,
    Stretch,
)

#: The closed list of `failure/1` errors; `http_NNN` stands for any status.
RECOGNISED = (
    "login_wall",
    "captcha",
    "soft_404",
    "download_form",
    "font_garbage",
    "novel_chapter",
    "list_page",
    "too_short",
)
LOSSES = (
    "empty",
    "too_large",
    "too_slow",
    "not_text",
    "encrypted",
    "no_text_layer",
    "broken_file",
    "undecodable",
    "bad_record",
    "id_taken",
    "rule_error",
)
FETCH_ERRORS = ("timeout", "dns", "connection", "tls", "redirect", "robots", "refused_address")

#: Largest page or record that is read at all, in bytes.
SIZE_LIMIT = 32 * 1024 * 1024


class BadRecord(ValueError):
    """A line that is not the record it should be; the message says which field is wrong and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """What extraction (or somebody else, `raw/1`) hands to cleaning: a container's whole text and stated facts.

    `url` is canonical, or `file:` and a path. `title` may be empty: cleaning then looks for it in the text. `breaks`
    says for each line end of `text` whether a block ended there (`p`) or a mere line break stood there (`br`); it is
    empty where that is not known.
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
    breaks: tuple[Break, ...] = ()
    source: str | None = None
    attachments: tuple[Attachment, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDocument(RawDocument):
    """A document of a local file. Its `url` says which file; `identity` stands in for a URL where its id is made."""

    identity: str


NO_FACTS = SpeechFacts()


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
    source: str | None = None
    attachments: tuple[Attachment, ...] = ()
    parent: str | None = None
    damage: tuple[Damage, ...] = ()
    facts: SpeechFacts = NO_FACTS


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


@dataclass(frozen=True, slots=True)
class ChunkHeading:
    """A heading above a chunk."""

    marker: str | None
    title: str | None
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a speech along its sections, `chunk/1`; the chunks of a speech tile its text."""

    schema: Literal["chunk/1"] = "chunk/1"
    id: str
    speech: str
    version: int
    title: str
    path: tuple[ChunkHeading, ...] = ()
    level: int
    start: int
    end: int
    text: str
    gap: bool
    previous: str | None
    next: str | None


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


Record = Speech | Trace | Outline | Chunk | Failure | Run
_R = TypeVar("_R")


def to_line(record: Record) -> bytes:
    """One JSON line with its `\\n`, keys in field order. Raises UnicodeEncodeError for a lone surrogate."""
    return msgspec.json.encode(record) + b"\n"


def document_id(site: str, number: str | None, url: str, part: int | None) -> str:
    """The identity of a document over re-crawls and rule changes: 32 lower-case hex characters.

    >>> document_id("wm114", "17", "https://a/", None) == document_id("wm114", "17", "https://b/", None)
    True
    >>> document_id("wm114", "17", "https://a/", 1) == document_id("wm114", "17", "https://a/", None)
    False
    """
    what = f"number:{number}" if number else f"url:{url}"
    identity = f"{site}\n{what}\n{part or ''}"

    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def speech_from(line: bytes | str) -> Speech:
    """Read one `speech/1` line. Raises BadRecord."""
    return _read(Speech, line)


def trace_from(line: bytes | str) -> Trace:
    """Read one `trace/1` line. Raises BadRecord."""
    return _read(Trace, line)


def outline_from(line: bytes | str) -> Outline:
    """Read one `outline/1` line. Raises BadRecord."""
    return _read(Outline, line)


def chunk_from(line: bytes | str) -> Chunk:
    """Read one `chunk/1` line. Raises BadRecord."""
    return _read(Chunk, line)


def failure_from(line: bytes | str) -> Failure:
    """Read one `failure/1` line. Raises BadRecord."""
    return _read(Failure, line)


def run_from(line: bytes | str) -> Run:
    """Read one `run/1` manifest. Raises BadRecord."""
    return _read(Run, line)


def raw_from(line: bytes | str) -> RawDocument:
    """Read one `raw/1` line; unknown keys are let pass, `null` means left out. Raises BadRecord."""
    data = _object(line)

    if data.get("schema") != "raw/1":
        raise BadRecord(f"schema is {data.get('schema')!r}, not 'raw/1'")

    known = {f.name for f in fields(RawDocument)}
    stated = {
        k: v for k, v in data.items() if k in known and (v is not None or k in ("url", "text"))
    }

    try:
        raw = msgspec.convert(stated, RawDocument)
    except msgspec.ValidationError as error:
        raise BadRecord(_told(error)) from None

    line_ends = raw.text.count("\n")
    if raw.breaks and len(raw.breaks) != line_ends:
        raise BadRecord(f"breaks: {len(raw.breaks)} for {line_ends} line ends of text")

    return raw


_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Speech, Trace, Outline, Chunk, Failure, Run)
}


def _read(kind: type[_R], line: bytes | str) -> _R:
    """Decode a line as a record. Raises BadRecord."""
    try:
        return _DECODERS[kind].decode(line)  # type: ignore[no-any-return]
    except msgspec.ValidationError as error:
        if _is_object(line):
            raise BadRecord(_told(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass  # perhaps a lone surrogate, which msgspec refuses

    data = _object(line)
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise BadRecord(_told(error)) from None


def _is_object(line: bytes | str) -> bool:
    return line.lstrip()[:1] in (b"{", "{")


def _told(error: msgspec.ValidationError) -> str:
    """The field first, then what is wrong with it.

    >>> try: speech_from('{"id": 1}')
    ... except BadRecord as error: print(error)
    id: expected `str`, got `int`
    """
    what, _, place = str(error).partition(" - at `$.")
    what = what[:1].lower() + what[1:]

    return f"{place.rstrip('`')}: {what}" if place else what


def _object(line: bytes | str) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        data = _with_lone_surrogates(line, error)

    if not isinstance(data, dict):
        raise BadRecord(f"a JSON {type(data).__name__}, not an object")

    return data


def _with_lone_surrogates(line: bytes | str, error: Exception) -> Any:
    """Lone surrogates, which msgspec refuses, come back as U+FFFD; anything else is no JSON. Raises BadRecord."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8", "surrogatepass")
        escaped = json.dumps(json.loads(text), ensure_ascii=False, allow_nan=False)

        return json.loads(escaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        raise BadRecord(f"not JSON: {error}") from None
