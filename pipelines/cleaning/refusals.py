"""Pages that are no document: recognised by what cleaning leaves of them."""

from __future__ import annotations

from pipelines.cleaning.rule import Facts
from pipelines.records import RawDocument
from pipelines.text.canonical import counted

#: Fewer counted characters are no document (FORMAT, `failure/1`).
LEAST = 20


def refusal(raw: RawDocument, text: str, facts: Facts) -> tuple[str, str] | None:
    """`(error, detail)` for a page that is no document, `None` for a speech. `text` is the cleaned text of `raw`."""
    length = counted(text)
    return ("too_short", f"{length} characters") if length < LEAST else None
