"""Texts and Markdown: what is read, and the levels written back as `#`."""

from __future__ import annotations

import pytest

from crawler.reading.flat_file import flat_file
from pipelines.outline import decisions, outline_of
from pipelines.outline.flat_text import markdown_lines, with_levels

FLAT = """# 春耕工作总结

# 一、备耕情况
各村结合实际备足了种子化肥，进度好于预期。

# （一）种子
**良种**已经到户。

# （二）化肥
仓里还有三十吨。

# 二、存在问题
个别村组进度偏慢。
"""


def levelled(name: str, text: str) -> str:
    read = flat_file(name, text.encode())
    return with_levels(read.flat, outline_of(read.speech, read.flat.stated_offsets()))


def headings(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


def test_flat_markdown_gets_its_levels_and_keeps_all_other_lines() -> None:
    done = levelled("a.md", FLAT)
    assert headings(done) == [
        "# 春耕工作总结",
        "## 一、备耕情况",
        "### （一）种子",
        "### （二）化肥",
        "## 二、存在问题",
    ]
    assert done.replace("#", "") == FLAT.replace("#", "")


def test_levels_that_are_right_stay() -> None:
    once = levelled("a.md", FLAT)
    assert levelled("a.md", once) == once


def test_a_plain_text_becomes_markdown() -> None:
    text = "一、修路\n硬化村道三公里。\n二、架桥\n新建便桥一座。"
    assert (
        levelled("a.txt", text)
        == "# 一、修路\n\n硬化村道三公里。\n\n# 二、架桥\n\n新建便桥一座。\n"
    )


def test_headings_without_marker_stand_where_the_format_puts_them() -> None:
    text = "# 甲编\n\n## 一、修路\n硬化村道三公里。\n\n## 二、架桥\n新建便桥一座。\n\n# 乙编\n\n## 一、种树\n栽杨树三百棵。\n\n### 选苗\n选好苗。\n"
    read = flat_file("a.md", ("讲话稿\n\n" + text).encode())
    nodes = outline_of(read.speech, read.flat.stated_offsets()).nodes
    assert [(n.level, n.title) for n in nodes] == [
        (1, "甲编"), (2, "修路"), (2, "架桥"), (1, "乙编"), (2, "种树"), (3, "选苗"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("总则\n===\n正文。", {0: 1}),
        ("**一、总则**\n正文。", {0: None}),
        ("```\n# 注释\n```\n正文。", {}),
        ("#没有空格\n正文。", {0: None}),
        ("正文 # 不是标题", {}),
    ],
)
def test_what_markdown_states_as_a_heading(text: str, stated: dict[int, int | None]) -> None:
    assert set(markdown_lines(text).stated) == set(stated)


def test_signs_of_markdown_are_not_read_as_text() -> None:
    flat = markdown_lines(r"1\. **良种**" + "\n`a`")
    assert flat.text.split("\n")[0] == "1. 良种"
    assert flat.shown[0] == r"1\. **良种**"


def test_a_stated_heading_is_one_though_its_list_looks_like_items() -> None:
    text = "# 1.出示证件；\n# 2.填写表格；\n办完为止。\n"
    read = flat_file("a.md", text.encode())
    stated = read.flat.stated_offsets()
    assert [n.marker for n in outline_of(read.speech, stated).nodes] == ["1", "2"]
    assert outline_of(read.speech).nodes == ()
    assert all(d.heading for d in decisions(read.speech, stated))
