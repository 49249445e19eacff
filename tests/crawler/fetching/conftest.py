"""A server that misbehaves as told, and crawls of it by the real command line."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[3]
OPENINGS = (
    "春耕在即，农资供应要抓紧", "夏粮入库，仓房检修要提前", "秋收已毕，秸秆还田要跟上", "冬闲时节，渠道清淤要动手",
    "码头扩建，拆迁安置要公道", "老街改造，消防通道要留足", "校车运行，路线核定要仔细", "集市搬迁，摊位分配要公开",
)  # fmt: skip
MIDDLES = (
    "农机站派出了{n}名技术员逐村查看，发现有的水泵锈死了，有的油管老化了，当场登记，限期更换。",
    "交通股用了{n}天时间走访沿线的住户，听到的意见有长有短，归拢起来主要是噪声、灰尘和出行不便。",
    "仓储公司腾出了{n}间库房，请来老保管员讲防潮防虫的办法，听课的年轻人把要点抄在了门板上。",
    "居委会一连开了{n}场院坝会，把账目贴在墙上，谁都可以来问，问到满意为止。",
)


def speech(number: int) -> str:
    """A short speech that only this number has."""
    opening, middle = OPENINGS[number % len(OPENINGS)], MIDDLES[number % len(MIDDLES)]
    lines = [
        "同志们：",
        f"{opening}，这是第{number}号会议要讲的事情。{middle.format(n=number + 3)}",
        f"一、把底数摸清。第{number}片区的负责同志要亲自到场，数字报上来以后由另一组人复核，两边对得上才算数。",
        f"二、把责任落实。凡是编号为{number}的台账，从登记到销号都要有人签字，做到件件有着落。",
        f"三、把群众放在心上。第{number}热线要有人接，接了要记，记了要办，办了要回话。",
        "谢谢大家！",
    ]
    return "\n".join(lines)


def page(number: int, encoding: str = "utf-8", declared: str | None = "utf-8") -> bytes:
    """A document page of wm114's kind, the speech of this number in it."""
    meta = f'<meta charset="{declared}">' if declared else ""
    text = "<br>\n".join(f"　　{line}" for line in speech(number).split("\n"))
    html = (
        f"<html><head>{meta}<title>第{number}号会议上的讲话</title></head><body><h1>第{number}号会议上的讲话</h1>"
        f'<div class="article-content">{text}</div></body></html>'
    )
    return html.encode(encoding)


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A well-formed HTTP answer."""
    fields = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


Behaviour = bytes | Callable[[socket.socket], None]


@dataclass
class Hostile:
    """What is answered to each path: bytes, or a function that does as it likes with the connection; of a list, one
    after the other, the last for good. `asked` notes every request with its time (seconds, monotonic)."""

    routes: dict[str, Behaviour | list[Behaviour]] = field(default_factory=dict)
    otherwise: Callable[[str], Behaviour] | None = None
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)
    at_once: bytes = b""  # said before anything is asked, as by a server that understands nothing
    host: str = "127.0.0.1"
    base: str = ""

    def times(self, path: str) -> list[float]:
        """When a path was asked."""
        return [when for asked, when, _ in self.asked if asked == path]

    def serve(self, connection: socket.socket) -> None:
        """One request, then the end."""
        with connection:
            connection.settimeout(15)
            if self.at_once:
                connection.sendall(self.at_once)
                close_gently(connection)
                return
            received = b""
            while b"\r\n\r\n" not in received:
                more = connection.recv(65536)
                if not more:
                    return
                received += more
            head, *lines = received.decode("latin-1").split("\r\n")
            path = head.split(" ")[1]
            headers = dict(line.split(": ", 1) for line in lines if ": " in line)
            self.asked.append((path, time.monotonic(), headers))
            found = self.routes.get(path)
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            if found is None:
                found = (
                    self.otherwise(path)
                    if self.otherwise
                    else answer(b"<title>404</title>nothing here", "404 Not Found")
                )
            if callable(found):
                found(connection)
            else:
                connection.sendall(found)
                close_gently(connection)


def close_gently(connection: socket.socket) -> None:
    """End the answer so that what was sent arrives."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


