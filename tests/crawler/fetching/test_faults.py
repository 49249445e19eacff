"""The ledger of faults: what servers do, and what a page then becomes. One crawl meets all of them.

Each fault is a page of one site. Beside them stand healthy pages, which must all arrive, and the manifest must add up.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import pytest
import zstandard

Behave = Any  # bytes, a function of the connection, or a list of them


class Fault(NamedTuple):
    """What a server does on one page, and what becomes of it: `document` or an error of `failure/1`."""

    name: str
    becomes: str
    behave: Callable[[Any, int], Behave]
    holds: bool = True  # whether a document must have the page's whole text


LEDGER: list[Fault] = []


def fault(
    becomes: str, holds: bool = True
) -> Callable[[Callable[[Any, int], Behave]], Callable[[Any, int], Behave]]:
    def entered(behave: Callable[[Any, int], Behave]) -> Callable[[Any, int], Behave]:
        LEDGER.append(Fault(behave.__name__, becomes, behave, holds))
        return behave

    return entered


def reset(connection: socket.socket) -> None:
    """Close so that the other side gets a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def path(number: int) -> str:
    return f"/wen/1/{number}.html"


# -- connections ----------------------------------------------------------------------------------------------------


@fault("connection")
def reset_before_the_answer(t: Any, n: int) -> Behave:
    return reset


@fault("connection")
def closed_before_the_answer(t: Any, n: int) -> Behave:
    return lambda connection: None


@fault("connection")
def reset_in_the_headers(t: Any, n: int) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Ty")
        reset(connection)

    return behave


@fault("connection")
def reset_in_the_body(t: Any, n: int) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(t.answer(t.page(n))[:-100])
        reset(connection)

    return behave


@fault("connection")
def body_shorter_than_its_length(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Length="99999")


@fault(
    "connection"
)  # what is announced is not the page: cut there, it would lose its end without a word
def body_longer_than_its_length(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Length=str(len(t.page(n)) - 90))


@fault("connection")
def length_that_is_no_number(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Length="many")


@fault("connection")
def broken_chunk_size(t: Any, n: int) -> Behave:
    return t.answer(
        b"zz\r\n" + t.page(n) + b"\r\n0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked"
    )


@fault("connection")
def chunks_without_an_end(t: Any, n: int) -> Behave:
    body = t.page(n)
    return t.answer(
        f"{len(body):x}\r\n".encode() + body + b"\r\n",
        Content_Length="",
        Transfer_Encoding="chunked",
    )


@fault("connection")
def garbage_for_an_answer(t: Any, n: int) -> Behave:
    return random.Random(n).randbytes(5000) + b"\r\n\r\n"


@fault("connection")
def endless_headers(t: Any, n: int) -> Behave:
    return b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"a" * 200_000 + b"\r\n\r\n"


@fault("timeout")
def slow_drip(t: Any, n: int) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n"
        )
        for _ in range(60):
            connection.sendall(b"<p>")
            if threading.Event().wait(0.2):
                return

    return behave


@fault("timeout")
def silence(t: Any, n: int) -> Behave:
    return lambda connection: connection.recv(1)


# -- statuses -------------------------------------------------------------------------------------------------------


@fault("document")
def too_many_requests_with_seconds(t: Any, n: int) -> Behave:
    return [t.answer(b"slow down", "429 Too Many Requests", Retry_After="1"), t.answer(t.page(n))]


@fault("document")
def unavailable_with_a_date(t: Any, n: int) -> Behave:
    return [
        t.answer(b"later", "503 Service Unavailable", Retry_After=t.http_date(1)),
        t.answer(t.page(n)),
    ]


@fault("document")
def a_burst_of_unavailable(t: Any, n: int) -> Behave:
    return [t.answer(b"busy", "503 Service Unavailable"), t.answer(t.page(n))]


@fault("document")
def reset_once_then_well(t: Any, n: int) -> Behave:
    return [reset, t.answer(t.page(n))]


@fault("http_500")
def endless_500(t: Any, n: int) -> Behave:
    return t.answer(b"<h1>Internal Server Error</h1>", "500 Internal Server Error")


@fault("http_404")
def not_found(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), "404 Not Found")


@fault("http_403")
def forbidden(t: Any, n: int) -> Behave:
    return t.answer(b"<h1>403</h1>", "403 Forbidden")


