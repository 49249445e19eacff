"""Arguments of a crawl: nothing mistyped succeeds, what launchers add is let pass."""

from __future__ import annotations

import pytest

from crawler.runs.crawl_arguments import BadArgument, CrawlArguments
from crawler.sites import sites
from crawler.spiders.speeches import WEB


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "many"),
        ("limit", "9" * 5000),
        ("ids", "9-1"),
        ("ids", "7"),
        ("ids", "-"),
        ("since", "2026-13-01"),
        ("since", "3000-01-01"),
        ("again", "some"),
        ("then", "index,sleep"),
        ("then", ","),
        ("url", ","),
        ("url", "https://me:hush@www.wm114.cn/wen/1/17.html"),
        ("url", "https://elsewhere.example/1.html?url"),
        ("base", "mirror.example"),
        ("limits", "3"),
    ],
)
def test_what_is_mistyped_is_named_and_refused(name: str, value: str) -> None:
    with pytest.raises(BadArgument, match=name if name != "limits" else "unknown") as caught:
        CrawlArguments.read({name: value}, sites()["wm114"])
    assert caught.value.exit_status == 2
    assert "hush" not in str(caught.value)


def test_arguments_that_exclude_each_other() -> None:
    page = "https://www.wm114.cn/wen/1/17.html"
    for more in ({"ids": "1-3"}, {"again": "failed"}):
        with pytest.raises(BadArgument, match="url"):
            CrawlArguments.read({"url": page, **more}, sites()["wm114"])
    with pytest.raises(BadArgument, match="any host"):
        CrawlArguments.read({}, WEB)


def test_the_job_of_a_launcher_is_let_pass() -> None:
    asked = CrawlArguments.read({"_job": "6487ec79947edab3", "again": "failed"}, sites()["wm114"])
    assert asked.again == "failed"