@contextmanager
def serving(server: Hostile, context: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """Serve while the block runs."""
    listener = socket.create_server((server.host, 0), backlog=128)
    server.base = f"{'https' if context else 'http'}://{server.host}:{listener.getsockname()[1]}"

    def one(connection: socket.socket) -> None:
        with suppress(OSError, ValueError, IndexError):
            server.serve(
                context.wrap_socket(connection, server_side=True) if context else connection
            )

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@dataclass
class Crawl:
    """What a crawl left."""

    exit: int
    said: str
    speeches: dict[str, dict[str, Any]]
    failures: dict[str, dict[str, Any]]
    manifest: dict[str, Any]
    output: Path

    def outcome(self, path: str) -> str:
        """`document`, or the error of the failure."""
        url = f"https://www.wm114.cn{path}"
        if url in self.failures:
            assert url not in self.speeches
            return str(self.failures[url]["error"])
        return "document" if url in self.speeches else "nothing"

    def text(self, path: str) -> str:
        """The clean text of a page."""
        return str(self.speeches[f"https://www.wm114.cn{path}"]["text"])


def started(
    base: str,
    output: Path,
    *arguments: str,
    site: str = "wm114",
    allow: str | None = None,
    **settings: object,
) -> subprocess.Popen[str]:
    """Begin `scrapy crawl`; without delay unless `settings` say so."""
    given = {
        "DOWNLOAD_DELAY": 0, "OUTPUT_DIR": output, "DOWNLOAD_TIMEOUT": 1.5, "RETRY_TIMES": 1,
        "ALLOW_PRIVATE_HOSTS": base.split("://")[1] if allow is None else allow, **settings,
    }  # fmt: skip
    options = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
    environment = {
        k: v for k, v in os.environ.items() if k != "CONTACT" and not k.lower().endswith("_proxy")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", site, "-a", f"base={base}", *arguments, *options],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
    )  # fmt: skip


def ended(child: subprocess.Popen[str], output: Path) -> Crawl:
    """Wait for a crawl and read what it left."""
    try:
        said, _ = child.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        child.kill()
        raise

    def lines(kind: str) -> list[dict[str, Any]]:
        files = sorted((output / kind).glob("*.jsonl"))
        return [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]

    manifests = sorted((output / "runs").glob("*.json"))
    return Crawl(
        child.returncode, said, {s["url"]: s for s in lines("speeches")}, {f["url"]: f for f in lines("failures")},
        json.loads(manifests[-1].read_text("utf-8")) if manifests else {}, output,
    )  # fmt: skip


def crawl(server: Hostile, output: Path, *arguments: str, **settings: object) -> Crawl:
    """`scrapy crawl wm114` of a server, from its beginning to its end."""
    return ended(started(server.base, output, *arguments, **settings), output)  # type: ignore[arg-type]


def probed(urls: list[str], allow: list[str], **settings: object) -> dict[str, str]:
    """What becomes of each address, asked by the fetching side alone: one process for many hosts."""
    given = {
        "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 1.5, "RETRY_TIMES": 1, "ALLOW_PRIVATE_HOSTS": ",".join(allow), **settings,
    }  # fmt: skip
    options = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "runspider", str(Path(__file__).with_name("probe.py")), "-a", f"urls={json.dumps(urls)}", *options],
        cwd=PROJECT, capture_output=True, text=True, timeout=90, env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {
        str(url): str(outcome) for url, outcome in json.loads(done.stdout.splitlines()[-1]).items()
    }


def adds_up(manifest: dict[str, Any]) -> bool:
    """The law of the manifest."""
    pages = manifest["pages"]
    parts = (
        pages["stored"]
        + pages["duplicate"]
        + pages["unchanged"]
        + pages["failed"]
        + pages["refused"]
    )
    return bool(
        pages["asked"] == parts
        and sum(manifest["failures"].values()) == pages["failed"] + pages["refused"]
    )


class Tools:
    """What the tests of this folder share."""

    Hostile = Hostile
    serving = staticmethod(serving)
    crawl = staticmethod(crawl)
    started = staticmethod(started)
    ended = staticmethod(ended)
    probed = staticmethod(probed)
    adds_up = staticmethod(adds_up)
    answer = staticmethod(answer)
    page = staticmethod(page)
    speech = staticmethod(speech)
    close_gently = staticmethod(close_gently)
    http_date = staticmethod(lambda ahead: formatdate(time.time() + ahead, usegmt=True))


@pytest.fixture(scope="session")
def tools() -> type[Tools]:
    """The hostile server and the crawl of it."""
    return Tools
