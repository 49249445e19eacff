"""The sites: one file each, exporting `SITE`; this package finds them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

from crawler.site import Site


def modules() -> dict[Site, str]:
    """Each site and the name of the module that describes it."""
    names = [f"{__name__}.{m.name}" for m in pkgutil.iter_modules(__path__)]

    return {import_module(name).SITE: name for name in names}


@cache
def sites() -> dict[str, Site]:
    """All sites by key."""
    return {site.key: site for site in sorted(modules(), key=lambda s: s.key)}


@cache
def site_names() -> dict[str, str]:
    """Host names and site names (as notices and frames write them) -> site key."""
    return {name: site.key for site in sites().values() for name in (*site.hosts, *site.names)}


def site_of(url: str) -> Site | None:
    """The site whose host an address carries."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None

    return _by_host().get(host or "")


@cache
def _by_host() -> dict[str, Site]:
    return {host: site for site in sites().values() for host in site.hosts}
