"""What a crawl was asked to do: the `-a` arguments, checked, and where the site is to be found.

asked = CrawlArguments.read({"url": "http://127.0.0.1:8000/wen/1/17.html", "base": "http://127.0.0.1:8000"}, site)
asked.real("http://127.0.0.1:8000/wen/1/17.html") -> "https://www.wm114.cn/wen/1/17.html"
asked.address("https://www.wm114.cn/wen/1/17.html") -> "http://127.0.0.1:8000/wen/1/17.html"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from crawler.runs.after_crawl import THEN
from crawler.site import Site
from pipelines.errors import HarvestError
from pipelines.redact import redact_addresses

_HOST_NAME = re.compile(r"(?=.{4,200}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,9}")


class BadArgument(HarvestError):
    """A spider argument that is unknown or does not read; the message says which and why."""

    exit_status = 2


#: Which known pages `again` may name: those whose last visit failed, or all.
AGAIN = ("failed", "all")
#: Arguments that launchers add and that mean nothing here (scrapyd names its job).
LAUNCHERS = frozenset(("_job",))


@dataclass(frozen=True)
class CrawlArguments:
    """The arguments of one crawl. `ids` are inclusive. `then` names what is brought up to date after it."""

    site: Site
    url: tuple[str, ...] = ()
    limit: int | None = None
    since: str | None = None
    ids: tuple[int, int] | None = None
    base: str | None = None
    home: str | None = None
    again: str | None = None
    then: tuple[str, ...] = ()

    @classmethod
    def read(cls, arguments: Mapping[str, str], site: Site) -> Self:
        """Check `-a` arguments. Raises BadArgument."""
        unknown = arguments.keys() - _READERS.keys() - LAUNCHERS

        if unknown:
            raise BadArgument(
                f"unknown argument: -a {min(unknown)}; there are {', '.join(_READERS)}"
            )

        values = {name: _READERS[name](arguments[name]) for name in _READERS if name in arguments}

        url = values.get("url", ())

        if url and not site.hosts:  # `web` is at home where it is sent
            site = _at_home(site, url)

        if home := values.get("home"):
            site = replace(site, hosts=(home,))

        asked = cls(site=site, **values)
        for is_wrong, why in asked._contradictions():
            if is_wrong:
                raise BadArgument(why)

        return asked

    def _contradictions(self) -> Iterator[tuple[bool, str]]:
        key, url, ids = self.site.key, self.url, self.ids
        numbered = self.site.numbered is not None
        yield bool(ids) and not numbered, f"{key} does not number its pages: -a ids= cannot be used"
        yield bool(ids and url), "-a url= and -a ids= exclude each other"

        yield (
            bool(self.again and url),
            "-a url= asks its pages whatever their age: -a again= adds nothing",
        )

        yield (
            bool(self.home and not self.base),
            "-a home= is said of a mirror: name it with -a base=",
        )

        at_home = bool(self.site.hosts)
        yield not at_home, f"{key} is at home on any host: name the page to begin with, -a url="

        for address in url:
            yield self.real(address) is None, f"{redact_addresses(address)} is no page of {key}"

    @cached_property
    def _mirror(self) -> SplitResult | None:
        return urlsplit(self.base) if self.base else None

    def real(self, address: str) -> str | None:
        """The canonical URL behind an address of the real site or of its mirror; `None` for any other host, and for what
        cannot be read as an address."""
        try:
            return self._real(address)
        except ValueError:
            return None

    def _real(self, address: str) -> str | None:
        parts = urlsplit(address)
        _host(parts)  # reads the port too, which may be none
        base = self._mirror

        if base and _host(parts) == _host(base):
            path = parts.path.removeprefix(base.path) if base.path else parts.path
            return self._canonical(
                parts._replace(
                    scheme=self.site.scheme, netloc=self.site.hosts[0], path=path or "/"
                ).geturl()
            )

        if parts.scheme in ("http", "https") and {parts.hostname, parts.netloc} & set(
            self.site.hosts
        ):
            return self._canonical(address)

        return None

    def _canonical(self, address: str) -> str:
        return urlsplit(self.site.canonical(address))._replace(netloc=self.site.hosts[0]).geturl()

    def address(self, url: str) -> str:
        """Where a canonical URL is to be fetched."""
        base = self._mirror

        if base is None:
            return url

        parts = urlsplit(url)
        return parts._replace(
            scheme=base.scheme, netloc=base.netloc, path=base.path + parts.path
        ).geturl()


def _host(parts: SplitResult) -> tuple[str | None, int]:
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _at_home(site: Site, url: tuple[str, ...]) -> Site:
    homes = {(urlsplit(address).scheme, urlsplit(address).netloc) for address in url}
    if len(homes) > 1:
        raise BadArgument(f"{site.key} stays on one host, -a url= names several")

    scheme, host = homes.pop()
    return replace(site, hosts=(host,), scheme=scheme)


# What each argument may be


def _urls(value: str) -> tuple[str, ...]:
    urls = _names(value)
    if not urls:
        raise BadArgument("-a url= names no address")

    for address in urls:
        _check_address("url", address)
        if "@" in urlsplit(address).netloc:
            raise BadArgument(
                f"-a url={redact_addresses(address)}: nothing behind a password is asked for"
            )

    return urls


def _base(value: str) -> str:
    _check_address("base", value)
    return value.rstrip("/")


def _check_address(name: str, address: str) -> None:
    if not _is_web_address(address):
        raise BadArgument(f"-a {name}={redact_addresses(address)!r} is no http or https address")


def _home(value: str) -> str:
    """The host that records carry instead of the site's own, where a mirror is no copy of the real site."""
    if not _HOST_NAME.fullmatch(value):
        raise BadArgument(f"-a home={value}: a host name is wanted")

    return value


