"""What the generic extraction loses and keeps, beside trafilatura: `python -m benchmarks.extraction`.

Both sides read the same invented layouts (tests/crawler/reading/layouts.py, truth included), in turn, in one run. Lost are lines of the
text that are not in the result; kept are pieces of the frame that are. Printed with it: pages per second of CPU and the ratio.

Where the saved pages of real sites are at hand (`../shared/eval/html`, or the folder that PAGES names), their own measure runs
after it: pages right, titles, dates, refusals and lists, beside trafilatura, GNE and readability-lxml where those are
installed (`pip install gne readability-lxml`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path
from types import ModuleType

import trafilatura

from crawler.reading.main_text import main_text
from crawler.reading.page import Page

ROUNDS = 5


def _layouts() -> ModuleType:
    spec = util.spec_from_file_location(
        "layouts", Path(__file__).parent.parent / "tests" / "crawler" / "reading" / "layouts.py"
    )
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(html: str) -> str:
    page = Page.parse(html, "")
    chosen = main_text(page)
    return page.text(chosen.node, chosen.without) if chosen else ""


def theirs(html: str) -> str:
    return trafilatura.extract(html, favor_recall=True, include_comments=False) or ""


def squeezed(text: str) -> str:
    return "".join(text.split())


def main() -> int:
    """Print the table; 1 where ours loses a line."""
    layouts = _layouts()
    pages = {name: draw() for name, draw in layouts.LAYOUTS.items()}
    sides: dict[str, Callable[[str], str]] = {"ours": ours, "trafilatura": theirs}
    took = dict.fromkeys(sides, float("inf"))
    for _ in range(ROUNDS):
        for name, side in sides.items():
            start = time.process_time()
            for html in pages.values():
                side(html)
            took[name] = min(took[name], time.process_time() - start)
    print(f"{len(pages)} layouts, {len(layouts.LINES)} lines of text each")
    lost: dict[str, int] = {}
    for name, side in sides.items():
        results = {layout: squeezed(side(html)) for layout, html in pages.items()}
        missing = {
            layout: sum(squeezed(line) not in text for line in layouts.LINES)
            for layout, text in results.items()
        }
        kept = sum(words in text for text in results.values() for words in layouts.BESIDE)
        lost[name] = sum(missing.values())
        whole = sum(not count for count in missing.values())
        print(
            f"{name:12} {whole:3} layouts whole, {lost[name]:4} lines lost, {kept:4} pieces of the frame kept, "
            f"{len(pages) / took[name]:6.0f} pages/s ({took['trafilatura'] / took[name]:.1f} × trafilatura)"
        )
    measured = saved_pages()
    return int(lost["ours"] > 0 or measured > 0)


def saved_pages() -> int:
    """Run the measure that comes with the saved pages; its exit status, 0 where they are not at hand."""
    project = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("PAGES") or project.parent / "shared" / "eval" / "html")
    measure = folder / "score_html.py"
    if not measure.is_file():
        print(f"no saved pages in {folder}")
        return 0
    sys.stdout.flush()
    command = [sys.executable, str(measure), str(project), str(folder / "gold.jsonl")]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
