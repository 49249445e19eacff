"""Which addresses may be talked to: private, loopback and link-local ones never, unless `ALLOW_PRIVATE_HOSTS` names the host.

A page may lead anywhere: a redirect to `http://169.254.169.254/`, a name that resolves to 127.0.0.1, a name that
resolves to a public address first and to a private one a moment later. So `PublicOnly` sits where a name becomes the
addresses that are connected to, and hands out allowed ones only. Behind an egress proxy, which resolves names itself,
names are judged instead (`crawler.fetching.proxy`).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.fetching.errors import Refused

#: Ranges that `ipaddress` takes for global and that lead inside, or to a cloud's own services.
_INSIDE = (
    IPv4Network("168.63.129.16/32"),  # Azure's virtual host: metadata, DNS, health
    IPv4Network("192.0.0.0/24"),  # RFC 6890: of protocols, and a cloud's metadata
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4
    IPv6Network("3fff::/20"),  # RFC 9637: documentation
)
#: RFC 4291 2.4: all that is assigned as global unicast; outside of it only NAT64 leads to public hosts.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: carries an IPv4 address in its last 32 bits
#: RFC 5214: an interface identifier that carries an IPv4 address; the second is of a globally unique one.
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Whether an address may be talked to without being named: global, not multicast, nor private inside of IPv6.

    >>> [is_public(a) for a in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1")]
    [True, False, False, False, False, False]
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False

    if any(ip in network for network in _INSIDE if network.version == ip.version):
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast

    embedded = _embedded(ip)
    if not all(is_public(str(inner)) for inner in embedded):
        return False
    if ip in _NAT64 or ip.ipv4_mapped is not None:
        return True

    return ip in _GLOBAL_UNICAST and ip.is_global


def _embedded(ip: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address carries, to which a translator or tunnel would lead."""
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    if ip in _NAT64:
        return [IPv4Address(int(ip) & 0xFFFFFFFF)]
    if ip.sixtofour is not None:
        return [ip.sixtofour]
    if ip.teredo is not None:
        return list(ip.teredo)
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return [IPv4Address(int(ip) & 0xFFFFFFFF)]

    return []


class Allowed:
    """The entries of `ALLOW_PRIVATE_HOSTS`: `host` for all its ports or `host:port`, `[::1]:8000` for IPv6.

    >>> allowed = Allowed(["127.0.0.1:8000", "intranet", "[::1]:80"])
    >>> [allowed(h, p) for h, p in (("127.0.0.1", 8000), ("127.0.0.1", 8001), ("Intranet", 80), ("::1", 80))]
    [True, False, True, True]
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = frozenset(
            [e.strip().lower().replace("[", "").replace("]", "") for e in entries]
        )

    def and_these(self, more: Iterable[str]) -> Allowed:
        """These entries and more."""
        return Allowed([*self._entries, *more])

    def __call__(self, host: str, port: int) -> bool:
        host = host.lower().strip("[]")
        return host in self._entries or f"{host}:{port}" in self._entries


class PublicOnly(AbstractResolver):
    """Resolves names, and hands out the addresses that may be talked to."""

    def __init__(self, allowed: Allowed, names: AbstractResolver) -> None:
        """`names` does the resolving."""
        self._allowed = allowed
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of a host. Raises Refused where it has none but private ones, OSError where it has none."""
        found = await self._names.resolve(host, port, family)
        public = [a for a in found if self._allowed(host, port) or is_public(a["host"])]

        if found and not public:
            raise private(host, found[0]["host"])

        return public

    def check(self, host: str, port: int) -> None:
        """An address that stands in a URL as it is, in any notation, was never a name. Raises Refused."""
        address = _literal(host)

        if address and not self._allowed(host, port) and not is_public(address):
            raise private(host, address)

    async def close(self) -> None:
        """No more names."""
        await self._names.close()


def private(host: str, address: str) -> Refused:
    """The refusal of a host at a private address."""
    return Refused("refused_address", f"{host} is at {address}, a private address")


def _literal(host: str) -> str:
    """The address that a host is; empty for a name.

    >>> [_literal(h) for h in ("127.1", "0x7f000001", "2130706433", "::1", "www.wm114.cn", "")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', '', '']
    """
    host = host.rstrip(".")

    with suppress(ValueError):
        return str(ip_address(host.partition("%")[0]))

    if host[:1].isdigit():
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host))

    return ""
