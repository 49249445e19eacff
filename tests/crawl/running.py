"""Running `scrapy crawl` as people and cron do, and reading what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


def arguments(site: str, base: str, output: Path, *more: str, delay: str = "0") -> list[str]:
    """The command line of a crawl of a site on loopback."""
    host = base.removeprefix("http://")
    return [
        "crawl", site, "-a", f"base={base}", "-s", f"OUTPUT_DIR={output}", "-s", f"DOWNLOAD_DELAY={delay}",
        "-s", "AUTOTHROTTLE_ENABLED=0" if delay == "0" else "AUTOTHROTTLE_ENABLED=1", "-s", f"ALLOW_PRIVATE_HOSTS={host}", *more,
    ]


def started(words: list[str], *, runner: Iterable[str] = ("-m", "scrapy"), env: dict[str, str] | None = None, **more: Any) -> subprocess.Popen[str]:
    """Start a command in the project's folder."""
    return subprocess.Popen(
        [sys.executable, *runner, *words], cwd=PROJECT, text=True, encoding="utf-8", stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, **(env or {})}, **more,
    )


def crawl(site: str, base: str, output: Path, *more: str, timeout: float = 120, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run a crawl to its end."""
    delay = how.pop("delay", "0")
    process = started(arguments(site, base, output, *more, delay=delay), **how)
    with process:
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def lines_of(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    """All records in the finished files of a folder, oldest file first."""
    return [json.loads(line) for path in sorted(folder.glob(pattern)) for line in path.read_text("utf-8").splitlines()]


def speeches(output: Path) -> list[dict[str, Any]]:
    """All speeches that stand under a final name."""
    return lines_of(output / "speeches")


def manifests(output: Path) -> list[dict[str, Any]]:
    """All manifests, oldest first."""
    return [json.loads(path.read_bytes()) for path in sorted((output / "runs").glob("*.json"))]
