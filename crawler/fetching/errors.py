"""What went wrong with a fetch, in the words of `failure/1`.

A middleware that will not have a page raises `Refused("redirect", "leads back to itself")`; what Scrapy raises
is named by `fetch_error`.
"""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadTimeoutError,
    IgnoreRequest,
    UnsupportedURLSchemeError,
)


class Refused(IgnoreRequest):
    """A page that is not fetched, or not kept: `error` is from the closed list of `failure/1`, the text says why."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


def fetch_error(error: BaseException) -> str:
    """The name in the closed list for an exception.

    >>> fetch_error(Refused("robots", "forbidden")), fetch_error(DownloadTimeoutError()), fetch_error(OSError())
    ('robots', 'timeout', 'connection')
    """
    if isinstance(error, Refused):
        return error.error
    if isinstance(error, (DownloadTimeoutError, TimeoutError)):
        return "timeout"
    if isinstance(error, CannotResolveHostError):
        return "dns"
    if isinstance(error, UnsupportedURLSchemeError):
        return "redirect"

    return "connection"
