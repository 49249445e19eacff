"""Engines that go down mid-way or are busy: one clear line, nothing indexed is lost, the next call goes on."""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from pytest_httpserver import HTTPServer
from scrapy.exceptions import UsageError
from scrapy.settings import Settings
from werkzeug import Request, Response

from benchmarks.search_corpus import speech, speeches
from crawler.cli.command import Command
from crawler.commands.export import ExportCommand
from crawler.commands.index import IndexCommand
from crawler.commands.search import SearchCommand
from pipelines.records import to_line
from pipelines.search import backoff
from pipelines.search import index as filling
from pipelines.search.document import Document, Query, SinkError
from pipelines.search.index import fill, open_sink
from pipelines.search.opensearch import _MAPPING

ROOT = Path(__file__).parents[3]


def test_postgresql_going_down_and_coming_back(
    postgres: Any, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 10)
    path = write("1.jsonl", *speeches(50, characters=60))
    sink = open_sink(postgres.target, empty=True)
    real, calls = sink.write, 0

    def failing(documents: Sequence[Document], buried: dict[str, int]) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            postgres.stop()
        real(documents, buried)

    monkeypatch.setattr(sink, "write", failing)
    try:
        with sink, pytest.raises(SinkError) as told:
            fill(sink, [path], print)
        assert "\n" not in str(told.value)
        with pytest.raises(SinkError) as told:
            open_sink(postgres.target)
        assert "\n" not in str(told.value)
    finally:
        postgres.start()
    with open_sink(postgres.target) as sink:
        assert sink.count() == 30
        done = fill(sink, [path], print)
        assert (done.unchanged, done.new, done.total) == (30, 20, 50)


KILLED = """
import os, sys
from pathlib import Path
from pipelines.search import embedded, index as filling
filling.BATCH, embedded.TRANSACTION = 10, 20
with filling.open_sink(sys.argv[1]) as sink:
    real, left = sink.write, 5
    def write(documents, buried):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), 9)
        real(documents, buried)
    sink.write = write
    filling.fill(sink, [Path(sys.argv[2])], print)
"""


