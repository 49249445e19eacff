"""`scrapy demo` for real: what it stores is the truth that the replica was made from, and a second run adds nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.replica.documents import documents as replica_documents
from crawler.replica.pages import Expected, Truth, build_replicas

PROJECT = Path(__file__).resolve().parents[3]
PAGES = [(site.key, page) for site in build_replicas() for page in site.expected]
SITES = [site.key for site in build_replicas()]
#: Pages whose document another site has shown before, and that page.
HOLDERS = {
    (later.site, later.number): (first.site, first.number)
    for document in replica_documents()
    for first, *others in [sorted(document.pages, key=lambda p: SITES.index(p.site))]
    for later in others
}


def demo(output: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "demo", "-s", f"OUTPUT_DIR={output}"],
        cwd=PROJECT, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


def lines(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(x)
        for f in sorted(folder.glob("*.jsonl"))
        for x in f.read_text("utf-8").splitlines()
    ]


@dataclass
class Shown:
    """Two demos after one another, and what they left."""

    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    seconds: float
    speeches: list[dict[str, Any]]
    failures: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    output: Path

    def of(self, site: str, page: Expected) -> list[dict[str, Any]]:
        """The records of a page in their last version, by part; a copy's are those of the page that was met first."""
        where = HOLDERS.get((site, page.number), (site, page.number))
        mine = [s for s in self.speeches if (s["site"], s["doc_id"]) == (where[0], str(where[1]))]
        last = {s["id"]: s for s in sorted(mine, key=lambda s: s["version"])}
        return sorted(last.values(), key=lambda s: s["part"] or 0)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    output = tmp_path_factory.mktemp("demo")
    began = time.monotonic()
    first = demo(output)
    seconds = time.monotonic() - began
    second = demo(output)
    runs = [json.loads(p.read_text("utf-8")) for p in sorted((output / "runs").glob("*.json"))]
    return Shown(
        first, second, seconds, lines(output / "speeches"), lines(output / "failures"), runs, output
    )


def squeezed(text: str) -> str:
    return "".join(text.split())


def placed(text: str, gaps: list[tuple[int, Any, str]]) -> list[tuple[int, Any, str]]:
    """Gaps with their offsets counted without white space."""
    return [(len(squeezed(text[:at])), chars, kind) for at, chars, kind in gaps]


def documents() -> Iterator[Any]:
    for site, page in PAGES:
        for number, truth in enumerate(page.documents):
            yield pytest.param(site, page, number, truth, id=f"{site} {truth.title}")


def test_it_ends_well(shown: Shown) -> None:
    assert shown.first.returncode == 0, shown.first.stderr
    assert shown.second.returncode == 0, shown.second.stderr
    assert "Traceback" not in shown.first.stderr + shown.second.stderr


@pytest.mark.parametrize(("site", "page", "number", "truth"), [*documents()])
def test_every_document_is_as_it_was_written(
    shown: Shown, site: str, page: Expected, number: int, truth: Truth
) -> None:
    records = shown.of(site, page)
    assert len(records) == len(page.documents)
    record = records[number]
    assert squeezed(record["text"]) == squeezed(truth.text)
    if (
        truth.paragraphs and len(record["sources"]) == 1
    ):  # of copies the one with the better lines is shown
        assert record["text"] == truth.text
    assert squeezed(record["title"]) == squeezed(truth.title)


@pytest.mark.parametrize(("site", "page", "number", "truth"), [*documents()])
def test_every_gap_is_where_it_was_made(
    shown: Shown, site: str, page: Expected, number: int, truth: Truth
) -> None:
    record = shown.of(site, page)[number]
    gaps = [(g["at"], g["chars"], g["kind"]) for g in record["gaps"]]
    assert placed(record["text"], gaps) == placed(
        truth.text, [(g.at, g.chars, g.kind) for g in truth.gaps]
    )
    assert all(record["text"][at - 1] == "\n" for at, _, kind in gaps if kind == "omitted")
    kinds = {g.kind for g in truth.gaps}
    assert record["completeness"] == (
        "cut_off" if "cut_off" in kinds else "gapped" if kinds else "full"
    )
    assert (record["declared_chars"], record["shown_chars"]) == (truth.declared, truth.displayed)


@pytest.mark.parametrize(
    ("site", "page"),
    [(s, p) for s, p in PAGES if any(t.toc for t in p.documents)],
    ids=lambda x: getattr(x, "path", x),
)
def test_the_contents_block_is_kept_as_evidence(shown: Shown, site: str, page: Expected) -> None:
    assert tuple(shown.of(site, page)[0]["toc"]) == page.documents[0].toc


