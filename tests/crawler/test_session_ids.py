"""Session ids: gone from addresses, without a document's own number."""

from __future__ import annotations

import pytest

from crawler.session_ids import without_session
from crawler.site import Site

DRAWN = "0123456789abcdef0123"


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("/d/1.html;jsessionid=8F2C.node1", "/d/1.html"),
        ("/d/1.html;jsessionid=8F2C?page=2", "/d/1.html?page=2"),
        (f"/d/1.html;sid={DRAWN}", "/d/1.html"),
        ("/d.php?PHPSESSID=ab12", "/d.php"),
        ("/d.php?id=7&PHPSESSID=ab12", "/d.php?id=7"),
        ("/d.php?PHPSESSID=ab12&id=7", "/d.php?id=7"),
        ("/d.asp?ASPSESSIONIDQQ=ab&id=7#part", "/d.asp?id=7#part"),
        (f"/d.html?sid={DRAWN}&sid={DRAWN}", "/d.html"),
        (f"/t.php?s={DRAWN[:16] * 2}&t=9", "/t.php?t=9"),
        ("/(S(lit3py55t21z5v55vlm25s55))/d.aspx", "/d.aspx"),
        ("/(X(1)S(lit3py55))/a/d.aspx?n=1", "/a/d.aspx?n=1"),
        # what stays
        ("/d.php?sid=4711", "/d.php?sid=4711"),
        ("/d.php?s=2", "/d.php?s=2"),
        (f"/d.php?id={DRAWN}", f"/d.php?id={DRAWN}"),
        ("/d(1).html?a=b", "/d(1).html?a=b"),
        ("/d.php?mysessionid=3", "/d.php?mysessionid=3"),
        ("/d;v=2.html", "/d;v=2.html"),
    ],
)
def test_addresses(address: str, plain: str) -> None:
    assert without_session(f"http://a.example{address}") == f"http://a.example{plain}"
    assert without_session(f"http://a.example{plain}") == f"http://a.example{plain}"


def test_canonical_urls_carry_none() -> None:
    site = Site("s", ("a.example",))
    visits = {f"http://a.example/d/1.html;jsessionid={n:032x}?page=2" for n in range(5)}
    assert {site.canonical(url) for url in visits} == {"https://a.example/d/1.html?page=2"}
