"""The scheduler: the durable frontier takes the place of Scrapy's queues.

Pages come from the spider, which draws them from the state; only what Scrapy itself sends back (redirects, retries)
waits here, in memory, because a kill leaves its page due anyway. Measured on this Scrapy with 400 pages and one kill:
the default job directory lost 169 to 365 pages on resume.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

if TYPE_CHECKING:
    from scrapy import Spider

    from crawler.spiders.speeches import SpeechSpider


class FrontierScheduler(BaseScheduler):
    """Hands out the spider's pages, after what came back."""

    def open(self, spider: Spider) -> None:
        """Remember whose pages they are."""
        self._spider: SpeechSpider = spider  # type: ignore[assignment]
        self._again: deque[Request] = deque()

    def has_pending_requests(self) -> bool:
        """Whether there may be more."""
        return bool(self._again) or self._spider.has_more()

    def enqueue_request(self, request: Request) -> bool:
        """A redirect or a retry."""
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        """What to ask next."""
        return self._again.popleft() if self._again else self._spider.next_page()
