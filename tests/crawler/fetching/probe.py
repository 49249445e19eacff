"""A bare spider with the project's fetching side, for asking many hosts in one process: `scrapy runspider probe.py`.

Asks the addresses of `-a urls=` (a JSON list) in their order and prints a JSON object: address -> `document` or the error.
"""

import json

import scrapy
from scrapy.exceptions import IgnoreRequest

from crawler import settings
from crawler.fetching.errors import fetch_error


class Probe(scrapy.Spider):
    """Asks and tells."""

    name = "probe"
    custom_settings = {  # noqa: RUF012
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "ITEM_PIPELINES": {},
        "LOG_ENABLED": False,
        "SPIDER_MIDDLEWARES": {},
        "DOWNLOADER_MIDDLEWARES": settings.DOWNLOADER_MIDDLEWARES,
        "EXTENSIONS": {
            name: place
            for name, place in settings.EXTENSIONS.items()
            if place is None or name.endswith("Throttle")
        },
        "CONCURRENT_REQUESTS": 0,  # no bound: hosts that keep silent hold nobody up
        "HTTPERROR_ALLOW_ALL": True,
    }

    def __init__(self, urls: str) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}
        self.urls = json.loads(urls)

    async def start(self):  # type: ignore[no-untyped-def]
        """All at once: each host has a slot of its own."""
        for url in self.urls:
            yield scrapy.Request(
                url,
                callback=self.parse,
                errback=self.trouble,
                dont_filter=True,
                cb_kwargs={"asked": url},
            )

    def parse(self, response, asked):  # type: ignore[no-untyped-def]
        """An answer."""
        self.outcomes[asked] = "document" if response.status == 200 else f"http_{response.status}"

    def trouble(self, failure):  # type: ignore[no-untyped-def]
        """None."""
        self.outcomes[failure.request.cb_kwargs["asked"]] = fetch_error(failure.value)
        assert isinstance(failure.value, IgnoreRequest) or failure.value.args is not None

    def closed(self, reason: str) -> None:
        """Tell."""
        print(json.dumps(self.outcomes))