@fault("http_410")
def gone(t: Any, n: int) -> Behave:
    return t.answer(b"gone", "410 Gone")


@fault("empty")
def empty_200(t: Any, n: int) -> Behave:
    return t.answer(b"")


@fault("empty")
def nothing_but_space(t: Any, n: int) -> Behave:
    return t.answer(b" \r\n\t\n" * 300)


@fault("soft_404")
def soft_404(t: Any, n: int) -> Behave:
    return t.answer(
        "<title>提示信息</title><body><div>对不起，您要查看的文章不存在或者已经被删除！3秒后返回首页</div>".encode()
    )


@fault("captcha")
def captcha(t: Any, n: int) -> Behave:
    return t.answer(
        "<title>安全验证</title><body><form>您的访问过于频繁，请输入验证码后继续访问<input name=captcha><img src=/captcha.php></form>".encode()
    )


@fault("login_wall")
def wall(t: Any, n: int) -> Behave:
    return t.answer(
        "<title>用户登录</title><body><form>请先登录后再查看本文内容。<br>帐号<input name=user>密码<input type=password name=pw>"
        "<button>登录</button><a href=/reg>免费注册</a></form>".encode()
    )


# -- redirects ------------------------------------------------------------------------------------------------------


@fault("redirect")
def redirect_to_itself(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location=path(n))


@fault("redirect")
def redirect_to_itself_by_fragment(t: Any, n: int) -> Behave:
    return t.answer(b"", "301 Moved Permanently", Location=f"{path(n)}#top")


@fault("redirect")
def redirects_in_a_circle(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location=f"/circle/{n}")


@fault("redirect")
def redirects_without_end(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location=f"/chain/{n}/1")


@fault("redirect")
def redirect_to_a_file(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="file:///etc/hostname")


@fault("redirect")
def redirect_to_ftp(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="ftp://127.0.0.1/page.html")


@fault("redirect")
def redirect_to_data(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="data:text/html,hello")


@fault("redirect")
def redirect_to_no_address(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="http://[:::1/page")


@fault("refused_address")
def redirect_to_a_private_address(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="http://127.0.0.1:9/secret.html")


@fault("refused_address")
def redirect_to_the_metadata_service(t: Any, n: int) -> Behave:
    return t.answer(
        b"", "307 Temporary Redirect", Location="http://169.254.169.254/latest/meta-data/"
    )


@fault("refused_address")
def redirect_to_localhost_by_name(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="http://localhost:9/")


@fault("refused_address")
def redirect_to_an_address_in_disguise(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="http://2130706433:9/")


@fault("refused_address")
def redirect_to_a_private_address_in_ipv6(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="http://[::ffff:127.0.0.1]:9/")


@fault("redirect")
def redirect_off_the_site(t: Any, n: int) -> Behave:
    return t.answer(b"", "302 Found", Location="https://shop.invalid/wen/1/1.html")


@fault("document")
def redirect_to_the_real_site(t: Any, n: int) -> Behave:
    """Asked on a mirror, it is followed there."""
    return [
        t.answer(b"", "302 Found", Location=f"https://www.wm114.cn{path(n)}?again=1"),
        t.answer(t.page(n)),
    ]


@fault("http_302")
def redirect_that_names_no_place(t: Any, n: int) -> Behave:
    return t.answer(b"moved", "302 Found")


# -- bodies ---------------------------------------------------------------------------------------------------------


@fault("too_large")
def gzip_bomb(t: Any, n: int) -> Behave:
    return t.answer(gzip.compress(bytes(50_000_000), 9), Content_Encoding="gzip")


@fault("too_large")
def brotli_bomb(t: Any, n: int) -> Behave:
    return t.answer(brotli.compress(bytes(50_000_000), quality=5), Content_Encoding="br")


@fault("too_large")
def zstd_bomb(t: Any, n: int) -> Behave:
    return t.answer(zstandard.ZstdCompressor().compress(bytes(50_000_000)), Content_Encoding="zstd")


@fault("too_large")
def a_hundred_megabytes_by_its_length(t: Any, n: int) -> Behave:
    return t.answer(b"<p>", Content_Length="100000000")


