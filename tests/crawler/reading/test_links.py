"""Links of a list page, and the dates that stand in their rows."""

from __future__ import annotations

from crawler.found import Found
from crawler.reading.links import list_links

HOME = "https://a.example/"


def found(html: str) -> list[Found]:
    return list(list_links(html, HOME, HOME, 1, lambda url: url, lambda url: "/wen/" in url))


def test_the_date_of_a_row_is_that_of_its_document() -> None:
    html = (
        "<ul><li><a href=/wen/1>植树讲话</a> 2024-03-05</li>"
        "<li><a href=/wen/2>2023年1月2日的讲话</a> 2024/3/6</li>"
        "<li><a href=/wen/3>甲</a> 2024-03-07 2024-03-08</li></ul>"
    )
    assert [(f.url[-1], f.published) for f in found(html)] == [
        ("1", "2024-03-05"),
        ("2", "2024-03-06"),
        ("3", None),
    ]


def test_a_row_of_many_links_is_no_row_of_a_document() -> None:
    links = "".join(f"<a href=/wen/{k}>第{k}号</a> " for k in range(3_000))
    documents = found(f"<table><tr><td>{links} 2024-03-05</td></tr></table>")
    assert len(documents) == 3_000
    assert {document.published for document in documents} == {None}


def test_a_tag_of_sixty_thousand_attributes_costs_a_list_nothing() -> None:
    tag = "<div " + " ".join(f"a{k}=1" for k in range(60_000)) + ">"
    assert [f.url for f in found(f"<a href=/wen/1>甲</a>{tag}<a href=/wen/2>乙</a>")] == [
        HOME + "wen/1",
        HOME + "wen/2",
    ]
