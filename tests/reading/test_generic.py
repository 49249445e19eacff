"""The main text in markup that nobody has seen: nothing of it lost, little else kept."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading.generic import is_list, main_text
from crawler.reading.page import Page

_spec = importlib.util.spec_from_file_location("layouts", Path(__file__).with_name("layouts.py"))
assert _spec
assert _spec.loader
layouts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(layouts)


def extracted(html: str) -> str:
    page = Page.parse(html, "https://example.org/1.html")
    chosen = main_text(page)
    assert chosen
    return page.text(chosen.node, chosen.without)


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_nothing_of_the_text_is_lost(layout: str) -> None:
    shown = "".join(extracted(layouts.LAYOUTS[layout]()).split())
    at = 0
    for line in layouts.LINES:
        found = shown.find("".join(line.split()), at)
        assert found >= 0, line
        at = found + len(line) if layout != "a contents block with anchors" else at


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_what_stands_beside_the_text_stays_outside(layout: str) -> None:
    shown = extracted(layouts.LAYOUTS[layout]())
    assert [words for words in layouts.BESIDE if words in shown] == []


@pytest.mark.parametrize("layout", layouts.LATER)
def test_layouts_that_nothing_was_tuned_on(layout: str) -> None:
    html, lines = layouts.LATER[layout]()
    shown = "".join(extracted(html).split())
    assert [line for line in lines if "".join(line.split()) not in shown] == []
    kept = [words for words in layouts.BESIDE if words in shown]
    assert kept == (["ICP备"] if layout == "header text" else []), "a foot right in the body, parted by a rule only, may stay"


@pytest.mark.parametrize("html", ["", "<frameset>", "<body></body>", "<img src=x>", "<script>x</script>", "<a href=/x>登录</a>", "\0"])
def test_a_page_without_text_is_no_error(html: str) -> None:
    page = Page.parse(html, "https://example.org/")
    chosen = main_text(page)
    assert chosen is None or page.text(chosen.node, chosen.without) in ("", "登录")


def test_a_page_with_a_few_words_gives_them() -> None:
    assert "页面不存在" in extracted("<div class=footer><p>抱歉，您访问的页面不存在</p></div>")


@pytest.mark.parametrize("piece", ["<div>{}", "<p>{}", "<p>第{}段，结束。</p>", "<ul><li><a href=/{}>x</a>", "<h3>最新评论</h3>", "<b>{}", "<table><tr><td>{}", "<br>{}"])
def test_giant_and_deep_pages_end_in_linear_time(piece: str) -> None:
    html = f"<div>{layouts.paragraphs()}</div>" + "".join(piece.replace("{}", str(k)) for k in range(10_000))
    assert layouts.LINES[1] in extracted(html)


PIECES = st.sampled_from(
    [f"<p>{line}</p>" for line in layouts.LINES] + [f"<{t}{n}>" for t in ("div", "ul", "td", "span", "li", "h3", "nav", "a href=/x") for n in ("", " class=comment")]
    + ["</div>", "</ul>", "</span>", "</a>", "<br>", "最新评论", "版权所有", "上一篇：", layouts.FOOT, layouts.COMMENTS[0]]
)  # fmt: skip


@settings(max_examples=80)
@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_some_of_its_own_text(pieces: list[str]) -> None:
    html = "".join(pieces)
    page = Page.parse(html, "")
    whole = page.text(page.css("body")[0]).split("\n")
    shown = extracted(html)
    assert set(filter(None, shown.split("\n"))) <= set("\n".join(whole).split("\n")) or "".join(shown.split()) in "".join("".join(whole).split())
    assert bool(shown.strip()) == bool("".join(whole).strip())


@pytest.mark.parametrize("layout", [*layouts.LAYOUTS, *layouts.LATER])
def test_no_document_is_taken_for_a_list(layout: str) -> None:
    html = layouts.LAYOUTS[layout]() if layout in layouts.LAYOUTS else layouts.LATER[layout]()[0]
    assert not is_list(Page.parse(html, ""))


ROWS = [f'<a href="/{k}.html">{title}</a>' for k, title in enumerate(layouts.RELATED)]
LISTS = {
    "rows with dates": "<ul>" + "".join(f"<li>{row}<span>2023-03-{k:02}</span></li>" for k, row in enumerate(ROWS, 1)) + "</ul>",
    "a table": "<table>" + "".join(f"<tr><td>{k}<td>{row}<td>县委办<td>1{k}次" for k, row in enumerate(ROWS, 1)) + "</table>",
    "two rows": "<div>" + "<br>".join(ROWS[:2]) + "</div>",
    "one sentence about the section": "<p>本栏目收录各县的讲话稿，每日更新。</p>" + "".join(f"<p>{row}</p>" for row in ROWS),
    "a frame around it": layouts.framed("<ul>" + "".join(f"<li>{row}</li>" for row in ROWS) + "</ul>"),
    "links and nothing else": "".join(ROWS),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_page_of_links_is_a_list(kind: str) -> None:
    assert is_list(Page.parse(f"<title>讲话稿</title><h1>讲话稿</h1>{LISTS[kind]}", ""))


@settings(max_examples=30)
@given(st.integers(0, 12), st.sampled_from(["p", "div", "li", "br"]), st.integers(3, len(layouts.LINES)))
def test_links_in_a_text_make_no_list_of_it(links: int, tag: str, lines: int) -> None:
    shown = "".join(f"<{tag}>{line}" for line in layouts.LINES[:lines])
    assert not is_list(Page.parse(f"<h1>讲话</h1><div>{shown}</div><ul><li>{'<li>'.join(ROWS[:links])}</ul>", ""))
