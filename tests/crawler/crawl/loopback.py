"""A small site on loopback that keeps a ledger of what it served; its texts are made up of words drawn by lot.

with Loopback(documents=50) as site:
    site.base            # http://127.0.0.1:PORT
    site.ledger          # [("/wen/1/17.html", 200), …] in the order of answering
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

_FIRST = "修清补登回加盘疏改验铺移筛晒扎装卸抬浇垒拌挖砌缝织染煮磨榨酿播锄收运捆量称划绘刻写读讲听看问答唱走跑停"
_SECOND = "渠堤桥路仓棚井窑塘坝坡林圃圈栏墙瓦梁柱门窗灶炉缸桶筐篮箩席绳网船桨帆车轮轴鞍镰耙犁锹斧锯刨尺秤斗升"
_SMALL = "了着过和又也还再就都把从向对为在往沿按由"


def _sentence(pick: random.Random) -> str:
    words = [pick.choice(_FIRST) + pick.choice(_SECOND) for _ in range(pick.randint(5, 9))]
    return "".join(word + pick.choice(_SMALL) * pick.randint(0, 1) for word in words) + "。"


def text_of(n: int, length: int = 260) -> list[str]:
    """The paragraphs of document `n`: a salutation, three headed sections, at least `length` characters. No two are alike."""
    pick = random.Random(n)
    lines = ["同志们："]
    for number in "一二三":
        lines.append(f"{number}、{_sentence(pick)[:10]}")
        body = ""
        while len(body) < length / 3:
            body += _sentence(pick)
        lines.append(body)
    return lines


def page_of(n: int, lines: list[str], *, pad: int = 0) -> bytes:
    """The HTML of a document page, with `pad` bytes of markup around it."""
    body = "".join(f"<p>{line}</p>" for line in lines)
    frame = "<script>" + "var a = 1; " * (pad // 11) + "</script>"
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>第{n}号工作讲话</title></head><body>{frame}"
        f"<h1>第{n}号工作讲话</h1><div class=article-content>{body}</div></body></html>"
    ).encode()


@dataclass
class Answer:
    """What is sent: status, headers, body; `hang` keeps the connection open in silence instead."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False


class Loopback:
    """`/` links to lists of ten documents with paging; a document is `/wen/DIR/N.html` as on wm114.

    `answer` may be replaced: it is given path and request headers (lower case) and says what to send; `None` falls back
    to the site. `versions[n]` changes document `n`.
    """

    def __init__(
        self,
        documents: int = 30,
        *,
        per_list: int = 10,
        robots: bytes | None = b"",
        pad: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._address = host, port
        self.documents, self.per_list, self.robots, self.pad = documents, per_list, robots, pad
        self.ledger: list[tuple[str, int]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.keep_ledger = True
        self.answer: Callable[[str, dict[str, str]], Answer | None] = lambda path, headers: None
        self.texts: dict[int, list[str]] = {}
        self.base = ""
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    # -- what is there --------------------------------------------------------------------------------------------

    def url(self, n: int) -> str:
        """The address of a document."""
        return f"{self.base}{self.path(n)}"

    @staticmethod
    def path(n: int) -> str:
        """The path of a document."""
        return f"/wen/{n // 2000 + 1}/{n}.html"

    def lines(self, n: int) -> list[str]:
        """The paragraphs of a document as it is now."""
        return self.texts.get(n) or text_of(n)

    def served(self) -> Counter[str]:
        """How often each document page was sent whole (status 200)."""
        return Counter(
            path for path, status in self.ledger if path.startswith("/wen/") and status == 200
        )

    def page(self, path: str, headers: dict[str, str]) -> Answer:
        """What the site says of itself to a path."""
        html = {"Content-Type": "text/html; charset=utf-8"}
        if path == "/robots.txt":
            return (
                Answer(self.robots, headers={"Content-Type": "text/plain"})
                if self.robots is not None
                else Answer(status=404)
            )
        parts = path.strip("/").removesuffix(".html").split("/")
        if path == "/":
            return Answer(
                "<html><body><a href='/list/1.html'>讲话</a> <a href='/about.html'>关于</a></body></html>".encode(),
                headers=html,
            )
        if parts[0] == "list" and parts[-1].isdigit():
            page = int(parts[1])
            first = self.documents - (page - 1) * self.per_list  # the newest stand first
            last = max(first - self.per_list + 1, 1)
            rows = "".join(
                f"<li><a href='{self.path(n)}'>第{n}号工作讲话</a></li>"
                for n in range(first, last - 1, -1)
            )
            more = f"<a href='/list/{page + 1}.html'>下一页</a>" if last > 1 else ""
            return Answer(f"<html><body><ul>{rows}</ul>{more}</body></html>".encode(), headers=html)
        if (
            parts[0] == "wen"
            and parts[-1].isdigit()
            and 1 <= int(parts[-1]) <= self.documents
            and path == self.path(int(parts[-1]))
        ):
            body = page_of(int(parts[-1]), self.lines(int(parts[-1])), pad=self.pad)
            tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            if headers.get("if-none-match") == tag:
                return Answer(status=304, headers={"ETag": tag})
            return Answer(body, headers=html | {"ETag": tag})
        if path == "/about.html":
            return Answer("<html><body><p>本站说明</p></body></html>".encode(), headers=html)
        return Answer(b"<html><body>404</body></html>", 404, html)

    # -- serving --------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def begin() -> None:
            server = await asyncio.start_server(self._connected, *self._address, limit=1 << 16)
            self.base = f"http://{self._address[0]}:{server.sockets[0].getsockname()[1]}"
            self._server = server
            self._silence = (
                asyncio.Event()
            )  # never set; held here, or the waiting tasks would be collected
            self._up.set()

        self._loop.run_until_complete(begin())
        self._loop.run_forever()
        self._server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *rest = head.split("\r\n")
                path = first.split(" ")[1]
                headers = {
                    k.strip().lower(): v.strip()
                    for k, _, v in (line.partition(":") for line in rest if line)
                }
                if self.keep_ledger:
                    self.requests.append((path, headers))
                answer = self.answer(path, headers) or self.page(path, headers)
                if answer.hang:
                    await self._silence.wait()
                lines = [f"HTTP/1.1 {answer.status} X"]
                if answer.status != 304:
                    lines.append(f"Content-Length: {len(answer.body)}")
                lines += [f"{k}: {v}" for k, v in answer.headers.items()]
                writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body)
                if self.keep_ledger:
                    self.ledger.append((path, answer.status))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, IndexError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