def test_the_embedded_index_keeps_whole_commits_when_killed(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    path = write("1.jsonl", *speeches(80, characters=60))
    target = f"tantivy:///{tmp_path / 'index.db'}"
    ended = subprocess.run([sys.executable, "-c", KILLED, target, str(path)], cwd=ROOT)
    assert ended.returncode == -9
    with open_sink(target) as sink:
        assert sink.count() == 40
        done = fill(sink, [path], print)
        assert (done.unchanged, done.new, done.total) == (40, 40, 80)


def ask(path: Path) -> None:
    with open_sink(str(path)) as sink:
        sink.search(Query.of("的"), 10)
        sink.matching(Query.of("工作"))


def test_an_embedded_index_that_somebody_damaged_is_told(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    path = tmp_path / "index.db"
    with open_sink(str(path)) as sink:
        fill(sink, [write("1.jsonl", *speeches(200, characters=300))], print)
    for file in path.iterdir():
        if file.suffix in (".store", ".term", ".idx", ".pos", ".fast"):
            size = file.stat().st_size
            file.write_bytes(file.read_bytes()[: size // 4] + b"\xff" * (size - size // 4))
    with pytest.raises(SinkError, match=r"index\.db: ") as told:
        ask(path)
    assert "\n" not in str(told.value)


OLDER = """
CREATE TABLE documents (rowid INTEGER PRIMARY KEY, id TEXT);
CREATE TABLE texts (rowid INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE files (path TEXT PRIMARY KEY);
CREATE TABLE grams (text TEXT);
"""


def test_the_index_of_an_earlier_version_is_filled_anew(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    path = tmp_path / "index.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLDER)
    with pytest.raises(SinkError, match="earlier version"):
        open_sink(str(path), create=False)
    assert path.is_file()
    with open_sink(f"sqlite:///{path}") as sink:
        assert fill(sink, [write("1.jsonl", *speeches(5, characters=60))], print).total == 5
    with open_sink(str(path), create=False) as sink:
        assert sink.count() == 5


def test_what_is_no_index_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE mine (x)")
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "letter").write_text("mine")
    for target, empty in ((other, True), (folder, False), (folder, True)):
        with pytest.raises(SinkError, match="not an index"):
            open_sink(str(target), empty=empty)
    assert (folder / "letter").read_text() == "mine"
    assert other.is_file()


def test_one_process_fills_at_a_time(
    tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.db"
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.0)
    with open_sink(str(path)) as sink, open_sink(str(path)) as other:
        sink.stored(["0" * 32])
        with pytest.raises(SinkError, match=r"(?i)lock"):
            other.stored(["0" * 32])


def _json(answer: Any) -> Response:
    return Response(json.dumps(answer), content_type="application/json")


class Busy:
    """A server that speaks just enough of OpenSearch, and turns bulk items or requests away as told."""

    def __init__(self, http: HTTPServer, plan: list[Any]) -> None:
        self.plan, self.taken, self.requests = plan, dict[str, Any](), 0
        self.url = f"opensearch://{http.host}:{http.port}/x"
        http.expect_request("/x", method="HEAD").respond_with_data("")
        http.expect_request("/x/_mapping").respond_with_json(
            {"x": {"mappings": _MAPPING["mappings"]}}
        )
        http.expect_request("/x/_mget").respond_with_handler(self.mget)
        http.expect_request("/x/_bulk").respond_with_handler(self.bulk)
        http.expect_request("/x/_refresh").respond_with_json({})
        http.expect_request("/x/_count").respond_with_handler(
            lambda request: _json({"count": len(self.taken)})
        )
        http.expect_request("/x/_doc/").respond_with_json({})

    def mget(self, request: Request) -> Response:
        return _json({"docs": [{"_id": i, "found": False} for i in request.get_json()["ids"]]})

    def bulk(self, request: Request) -> Response:
        self.requests += 1
        answer = self.plan.pop(0) if self.plan else None
        if isinstance(answer, int):
            return Response("{}", status=answer)
        lines = [orjson.loads(line) for line in request.get_data().splitlines()]
        items = []
        for action, record in zip(lines[0::2], lines[1::2], strict=True):
            key = action["index"]["_id"]
            status = (
                429 if answer == "half" and len(items) % 2 else 400 if answer == "refuse" else 201
            )
            if status == 201:
                self.taken[key] = record
            error = {"type": "t", "reason": "some\nreason"}
            items.append({"index": {"_id": key, "status": status, "error": error}})
        return _json({"errors": True, "items": items})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    out: list[float] = []
    monkeypatch.setattr(backoff.with_back_off, "__defaults__", (out.append,))
    return out


def test_what_a_busy_server_turns_away_is_sent_again_later_and_later(
    httpserver: HTTPServer, waits: list[float], write: Callable[..., Path]
) -> None:
    server = Busy(httpserver, ["half", 429, 503, "half"])
    with open_sink(server.url) as sink:
        monkey = [s.id for s in speeches(8, characters=40)]
        path = write("1.jsonl", *speeches(8, characters=40))
        sink.finished = lambda file: False  # type: ignore[method-assign]
        sink.finish = lambda file: None  # type: ignore[method-assign]
        assert fill(sink, [path], print).total == 8
    assert sorted(server.taken) == sorted(monkey)
    assert server.requests == 5
    assert len(waits) == 4
    assert all(
        backoff.FIRST_WAIT * 2**n / 2 <= w <= backoff.FIRST_WAIT * 2**n for n, w in enumerate(waits)
    )


@pytest.mark.parametrize(
    ("plan", "says"),
    [([429] * 99, "answered 429"), (["refuse"], "some reason"), ([500], "answered 500")],
)
def test_what_a_server_will_not_take_is_told_in_one_line(
    plan: list[Any],
    says: str,
    httpserver: HTTPServer,
    waits: list[float],
    write: Callable[..., Path],
) -> None:
    path = write("1.jsonl", *speeches(4, characters=40))
    with open_sink(Busy(httpserver, plan).url) as sink:
        sink.finished = lambda file: False  # type: ignore[method-assign]
        with pytest.raises(SinkError, match=says) as told:
            fill(sink, [path], print)
    assert "\n" not in str(told.value)


def test_an_index_that_lost_documents_is_told(
    target: str, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_sink(target, empty=True) as sink:
        monkeypatch.setattr(sink, "write", lambda documents, buried: None)
        with pytest.raises(SinkError, match="holds 0 documents where 3 were written"):
            fill(sink, [write("1.jsonl", *speeches(3, characters=40))], print)


# ---------------------------------------------------------------- the commands


COMMANDS: dict[str, type[Command]] = {
    "index": IndexCommand,
    "search": SearchCommand,
    "export": ExportCommand,
}


@pytest.fixture
def scrapy(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A command as Scrapy runs it, in this process: exit status, standard output, standard error."""

    def run(name: str, *args: str) -> tuple[int, str, str]:
        command = COMMANDS[name]()
        command.settings = Settings()
        command.settings.setmodule("crawler.settings")
        parser = argparse.ArgumentParser(prog="scrapy", conflict_handler="resolve")
        command.add_options(parser)
        try:
            opts, rest = parser.parse_known_args(args)
            command.process_options(rest, opts)
            command.run(rest, opts)
            status = command.exitcode
        except UsageError as error:
            status = 2
            print(error, file=sys.stderr)
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, *capfd.readouterr()

    return run


def test_the_commands_are_scrapys(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", "index", "-s", f"OUTPUT_DIR={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"error: {tmp_path / 'speeches'}: no such file or folder\n"


def test_index_and_search_by_command(
    scrapy: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "speeches").mkdir()
    (tmp_path / "speeches" / "a-1.jsonl").write_bytes(
        to_line(speech("a", "1", "论夜校", "一、办好夜校\n课本要新。", published="2025-03-04"))
        + b"no record\n"
    )
    where = ("-s", f"OUTPUT_DIR={tmp_path}")
    status, out, told = scrapy("index", *where)
    assert (status, out) == (3, "")
    assert "line 2: no speech/1 record" in told
    assert "1 new" in told
    status, out, told = scrapy(
        "search", "课本", "--site", "a", "--from", "2025", "--to", "2025-03", "--json", *where
    )
    hit = json.loads(out)
    assert (status, told) == (0, "1 documents\n")
    assert (hit["title"], hit["section"], hit["places"][0]["marked"]) == (
        "论夜校",
        "一、办好夜校",
        "<mark>课本</mark>要新。",
    )
    assert "§ 一、办好夜校\n     【课本】要新。" in scrapy("search", "课本", *where)[1]
    assert scrapy("search", "耕牛", *where)[0] == 0


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("index", "/no/such/file"), 1),
        (("index", "--to", "postgresql://postgres@127.0.0.1:1/x", "requirements.in"), 1),
        (("search", "课本", "--index", "/no/such/index.db"), 1),
        (("search", "\u3000"), 2),
        (("search", "课本", "--from", "gestern"), 2),
        (("search", "课本", "--completeness", "half"), 2),
        (("export", "--format", "parquet", "-o", "/no/such/x.parquet"), 2),
        (("export", "--format", "xlsx", "-o", "x", "y"), 2),
        (("index", "--nonsense"), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    args: tuple[str, ...], status: int, scrapy: Callable[..., tuple[int, str, str]]
) -> None:
    ended, out, told = scrapy(*args)
    assert ended == status, told
    assert out == "" or status == 2
    assert status == 2 or (told.count("\n") == 1 and told.startswith("error: ")), told
