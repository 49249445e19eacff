"""A host that says it is too much (429, 503) gets its quiet, and the page is asked again after it.

    HTTP/1.1 429 Too Many Requests          HTTP/1.1 503 Service Unavailable
    Retry-After: 120                        Retry-After: Fri, 31 Dec 2027 23:59:59 GMT

Nothing is asked of the host in between (RFC 9110 10.2.3, RFC 6585 4). Without the header the quiet doubles from one
second with each answer of this kind. A host that wants more than `RETRY_AFTER_LIMIT` seconds is left for this run:
its pages become failures `http_429`, `http_503` without being asked.
"""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetching.errors import Refused
from crawler.fetching.pace import hold, spider_of

logger = logging.getLogger("harvest.fetching")

TOO_MUCH = (429, 503)
TIMES = 4  # answers of this kind to one page before it is given up


class RetryAfter:
    """Downloader middleware; nearer to the network than Scrapy's retries."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getfloat("RETRY_AFTER_LIMIT", 300)
        self._left: dict[str, tuple[float, str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse pages of a host that was left."""
        if not self._left:
            return

        until, error = self._left.get(urlparse_cached(request).netloc, (0.0, ""))
        if until > time.time():
            raise Refused(error, f"the host asked for quiet for {until - time.time():.0f} s more")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Hold the host and ask again, or give the page up with its status."""
        if response.status not in TOO_MUCH:
            return response

        stated = wanted_quiet(response.headers.get(b"Retry-After"), time.time())
        quiet = (
            max(stated, 1.0) if stated is not None else 2.0 ** request.meta.get("retry_times", 0)
        )

        if quiet > self._limit:
            self._left[urlparse_cached(request).netloc] = (
                time.time() + quiet,
                f"http_{response.status}",
            )

            request.meta["dont_retry"] = True
            host = urlparse_cached(request).netloc
            logger.warning("%s wants %.0f s of quiet: it is left for this run", host, quiet)

            return response

        logger.info("%s: status %d, quiet for %.0f s", request.url, response.status, quiet)
        hold(self._crawler, request, quiet)

        again = get_retry_request(
            request,
            spider=spider_of(self._crawler),
            reason=f"http_{response.status}",
            max_retry_times=TIMES,
        )

        request.meta["dont_retry"] = True  # should it be given up: Scrapy's retries would not wait
        return again or response


def wanted_quiet(header: bytes | None, now: float) -> float | None:
    """Seconds of quiet that a `Retry-After` asks for at Unix time `now`; `None` where it does not read.

    >>> wanted_quiet(b"120", 0.0), wanted_quiet(b"Thu, 01 Jan 1970 00:01:00 GMT", 20.0), wanted_quiet(b"soon", 0.0)
    (120.0, 40.0, None)
    >>> wanted_quiet(b"9" * 40, 0.0) > 1e39
    True
    """
    text = (header or b"").decode("latin-1").strip()

    if number := re.fullmatch(r"([0-9]{1,4000})(?:\.[0-9]{0,99})?", text):
        return float(number[1][:300])  # more digits than that are for ever anyway

    try:
        date = parsedate_to_datetime(text)
        moment = date if date.tzinfo else date.replace(tzinfo=UTC)

        return max(0.0, moment.timestamp() - now)
    except (ValueError, OverflowError):
        return None
