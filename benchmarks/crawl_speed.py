"""How fast is a crawl of ours with everything on, beside stock Scrapy? Pages per second of CPU, sides in turn.

    .venv/bin/python benchmarks/crawl_speed.py [--rounds 3] [--pages 1000] [--gzip]

The same pages of 33 KB, a quarter of them GBK, come from a small static server in a process of its own; politeness
is off on every side (no delay, 16 requests at a time). The sides:

    ours    WARC, clean, deduplicate, trace, state, JSONL: `scrapy crawl wm114 -a ids=…`
    item    `scrapy startproject`, a spider that only yields a small item                      floor: ours / item  >= 0.9
    xpath   the same with title and body by response.xpath and FEEDS JSONL                     floor: ours / xpath >= 1.6
    gzip    ours on pages all in GBK, gzipped, no charset in the header, beside the same plain (`--gzip`): >= 0.75

A side's CPU is what its process used for many pages less what it used for few, so that starting up is left out.
Exits 1 where a floor is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from multiprocessing import Process, Queue
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZE = 33_000  # bytes of a page
FEW = 100  # pages of the short run
FLOORS = {"item": 0.9, "xpath": 1.6}
GZIP_FLOOR = 0.75
WORDS = (
    "水利 粮食 乡镇 道路 学校 医院 群众 干部 任务 落实 检查 整改 资金 项目 工地 安全 责任 台账 会议 部署 推进 防汛 抗旱 造林 "
    "养殖 合作 市场 价格 收入 就业 培训 技能 服务 窗口 社区 老人 儿童 文化 图书 体育 赛事 旅游 古镇 桥梁 渡口 码头 仓库 物资 "
    "电力 通信 网络 数据 平台 系统 监测 预警 气象 土壤 水质 河道 湖泊 湿地 森林 草原 矿山 企业 车间 产品 质量 标准 品牌 出口"
).split()


def speech(seed: int) -> list[str]:
    """Paragraphs of a speech that no other seed has, about 3,000 characters."""
    rng = random.Random(seed)
    lines = ["同志们："]
    for part in "一二三四五":
        lines.append(f"{part}、{''.join(rng.choices(WORDS, k=6))}")
        for _ in range(4):
            sentences = ["".join(rng.choices(WORDS, k=rng.randint(6, 12))) for _ in range(8)]
            lines.append("，".join(sentences) + "。")
    return lines


def page(number: int, gbk: int = 4) -> bytes:
    """A page of wm114's kind: frame, text with an omission and an end notice; every `gbk`th is in GBK."""
    encoding = "gbk" if number % gbk == 0 else "utf-8"
    title = f"第{number}次全市{WORDS[number % len(WORDS)]}工作会议上的讲话"
    lines = speech(number)
    lines[7] += "……（新文秘网https://www.wm114.cn省略312字，正式会员可完整阅读）……"
    lines[-1] += (
        f" ……（未完，全文共4311字，当前仅显示2900字，请阅读下面提示信息。<br>收藏《{title}》）"
    )
    text = "<br />\r\n".join(f"　　{line}" for line in lines)
    head = f'<html><head><meta charset="{encoding}"><title>{title} - 新文秘网</title></head><body>'
    body = f'<h1>{title}</h1><div class="article-content">{text}</div>'
    rng = random.Random(-number)
    around: list[str] = []
    size = len(f"{head}{body}".encode(encoding))
    while size < SIZE:
        around.append(block(rng))
        size += len(around[-1].encode(encoding))
    half = len(around) // 2
    return "".join((head, *around[:half], body, *around[half:], "</body></html>")).encode(encoding)


def block(rng: random.Random) -> str:
    """A box of the frame around a text: a menu or a list of neighbours, and a script, about 1.6 KB."""
    links = "".join(
        f'<li class="item"><a href="/wen/{rng.randrange(400)}/{rng.randrange(10**6)}.html" target="_blank" title="{name}">'
        f'{name}</a><span class="date">03-{rng.randrange(10, 28)}</span></li>\n'
        for name in ("".join(rng.choices(WORDS, k=6)) for _ in range(8))
    )
    script = f'<script>var slot{rng.randrange(999)} = {{width: 300, height: 250, id: "{rng.random()}"}};</script>'
    return f'<div class="side box{rng.randrange(9)}"><h3>相关栏目</h3><ul>\n{links}</ul></div>\n{script}\n'


