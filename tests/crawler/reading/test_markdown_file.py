"""Markdown: marks are markup, numbers of lists are text, blocks end paragraphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.reading.inputs import read, units
from crawler.reading.markdown_file import markdown_text
from pipelines.records import RawDocument

CASES = [
    ("# 水利会讲话\n\n同志们：\n\n## 一、*目标*", "水利会讲话\n同志们：\n一、目标", ["p", "p"]),
    ("上半句\n下半句", "上半句\n下半句", ["br"]),
    ("1) 修渠\n2) 通水", "1) 修渠\n2) 通水", ["p"]),
    ("2024. 那年\n2025. 这年", "2024. 那年\n2025. 这年", ["p"]),
    ("- 修渠\n- 通水", "修渠\n通水", ["p"]),
    ("**一是修渠。**要快。", "一是修渠。要快。", []),
    ("    各位代表，**请坐**。", "各位代表，请坐。", []),
    ("[通知](https://docs.example/1)已发", "通知已发", []),
    ("3 * 4 等于 12，王*同志", "3 * 4 等于 12，王*同志", []),
    ("|甲|乙|\n|-|-|\n|1|2|", "甲\t乙\n1\t2", ["p"]),
    ("", "", []),
]


@pytest.mark.parametrize(("source", "text", "breaks"), CASES)
def test_what_is_text_and_what_is_markup(source: str, text: str, breaks: list[str]) -> None:
    shown = markdown_text(source).shown
    assert (shown.text, list(shown.breaks)) == (text, breaks)


def test_a_file_in_a_folder_is_found_and_read(tmp_path: Path) -> None:
    (tmp_path / "讲话.md").write_text("# 水利会讲话\n\n同志们：**开会**了。\n", "utf-8")
    documents = [found for unit in units([str(tmp_path)]) for found in read(unit, None)]
    assert len(documents) == 1
    found = documents[0]
    assert isinstance(found, RawDocument)
    assert (found.title, found.text) == ("水利会讲话", "水利会讲话\n同志们：开会了。")
    assert found.breaks == ("p",)