@fault("too_large")
def a_hundred_megabytes_without_a_length(t: Any, n: int) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(t.answer(b"", Content_Length=""))
        for _ in range(100):
            connection.sendall(b"<p>" * 333_333)

    return behave


@fault("connection")
def gzip_that_ends_early(t: Any, n: int) -> Behave:
    return t.answer(gzip.compress(t.page(n))[:-200], Content_Encoding="gzip")


@fault("undecodable")
def gzip_that_is_noise(t: Any, n: int) -> Behave:
    return t.answer(b"\x1f\x8b\x08" + random.Random(n).randbytes(3000), Content_Encoding="gzip")


@fault("undecodable")
def an_unknown_coding(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Encoding="rot13")


@fault("document")
def a_plain_page_called_gzip(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Encoding="gzip")


@fault("document")
def gzip_within_brotli(t: Any, n: int) -> Behave:
    return t.answer(brotli.compress(gzip.compress(t.page(n))), Content_Encoding="gzip, br")


@fault("not_text")
def a_pdf_called_html(t: Any, n: int) -> Behave:
    return t.answer(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + random.Random(n).randbytes(4000))


@fault("not_text")
def a_picture(t: Any, n: int) -> Behave:
    return t.answer(
        b"\x89PNG\r\n\x1a\n" + random.Random(n).randbytes(4000), Content_Type="image/png"
    )


@fault("document")
def a_hundred_thousand_nested_tags(t: Any, n: int) -> Behave:
    head, tail = t.page(n).split(b'<div class="article-content">')
    return t.answer(head + b"<b>" * 100_000 + b'<div class="article-content">' + tail)


@fault("document")
def no_content_type(t: Any, n: int) -> Behave:
    return t.answer(t.page(n), Content_Type="")


@fault("document")
def an_answer_in_single_bytes(t: Any, n: int) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in t.answer(t.page(n)):
            connection.send(bytes([byte]))
        t.close_gently(connection)

    return behave


@fault("document")
def chunks_that_cut_characters(t: Any, n: int) -> Behave:
    body = t.page(n, "gb18030", "gb18030")
    pieces = [body[i : i + 7] for i in range(0, len(body), 7)]
    chunks = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in pieces) + b"0\r\n\r\n"
    return t.answer(
        chunks, Content_Length="", Transfer_Encoding="chunked", Content_Type="text/html"
    )


@fault("http_206")
def a_part_that_nobody_asked_for(t: Any, n: int) -> Behave:
    whole = t.page(n)
    return t.answer(
        whole, status="206 Partial Content", Content_Range=f"bytes 0-{len(whole) - 1}/99999"
    )


@fault("not_text")
def an_interface_that_answers_json(t: Any, n: int) -> Behave:
    told = json.dumps(
        {"code": 0, "data": [t.page(n).decode("utf-8", "replace")] * 3}, ensure_ascii=False
    )
    return t.answer(told.encode(), Content_Type="application/json; charset=utf-8")


# -- charsets: what the bytes are, what the header and the page say they are -------------------------------------------

CHARSETS = (
    ("gbk", "utf-8", "utf-8"), ("gbk", "", "utf-8"), ("gbk", "iso-8859-1", None), ("gbk", "big5", "gbk"), ("gbk", "", None),
    ("gb18030", "gb2312", "gb2312"), ("gb18030", "utf-8", "gb2312"), ("utf-8", "gbk", "gbk"), ("utf-8", "gb2312", "utf-8"),
    ("utf-8", "big5", None), ("utf-8", "", None), ("big5", "gbk", "gbk"), ("big5", "utf-8", None), ("utf-8-sig", "gbk", "gbk"),
)  # fmt: skip


def charset(true: str, header: str, meta: str | None) -> Callable[[Any, int], Behave]:
    def behave(t: Any, n: int) -> Behave:
        body = t.page(n, "utf-8", meta).decode()
        if true == "big5":
            from crawler.replica.traditional import traditional

            body = traditional(body)
        kind = f"text/html; charset={header}" if header else "text/html"
        return t.answer(body.encode(true, "xmlcharrefreplace"), Content_Type=kind)

    return behave


LEDGER += [
    Fault(
        f"{true} called {header or 'nothing'} by the header, {meta or 'nothing'} by the page",
        "document",
        charset(true, header, meta),
    )
    for true, header, meta in CHARSETS
]
HEALTHY = range(900, 910)
MOVED = 940  # leads to 950, which is a document


