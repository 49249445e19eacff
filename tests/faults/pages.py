"""A run of the journal without Scrapy and network: pages come from a dictionary, and a ledger says which were asked."""

from __future__ import annotations

import json
import os
import signal
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from crawler.found import Found
from crawler.runs.apply import Visit
from crawler.runs.journal import Journal
from pipelines.cleaning.clean import clean
from pipelines.failures import iso
from pipelines.records import Failure, RawDocument
from tests.crawler.crawl.loopback import text_of

HOST = "https://www.wm114.cn"
START = f"{HOST}/"


def url(n: int) -> str:
    """Of a document."""
    return f"{HOST}/wen/1/{n}.html"


def raw(n: int, lines: Sequence[str] | None = None) -> RawDocument:
    """A document as extraction would hand it on."""
    return RawDocument(
        url=url(n),
        site="wm114",
        title=f"第{n}号工作讲话",
        text="\n".join(lines or text_of(n)),
        doc_id=str(n),
        crawled_at=iso(time.time()),
    )


def capture(n: int | None) -> bytes:
    """A WARC record of a page, as small as one may be."""
    target = START if n is None else url(n)
    http = b"HTTP/1.1 200 OK\r\n\r\nx"
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{n or 0:012}>\r\n"
        f"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: {target}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode()
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(head + http + b"\r\n\r\n") + packer.flush()


def run(
    output: Path,
    documents: int,
    *,
    every: int = 3,
    fails: Sequence[int] = (),
    texts: dict[int, list[str]] | None = None,
    clock: Callable[[], float] | None = None,
    hold: bool = False,
) -> Counter[str]:
    """One whole run: the start page, then what is due; a commit every few pages. Returns the ledger of pages asked."""
    ledger: Counter[str] = Counter()
    with Journal.open(output, "wm114", "test", *([clock] if clock else [])) as journal:
        journal.start([Found(START, "list")])
        added = 0
        while entries := journal.due(4):
            for entry in entries:
                ledger[entry.url] += 1
                if entry.kind == "list":
                    found = [Found(url(n), "document") for n in range(1, documents + 1)]
                    journal.add(Visit(entry, capture(None), found=found))
                else:
                    n = int(entry.url.rpartition("/")[2].removesuffix(".html"))
                    if n in fails:
                        failure = Failure(
                            url=entry.url,
                            site="wm114",
                            stage="fetch",
                            error="http_500",
                            detail="",
                            happened_at=None,
                        )
                        journal.add(Visit(entry, capture(n), failure=failure))
                    else:
                        results = clean(raw(n, (texts or {}).get(n)), {})
                        journal.add(Visit(entry, capture(n), results=results))
                added += 1
                if added % every == 0:
                    journal.commit()
            journal.commit()
        journal.finish(0, hold=hold)
    return ledger


def in_a_process(work: Callable[[], Any]) -> int:
    """Do it in a fork; the exit status, negative for a signal. Nothing of it reaches this process but the disk."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


KILLED = -signal.SIGKILL


def check(output: Path, documents: Sequence[int], *, site: str = "wm114") -> None:
    """Ledger and records agree to the page: each document once, with its trace and its capture, and nothing half done."""
    speeches, traces = lines(output / "speeches"), lines(output / "traces")
    assert Counter(s["url"] for s in speeches) == Counter(url(n) for n in documents)
    assert [t["id"] for t in traces] == [s["id"] for s in speeches]
    captured: Counter[str] = Counter()
    for path in sorted((output / "pages" / site).glob("*.warc.gz")):
        with path.open("rb") as stream:
            captured.update(r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(stream))
    assert {u: captured[u] for u in map(url, documents)} == dict.fromkeys(map(url, documents), 1)
    assert not list(output.rglob("*.part"))
    stored = sum(m["pages"]["stored"] for m in manifests(output))
    assert stored == len(documents)
    for manifest in manifests(output):
        pages = dict(manifest["pages"])
        assert pages.pop("asked") == sum(pages.values())
        assert sum(manifest["failures"].values()) == pages["failed"] + pages["refused"]


def lines(folder: Path) -> list[dict[str, Any]]:
    """All records under final names."""
    return [
        json.loads(line)
        for p in sorted(folder.glob("*.jsonl"))
        for line in p.read_bytes().splitlines()
    ]


def manifests(output: Path) -> list[dict[str, Any]]:
    """All manifests."""
    return [json.loads(p.read_bytes()) for p in sorted((output / "runs").glob("*.json"))]
