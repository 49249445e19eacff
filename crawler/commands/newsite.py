"""`scrapy newsite KEY URL PAGE.html …`: the skeleton of a site from saved pages.

    scrapy newsite hunanwen https://www.hunanwen.example/doc/4711.html saved/4711.html

writes `crawler/sites/hunanwen.py` and a case folder per page under `tests/data/sites/hunanwen/`, guesses the document pattern
from the address and the container from the page, and says what to do next. It never overwrites anything.
"""

from __future__ import annotations

import argparse
import keyword
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.cli.command import CannotBeDone, Command
from crawler.reading.encodings import Unreadable, decode
from crawler.reading.main_text import main_text
from crawler.reading.page import Page
from crawler.reading.shown_text import Node
from crawler.sites import site_of, sites


class Sketch(NamedTuple):
    """What a saved page tells about its site: regular expression of document paths, CSS selectors, paths by number."""

    documents: str
    title: str
    body: str
    numbered: str | None


def pattern_of(path: str) -> str:
    """The pattern of a document's path, its last number being the document's.

    >>> print(pattern_of("/wen/104/206417.html"))
    /wen/\\d{1,9}/(?P<id>\\d{1,15})\\.html
    """
    *front, last = re.split(r"(\d+)", path)
    pieces = [r"\d{1,9}" if piece.isdigit() else re.escape(piece) for piece in front]
    numbers = [k for k, piece in enumerate(front) if piece.isdigit()]

    if numbers:
        pieces[numbers[-1]] = r"(?P<id>\d{1,15})"

    return "".join(pieces) + re.escape(last)


def selector_of(node: Node) -> str:
    """A CSS selector for a node by its own markup: its id, its first class, or its tag.

    >>> selector_of(Page.parse('<div class="nr text">甲</div>', "").css("div")[0])
    'div.nr'
    """
    attributes = node.attributes
    name = (attributes.get("id") or "").strip()

    if re.fullmatch(r"[A-Za-z_][\w-]*", name):
        return f"#{name}"

    for word in (attributes.get("class") or "").split():
        if re.fullmatch(r"[A-Za-z_][\w-]*", word):
            return f"{node.tag}.{word}"

    return node.tag or ""


def sketch(page: Page) -> Sketch:
    """What the page and its address suggest; a container without a name of its own is left to the generic extraction."""
    chosen = main_text(page)
    body = selector_of(chosen.node) if chosen and not chosen.without else ""
    body = body if "." in body or body.startswith("#") else ""
    path = urlsplit(page.url).path
    numbers = re.findall(r"\d+", path)
    numbered = None

    if len(numbers) == 1:
        front, _, back = path.rpartition(numbers[0])
        numbered = f"{front}{{n}}{back}"

    named = bool(body) and len(page.css(body)) == 1
    return Sketch(pattern_of(path), "h1" if page.css("h1") else "", body if named else "", numbered)


def site_source(key: str, url: str, drawn: Sketch) -> str:
    """The site file."""
    host = urlsplit(url).hostname or ""
    bare = host.removeprefix("www.").removeprefix("m.")

    hosts = ", ".join(
        f'"{name}"' for name in dict.fromkeys((host, f"www.{bare}", f"m.{bare}", bare))
    )

    title = f'("{drawn.title}",)' if drawn.title else "()"
    body = f'("{drawn.body}",)' if drawn.body else "()"
    numbered = f'\n    numbered=lambda n: f"{drawn.numbered}",' if drawn.numbered else ""

    return f'''"""{key}: (what the site shows, what it withholds and how; what was seen [V], told [T] or guessed [G]).

Drawn by `scrapy newsite` from {url}: every pattern here is a guess [G] until a second page has been read.
"""

from __future__ import annotations

from crawler.site import Site

SITE = Site(
    key="{key}",
    names=(),
    hosts=({hosts},),
    scheme="{urlsplit(url).scheme}",
    documents=(r"{drawn.documents}",),
    title={title},
    body={body},{numbered}
)
'''


class NewSite(Command):
    """`scrapy newsite`."""

    def syntax(self) -> str:
        return "KEY URL PAGE.html [URL PAGE.html …]"

    def short_desc(self) -> str:
        return "Write the skeleton of a site and its test cases from saved pages"

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) < 3 or len(args) % 2 == 0:
            self.usage(
                "newsite wants KEY URL PAGE.html, and for each further page its URL and its file"
            )

        key = args[0]
        written = draw(Path.cwd(), key, list(zip(args[1::2], args[2::2], strict=True)))

        for path in written:
            print(path)

        print(
            f"\nNext:\n"
            f"  1. Read {written[0]}: say in its docstring what is seen, told or guessed; correct hosts, names and patterns.\n"
            f"  2. `pytest tests/crawler/sites --accept` writes each expected.json and fails; look at them, run `pytest tests/crawler/sites` again.\n"
            f"  3. `python -m crawler.site_table` brings docs/sites.md up to date.\n"
            f"  4. Saved pages carry other people's words: replace their text by your own before you commit."
        )
        return 0


def draw(project: Path, key: str, saved: list[tuple[str, str]]) -> list[Path]:
    """Write the site file and the cases; all or nothing. `saved` are addresses and files of saved pages, the first one
    being the model. Raises CannotBeDone."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9]{1,30}", key):
        raise CannotBeDone(f"{key!r} is no key: two or more lower-case letters and digits")

    module = project / "crawler" / "sites" / f"{_module_of(key)}.py"
    cases = project / "tests" / "data" / "sites" / key

    if not module.parent.is_dir():
        raise CannotBeDone(f"{module.parent} is not there: run this in the project's folder")
    if key in sites() or module.exists() or cases.exists():
        raise CannotBeDone(f"{key} is there already: {module if module.exists() else cases}")

    pages = [_saved_page(url, name) for url, name in saved]
    first, _ = pages[0]
    written = {module: site_source(key, saved[0][0], sketch(first)).encode()}

    for number, (page, body) in enumerate(pages, 1):
        folder = cases / f"page_{number}"
        written[folder / "page.html"] = body
        written[folder / "url.txt"] = f"{page.url}\n".encode()

    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return list(written)


def _saved_page(url: str, name: str) -> tuple[Page, bytes]:
    """A saved page and its bytes. Raises CannotBeDone where its address is none of a new site, or it is no page."""
    _check_address(url)

    try:
        body = Path(name).read_bytes()
        return Page.parse(decode(body).text, url), body
    except OSError as error:
        raise CannotBeDone(f"{name}: {error.strerror}") from None
    except Unreadable as error:
        raise CannotBeDone(f"{name} is no page: {error}") from None


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise CannotBeDone(f"{url} is no address of a document page") from None

    is_web = parts.scheme in ("http", "https") and parts.hostname
    if not is_web or len(parts.path) < 2:
        raise CannotBeDone(f"{url} is no address of a document page")
    if owner := site_of(url):
        raise CannotBeDone(f"{parts.hostname} belongs to {owner.key} already")


def _module_of(key: str) -> str:
    """A name that Python can import: digits in front go to the end.

    >>> _module_of("31ppt"), _module_of("wm114")
    ('ppt31', 'wm114')
    """
    digits = re.match(r"\d*", key)
    front = digits[0] if digits else ""
    name = key[len(front) :] + front

    return f"site_{name}" if not name.isidentifier() or keyword.iskeyword(name) else name
