"""Chunks tile the text, keep to the sections and know where they stand."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.chunks import ChunksCommand
from pipelines.outline import outline_of, plain_speech
from pipelines.outline.chunks import chunks_of, context
from pipelines.record_parts import Gap
from pipelines.records import Chunk, Speech, chunk_from, to_line

SENTENCE = "各村结合实际推动春耕备耕，种子化肥已经到户，进度好于往年。"
PIECES = [
    "一、修路\n",
    "二、架桥\n",
    "（一）石料\n",
    "（二）工期。",
    "1.备料。",
    SENTENCE,
    SENTENCE * 9,
    "\n",
    "。",
    "甲" * 130,
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def chunked(text: str, size: int = 120, gaps: tuple[Gap, ...] = ()) -> tuple[Speech, list[Chunk]]:
    speech = plain_speech(text, title="春耕汇报", gaps=gaps)
    return speech, chunks_of(speech, outline_of(speech), size)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.sampled_from([50, 120, 500]))
def test_chunks_tile_any_text(text: str, size: int) -> None:
    speech, chunks = chunked(text, size)
    assert "".join([c.text for c in chunks]) == text
    assert [c.start for c in chunks] == [0, *[c.end for c in chunks[:-1]]][: len(chunks)]
    assert all(0 < c.end - c.start <= size for c in chunks)
    assert len({c.id for c in chunks}) == len(chunks)
    assert [c.previous for c in chunks[1:]] == [c.id for c in chunks[:-1]]
    assert [c.next for c in chunks[:-1]] == [c.id for c in chunks[1:]]
    for node in outline_of(speech).nodes:
        if node.level <= 2 and node.start is not None:
            assert not any([c.start < node.start < c.end for c in chunks])


def test_a_chunk_carries_the_headings_above_it() -> None:
    _, chunks = chunked(
        f"一、修路\n（一）石料\n{SENTENCE}\n（二）工期\n{SENTENCE}\n二、架桥\n{SENTENCE}"
    )
    assert [context(c) for c in chunks] == [
        "春耕汇报 / 一、修路",
        "春耕汇报 / 一、修路 / （一）石料",
        "春耕汇报 / 一、修路 / （二）工期",
        "春耕汇报 / 二、架桥",
    ]
    assert [c.level for c in chunks] == [1, 2, 2, 1]


def test_cuts_prefer_lower_sections_then_paragraphs_then_sentences() -> None:
    long = SENTENCE * 3
    _, chunks = chunked(f"一、修路\n（一）石料\n1.采石\n{long}\n2.运石\n{long}\n{SENTENCE}", 130)
    assert [c.text.split("\n")[0] for c in chunks] == ["一、修路", "（一）石料", "2.运石"]
    _, sentences = chunked(SENTENCE * 10, 100)
    assert all(c.text.endswith("。") for c in sentences)


def test_a_chunk_says_whether_text_was_withheld_in_it() -> None:
    text = f"一、修路\n{SENTENCE}\n二、架桥\n{SENTENCE}"
    at = text.index("二、")
    _, chunks = chunked(text, gaps=(Gap(at, 90, "omitted", "略"),))
    assert [c.gap for c in chunks] == [True, False]
    _, chunks = chunked(
        text, gaps=(Gap(0, 90, "omitted", "略"), Gap(len(text), 9, "cut_off", "略"))
    )
    assert [c.gap for c in chunks] == [True, True]


def test_chunks_of_another_version_have_other_ids() -> None:
    speech, first = chunked(SENTENCE)
    second = chunks_of(replace(speech, version=2), outline_of(speech), 120)
    assert first[0].id != second[0].id


def test_a_size_that_holds_no_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        chunked(SENTENCE, 10)


def run(*argv: str) -> int:
    command = ChunksCommand()
    command.settings = Settings()
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(argv))
    command.run(args, opts)
    return command.exitcode


def test_the_command_writes_lines_that_read_back(tmp_path: Path) -> None:
    speech, chunks = chunked(f"一、修路\n{SENTENCE}\n二、架桥\n{SENTENCE}", 100)
    (tmp_path / "s.jsonl").write_bytes(to_line(speech) + b"{}\n")
    out = tmp_path / "c.jsonl"
    assert run(str(tmp_path / "s.jsonl"), "-o", str(out), "--size", "100") == 3
    assert [chunk_from(line) for line in out.read_bytes().splitlines()] == chunks
    assert (tmp_path / "c.failures.jsonl").read_bytes().count(b'"bad_record"') == 1
    for argv in (("x.jsonl",), ("x.jsonl", "-o", "y", "--size", "9")):
        with pytest.raises(UsageError):
            run(*argv)
