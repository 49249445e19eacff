"""Which addresses are talked to: public ones, and those that `ALLOW_PRIVATE_HOSTS` names."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.settings import Settings

from crawler.fetching.addresses import Allowed, PublicOnly, is_public
from crawler.fetching.errors import Refused
from crawler.middlewares.agent import contact, needs_contact, user_agent

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::1", "not an address", "",
    # IPv6 that carries IPv4: compatible, translated, local NAT64, ISATAP (both identifiers), Teredo's server and client
    "::127.0.0.1", "::10.1.2.3", "::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::a00:1",
    "2001:4860::5efe:10.0.0.1", "2a00::200:5efe:192.168.0.1", "fe80::5efe:8.8.8.8", "2002:c0a8:101::1",
    "2001:0:7f00:1::1", "64:ff9b::a9fe:a9fe",
    # ranges that are nobody's public host: site-local, discard, segment routing, documentation, a cloud's own services
    "fec0::1", "feff::1", "100::1", "5f00::1", "3fff::1", "2001:db8::1", "168.63.129.16", "::ffff:168.63.129.16",
    "100.100.100.200", "192.0.0.192", "192.88.99.1", "4000::1", "240.0.0.1",
)  # fmt: skip
PUBLIC = (
    "93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2400:3200::1", "2002:808:808::1",
    "2606:4700::5efe:8.8.8.8", "168.63.129.17",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


class Names(AbstractResolver):
    """A name server that gives what the test says, one answer after the other, as a rebinding host does."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        self.answers.clear()


def resolver(names: Names, *allowed: str) -> PublicOnly:
    return PublicOnly(Allowed(allowed), names)


def resolved(resolver: PublicOnly, host: str, port: int = 80) -> list[str]:
    return [found["host"] for found in asyncio.run(resolver.resolve(host, port))]


def test_a_private_address_is_not_handed_out() -> None:
    with pytest.raises(Refused, match="private address") as caught:
        resolved(resolver(Names(("127.0.0.1", "10.0.0.1"))), "inside.example")
    assert caught.value.error == "refused_address"


def test_of_several_addresses_the_public_ones_remain() -> None:
    assert resolved(resolver(Names(("10.0.0.1", "93.184.216.34"))), "mixed.example") == [
        "93.184.216.34"
    ]


def test_a_name_that_changes_its_address_is_checked_each_time() -> None:
    rebinding = resolver(Names(("93.184.216.34",), ("127.0.0.1",)))
    assert resolved(rebinding, "rebinding.example") == ["93.184.216.34"]
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        resolved(rebinding, "rebinding.example")


def test_a_named_host_may_be_private_on_the_named_port() -> None:
    named = resolver(Names(("127.0.0.1",)), "replica.example:8000")
    assert resolved(named, "replica.example", 8000) == ["127.0.0.1"]
    for host, port in (("replica.example", 8001), ("other.example", 8000)):
        with pytest.raises(Refused):
            resolved(named, host, port)


@pytest.mark.parametrize(
    "address",
    [
        *(a for a in PRIVATE if "." in a or ":" in a),
        "2130706433",
        "127.1",
        "0x7f000001",
        "127.0.0.1.",
    ],
)
def test_an_address_in_a_url_is_checked_as_it_stands(address: str) -> None:
    with pytest.raises(Refused, match="private address"):
        resolver(Names(()), "intranet").check(address, 80)
    resolver(Names(()), f"{address}:80").check(address, 80)


@pytest.mark.parametrize("host", [*PUBLIC, "inside.example", "3.cn.example", "localhost"])
def test_a_public_address_and_a_name_wait_for_the_resolver(host: str) -> None:
    resolver(Names(())).check(host, 80)


@pytest.mark.parametrize(
    ("address", "needed"),
    [
        ("https://www.wm114.cn/", True),
        ("http://93.184.216.34/", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000/", False),
        ("http://intranet:8000/", False),
        ("http://intranet:8001/", True),
    ],
)
def test_a_public_host_needs_a_contact(address: str, needed: bool) -> None:
    assert needs_contact([address], Settings({"ALLOW_PRIVATE_HOSTS": ["intranet:8000"]})) is needed


def test_the_agent_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTACT", raising=False)
    assert user_agent(Settings()) == "harvest/0.1"
    assert (
        user_agent(Settings({"CONTACT": "lu@example.org"}))
        == "harvest/0.1 (+mailto:lu@example.org)"
    )
    monkeypatch.setenv("CONTACT", "https://example.org/harvest")
    assert user_agent(Settings()) == "harvest/0.1 (+https://example.org/harvest)"


@pytest.mark.parametrize(
    "wrong", ["me", "a@b\r\nX-Injected: 1", "ftp://example.org", "<lu@example.org>"]
)
def test_a_contact_that_nobody_could_use_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        contact(Settings({"CONTACT": wrong}))
