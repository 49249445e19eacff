"""Scrapy's own commands: those that make sense work, the others say what to use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.crawl.loopback import Loopback

PROJECT = Path(__file__).parents[3]


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=PROJECT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "CONTACT": "crawl@example.org"},
    )  # fmt: skip


def private(site: Loopback) -> list[str]:
    return ["-s", f"ALLOW_PRIVATE_HOSTS={site.base.removeprefix('http://')}"]


def test_fetch_prints_a_page() -> None:
    with Loopback(documents=2) as site:
        run = scrapy("fetch", *private(site), site.url(1))
    assert run.returncode == 0, run.stderr
    assert "第1号工作讲话" in run.stdout
    assert run.stderr == ""


def test_shell_has_a_response() -> None:
    with Loopback(documents=2) as site:
        code = "response.css('h1::text').get(), response.status"
        run = scrapy("shell", *private(site), "-c", code, site.url(2))
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "('第2号工作讲话', 200)"


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (("bench",), "crawl_speed"),
        (("genspider", "a", "a.example"), "newsite"),
        (("parse", "--spider", "wm114", "http://a.example/"), "explain"),
    ],
)
def test_commands_without_meaning_say_what_to_use(words: tuple[str, ...], instead: str) -> None:
    before = sorted((PROJECT / "crawler").rglob("*.py"))
    run = scrapy(*words)
    assert run.returncode == 2
    assert instead in run.stdout + run.stderr
    assert sorted((PROJECT / "crawler").rglob("*.py")) == before
