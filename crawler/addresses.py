"""Where `is_public` used to be; programs outside import it from here. See `crawler.fetching.addresses`."""

from crawler.fetching.addresses import is_public

__all__ = ["is_public"]