@pytest.fixture(scope="module")
def met(tools: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One crawl of all of it."""
    server = tools.Hostile()
    for number, entry in enumerate(LEDGER, 1):
        server.routes[path(number)] = entry.behave(tools, number)
        server.routes[f"{path(number)}?again=1"] = tools.answer(tools.page(number))
        server.routes[f"/circle/{number}"] = tools.answer(b"", "302 Found", Location=path(number))
    for number in HEALTHY:
        server.routes[path(number)] = tools.answer(tools.page(number))
    server.routes[path(MOVED)] = tools.answer(
        b"", "301 Moved Permanently", Location="/wen/1/950.html"
    )
    server.routes[path(950)] = tools.answer(tools.page(950))

    def onward(asked: str) -> bytes:
        if asked.startswith("/chain/"):
            _, _, number, step = asked.split("/")
            return bytes(
                tools.answer(b"", "302 Found", Location=f"/chain/{number}/{int(step) + 1}")
            )
        return bytes(tools.answer(b"nothing here", "404 Not Found"))

    server.otherwise = onward
    output: Path = tmp_path_factory.mktemp("faults")
    with tools.serving(server):
        numbers = [*range(1, len(LEDGER) + 1), *HEALTHY, MOVED]
        urls = ",".join(server.base + path(n) for n in numbers)
        return tools.crawl(
            server,
            output,
            "-a",
            f"url={urls}",
            WALLS_IN_A_ROW=1000,
            DOWNLOAD_MAXSIZE=4_000_000,
            DOWNLOAD_TIMEOUT=2.5,
        ), server


def test_the_ledger_is_long_enough() -> None:
    assert len(LEDGER) >= 60
    assert len({f.name for f in LEDGER}) == len(LEDGER)


@pytest.mark.parametrize(
    ("number", "entry"), list(enumerate(LEDGER, 1)), ids=[f.name for f in LEDGER]
)
def test_fault(met: Any, tools: Any, number: int, entry: Fault) -> None:
    crawl, _ = met
    assert crawl.outcome(path(number)) == entry.becomes, crawl.failures.get(
        f"https://www.wm114.cn{path(number)}"
    )
    if entry.becomes == "document" and entry.holds:
        assert crawl.text(path(number)) == tools.speech(number)


def test_the_crawl_goes_on(met: Any, tools: Any) -> None:
    crawl, _ = met
    assert [crawl.text(path(n)) for n in HEALTHY] == [tools.speech(n) for n in HEALTHY]
    assert crawl.text(path(950)) == tools.speech(950)
    assert crawl.exit == 3
    assert "Traceback" not in crawl.said


def test_the_manifest_adds_up(met: Any, tools: Any) -> None:
    crawl, _ = met
    manifest = crawl.manifest
    assert tools.adds_up(manifest)
    assert manifest["pages"]["asked"] == len(LEDGER) + len(HEALTHY) + 1
    assert manifest["pages"]["refused"] == sum(
        f.becomes in ("robots", "refused_address") for f in LEDGER
    )
    assert (
        sum(manifest["failures"].values())
        == len(crawl.failures)
        == sum(f.becomes != "document" for f in LEDGER)
    )


def test_broken_pages_are_asked_again_but_not_for_ever(met: Any) -> None:
    _, server = met
    for number, entry in enumerate(LEDGER, 1):
        asked = len(server.times(path(number)))
        assert 1 <= asked <= 5, entry.name
        if entry.becomes.startswith("http_4"):
            assert asked == 1, entry.name


def test_quiet_was_kept_where_it_was_asked_for(met: Any) -> None:
    """After a 429 or a 503 with a Retry-After of one second the page came no sooner."""
    _, server = met
    for number, entry in enumerate(LEDGER, 1):
        if entry.name in ("too_many_requests_with_seconds", "unavailable_with_a_date"):
            first, second = server.times(path(number))
            assert second - first >= 0.9, entry.name


def test_every_request_says_who_asks(met: Any) -> None:
    _, server = met
    assert {headers["User-Agent"].split("/")[0] for _, _, headers in server.asked} == {"harvest"}
    assert not any("Referer" in headers or "Cookie" in headers for _, _, headers in server.asked)
