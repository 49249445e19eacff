"""The replica is what it says: documents whose truth is known, on sites that look like the real ones."""

from __future__ import annotations

import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from crawler.replica.documents import Document, documents
from crawler.replica.pages import LIST_LENGTH, Expected, build_replicas
from crawler.replica.server import serving
from crawler.replica.traditional import GLOSSES, glossed, traditional
from pipelines.text.canonical import counted
from pipelines.text.script import fold

REPLICAS = build_replicas()
GLOSS = re.compile("(?<=[" + "".join(GLOSSES) + r"])\([a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]+\)")
PAGES = [(site.key, page) for site in REPLICAS for page in site.expected]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_there_are_documents_of_every_kind() -> None:
    written = sum(max(1, len(d.parts)) for d in documents())
    assert written >= 24
    assert sum(bool(d.withheld) for d in documents()) >= 6
    assert sum(d.cut for d in documents()) >= 4
    assert any(len({p.site for p in d.pages}) > 1 for d in documents())
    assert {e.error for _, e in PAGES} == {"", "login_wall", "soft_404"}
    assert sum(e.generic for _, e in PAGES) >= 2


@pytest.mark.parametrize("document", documents(), ids=lambda d: d.title)
def test_lengths_of_what_is_shown_and_withheld_add_up(document: Document) -> None:
    assert counted(document.text) + sum(document.withheld) == document.declared
    assert counted(document.text) == document.displayed
    assert 500 <= document.declared <= 3500


@pytest.mark.parametrize("document", [d for d in documents() if d.withheld], ids=lambda d: d.title)
def test_each_gap_parts_two_lines(document: Document) -> None:
    gaps = document.gaps(counted_by_site=True)
    assert [g.chars for g in gaps] == list(document.withheld)
    for gap in gaps:
        if gap.kind == "omitted":
            assert document.text[gap.at - 1] == "\n"
        else:
            assert gap.at == len(document.text)
    rebuilt = document.text
    for gap, stretch in reversed(
        list(zip(gaps, re.findall("⟦([^⟧]*)⟧", document.body), strict=True))
    ):
        rebuilt = rebuilt[: gap.at] + stretch + rebuilt[gap.at :]
    assert squeezed(rebuilt) == squeezed(re.sub("[⟦⟧]", "", document.body))


@pytest.mark.parametrize(
    "document",
    [d for d in documents() if any(p.site == "hancun" for p in d.pages)],
    ids=lambda d: d.title,
)
def test_traditional_pages_fold_back_to_the_truth(document: Document) -> None:
    turned = traditional(document.body)
    assert turned != document.body
    assert fold(turned) == document.body
    shown = glossed(turned)
    assert shown.count("(") >= 10
    assert re.sub(GLOSS, "", shown) == turned


def test_splices_stand_after_three_hundred_characters() -> None:
    site = next(r for r in REPLICAS if r.key == "jinchutou")
    for page in site.expected:
        answer = site.answers[page.path]
        html = (site.answers[answer.location] if answer.location else answer).body.decode()
        pieces = re.split(
            r"\n\n\d+、",
            html[
                html.index("\n\n1、") : html.index(
                    "</div>" if "doc-text" in html else "</pre>", html.index("\n\n1、")
                )
            ],
        )[1:]
        assert [len(p) for p in pieces[:-1]] == [300] * (len(pieces) - 1)
        assert "".join(pieces) == page.documents[0].title + page.documents[0].text


def test_every_page_is_found_from_the_home_page() -> None:
    """Home leads to a list, each list page to the next, and together they name every document page."""
    with serving(REPLICAS) as bases:
        for site in REPLICAS:
            read: set[str] = set()
            new = {"/"}
            while new:
                path = new.pop()
                read.add(path)
                html = (
                    urlopen(bases[site.key] + path)
                    .read()
                    .decode("gbk" if site.key == "wm114" else "utf-8")
                )
                links = set(re.findall(r'href="(/[^"]*)"', html))
                new |= {x for x in links if x.startswith("/lan/")} - read
                read |= links - new
            assert {e.path for e in site.expected} <= read
            assert (
                sum(x.startswith("/lan/") for x in read)
                == -(-len(site.expected) // LIST_LENGTH)
                > 1
            )


def test_the_sites_answer_as_sites_do() -> None:
    with serving(REPLICAS) as bases:
        gbk = urlopen(bases["wm114"] + "/wen/151/300101.html")
        assert gbk.headers["Content-Type"] == "text/html"
        assert "森林防火" in gbk.read().decode("gbk")
        assert urlopen(bases["jinchutou"] + "/p-41120038.html").url.endswith(
            f"{41120038:032x}.html"
        )
        with pytest.raises(HTTPError, match="404"):
            urlopen(bases["hancun"] + "/nothing.html")
        assert b"Disallow" in urlopen(bases["sanweiyuan"] + "/robots.txt").read()


def test_nothing_answers_after_the_block() -> None:
    with serving(REPLICAS) as bases:
        address = bases["hancun"]
    with pytest.raises(OSError, match="refused"):
        urlopen(address, timeout=5)


def test_what_is_expected_names_a_document_or_a_failure() -> None:
    def sound(page: Expected) -> bool:
        return bool(page.documents) != bool(page.error)

    assert all(sound(page) for _, page in PAGES)
