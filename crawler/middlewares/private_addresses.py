"""Private, loopback and link-local addresses are never talked to, unless `ALLOW_PRIVATE_HOSTS` names the host.

A page may lead anywhere: a redirect to `http://169.254.169.254/`, a name that resolves to 127.0.0.1, a name that
resolves to a public address first and to a private one a moment later. So the check sits where a name becomes the
address that is connected to: the resolver hands out allowed addresses only. IP literals in any notation pass
through it too. No proxy is used, for a proxy would resolve names behind our back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.middlewares.refusal import Refused

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: carries an IPv4 address in its last 32 bits

#: Hosts whose every address was refused in this program, with one of the addresses: the resolver can only say that
#: there is none, the middleware tells this from a name that does not exist.
refused: dict[str, str] = {}


def is_public(address: str) -> bool:
    """Whether an address may be talked to without being named: global, not multicast, nor private inside of IPv6.

    >>> [is_public(a) for a in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1")]
    [True, False, False, False, False, False]
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class Allowed:
    """The entries of `ALLOW_PRIVATE_HOSTS`: `host` for all its ports or `host:port`, `[::1]:8000` for IPv6.

    >>> allowed = Allowed(["127.0.0.1:8000", "intranet", "[::1]:80"])
    >>> [allowed(h, p) for h, p in (("127.0.0.1", 8000), ("127.0.0.1", 8001), ("Intranet", 80), ("::1", 80))]
    [True, False, True, True]
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = frozenset([e.strip().lower().replace("[", "").replace("]", "") for e in entries])

    def __call__(self, host: str, port: int) -> bool:
        host = host.lower().strip("[]")
        return host in self._entries or f"{host}:{port}" in self._entries


class GuardedResolver(CachingHostnameResolver):
    """`DNS_RESOLVER`: resolves names for every connection and hands out the addresses that may be talked to."""

    def __init__(self, reactor: ReactorBase, cache_size: int, allowed: Allowed) -> None:
        super().__init__(reactor, cache_size)
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Scrapy's constructor."""
        return cls(reactor, crawler.settings.getint("DNSCACHE_SIZE"), Allowed(crawler.settings.getlist("ALLOW_PRIVATE_HOSTS")))

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Twisted's entry point."""
        if not self._allowed(hostName, portNumber):
            resolutionReceiver = _PublicOnly(resolutionReceiver, hostName)  # type: ignore[assignment]
        return super().resolveHostName(resolutionReceiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on and remembers a host that has no other."""

    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver = receiver
        self._host = host
        self._passed = False
        self._kept_back = ""

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if is_public(address.host):
            self._passed = True
            self._receiver.addressResolved(address)
        else:
            self._kept_back = address.host

    def resolutionComplete(self) -> None:
        if self._kept_back and not self._passed:
            refused[self._host.lower()] = self._kept_back
        else:
            refused.pop(self._host.lower(), None)
        self._receiver.resolutionComplete()


class PrivateAddresses:
    """Downloader middleware: says `refused_address` where the resolver kept the addresses back."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises Refused in the place of "no such host"."""
        host = (urlparse_cached(request).hostname or "").lower()
        if isinstance(exception, CannotResolveHostError) and host in refused:
            raise Refused("refused_address", f"{host} is at {refused[host]}, a private address") from exception
