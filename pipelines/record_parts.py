"""What records are made of: gaps, sources, facts and the closed lists of their values. Offsets count code points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

Completeness = Literal["full", "gapped", "cut_off", "unknown"]
GapKind = Literal["omitted", "cut_off"]
Script = Literal["hans", "hant", "mixed"]
Status = Literal["full", "partial", "missing"]
NodeSource = Literal["body", "toc", "both", "numbering"]
Form = Literal["line", "run_in"]
Break = Literal["p", "br"]


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


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a page offers beside its text; `format` is the ending of its name in lower case."""

    name: str
    url: str
    format: str | None


@dataclass(frozen=True, slots=True)
class Damage:
    """`text[start:end]` was damaged on the page: `left` as it stood, `partial`ly mended, or `restored`."""

    start: int
    end: int
    kind: str


class StatedFact(msgspec.Struct, frozen=True, rename={"found_in": "in"}):
    """A fact of the speech as title or text state it: `value` stands at `start:end` of one of them.

    A Struct, since its key `in` is no name that a dataclass may have.
    """

    value: str
    found_in: Literal["title", "text"]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechFacts:
    """What a speech says of itself. `delivered` is ISO with the precision that is stated: `2024`, `2024-05`."""

    genre: StatedFact | None = None
    occasion: StatedFact | None = None
    speaker: StatedFact | None = None
    delivered: StatedFact | None = None
    place: StatedFact | None = None
    level: StatedFact | None = None


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
