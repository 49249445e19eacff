"""What a crawl was asked to do: the `-a` arguments, checked, and where the site is to be found.

asked = CrawlArguments.read({"url": "http://127.0.0.1:8000/wen/1/17.html", "base": "http://127.0.0.1:8000"}, site)
asked.real("http://127.0.0.1:8000/wen/1/17.html") -> "https://www.wm114.cn/wen/1/17.html"
asked.address("https://www.wm114.cn/wen/1/17.html") -> "http://127.0.0.1:8000/wen/1/17.html"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self
from urllib.parse import SplitResult, urlsplit

from crawler.runs.after_crawl import THEN
from crawler.site import Site
from pipelines.errors import HarvestError


class BadArgument(HarvestError):
    """A spider argument that is unknown or does not read; the message says which and why."""

    exit_status = 2


@dataclass(frozen=True)
class CrawlArguments:
    """The arguments of one crawl. `ids` are inclusive. `then` names what is brought up to date after it."""

    site: Site
    url: tuple[str, ...] = ()
    limit: int | None = None
    since: str | None = None
    ids: tuple[int, int] | None = None
    base: str | None = None
    then: tuple[str, ...] = ()

    @classmethod
    def read(cls, arguments: Mapping[str, str], site: Site) -> Self:
        """Check `-a` arguments. Raises BadArgument."""
        unknown = set(arguments) - {"url", "limit", "since", "ids", "base", "then"}
        if unknown:
            raise BadArgument(f"unknown argument: -a {min(unknown)}")
        base = arguments.get("base")
        url = tuple([u.strip() for u in arguments.get("url", "").split(",") if u.strip()])
        for address in (*url, *([base] if base else [])):
            if not _is_web_address(address):
                raise BadArgument(f"{address!r} is no http or https address")
        asked = cls(
            site=site,
            url=url,
            limit=_limit(arguments["limit"]) if "limit" in arguments else None,
            since=_date(arguments["since"]) if "since" in arguments else None,
            ids=_ids(arguments["ids"]) if "ids" in arguments else None,
            base=base.rstrip("/") if base else None,
            then=tuple([t.strip() for t in arguments.get("then", "").split(",") if t.strip()]),
        )
        if not site.hosts and url:  # `web` is at home where it is sent
            homes = {(urlsplit(u).scheme, urlsplit(u).netloc) for u in url}
            if len(homes) > 1:
                raise BadArgument(f"{site.key} stays on one host, -a url= names several")
            scheme, host = homes.pop()
            asked = replace(asked, site=replace(site, hosts=(host,), scheme=scheme))
        if unheard := set(asked.then) - set(THEN):
            raise BadArgument(f"-a then={min(unheard)}: there are {', '.join(THEN)}")
        if "url" in arguments and not url:
            raise BadArgument("-a url= names no address")
        if asked.ids and not site.numbered:
            raise BadArgument(f"{site.key} does not number its pages: -a ids= cannot be used")
        if asked.ids and url:
            raise BadArgument("-a url= and -a ids= exclude each other")
        if not site.hosts and not url:
            raise BadArgument(
                f"{site.key} is at home on any host: name the page to begin with, -a url="
            )
        foreign = [u for u in url if asked.site.hosts and asked.real(u) is None]
        if foreign:
            raise BadArgument(f"{foreign[0]} is no page of {site.key}")
        return asked

    @cached_property
    def _base(self) -> SplitResult | None:
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
        base = self._base
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
        base = self._base
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


def _limit(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise BadArgument(f"-a limit={value}: a number of pages is wanted")
    return int(value)


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadArgument(f"-a since={value}: a date YYYY-MM-DD is wanted") from None


def _ids(value: str) -> tuple[int, int]:
    first, dash, last = value.partition("-")
    if not (dash and first.isascii() and first.isdigit() and last.isascii() and last.isdigit()):
        raise BadArgument(f"-a ids={value}: FROM-TO is wanted")
    if int(first) > int(last):
        raise BadArgument(f"-a ids={value}: the range is empty")
    return int(first), int(last)
