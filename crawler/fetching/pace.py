"""How fast a host is asked: what robots.txt and Retry-After say, written into Scrapy's downloader slots.

Scrapy has one slot a host. Its delay can be raised (`slow_down`) and it can be kept quiet for a while (`hold`).
AutoThrottle, which moves the delay, asks `floor` how low it may go.
"""

from __future__ import annotations

from time import monotonic

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later


def slow_down(crawler: Crawler, request: Request, seconds: float) -> None:
    """At least `seconds` between requests to this request's host, also when its slot is made anew."""
    downloader = _downloader(crawler)
    key = downloader.get_slot_key(request)
    wanted = max(seconds, floor(crawler, key))

    downloader.per_slot_settings[key] = {
        **downloader.per_slot_settings.get(key, {}),
        "delay": wanted,
    }

    if (slot := downloader.slots.get(key)) is not None:
        slot.delay = max(slot.delay, wanted)


def floor(crawler: Crawler, key: str) -> float:
    """The delay below which the host must not be asked, seconds."""
    downloader = _downloader(crawler)
    stated = downloader.per_slot_settings.get(key, {}).get("delay", 0.0)

    return max(float(stated), crawler.settings.getfloat("DOWNLOAD_DELAY"))


def hold(crawler: Crawler, request: Request, seconds: float) -> None:
    """Ask nothing of this request's host for `seconds`; a longer hold stays."""
    downloader = _downloader(crawler)
    _, slot = downloader._get_slot(request)
    until = monotonic() + seconds

    if slot.latercall is not None:
        if getattr(slot.latercall, "harvest_until", 0.0) >= until:
            return

        slot.latercall.cancel()

    slot.latercall = _Hold(downloader, slot, seconds)  # type: ignore[assignment]


class _Hold:
    """Stands where Scrapy keeps the timer of a slot's next request: while it is there, nothing leaves the slot."""

    def __init__(self, downloader: Downloader, slot: Slot, seconds: float) -> None:
        self.harvest_until = monotonic() + seconds
        self._timer = call_later(seconds, downloader._latercall, slot)

    def cancel(self) -> None:
        self._timer.cancel()


def spider_of(crawler: Crawler) -> Spider:
    """The spider of a crawler that is at work."""
    if crawler.spider is None:
        raise RuntimeError("the crawler has not started")

    return crawler.spider


def _downloader(crawler: Crawler) -> Downloader:
    return crawler.engine.downloader
