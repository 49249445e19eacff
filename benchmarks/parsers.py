"""Which HTML parser reads document pages fastest: `python -m benchmarks.parsers [PAGES]`.

Every side does the same to the same generated pages of about 33 KB, in turn, in one run: parse, find the container by a CSS
selector, give its whole text with blocks on lines of their own. The texts must be equal, or the run fails. Printed are
pages per second of CPU and the ratio to parsel; then what decoding and the generic extraction cost beside.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

import parsel
from lxml import etree
from lxml import html as lxml_html

from crawler.reading.encodings import decode
from crawler.reading.main_text import main_text
from crawler.reading.page import Page
from crawler.reading.shown_text import BLOCK_TAGS, HIDDEN_TAGS

ROUNDS = 7
HAN = "今年以来各村抓住农闲修渠清淤加固塘坝道路平整土地改良品种推广技术培训骨干组织群众落实责任检查进度通报情况"


def generated(seed: int) -> str:
    """A page of about 33 KB (UTF-8): menus and lists of links around a text of twenty paragraphs."""
    chance = random.Random(seed)

    def words(length: int) -> str:
        return "".join(chance.choice(HAN) for _ in range(length))

    paragraphs = "".join(
        f'<p style="text-indent:2em">　　{words(60)}，{words(30)}<a href="/tag/{k}.html">{words(2)}</a>{words(40)}。<strong>{words(10)}</strong>{words(30)}。</p>\n'
        for k in range(20)
    )
    links = "".join(
        f'<li><a href="/wen/{k}/{chance.randrange(10**6)}.html" title="{words(12)}">{words(12)}</a><span>2024-0{k % 9 + 1}-11</span></li>\n'
        for k in range(60)
    )
    return (
        f'<!DOCTYPE html><html><head><title>{words(12)}</title><meta charset="utf-8"><script>var a = 1;{"x" * 2000}</script></head><body>'
        f'<div class="header"><ul>{links}</ul></div><div class="main"><h1>{words(12)}</h1><div class="article-content">{paragraphs}</div></div>'
        f'<div class="side"><ul>{links}</ul></div></body></html>'
    )


def tree_text(root: etree._Element) -> str:
    """The same text as `Page.text` from an lxml tree, for pages as simple as these."""
    pieces: list[str] = [root.text or ""]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element is root or element.tag in HIDDEN_TAGS:
            continue
        if element.tag in BLOCK_TAGS or element.tag == "br":
            pieces.append("\n")
        pieces.append((element.text if event == "start" else element.tail) or "")
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))


def with_parsel(html: str) -> str:
    return tree_text(parsel.Selector(html).css("div.article-content")[0].root)


_CONTAINER = etree.XPath("//div[@class='article-content']")


def with_lxml(html: str) -> str:
    return tree_text(_CONTAINER(lxml_html.document_fromstring(html))[0])


def with_lexbor(html: str) -> str:
    page = Page.parse(html, "")
    return page.text(page.css("div.article-content")[0])


def generic(html: str) -> str:
    page = Page.parse(html, "")
    chosen = main_text(page)
    return page.text(chosen.node, chosen.without) if chosen else ""


def seconds(work: Callable[[str], object], pages: list[str]) -> float:
    start = time.process_time()
    for page in pages:
        work(page)
    return time.process_time() - start


def main(count: int) -> int:
    """Run all sides in turn, print the table; 1 where their texts differ."""
    pages = [generated(seed) for seed in range(count)]
    sides: dict[str, Callable[[str], str]] = {
        "parsel": with_parsel,
        "lxml, compiled XPath": with_lxml,
        "selectolax (lexbor)": with_lexbor,
    }
    texts = {name: side(pages[0]) for name, side in sides.items()}
    if len(set(texts.values())) != 1:
        print("the sides give different texts")
        return 1
    best = dict.fromkeys([*sides, "generic extraction"], float("inf"))
    for _ in range(ROUNDS):
        for name, side in [*sides.items(), ("generic extraction", generic)]:
            best[name] = min(best[name], seconds(side, pages))
    print(
        f"{count} pages of {len(pages[0].encode()) / 1000:.0f} KB, best of {ROUNDS} rounds in turn"
    )
    for name, took in best.items():
        print(
            f"{name:24}{count / took:8.0f} pages/s {took / count * 1000:7.3f} ms {best['parsel'] / took:6.2f} × parsel"
        )
    for name, encoding in (("decode UTF-8", "utf-8"), ("decode GBK, undeclared", "gbk")):
        bodies = [page.replace("utf-8", "", 1).encode(encoding) for page in pages]
        took = min(_decoding(bodies) for _ in range(ROUNDS))
        print(f"{name:24}{count / took:8.0f} pages/s {took / count * 1000:7.3f} ms")
    return 0


def _decoding(bodies: list[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        decode(body)
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
