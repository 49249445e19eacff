"""robots.txt, obeyed as RFC 9309 has it; where it cannot be had because the host is unwell, nothing is asked.

| what comes of robots.txt                         | what follows                                           |
|--------------------------------------------------|--------------------------------------------------------|
| 2xx                                              | its rules; the first 512 KiB of them                   |
| 4xx but 429, or more than five redirects         | no rules: everything may be asked                      |
| 5xx, 429, reset, timeout, a size over the limit  | nothing may be asked: failure `robots`                 |
| the host itself cannot be reached or is refused  | nothing: `dns`, `connection`, `tls`, `refused_address` |

Scrapy's own middleware lets everything through in the third case, reads rules from error pages, and knows no
Crawl-delay. `Crawl-delay` and `Request-rate` slow the host down; a delay beyond `CRAWL_DELAY_LIMIT` means no.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Awaitable
from typing import NamedTuple, Self

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from crawler.fetching.errors import Refused, fetch_error
from crawler.fetching.pace import slow_down

PRODUCT = "harvest"  # the name by which robots.txt may address us
_OUR_AGENT = re.compile(
    rf"""
    ^ (?P<field> [ \t]{{0,20}} user-?agent [ \t]{{0,20}} : [ \t]{{0,20}} )
    {PRODUCT}
    (?: [^a-z_\-\r\n] | -(?=[v\d]) ) [^\r\n]{{0,500}}    # what ends a product token, and what follows
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
READ = 512 * 1024  # bytes of a robots.txt that count; RFC 9309 2.5 asks for 500 KiB at least
REDIRECTS = 5  # RFC 9309 2.3.1.2
ITSELF = "robots_itself"  # in the meta of the request for robots.txt


logger = logging.getLogger("harvest.fetching")


class Rules(NamedTuple):
    """What may be asked of one scheme, host and port. With `error` nothing may, and `why` says so."""

    parsed: Protego | None
    error: str = ""
    why: str = ""


class Robots:
    """Downloader middleware."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._longest = crawler.settings.getfloat("CRAWL_DELAY_LIMIT", 300)
        self._rules: dict[str, Rules | list[Deferred[Rules]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> Awaitable[None] | None:
        """Let pass, or raise Refused; the first request to a host waits for its robots.txt."""
        if request.meta.get(ITSELF):
            return None

        url = urlparse_cached(request)
        rules = self._rules.get(f"{url.scheme}://{url.netloc}")

        if not isinstance(rules, Rules):
            return self._learn_first(request)

        self._judge(request, rules)
        return None

    async def _learn_first(self, request: Request) -> None:
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        known = self._rules.get(origin)

        if known is None:
            waiting: list[Deferred[Rules]] = []
            self._rules[origin] = waiting
            rules = await self._fetch(origin, request)
            self._rules[origin] = rules

            for deferred in waiting:
                deferred.callback(rules)
        elif isinstance(known, Rules):
            rules = known
        else:
            turn: Deferred[Rules] = Deferred()
            known.append(turn)
            rules = await maybe_deferred_to_future(turn)

        self._judge(request, rules)

    def _judge(self, request: Request, rules: Rules) -> None:
        if rules.error:
            raise Refused(rules.error, rules.why)

        if rules.parsed is not None and not rules.parsed.can_fetch(request.url, PRODUCT):
            self._count("robotstxt/forbidden")
            raise Refused("robots", "robots.txt forbids this page")

    async def _fetch(self, origin: str, request: Request) -> Rules:
        asked = Request(
            f"{origin}/robots.txt", priority=1000, callback=NO_CALLBACK, dont_filter=True,
            meta={ITSELF: True, "redirect_ttl": REDIRECTS},
        )  # fmt: skip

        self._count("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(asked)
        except Exception as error:
            return _unreachable(error)

        self._count(f"robotstxt/response_status_count/{response.status}")
        rules = self._read(response)

        if rules.error:
            logger.info("%s: %s", origin, rules.why)

        if rules.parsed is not None and not rules.error:
            delay = self._delay(rules.parsed)
            logger.info("%s: robots.txt read, %g s between requests", origin, delay)
            slow_down(self._crawler, request, delay)

        if 200 <= response.status < 300:
            text = addressed(response.body[:READ].decode("utf-8-sig", "replace"))
            parser = ProtegoRobotParser(text.encode(), self._crawler.spider)

            await self._crawler.signals.send_catch_log_async(
                signal=signals.robots_parsed, robotparser=parser, request=request
            )

        return rules

    def _read(self, response: Response) -> Rules:
        if response.status >= 500 or response.status == 429:
            return Rules(
                None,
                "robots",
                f"robots.txt is answered with {response.status}: nothing is asked of this host",
            )
        if not 200 <= response.status < 300:
            return Rules(None)

        parsed = Protego.parse(addressed(response.body[:READ].decode("utf-8-sig", "replace")))
        if self._delay(parsed) > self._longest:
            return Rules(
                None,
                "robots",
                f"robots.txt asks for {self._delay(parsed):g} s between requests: too long to go on",
            )

        return Rules(parsed)

    @staticmethod
    def _delay(parsed: Protego) -> float:
        """Seconds between requests that the rules ask for, 0 where they do not."""
        rate = parsed.request_rate(PRODUCT)
        by_rate = rate.seconds / rate.requests if rate and rate.requests else 0.0
        stated = parsed.crawl_delay(PRODUCT) or 0.0

        return max(0.0 if math.isnan(stated) else stated, by_rate)

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)


def addressed(robots: str) -> str:
    """robots.txt with our name alone where a version or more stands behind it: RFC 9309 2.2.1 compares product tokens, and a
    webmaster copies what he finds in his log.

    >>> addressed("User-agent: Harvest/0.1 (+mailto:a@b.example)\\nDisallow: /")
    'User-agent: harvest\\nDisallow: /'
    """
    return _OUR_AGENT.sub(rf"\g<field>{PRODUCT}", robots)


def _unreachable(error: Exception) -> Rules:
    """Rules of a host whose robots.txt brought an exception."""
    name = fetch_error(error)

    if name == "redirect":
        return Rules(None)
    if name in ("dns", "tls", "refused_address") or isinstance(
        error, DownloadConnectionRefusedError
    ):
        return Rules(None, name, f"{error}")

    return Rules(
        None, "robots", f"robots.txt cannot be had ({name}): nothing is asked of this host"
    )
