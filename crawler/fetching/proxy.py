"""The egress proxy of a network that has one: `http_proxy`, `https_proxy`, `no_proxy` of the environment, as curl reads them.

    proxies = Proxies.of_environment()
    proxies.for_url(url)            # "http://proxy.example:3128" or None

Behind a proxy names are resolved by it, so a private address is no longer seen where the connection is made. What is
asked for is judged by its name instead: a name of the inside, or one that resolves here to private addresses alone, is
refused (`crawler.fetching.addresses`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

logger = logging.getLogger("harvest.fetching")

#: Names that no public host has: one label, and domains kept for the inside (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`).
_INSIDE = re.compile(
    r"[^.:\[\]]+ | (?:.+\.)? (?:localhost | local | internal | intranet | lan | home | corp | private | home\.arpa)",
    re.VERBOSE | re.IGNORECASE,
)


def is_inside(host: str) -> bool:
    """Whether a host's name alone says that it is none of the public.

    >>> is_inside("metadata.google.internal"), is_inside("intranet"), is_inside("www.wm114.cn"), is_inside("8.8.8.8")
    (True, True, False, False)
    """
    return bool(_INSIDE.fullmatch(host.rstrip(".")))


class Proxies:
    """Proxies by scheme."""

    def __init__(self, by_scheme: Mapping[str, str]) -> None:
        self._by_scheme = {}
        for scheme in ("http", "https"):
            stated = by_scheme.get(scheme) or by_scheme.get("all")
            if not stated:
                continue

            address = stated if "://" in stated else f"http://{stated}"
            if urlsplit(address).scheme != "http":
                logger.warning("%s_proxy is no http:// address: it is not used", scheme)
                continue

            self._by_scheme[scheme] = address

    @classmethod
    def of_environment(cls) -> Self:
        """As the environment has them."""
        return cls(getproxies())

    def for_url(self, scheme: str, host: str) -> str | None:
        """The proxy for a request; `None` where it goes direct (`no_proxy`)."""
        proxy = self._by_scheme.get(scheme)

        return None if proxy is None or proxy_bypass(host) else proxy

    def hosts(self) -> list[str]:
        """The proxies themselves, as `host:port`: they may be private, and are talked to."""
        parts = [urlsplit(address) for address in self._by_scheme.values()]

        return [f"{part.hostname}:{part.port or 80}" for part in parts]
