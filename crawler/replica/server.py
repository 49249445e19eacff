"""Serves the replica sites on loopback, each on a port of its own, from threads of this program.

with serving(build_replicas()) as bases:
    urlopen(bases["wm114"] + "/robots.txt")
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from crawler.replica.pages import Answer, Replica

MISSING = Answer("<title>404</title>没有这个页面".encode(), 404, "text/html; charset=utf-8")


@contextmanager
def serving(replicas: Sequence[Replica], first_port: int = 0) -> Iterator[dict[str, str]]:
    """Serve while the block runs; gives the address of each site by its key. Nothing is left running behind it.

    The sites get the ports from `first_port` on, with 0 any that are free. Raises OSError where a port is taken.
    """
    with ExitStack() as stack:
        bases = {}
        for number, replica in enumerate(replicas):
            port = first_port + number if first_port else 0
            bases[replica.key] = stack.enter_context(_served(replica, port))

        yield bases


@contextmanager
def _served(replica: Replica, port: int) -> Iterator[str]:
    class Handler(_Pages):
        answers = replica.answers

    server = _Server(("127.0.0.1", port), Handler)
    thread = Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=replica.key, daemon=True
    )

    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away in the middle is no news; all else is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Pages(BaseHTTPRequestHandler):
    """Answers from a table of paths, gzipped where the client takes that."""

    protocol_version = "HTTP/1.1"
    timeout = 20  # seconds a connection may idle
    answers: dict[str, Answer] = {}  # noqa: RUF012  (replaced by each server's subclass)

    def do_GET(self) -> None:
        found = self.answers.get(self.path.partition("?")[0], MISSING)
        body = found.body
        self.send_response(found.status)
        self.send_header("Content-Type", found.content_type)

        if found.location:
            self.send_header("Location", found.location)

        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 5, mtime=0)
            self.send_header("Content-Encoding", "gzip")

        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's table is what the person came for."""
