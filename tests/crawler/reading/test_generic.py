"""The main text in markup that nobody has seen: nothing of it lost, little else kept."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading.list_page import is_list
from crawler.reading.main_text import main_text
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
    assert kept == (["ICP备"] if layout == "header text" else []), (
        "a foot right in the body, parted by a rule only, may stay"
    )


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<frameset>",
        "<body></body>",
        "<img src=x>",
        "<script>x</script>",
        "<a href=/x>登录</a>",
        "\0",
    ],
)
def test_a_page_without_text_is_no_error(html: str) -> None:
    page = Page.parse(html, "https://example.org/")
    chosen = main_text(page)
    assert chosen is None or page.text(chosen.node, chosen.without) in ("", "登录")


def test_a_page_with_a_few_words_gives_them() -> None:
    assert "页面不存在" in extracted("<div class=footer><p>抱歉，您访问的页面不存在</p></div>")


@pytest.mark.parametrize(
    "piece",
    [
        "<div>{}",
        "<p>{}",
        "<p>第{}段，结束。</p>",
        "<ul><li><a href=/{}>x</a>",
        "<h3>最新评论</h3>",
        "<b>{}",
        "<table><tr><td>{}",
        "<br>{}",
    ],
)
def test_giant_and_deep_pages_end_in_linear_time(piece: str) -> None:
    html = f"<div>{layouts.paragraphs()}</div>" + "".join(
        piece.replace("{}", str(k)) for k in range(10_000)
    )
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
    assert set(filter(None, shown.split("\n"))) <= set("\n".join(whole).split("\n")) or "".join(
        shown.split()
    ) in "".join("".join(whole).split())
    assert bool(shown.strip()) == bool("".join(whole).strip())


@pytest.mark.parametrize("layout", [*layouts.LAYOUTS, *layouts.LATER])
def test_no_document_is_taken_for_a_list(layout: str) -> None:
    html = layouts.LAYOUTS[layout]() if layout in layouts.LAYOUTS else layouts.LATER[layout]()[0]
    assert not is_list(Page.parse(html, ""))


ROWS = [f'<a href="/{k}.html">{title}</a>' for k, title in enumerate(layouts.RELATED)]
LISTS = {
    "rows with dates": "<ul>"
    + "".join(f"<li>{row}<span>2023-03-{k:02}</span></li>" for k, row in enumerate(ROWS, 1))
    + "</ul>",
    "a table": "<table>"
    + "".join(f"<tr><td>{k}<td>{row}<td>县委办<td>1{k}次" for k, row in enumerate(ROWS, 1))
    + "</table>",
    "two rows": "<div>" + "<br>".join(ROWS[:2]) + "</div>",
    "one sentence about the section": "<p>本栏目收录各县的讲话稿，每日更新。</p>"
    + "".join(f"<p>{row}</p>" for row in ROWS),
    "a frame around it": layouts.framed(
        "<ul>" + "".join(f"<li>{row}</li>" for row in ROWS) + "</ul>"
    ),
    "links and nothing else": "".join(ROWS),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_page_of_links_is_a_list(kind: str) -> None:
    assert is_list(Page.parse(f"<title>讲话稿</title><h1>讲话稿</h1>{LISTS[kind]}", ""))


@settings(max_examples=30)
@given(
    st.integers(0, 12),
    st.sampled_from(["p", "div", "li", "br"]),
    st.integers(3, len(layouts.LINES)),
)
def test_links_in_a_text_make_no_list_of_it(links: int, tag: str, lines: int) -> None:
    shown = "".join(f"<{tag}>{line}" for line in layouts.LINES[:lines])
    assert not is_list(
        Page.parse(f"<h1>讲话</h1><div>{shown}</div><ul><li>{'<li>'.join(ROWS[:links])}</ul>", "")
    )


INDEX = (
    "<ul>"
    + "".join(f"<li>{row} 2023-03-{k:02}</li>" for k, row in enumerate(ROWS, 1)) * 2
    + "</ul>"
)
FEET = f"<div>{layouts.FOOT}<br>地址：某某路，电话：000，邮编：000。<br>如有侵权，请告知。</div>"
SHORT = {
    "an opening": "<p>今天天气很好，我宣布，全县第二届植树节，正式开始！</p>",
    "a host's words": "<p>下面，请林业局作报告，大家鼓掌。报告很实在，请各村抓好落实。散会。</p>",
    "too short for a speech": "<p>现在散会，谢谢大家。</p>",
    "a notice about filing": "<p>请各单位抓紧办理ICP备案手续，联系电话：000。</p>",
    "without a stop": "<p>祝大家身体健康，万事如意，合家欢乐，祝全县的明天更加美好</p>",
    "headings": "<p>一、抓好河岸防护林栽种</p><p>二、抓好苗木采购和储备</p>",
    "a link up to the stop": "<p><a href=/x>各位来宾，我代表县委宣布全县第二届植树节现在开始</a>。</p>",
    "every paragraph a link": "".join(
        f"<p><a href=/k/{k}>第{k}，要把栽种和管护抓紧抓实，确保今年的任务圆满完成，让群众满意。</a></p>"
        for k in range(9)
    ),
}
PLACES = {
    "above the links": "<h1>讲话</h1>{text}{index}",
    "below them": "{index}<div>{text}</div>{foot}",
    "between them": "<div>{index}</div><div class=foot>{text}</div><div>{index}</div>{foot}",
    "in a cell": "<table><tr><td>{index}<td>{text}</table>{foot}",
    "with them in one box": "<div>{text}{index}</div>{foot}",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", SHORT)
def test_a_short_text_among_many_links_is_a_document(what: str, place: str) -> None:
    assert not is_list(
        Page.parse(PLACES[place].format(text=SHORT[what], index=INDEX, foot=FEET), "")
    )
    assert is_list(Page.parse(PLACES[place].format(text="", index=INDEX, foot=FEET), ""))


QUOTED = "同志们：今天开会，主要任务是部署春季植树，刚才三个乡镇作了发言，讲得很好，我都赞成。"


def blocks(block: str) -> str:
    return "".join(
        block.format(k=k, title=title, quoted=QUOTED) for k, title in enumerate(layouts.RELATED[:5])
    )


BLOCKS = {
    "summaries that are cut": "<ul>"
    + blocks("<li><a href=/{k}>{title}</a><p>{quoted}……</p></li>")
    + "</ul>",
    "summaries with a second link": blocks(
        "<div><h3><a href=/{k}>{title}</a></h3><p>{quoted}</p><p><a href=/{k}>阅读全文</a></p></div>"
    ),
    "titles beside image links": "<ul>"
    + blocks("<li><a href=/{k}><img src=x></a> {title} 2023-03-09</li>")
    + "</ul>",
    "titles that are sentences": blocks("<p>{k}. <a href=/{k}>青春无悔！奋斗最美！{title}</a></p>"),
    "numbers and dates": blocks("<p>一、<a href=/{k}>植树</a> 2023-03-09 10:00:00</p>"),
    "a welcome": "<p>您好，欢迎来到某某文秘网！</p>" + INDEX,
}
SECTIONS = {
    "linked headings above whole sections": blocks(
        "<div><h3><a href=/{k}>{title}</a></h3><p>{quoted}</p></div>"
    ),
    "key words that are linked twice": blocks(
        "<p><a href=/{k}>植树{k}</a>是大事。<a href=/{k}>植树{k}</a>要抓紧。</p>"
    ),
    "two summaries": "<ul>"
    + "".join(f"<li><a href=/{k}>植树讲话</a><p>{QUOTED}…</p></li>" for k in range(2))
    + "</ul>",
    "three headings to one page": f"<div><p><a href=/1>植树讲话</a></p><p>{QUOTED}…</p></div>" * 3,
    "a text above summaries": f"<p>{QUOTED}</p>" + BLOCKS["summaries that are cut"],
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_rows_that_lead_away_make_a_list(kind: str) -> None:
    assert is_list(Page.parse(f"<h1>讲话稿</h1>{BLOCKS[kind]}", ""))


@pytest.mark.parametrize("kind", SECTIONS)
def test_sections_with_links_make_no_list(kind: str) -> None:
    assert not is_list(Page.parse(f"<h1>讲话稿</h1>{SECTIONS[kind]}", ""))


@settings(max_examples=60)
@given(
    st.lists(PIECES, max_size=30),
    st.sampled_from([line for line in layouts.LINES if line.endswith("。")]),
    st.integers(0, 30),
)
def test_a_sentence_of_its_own_makes_any_page_a_document(
    pieces: list[str], sentence: str, at: int
) -> None:
    pieces = [
        piece
        for piece in pieces
        if not piece.startswith(("<nav", "<a ")) and "comment" not in piece
    ]
    assert not is_list(
        Page.parse("".join([*pieces[:at], f"<p>{sentence}</p>", *pieces[at:]]) + INDEX, "")
    )
