"""The raw text of a document, put back from its clean text and its trace.

raw_text(speech.text, trace)
"""

from __future__ import annotations

import hashlib

from pipelines.errors import HarvestError
from pipelines.records import Trace
from pipelines.text.edits import restore


class NotRestored(HarvestError):
    """Text and trace do not belong together."""


def raw_text(text: str, trace: Trace) -> str:
    """The text before cleaning: what each step took out is put back, the last step first.

    Raises NotRestored where the trace is of another text, or the result is not the text it was made from.
    """
    if sha256(text) != trace.clean_sha256:
        raise NotRestored(f"{trace.id}: the trace is of another version of this text")

    for step in reversed(trace.steps):
        edits = [(edit.start, edit.removed, edit.inserted) for edit in step.edits]
        try:
            text = restore(text, edits)
        except ValueError as error:
            raise NotRestored(f"{trace.id}: {step.rule}: {error}") from None

    if sha256(text) != trace.raw_sha256:
        raise NotRestored(f"{trace.id}: the trace does not lead back to the raw text")

    return text


def sha256(text: str) -> str:
    """The digest that traces carry: of the text's UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
