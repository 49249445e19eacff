"""Scrapy's command line with a fault in its way: `python tests/faults/faulty.py '{"what": "kill", "at": 40}' crawl …`.

`{"stage": "clean", "error": "boom"}` makes a stage raise for every third page instead, `"error": "hang"` makes it hang there,
in C.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.faults.points import Fault, faults


def _every_third(real: Callable[..., Any], message: str) -> Callable[..., Any]:
    calls = count()

    def raising(*args: Any, **more: Any) -> Any:
        if next(calls) % 3 == 1:
            if message == "hang":
                re.match(r"(?:a|aa)+$", "a" * 99 + "b")
            raise RuntimeError(message)
        return real(*args, **more)

    return raising


def break_stage(stage: str, message: str) -> None:
    """Make one stage of the way of a page raise."""
    import crawler.crawl_run as crawl_run
    import crawler.reading.fetched_page as reading
    from crawler.runs import apply

    if stage == "read":
        reading.fetched_page = _every_third(reading.fetched_page, message)
    elif stage == "links":
        reading.list_links = _every_third(reading.list_links, message)
    elif stage == "clean":
        reading.clean = _every_third(reading.clean, message)
    elif stage == "deduplicate":
        apply.Apply._fold = _every_third(apply.Apply._fold, message)  # type: ignore[method-assign]
    elif stage == "emit":
        apply.to_line = _every_third(apply.to_line, message)
    elif stage == "archive":
        crawl_run.captured = _every_third(crawl_run.captured, message)
    else:
        raise ValueError(stage)


def faulty(plan: Mapping[str, Any], words: list[str]) -> None:
    """Run the command line behind the fault."""
    from scrapy.cmdline import execute

    if "stage" in plan:
        break_stage(plan["stage"], plan["error"])
        execute(["scrapy", *words])
    else:
        with faults(Fault(**plan)):
            execute(["scrapy", *words])


if __name__ == "__main__":
    faulty(json.loads(sys.argv[1]), sys.argv[2:])