def _limit(value: str) -> int:
    if not _is_number(value) or int(value) == 0:
        raise BadArgument(f"-a limit={value}: a number of pages is wanted, one at least")

    return int(value)


def _date(value: str) -> str:
    try:
        since = date.fromisoformat(value)
    except ValueError:
        raise BadArgument(f"-a since={value}: a date YYYY-MM-DD is wanted") from None

    if since > datetime.now(UTC).date() + timedelta(days=1):
        raise BadArgument(f"-a since={value}: the day is yet to come")

    return since.isoformat()


def _ids(value: str) -> tuple[int, int]:
    first, dash, last = value.partition("-")
    if not (dash and _is_number(first) and _is_number(last)):
        raise BadArgument(f"-a ids={value}: FROM-TO is wanted")
    if int(first) > int(last):
        raise BadArgument(f"-a ids={value}: the range is empty")

    return int(first), int(last)


def _again(value: str) -> str:
    if value not in AGAIN:
        raise BadArgument(f"-a again={value}: there are {', '.join(AGAIN)}")

    return value


def _then(value: str) -> tuple[str, ...]:
    then = _names(value)
    if not then:
        raise BadArgument(f"-a then= names nothing: there are {', '.join(THEN)}")

    for name in then:
        if name not in THEN:
            raise BadArgument(f"-a then={name}: there are {', '.join(THEN)}")

    return then


def _names(value: str) -> tuple[str, ...]:
    return tuple([name.strip() for name in value.split(",") if name.strip()])


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _DIGITS


#: The longest number that is read: no site has more pages.
_DIGITS = 12

_READERS: Mapping[str, Callable[[str], Any]] = {
    "url": _urls,
    "limit": _limit,
    "since": _date,
    "ids": _ids,
    "base": _base,
    "home": _home,
    "again": _again,
    "then": _then,
}

#: What each argument means, for docs/reference.md.
ARGUMENTS: Mapping[str, str] = {
    "url": "`U[,U]`: these pages only, whatever their pattern or age; addresses of the real site and of `base` alike",
    "limit": "`N`: at most so many document pages are asked",
    "since": "`YYYY-MM-DD`: documents that the lists date before it are left out",
    "ids": "`FROM-TO`: the pages with these numbers, where the site numbers its pages",
    "base": "`URL`: a mirror or replica of the site; paths and patterns stay, records carry the real host",
    "home": "`HOST`, with `base`: records carry this host instead; the demo says `SITE.example`",
    "again": "`failed` or `all`: known pages are asked again, those whose last visit failed or all of them",
    "then": "`index[,feed]`: what is brought up to date at the end of the run",
}
