"""Redirects, followed a few steps: not in a circle, not to anything but http and https.

    302 Location: /p-17.html (itself)      302 Location: file:///etc/passwd

Both become failures `redirect`. Where a redirect leads to a private address, the resolver refuses it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.refusal import Refused


class Redirect(RedirectMiddleware):
    """Scrapy's own, with a failure for what it would pass on or drop, and without a word about where we came from
    (its own way needs the referer middleware: one more generator around every response)."""

    def handle_referer(self, *_: Any) -> None:
        """No referer is ever sent."""

    def _engine_started(self) -> None:
        """Nothing to look for, nothing to warn about."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The redirected request, or the response where it is no redirect."""
        place = response.headers.get(b"Location")
        if place is None or response.status not in (301, 302, 303, 307, 308):
            return response
        try:
            target = urljoin(request.url, place.decode("utf-8", "replace"))
            scheme = urlsplit(target).scheme
        except ValueError as error:
            raise Refused("redirect", f"leads to what is no address: {error}") from None
        if scheme not in ("http", "https"):
            raise Refused("redirect", f"leads to {target[:200]}")
        try:
            onward = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refused("redirect", f"{error}") from None
        except ValueError as error:
            raise Refused("redirect", f"leads to what is no address: {error}") from None
        if isinstance(onward, Request) and onward.url in (request.url, *request.meta.get("redirect_urls", ())):
            raise Refused("redirect", f"leads back to {onward.url}")
        return onward
