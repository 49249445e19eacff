"""Who asks: an honest user agent that says how the person behind the crawl is reached.

    harvest/0.1 (+mailto:someone@example.org)

A crawl of a public address does not start without `CONTACT` (setting or environment): a mail address or a URL.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.fetching.addresses import Allowed, is_public

PRODUCT = "harvest/0.1"
#: Numbers of hosts, of version 4 and 6, and the one name that is no public one.
_LITERAL = re.compile(r"[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*|localhost")
CONTACT = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}|https?://[^\s<>()]{1,400}")


def contact(settings: BaseSettings) -> str | None:
    """Where the person behind the crawl is reached, from the settings or the environment.

    Raises ValueError where it is neither a mail address nor a URL.
    """
    stated = str(settings.get("CONTACT") or os.environ.get("CONTACT") or "").strip()

    if stated and not CONTACT.fullmatch(stated):
        raise ValueError(f"CONTACT={stated!r} is neither a mail address nor a URL")

    return stated or None


def user_agent(settings: BaseSettings) -> str:
    """The `User-Agent` of every request."""
    where = contact(settings)

    if where is None:
        return PRODUCT

    return f"{PRODUCT} (+{'mailto:' if '://' not in where else ''}{where})"


def needs_contact(addresses: Iterable[str], settings: BaseSettings) -> bool:
    """Whether a crawl that begins at these addresses talks to a public host. A name counts as public."""
    allowed = Allowed(settings.getlist("ALLOW_PRIVATE_HOSTS"))

    for address in addresses:
        parts = urlsplit(address)
        host = parts.hostname or ""
        literal = _LITERAL.fullmatch(host) is not None
        port = parts.port or (443 if parts.scheme == "https" else 80)

        if not allowed(host, port) and (is_public(host) or not literal):
            return True

    return False


class Agent:
    """Downloader middleware: the same honest agent on every request."""

    def __init__(self, agent: str) -> None:
        self._agent = agent.encode("latin-1", "replace")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(user_agent(crawler.settings))

    def process_request(self, request: Request) -> None:
        """Set the header, whatever stood there."""
        request.headers[b"User-Agent"] = self._agent