@pytest.mark.parametrize(
    ("site", "page"), [(s, p) for s, p in PAGES if p.error], ids=lambda x: getattr(x, "path", x)
)
def test_what_is_no_document_is_on_file(shown: Shown, site: str, page: Expected) -> None:
    assert shown.of(site, page) == []
    assert [f["error"] for f in shown.failures if f["url"].endswith(page.path)] == [page.error]


def test_copies_are_folded_into_one_record(shown: Shown) -> None:
    """One document on two sites, and one in both scripts."""
    assert len(HOLDERS) == 2
    stored = {(s["site"], s["doc_id"]) for s in shown.speeches}
    assert not stored & {(site, str(number)) for site, number in HOLDERS}
    assert len({s["id"] for s in shown.speeches}) == sum(len(p.documents) for _, p in PAGES) - len(
        HOLDERS
    )
    for run in shown.runs[: len(SITES)]:
        copies = sum(site == run["site"] for site, _ in HOLDERS)
        assert run["pages"]["duplicate"] == copies


def test_unknown_markup_is_read_with_a_warning(shown: Shown) -> None:
    for site, page in PAGES:
        for record in [] if (site, page.number) in HOLDERS else shown.of(site, page):
            assert ("generic_extraction" in record["warnings"]) is page.generic, page.path


def test_the_manifests_add_up(shown: Shown) -> None:
    first, second = shown.runs[: len(SITES)], shown.runs[len(SITES) :]
    assert [r["site"] for r in first] == [r["site"] for r in second] == SITES
    for run in shown.runs:
        pages = run["pages"]
        assert pages["asked"] == sum(pages.values()) - pages["asked"]
        assert sum(run["failures"].values()) == pages["failed"] + pages["refused"]
    assert sum(r["pages"]["asked"] for r in first) == len(PAGES)
    assert (
        sum(r["pages"]["failed"] for r in first)
        == len([p for _, p in PAGES if p.error])
        == len(shown.failures)
    )
    assert sum(r["documents"]["gapped"] for r in first) == sum(
        any(g.kind == "omitted" for g in t.gaps) and not any(g.kind == "cut_off" for g in t.gaps)
        for site, p in PAGES for t in p.documents if (site, p.number) not in HOLDERS
    )  # fmt: skip
    assert sum(r["withheld_chars"] for r in first) == sum(
        g.chars or 0 for _, p in PAGES for t in p.documents for g in t.gaps
    )
    assert any(r["other_requests"]["robots"] for r in first)


def test_it_shows_a_table_an_answer_and_where_to_look(shown: Shown) -> None:
    table = {}
    for line in shown.first.stdout.splitlines():
        cells = [c.strip() for c in re.split("[│|]", line) if c.strip()]
        if cells and cells[0] in SITES:
            table[cells[0]] = [int(c) for c in cells[1:]]
    for run in shown.runs[: len(SITES)]:
        pages, made = run["pages"], run["documents"]
        assert table[run["site"]] == [
            pages["asked"], pages["stored"], pages["duplicate"], made["gapped"], made["cut_off"],
            pages["failed"] + pages["refused"], run["withheld_chars"],
        ]  # fmt: skip
    assert "森林防火】动员会" in shown.first.stdout
    for kind in ("speeches", "traces", "outlines", "failures", "runs", "pages"):
        assert str(shown.output / kind) in shown.first.stdout.replace("\n", "")
        assert any((shown.output / kind).rglob("*.*"))


def test_no_host_of_a_record_can_be_real(shown: Shown) -> None:
    hosts = {urlsplit(record["url"]).hostname for record in (*shown.speeches, *shown.failures)}
    assert hosts == {f"{site}.example" for site in SITES}


def test_it_makes_a_report_and_says_how_to_throw_itself_away(shown: Shown) -> None:
    assert (shown.output / "report" / "index.html").is_file()
    assert f"rm -r {shown.output}" in shown.first.stdout.replace("\n", "")


def test_a_second_run_stores_nothing_new_and_says_so(shown: Shown) -> None:
    assert all(run["pages"]["stored"] == 0 for run in shown.runs[len(SITES) :])
    assert "Nothing new" in shown.second.stdout
    assert "Nothing new" not in shown.first.stdout
    assert all(
        not run["documents"]["new"] and not run["documents"]["upgraded"]
        for run in shown.runs[len(SITES) :]
    )


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "demo", "-s", f"OUTPUT_DIR={tmp_path}"],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stderr is not None
    assert "wm114" in child.stderr.readline()
    child.send_signal(number)
    child.communicate(timeout=30)
    assert child.returncode == status
    assert not [
        p for p in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _bytes(p)
    ]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_it_takes_no_arguments(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "demo", "wm114"], cwd=PROJECT, capture_output=True, text=True,
        env={**os.environ, "OUTPUT_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
