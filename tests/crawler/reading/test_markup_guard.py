"""The guard before the parser: what would take quadratic time is gone, text and long values stay."""

from __future__ import annotations

import pytest

from crawler.reading.markup_guard import guarded
from crawler.reading.page import Page


@pytest.mark.parametrize("between", [" ", "\n", "\t", "/"])
def test_attributes_by_the_thousand_go_whatever_parts_them(between: str) -> None:
    tag = "<div" + "".join(f"{between}a{i}" for i in range(50_000)) + ">"
    html = f"<p>首段。</p>{tag}中段。</div>"
    assert guarded(html) == "<p>首段。</p><div>中段。</div>"


def test_a_value_in_quotes_is_one_attribute() -> None:
    value = "a/b=c " * 40_000
    html = f'<p>甲<img alt="{value}" src=x.png>乙</p>'
    assert guarded(html) == html


def test_attributes_of_a_second_html_tag_are_not_merged() -> None:
    html = "".join(f"<html a{i}=1>" for i in range(3_000)) + "正文在此。"
    assert guarded(html).count("<html") == 1
    page = Page.parse(html, "")
    assert page.text(page.css("body")[0]) == "正文在此。"


def test_choices_do_not_nest_without_end() -> None:
    assert guarded("<select><option>" * 30_000).count("<") <= 2_000


def test_a_harmless_page_comes_back_as_it_is() -> None:
    html = "<div><p>各位代表：</p></div>" * 100
    assert guarded(html) is html


DEEP = ("<table><tr><td>", "<ul><li>", "<ol><li>", "<dl><dd>")


@pytest.mark.parametrize("unit", DEEP)
@pytest.mark.parametrize("count", [2_000, 50_000])
def test_tables_and_lists_do_not_nest_without_end(unit: str, count: int) -> None:
    outer = unit[: unit.index(">") + 1]
    assert guarded(unit * count + "正文在此。").count(outer) <= 256


@pytest.mark.parametrize("unit", DEEP)
def test_the_text_below_endless_nesting_stays(unit: str) -> None:
    page = Page.parse(unit * 50_000 + "正文在此。", "")
    assert "正文在此。" in page.text(page.css("body")[0])
