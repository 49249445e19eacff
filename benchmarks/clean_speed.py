"""How fast cleaning is, beside what one would take off the shelf.

    python benchmarks/clean_speed.py [--rounds 5] [--profile]

Two claims, both sides in turn on the same data in one run:

pages  archived HTML page (33 KB) -> speech and trace as JSON lines, against trafilatura + OpenCC + sha256 + json:
       at least 15 times its pages per second.
text   3 KB of Traditional, glossed text -> speech and trace, against OpenCC's own time on it: at most 10 times.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import json
import pstats
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import opencc
import trafilatura

from crawler.reading.document import fetched_document
from crawler.replica.pages import build_replicas
from crawler.replica.traditional import glossed, traditional
from crawler.sites import site_names, sites
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import RawDocument, to_line

PAGE_BYTES = 33_000
WORDS = "会议 讲话 汇报 工作 总结 乡村 教育 卫生 交通 水利 农业 林业 安全 财政 统计 审计 文化 体育 社区 企业".split()


def padded(html: bytes, encoding: str, dice: random.Random) -> bytes:
    """The page with the menus, lists of neighbours and scripts around its text that real pages carry."""
    around = []
    size = len(html)
    while size < PAGE_BYTES:
        links = "".join(
            f'<li class="item"><a href="/wen/{dice.randrange(400)}/{dice.randrange(10**6)}.html" target="_blank" '
            f'title="{(t := "关于" + "".join(dice.sample(WORDS, 4)) + "的情况")}">{t}</a><span class="date">03-{dice.randrange(10, 28)}</span></li>\n'
            for _ in range(10)
        )
        block = (
            f'<div class="side box{dice.randrange(9)}"><h3>相关栏目</h3><ul>\n{links}</ul></div>\n'
            f"<script>var slot{dice.randrange(999)} = {{width: 300, height: 250, id: '{dice.random()}'}};"
            f"{'function f(){return 1;}' * 12}</script>\n"
        ).encode(encoding)
        around.append(block)
        size += len(block)
    head, tail = html.split(b"</body>")
    return head + b"".join(around) + b"</body>" + tail


def corpus() -> list[tuple[str, str, bytes]]:
    """`(site key, URL, body)` of every document page of the replica, padded."""
    dice = random.Random(11)
    pages = []
    for replica in build_replicas():
        site = sites()[replica.key]
        for expected in replica.expected:
            answer = replica.answers[expected.path]
            if expected.documents and answer.body:
                encoding = "gb18030" if b"gbk" in answer.body[:300] else "utf-8"
                url = f"https://{site.hosts[0]}{expected.path}"
                pages.append((replica.key, url, padded(answer.body, encoding, dice)))
    return pages


def ours(page: tuple[str, str, bytes]) -> int:
    key, url, body = page
    site = sites()[key]
    raw, _ = fetched_document(body, None, url, site, "2026-01-01T00:00:00Z")
    return sum(_written(raw))


def _written(raw: RawDocument) -> list[int]:
    return [
        len(to_line(result.speech)) + len(to_line(result.trace))
        for result in clean(raw, site_names())
        if isinstance(result, Cleaned)
    ]


T2S = opencc.OpenCC("t2s")


def shelf(page: tuple[str, str, bytes]) -> int:
    text = T2S.convert(trafilatura.extract(page[2], include_comments=False) or "")
    hashed = hashlib.sha256(text.encode()).hexdigest()
    return len(json.dumps({"url": page[1], "text": text, "hash": hashed}, ensure_ascii=False))


def glossed_text() -> str:
    """Three kilobytes (a thousand characters, to the last full stop in them) of replica documents, Traditional and
    glossed."""
    pages = next(r for r in build_replicas() if r.key == "hancun").expected
    whole = "\n".join(document.text for page in pages for document in page.documents)
    return glossed(traditional(whole[: whole.rindex("。", 0, 1000) + 1]))


def seconds(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Processor seconds for all items."""
    before = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - before


def compare(
    rounds: int, a: Callable[[Any], object], b: Callable[[Any], object], items: Sequence[Any]
) -> tuple[float, float]:
    """Best processor seconds per item of both sides, taken in turn, once every table is built that any item needs."""
    seconds(a, items), seconds(b, items)
    times = [(seconds(a, items), seconds(b, items)) for _ in range(rounds)]
    return min(t[0] for t in times) / len(items), min(t[1] for t in times) / len(items)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    pages = corpus()
    if chosen.profile:
        with cProfile.Profile() as profile:
            seconds(ours, pages * 10)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return 0
    print(f"pages: {len(pages)}, {sum(len(p[2]) for p in pages) / len(pages) / 1000:.1f} KB each")
    mine, theirs = compare(chosen.rounds, ours, shelf, pages)
    print(
        f"  ours {1 / mine:7.0f} pages/s   trafilatura + OpenCC + sha256 + json {1 / theirs:6.0f} pages/s   ratio {theirs / mine:.1f} (claim: at least 15)"
    )
    text = glossed_text()
    raw = RawDocument(url="https://www.hancun.net/1.html", site="hancun", title="", text=text)
    mine, theirs = compare(chosen.rounds, _written, lambda r: T2S.convert(r.text), [raw] * 200)
    print(f"text: {len(text.encode()) / 1000:.1f} KB")
    print(
        f"  ours {mine * 1e6:6.0f} µs   OpenCC {theirs * 1e6:6.0f} µs   ratio {mine / theirs:.1f} (claim: at most 10)"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
