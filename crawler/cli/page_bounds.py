"""The bounds on one page, from the settings."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from crawler.page_worker import Bounds


def page_bounds(settings: BaseSettings | None) -> Bounds:
    """What `PAGE_CPU_SECONDS` and `PAGE_MEMORY_MB` ask for; the defaults without settings. Raises ValueError where they are no
    bounds."""
    if settings is None:
        return Bounds()

    stated = {}
    for name in ("PAGE_CPU_SECONDS", "PAGE_MEMORY_MB"):
        try:
            stated[name] = settings.getfloat(name)
        except (TypeError, ValueError):
            raise ValueError(f"{name}={settings.get(name)!r} is no number") from None

        if not stated[name] > 0:
            raise ValueError(f"{name}={settings.get(name)} must be above 0")

    memory = int(stated["PAGE_MEMORY_MB"] * (1 << 20))
    return Bounds(cpu_seconds=stated["PAGE_CPU_SECONDS"], memory=memory)
