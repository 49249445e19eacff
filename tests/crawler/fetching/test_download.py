"""The download handler by itself, on answers that no honest server gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.fetching.download import Download
from crawler.fetching.errors import Refused, fetch_error

LIMIT = 1000


def answer(body: bytes, head: str = "HTTP/1.1 200 OK", **headers: str) -> bytes:
    lines = {
        "Content-Length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return (
        "".join((f"{head}\r\n", *(f"{k}: {v}\r\n" for k, v in lines.items()), "\r\n")).encode()
        + body
    )


def fetched(behave: Callable[[str], list[bytes]], *paths: str) -> list[Response | Exception]:
    """What comes of each path, one after the other; `behave` gives the pieces that the server sends, with a pause between."""

    async def main() -> list[Response | Exception]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    for piece in behave(head.split()[1].decode()):
                        writer.write(piece)
                        await writer.drain()
                        await asyncio.sleep(0.05)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = {
            "ALLOW_PRIVATE_HOSTS": [f"127.0.0.1:{port}"],
            "DOWNLOAD_MAXSIZE": LIMIT,
            "DOWNLOAD_TIMEOUT": 5,
        }
        handler = Download(get_crawler(settings_dict=settings))
        found: list[Response | Exception] = []
        for path in paths:
            try:
                found.append(
                    await handler.download_request(Request(f"http://127.0.0.1:{port}{path}"))
                )
            except Exception as error:
                found.append(error)
            await asyncio.sleep(0.1)
        await handler.close()
        server.close()
        return found

    return asyncio.run(main())


def texts(found: list[Response | Exception]) -> list[str]:
    return [f.body.decode() if isinstance(f, Response) else fetch_error(f) for f in found]


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    def behave(path: str) -> list[bytes]:
        unasked = [answer(b"unasked")] if path == "/1" else []
        return [answer(path.encode()), *unasked]

    assert texts(fetched(behave, "/1", "/2", "/3")) == ["/1", "/2", "/3"]


def test_what_is_longer_than_announced_is_no_page_and_harms_no_other() -> None:
    assert texts(fetched(lambda path: [answer(path.encode(), Content_Length="1") if path == "/1" else answer(path.encode())], "/1", "/2")) == [
        "connection", "/2",
    ]  # fmt: skip


def test_an_answer_without_a_body_may_announce_any_length() -> None:
    (found,) = fetched(
        lambda path: [answer(b"", "HTTP/1.1 304 Not Modified", Content_Length=str(LIMIT * 10))],
        "/1",
    )
    assert isinstance(found, Response)
    assert (found.status, found.body) == (304, b"")


@pytest.mark.parametrize(
    "pieces",
    [
        [answer(b"x" * (LIMIT + 1))],
        [
            answer(b"x" * LIMIT * 2, Content_Length="", Connection="close").replace(
                b"Content-Length: \r\n", b""
            )
        ],
    ],
)
def test_too_large_is_known_from_the_announcement_or_on_the_way(pieces: list[bytes]) -> None:
    (found,) = fetched(lambda path: pieces, "/1")
    assert isinstance(found, Refused)
    assert found.error == "too_large"


def test_garbage_is_no_matter_of_tls_whatever_the_page_is_called() -> None:
    assert texts(fetched(lambda path: [b"certificate SSL\r\n\r\n"], "/certificate.html")) == [
        "connection"
    ]