def serve(pages: int, gbk: int, packed: bool, ready: Queue[int]) -> None:
    """Answer from memory on a free port until the process is ended."""
    import uvloop

    answers: dict[bytes, bytes] = {}
    for number in range(1, pages + 1):
        body = page(number, gbk)
        coding = b""
        if packed:
            body, coding = gzip.compress(body, 6), b"Content-Encoding: gzip\r\n"
        head = (
            b"HTTP/1.1 200 OK\r\nServer: static\r\nContent-Type: text/html\r\n%bContent-Length: %d\r\n\r\n"
            % (coding, len(body))
        )
        answers[f"/wen/{number // 2000 + 1}/{number}.html".encode()] = head + body
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"

    class Static(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.received = transport, b""  # type: ignore[assignment]

        def data_received(self, data: bytes) -> None:
            self.received += data
            while (end := self.received.find(b"\r\n\r\n")) >= 0:
                path = self.received[: self.received.find(b"\r\n")].split(b" ")[1]
                self.received = self.received[end + 4 :]
                self.transport.write(answers.get(path, missing))

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Static, "127.0.0.1", 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(main())


STOCK = '''
import scrapy
class Pages(scrapy.Spider):
    name = "pages"
    custom_settings = {custom}
    def __init__(self, base, pages):
        super().__init__()
        self.start_urls = [f"{{base}}/wen/{{n // 2000 + 1}}/{{n}}.html" for n in range(1, int(pages) + 1)]
    def parse(self, response):
        {parse}
'''  # fmt: skip
ITEM = 'yield {"url": response.url, "size": len(response.body)}'
XPATH = """yield {"url": response.url, "title": response.xpath("//h1/text()").get(),
            "body": "".join(response.xpath("//div[@class='article-content']//text()").getall())}"""


def stock(folder: Path, name: str, parse: str, custom: str) -> list[str]:
    """A project as `scrapy startproject` makes it, politeness off; gives the command that crawls with it."""
    subprocess.run(
        [sys.executable, "-m", "scrapy", "startproject", name, str(folder / name)],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder / name / name / "spiders" / "pages.py").write_text(
        STOCK.format(parse=parse, custom=custom), "utf-8"
    )
    polite_off = [
        "DOWNLOAD_DELAY=0",
        "CONCURRENT_REQUESTS_PER_DOMAIN=16",
        "CONCURRENT_REQUESTS=16",
        "LOG_LEVEL=WARNING",
    ]
    return ["crawl", "pages", *[word for s in polite_off for word in ("-s", s)]]


def cpu(command: list[str], cwd: Path) -> float:
    """CPU seconds of one Scrapy process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *command], cwd=cwd, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}\n{done.stderr[-3000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Bench:
    """The sides and their servers."""

    def __init__(self, folder: Path, base: str, pages: int) -> None:
        self.folder, self.base, self.pages = folder, base, pages
        self.commands = {
            "item": stock(folder, "stockitem", ITEM, "{}"),
            "xpath": stock(
                folder,
                "stockxpath",
                XPATH,
                '{"FEEDS": {"out.jsonl": {"format": "jsonlines", "overwrite": True}}}',
            ),
        }

    def run(self, side: str, pages: int) -> float:
        """CPU seconds of one run over so many pages."""
        if side in self.commands:
            return cpu(
                [*self.commands[side], "-a", f"base={self.base}", "-a", f"pages={pages}"],
                self.folder / f"stock{side}",
            )
        output = self.folder / "output"
        shutil.rmtree(output, ignore_errors=True)
        return cpu(self.ours(output, pages), ROOT)

    def ours(self, output: Path, pages: int) -> list[str]:
        """Our crawl with everything on."""
        return [
            "crawl", "wm114", "-q", "-a", f"base={self.base}", "-a", f"ids=1-{pages}", "-s", f"OUTPUT_DIR={output}",
            "-s", "DOWNLOAD_DELAY=0", "-s", f"ALLOW_PRIVATE_HOSTS={self.base.removeprefix('http://')}",
            *[word for s in EXTRA for word in ("-s", s)],
        ]  # fmt: skip

    def rate(self, side: str) -> float:
        """Pages per second of CPU."""
        many, few = self.run(side, self.pages), self.run(side, FEW)
        return (self.pages - FEW) / (many - few)


EXTRA: list[str] = []  # settings to try, from the command line


def measured(packed: bool, pages: int, gbk: int = 4) -> tuple[Process, str]:
    """Start a server; gives its process and its address."""
    ready: Queue[int] = Queue()
    server = Process(target=serve, args=(pages, gbk, packed, ready), daemon=True)
    server.start()
    return server, f"http://127.0.0.1:{ready.get(timeout=120)}"


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--pages", type=int, default=1000)
    arguments.add_argument(
        "--gzip", action="store_true", help="ours on gzipped pages beside ours on plain ones"
    )
    arguments.add_argument(
        "-s", dest="extra", action="append", default=[], help="a setting for our side"
    )
    given = arguments.parse_args()
    EXTRA.extend(given.extra)
    if given.pages <= FEW:
        arguments.error(f"more than {FEW} pages are needed")
    os.environ.pop("CONTACT", None)
    servers: list[Process] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            server, base = measured(False, given.pages, 1 if given.gzip else 4)
            servers.append(server)
            bench = Bench(folder, base, given.pages)
            sides: dict[str, tuple[Bench, str]] = {"ours": (bench, "ours")}
            if given.gzip:
                server, packed_base = measured(True, given.pages, 1)
                servers.append(server)
                (folder / "packed").mkdir()
                sides["gzip"] = (Bench(folder / "packed", packed_base, given.pages), "ours")
            else:
                sides |= {"item": (bench, "item"), "xpath": (bench, "xpath")}
            rates: dict[str, list[float]] = {side: [] for side in sides}
            for turn in range(given.rounds):
                for side, (where, what) in sides.items():
                    rates[side].append(where.rate(what))
                print(
                    f"round {turn + 1}: " + "  ".join(f"{s} {r[-1]:.0f}" for s, r in rates.items()),
                    flush=True,
                )
        finally:
            for server in servers:
                server.terminate()
                server.join()
    middle = {side: statistics.median(r) for side, r in rates.items()}
    print(
        "pages per second of CPU, median: " + "  ".join(f"{s} {r:.0f}" for s, r in middle.items())
    )
    missed = 0
    floors = {"gzip / plain": (middle.get("gzip", 0) / middle["ours"], GZIP_FLOOR)} if given.gzip else {
        f"ours / {side}": (middle["ours"] / middle[side], floor) for side, floor in FLOORS.items()
    }  # fmt: skip
    for what, (ratio, floor) in floors.items():
        print(f"{what} = {ratio:.2f} (floor {floor})")
        missed += ratio < floor
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
