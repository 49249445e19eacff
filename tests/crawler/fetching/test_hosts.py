"""Hosts as a whole: robots.txt in all its states, certificates, quiet asked for, walls, lists without end.

What concerns the fetching side alone is asked of many hosts by one process (`probe.py`), each at a loopback address
of its own; the rest are crawls by the command line.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PATHS = ("/wen/1/1.html", "/wen/1/2.html")


class State(NamedTuple):
    """A state of a host's robots.txt, what becomes of its two pages, and how long they must lie apart (seconds)."""

    name: str
    robots: Any
    becomes: tuple[str, str]
    apart: float = 0.0


def states(t: Any) -> list[State]:
    def robots(text: str | bytes, status: str = "200 OK", **headers: str) -> bytes:
        body = text if isinstance(text, bytes) else text.encode()
        return bytes(t.answer(body, status, Content_Type="text/plain", **headers))

    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    def broken(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    well, no = ("document", "document"), ("robots", "robots")
    return [
        State("allows all", robots("User-agent: *\nDisallow:\n"), well),
        State("forbids one page", robots("User-agent: *\nDisallow: /wen/1/2.html\n"), ("document", "robots")),
        State("forbids all", robots("User-agent: *\nDisallow: /\n"), no),
        State("speaks to us by name", robots("User-agent: *\nAllow: /\n\nUser-agent: Harvest\nDisallow: /wen/\n"), no),
        State("speaks to us by name and version", robots("User-agent: harvest/0.1\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), no),
        State("speaks to us as his log has it", robots("user-agent : Harvest/2.0 (+mailto:a@b.example)\nDisallow: /\n"), no),
        State("speaks to one of a like name", robots("User-agent: harvester\nDisallow: /\n"), well),
        State("speaks to others", robots("User-agent: Googlebot\nDisallow: /\n"), well),
        State("the longer rule wins", robots("User-agent: *\nDisallow: /\nAllow: /wen/1/1.html\n"), ("document", "robots")),
        State("begins with a mark", robots(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"), no),
        State("is missing", robots("nothing here", "404 Not Found"), well),
        State("an error page that reads like rules", robots("User-agent: *\nDisallow: /\n", "404 Not Found"), well),
        State("is forbidden", robots("no", "403 Forbidden"), well),
        State("is broken", robots("User-agent: *\nAllow: /\n", "500 Internal Server Error"), no),
        State("is unavailable", robots("later", "503 Service Unavailable", Retry_After="1"), no),
        State("is unavailable once", [robots("later", "503 Service Unavailable", Retry_After="1"), robots("")], well),
        State("wants less of us", robots("slow down", "429 Too Many Requests", Retry_After="9999"), no),
        State("says nothing", silent, no),
        State("is reset", broken, no),
        State("is a page of HTML", robots("<html><body>Welcome<br>Disallow: /</body></html>"), well),
        State("is noise", robots(bytes(range(256)) * 40), well),
        State("is huge", robots(b"User-agent: *\nDisallow: /wen/1/2.html\n" + b"# filler\n" * 100_000), ("document", "robots")),
        State("redirects in a circle", robots("", "302 Found", Location="/robots.txt"), well),
        State("redirects to rules", robots("", "301 Moved Permanently", Location="/rules.txt"), no),
        State("redirects to a private address", robots("", "302 Found", Location="http://169.254.169.254/"), ("refused_address",) * 2),
        State("asks for a delay", robots("User-agent: *\nCrawl-delay: 1.5\n"), well, 1.2),
        State("asks for a rate", robots("User-agent: *\nRequest-rate: 1/2\n"), well, 1.6),
        State("asks for a delay of a day", robots("User-agent: *\nCrawl-delay: 86400\n"), no),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def unknown_certificate(own_certificate: Path) -> ssl.SSLContext:
    """A server's context with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    return context


class Hosts(NamedTuple):
    """Servers by the name of what is wrong with them, and what became of the addresses asked."""

    servers: dict[str, Any]
    outcomes: dict[str, str]


@pytest.fixture(scope="module")
def hosts(tools: Any, unknown_certificate: ssl.SSLContext) -> Hosts:
    """All states of robots.txt and all that can be wrong with a host, met by one process."""
    with ExitStack() as stack:
        servers = {}
        urls: list[str] = []
        for number, state in enumerate(states(tools), 2):
            server = stack.enter_context(tools.serving(tools.Hostile(host=f"127.0.0.{number}")))
            server.routes = {path: tools.answer(tools.page(1)) for path in PATHS}
            server.routes["/robots.txt"] = state.robots
            server.routes["/rules.txt"] = tools.answer(
                b"User-agent: *\nDisallow: /\n", Content_Type="text/plain"
            )
            servers[state.name] = server
            urls += [server.base + path for path in PATHS]
        tls = stack.enter_context(
            tools.serving(tools.Hostile(host="127.0.1.1"), unknown_certificate)
        )
        plain = stack.enter_context(
            tools.serving(
                tools.Hostile(host="127.0.1.2", at_once=b"HTTP/1.1 400 Bad Request\r\n\r\n")
            )
        )
        servers |= {"unknown certificate": tls, "plain": plain}
        port = plain.base.rsplit(":", 1)[1]
        urls += [
            tls.base + PATHS[0], plain.base.replace("http:", "https:") + PATHS[0], f"http://127.0.1.3:{port}{PATHS[0]}",
            f"http://127.0.1.4:{port}{PATHS[0]}", f"http://localhost:{port}{PATHS[0]}", f"http://nothing.invalid{PATHS[0]}",
        ]  # fmt: skip
        allow = [
            *(s.base.split("://")[1] for s in servers.values()),
            "127.0.1.3",
            "127.0.1.4:1",
            "127.0.0.1",
        ]
        outcomes = tools.probed(urls, allow)
        own = tuple(
            s.base + "/" for s in servers.values()
        )  # another host may listen on a port of the same number
        return Hosts(
            servers,
            {
                u if u.startswith(own) else u.replace(f":{port}/", ":PORT/"): o
                for u, o in outcomes.items()
            },
        )


NAMES = [s.name for s in states(type("T", (), {"answer": staticmethod(lambda *a, **k: b"")}))]


@pytest.mark.parametrize("name", NAMES)
def test_robots(hosts: Hosts, tools: Any, name: str) -> None:
    state = next(s for s in states(tools) if s.name == name)
    server = hosts.servers[name]
    assert tuple(hosts.outcomes[server.base + path] for path in PATHS) == state.becomes
    for path, becomes in zip(PATHS, state.becomes, strict=True):
        assert bool(server.times(path)) is (becomes == "document")
    assert server.asked[0][0] == "/robots.txt"
    if state.apart:
        times = sorted(when for path, when, _ in server.asked if path in ("/robots.txt", *PATHS))
        assert min(b - a for a, b in pairwise(times)) >= state.apart


def test_certificates_are_verified(hosts: Hosts) -> None:
    server = hosts.servers["unknown certificate"]
    assert hosts.outcomes[server.base + PATHS[0]] == "tls"
    assert server.asked == []


def test_a_certificate_that_this_machine_trusts_is_good(
    tools: Any,
    unknown_certificate: ssl.SSLContext,
    own_certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate))
    with tools.serving(tools.Hostile(), unknown_certificate) as server:
        server.routes = {path: tools.answer(tools.page(n)) for n, path in enumerate(PATHS, 1)}
        met = tools.crawl(server, tmp_path, "-a", "ids=1-2")
    assert server.base.startswith("https:")
    assert {met.outcome(path) for path in PATHS} == {"document"}


def test_plain_words_where_tls_is_expected(hosts: Hosts) -> None:
    assert hosts.outcomes[f"https://127.0.1.2:PORT{PATHS[0]}"] == "tls"


def test_a_host_where_nobody_listens(hosts: Hosts) -> None:
    assert hosts.outcomes[f"http://127.0.1.3:PORT{PATHS[0]}"] == "connection"


def test_an_address_named_with_another_port_is_refused(hosts: Hosts) -> None:
    assert hosts.outcomes[f"http://127.0.1.4:PORT{PATHS[0]}"] == "refused_address"


def test_a_name_for_loopback_is_no_way_round(hosts: Hosts) -> None:
    assert hosts.outcomes[f"http://localhost:PORT{PATHS[0]}"] == "refused_address"


def test_a_name_that_does_not_exist(hosts: Hosts) -> None:
    assert hosts.outcomes[f"http://nothing.invalid{PATHS[0]}"] == "dns"


def test_a_delay_of_the_settings_is_kept(tools: Any, tmp_path: Path) -> None:
    with tools.serving(tools.Hostile()) as server:
        for number in range(1, 4):
            server.routes[f"/wen/1/{number}.html"] = tools.answer(tools.page(number))
        met = tools.crawl(server, tmp_path, "-a", "ids=1-3", DOWNLOAD_DELAY=0.4)
    assert len(met.speeches) == 3
    times = [when for _, when, _ in server.asked]
    assert min(b - a for a, b in pairwise(times)) >= 0.3


def test_a_host_that_wants_a_long_quiet_is_left(tools: Any, tmp_path: Path) -> None:
    """The first page is told to wait for an hour; of the others hardly one is asked."""
    with tools.serving(tools.Hostile()) as server:
        server.otherwise = lambda path: tools.answer(
            b"slow down", "429 Too Many Requests", Retry_After="3600"
        )
        server.routes["/robots.txt"] = tools.answer(b"", "404 Not Found")
        met = tools.crawl(server, tmp_path, "-a", "ids=1-40", CONCURRENT_REQUESTS=2)
    assert {f["error"] for f in met.failures.values()} == {"http_429"}
    assert len(met.failures) == 40
    assert len(server.asked) <= 5
    assert tools.adds_up(met.manifest)
    assert met.exit == 3


def test_walls_in_a_row_stop_the_crawl(tools: Any, tmp_path: Path) -> None:
    wall = tools.answer(
        "<title>用户登录</title><body><form>请先登录后再查看本文内容。<br>帐号<input name=user>密码<input type=password name=pw>"
        "<button>登录</button><a href=/reg>免费注册</a></form>".encode()
    )
    with tools.serving(tools.Hostile()) as server:
        server.routes |= {f"/wen/1/{n}.html": tools.answer(tools.page(n)) for n in range(1, 4)}
        server.routes |= {f"/wen/1/{n}.html": wall for n in range(4, 60)}
        met = tools.crawl(
            server, tmp_path, "-a", "ids=1-59", WALLS_IN_A_ROW=4, CONCURRENT_REQUESTS=2
        )
    assert len(met.speeches) == 3
    assert 4 <= len(met.failures) <= 8
    assert len(server.asked) <= 14
    assert tools.adds_up(met.manifest)


def test_an_address_that_is_not_named_is_not_talked_to(tools: Any, tmp_path: Path) -> None:
    with tools.serving(tools.Hostile()) as server:
        server.routes[PATHS[0]] = tools.answer(tools.page(1))
        child = tools.started(
            server.base, tmp_path, "-a", f"url={server.base}{PATHS[0]}", allow="127.0.0.1:1"
        )
        met = tools.ended(child, tmp_path)
    assert met.outcome(PATHS[0]) == "refused_address"
    assert met.manifest["pages"]["refused"] == 1
    assert server.asked == []


def test_a_public_address_is_not_asked_by_nobody(tools: Any, tmp_path: Path) -> None:
    met = tools.ended(
        tools.started(
            "http://nothing.invalid", tmp_path / "output", "-a", "ids=1-2", allow="127.0.0.1"
        ),
        tmp_path / "output",
    )
    assert met.exit == 1
    assert len(met.said.strip().splitlines()) == 1
    assert "CONTACT" in met.said
    assert not (tmp_path / "output").exists()


def listing(t: Any, number: int, documents: list[int], onward: int | None) -> bytes:
    links = "".join(
        f'<li><a href="/wen/1/{n}.html">第{n}号会议上的讲话</a></li>' for n in documents
    )
    after = f'<a href="/list/{onward}.html">下一页</a>' if onward else ""
    return bytes(t.answer(f"<html><body><ul>{links}</ul>{after}</body></html>".encode()))


def test_paging_without_end_comes_to_an_end(tools: Any, tmp_path: Path) -> None:
    """Every list page has a next one and shows the same documents."""
    with tools.serving(tools.Hostile()) as server:
        server.routes["/"] = listing(tools, 0, [1, 2], 1)
        server.routes |= {f"/wen/1/{n}.html": tools.answer(tools.page(n)) for n in (1, 2)}
        server.otherwise = lambda path: (
            listing(tools, 0, [1, 2], int(path.split("/")[2].split(".")[0]) + 1)
            if path.startswith("/list/") else tools.answer(b"", "404 Not Found")
        )  # fmt: skip
        met = tools.crawl(server, tmp_path)
    assert len(met.speeches) == 2
    assert sum(path.startswith("/list/") for path, _, _ in server.asked) <= 20
    assert tools.adds_up(met.manifest)


def test_one_text_at_fifty_addresses_is_one_record(tools: Any, tmp_path: Path) -> None:
    with tools.serving(tools.Hostile()) as server:
        server.routes |= {f"/wen/1/{n}.html": tools.answer(tools.page(7)) for n in range(1, 51)}
        met = tools.crawl(server, tmp_path, "-a", "ids=1-50")
    assert len(met.speeches) == 1
    assert (met.manifest["pages"]["stored"], met.manifest["pages"]["duplicate"]) == (1, 49)
    assert met.exit == 0


def test_a_list_whose_layout_changed(tools: Any, tmp_path: Path) -> None:
    """Where documents were met before and no list leads to any now, the run does not exit 0."""
    with tools.serving(tools.Hostile()) as server:
        server.routes["/"] = listing(tools, 0, [1, 2, 3], None)
        server.routes |= {f"/wen/1/{n}.html": tools.answer(tools.page(n)) for n in (1, 2, 3)}
        first = tools.crawl(server, tmp_path)
        server.routes["/"] = tools.answer(
            '<html><body><div data-items="1,2,3" id="app">正在加载</div></body></html>'.encode()
        )
        second = tools.crawl(server, tmp_path)
    assert (first.exit, second.exit) == (0, 3)
    assert len(second.speeches) == 3
