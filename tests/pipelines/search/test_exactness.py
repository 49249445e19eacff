"""Every index finds exactly the documents that a plain scan finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.search_corpus import queries, speeches
from pipelines.outline import outline_of
from pipelines.records import to_line
from pipelines.search.bigrams import form, pattern
from pipelines.search.document import Query, sections
from pipelines.search.index import fill, open_sink


def compare(target: str, folder: Path, documents: int, questions: int) -> int:
    """Fill an index, ask it, and assert that each answer is the scan's; returns how many documents were found in all."""
    there = list(speeches(documents, seed=5))
    path = folder / "speeches.jsonl"
    path.write_bytes(b"".join(map(to_line, there)))
    forms = {
        s.id: "\0".join(
            [form(s.title), *(form(p.label) for p in sections(outline_of(s))), form(s.text)]
        )
        for s in there
    }
    asked = queries(random.Random(6), [s.text for s in there[:200]], questions)
    total = 0
    with open_sink(target, empty=True) as sink:
        assert fill(sink, [path], print).total == documents
        for text in asked:
            query = Query.of(text)
            wanted = {
                key
                for key, formed in forms.items()
                if all(t.form in formed and pattern(t).search(formed) for t in query.terms)
            }
            assert sink.matching(query) == wanted, text
            total += len(wanted)
    return total


def test_an_index_finds_what_a_scan_finds(target: str, tmp_path: Path) -> None:
    assert compare(target, tmp_path, documents=400, questions=120) > 1000


@pytest.mark.slow
def test_an_index_of_20000_documents_finds_what_a_scan_finds(target: str, tmp_path: Path) -> None:
    assert compare(target, tmp_path, documents=20_000, questions=150) > 50_000
