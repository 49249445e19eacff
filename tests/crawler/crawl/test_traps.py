"""Sites without end: the crawl ends by itself, and what is there is stored."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.crawler.crawl.loopback import Answer, Loopback, page_of, text_of
from tests.crawler.crawl.running import crawl, speeches

HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(links: str) -> Answer:
    return Answer(f"<html><body><ul>{links}</ul></body></html>".encode(), headers=HTML)


def document(number: int, links: str = "") -> Answer:
    body = page_of(number, text_of(number))
    return Answer(body.replace(b"</body>", f"{links}</body>".encode()), headers=HTML)


def link(path: str, number: int = 1) -> str:
    return f"<li><a href='{path}'>第{number}号工作讲话</a></li>"


@pytest.mark.parametrize("form", ["?visit={}", "/{}/d.html", "?k={}&lang=zh"])
def test_unknown_names_drawn_by_lot_come_to_an_end(tmp_path: Path, form: str) -> None:
    drawn = count(0x1234567890ABCDEF0000)
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            links = "".join(
                link(f"/d/{n}{form.format(f'{next(drawn):x}')}", n) for n in range(1, 4)
            )
            if path == "/":
                return page(links)
            return document(int(path.split("/")[2].split("?")[0]), links)

        site.answer = answer
        run = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/")
        assert {s["title"] for s in speeches(tmp_path)} == {f"第{n}号工作讲话" for n in (1, 2, 3)}
        assert len(site.ledger) < 200
        assert "again and again" in run.stderr
        assert run.returncode == 0, run.stderr


def test_session_ids_are_asked_for_once(tmp_path: Path) -> None:
    drawn = count(0x1234567890ABCDEF)
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            links = "".join(
                link(f"/d/{n}.html;jsessionid={next(drawn):032X}", n) for n in range(1, 6)
            )
            if path == "/":
                return page(links)
            return document(int(path.split("/")[2].split(".")[0]), links)

        site.answer = answer
        run = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/")
        assert run.returncode == 0, run.stderr
        assert len(speeches(tmp_path)) == 5
        assert len(site.ledger) <= 8


def test_a_calendar_of_one_text_comes_to_an_end(tmp_path: Path) -> None:
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            if path.startswith("/wen/"):
                return document(5)
            day = int(path.split("/")[2].split(".")[0]) if path != "/" else 0
            return page(
                link(f"/wen/1/{day + 1000}.html") + f"<a href='/list/{day + 1}.html'>下一页</a>"
            )

        site.answer = answer
        run = crawl("wm114", site.base, tmp_path)
        assert len(speeches(tmp_path)) >= 1
        assert len({s["id"] for s in speeches(tmp_path)}) == 1
        assert len(site.ledger) < 700
        assert "again and again" in run.stderr


def test_filters_that_can_be_combined_come_to_an_end(tmp_path: Path) -> None:
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            if path.startswith("/wen/"):
                return document(5)
            stated = dict(pair.split("=") for pair in path.partition("?")[2].split("&") if pair)
            filters = "".join(
                f"<a href='/list/1.html?{'&'.join(f'{a}={b}' for a, b in {**stated, name: value}.items())}'>{value}</a>"
                for name in "abcde"
                for value in range(1, 8)
            )
            return page(link("/wen/1/5.html") + filters)

        site.answer = answer
        run = crawl("wm114", site.base, tmp_path)
        assert len(speeches(tmp_path)) == 1
        assert len(site.ledger) < 400
        assert "again and again" in run.stderr


def test_links_are_followed_twenty_deep_on_any_host(tmp_path: Path) -> None:
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            number = int(path.strip("/").removesuffix(".html") or 0)
            return document(number + 1, link(f"/{number + 1}.html", number + 1))

        site.answer = answer
        run = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/0.html")
        assert run.returncode == 0, run.stderr
        assert len(speeches(tmp_path)) == 21
        (line,) = [line for line in run.stderr.splitlines() if "ways without end" in line]
        assert ": 1, such as http" in line
        assert line.endswith("/21.html")


def test_links_into_traps_are_one_warning_and_roads_round_them_none(tmp_path: Path) -> None:
    deep, again = "/x" + "/".join(f"/s{n}" for n in range(21)), "/a/b/a/b/a/1.html"
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            if path == "/":
                return page(link("/1.html") + link("/2.html", 2) + link(deep) + link(again))
            return document(int(path.strip("/").removesuffix(".html")), link(again) + link("/"))

        site.answer = answer
        run = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/")
        assert run.returncode == 0, run.stderr
        assert len(speeches(tmp_path)) == 2
        (line,) = [line for line in run.stderr.splitlines() if "ways without end" in line]
        assert ": 2, such as http" in line


def test_a_home_page_with_a_log_in_form_is_a_list(tmp_path: Path) -> None:
    with Loopback(documents=0) as site:

        def answer(path: str, headers: dict[str, str]) -> Answer | None:
            if path == "/robots.txt":
                return None
            if path != "/":
                return document(int(path.strip("/d").removesuffix(".html")))
            form = "<form>会员登录 <input name=u><input type=password name=p></form>"
            return page(form + "".join(link(f"/d/{n}.html", n) for n in range(1, 9)))

        site.answer = answer
        run = crawl("web", site.base, tmp_path, "-a", f"url={site.base}/")
        assert len(speeches(tmp_path)) == 8
        assert run.returncode == 0, run.stderr
