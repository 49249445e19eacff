"""A speech around a bare text, for trying the parser on text that no site served."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.record_parts import Gap, Source
from pipelines.records import Speech, document_id
from pipelines.text.canonical import content_hash, counted


def plain_speech(
    text: str,
    *,
    title: str = "",
    gaps: Sequence[Gap] = (),
    toc: Sequence[str] = (),
    url: str = "file:text",
) -> Speech:
    """A `speech/1` with this text, all else at its empty value.

    >>> plain_speech("一、目标", toc=["一、目标"]).toc
    ('一、目标',)
    """
    id_ = document_id("unknown", None, url, None)
    hash_, count = content_hash(text), counted(text)

    return Speech(
        id=id_, url=url, site="unknown", title=title, text=text, gaps=tuple(gaps),
        completeness="gapped" if gaps else "full", counted_chars=count, toc=tuple(toc), script="hans", content_hash=hash_,
        cluster=id_, sources=(Source(id=id_, url=url, site="unknown", content_hash=hash_, counted_chars=count),), ruleset="none",
    )  # fmt: skip
