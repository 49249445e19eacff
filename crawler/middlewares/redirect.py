"""Redirects, followed a few steps: not in a circle, not off the site, not to anything but http and https.

    302 Location: /p-17.html (itself)      302 Location: file:///etc/passwd      302 Location: https://shop.example/

All three become failures `redirect`; where a redirect leads to a private address, it is `refused_address`. With
`-a base=` a redirect to the real site is followed on the mirror.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable
from typing import Any, NoReturn
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.threads import deferToThread

from crawler.fetching.addresses import Allowed, is_public, private
from crawler.fetching.errors import Refused
from crawler.middlewares.robots import ITSELF


class Redirect(RedirectMiddleware):
    """Scrapy's own, with a failure for what it would pass on or drop, and without a word about where we came from
    (its own way needs the referer middleware: one more generator around every response)."""

    def handle_referer(self, *_: Any) -> None:
        """No referer is ever sent."""

    def _engine_started(self) -> None:
        """Nothing to look for, nothing to warn about."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response | Awaitable[NoReturn]:
        """The redirected request, or the response where it is no redirect."""
        place = response.headers.get(b"Location")

        if place is None or response.status not in (301, 302, 303, 307, 308):
            return response

        try:
            target = urljoin(request.url, place.decode("utf-8", "replace"))
            if urlsplit(target).scheme not in ("http", "https"):
                raise Refused("redirect", f"leads to {target[:200]}")

            onward = super().process_response(request, response)
        except ValueError as error:
            raise Refused("redirect", f"leads to what is no address: {error}") from None
        except Refused:
            raise
        except IgnoreRequest as error:
            raise Refused("redirect", f"{error}") from None

        if not isinstance(onward, Request):
            return onward

        if not request.meta.get(ITSELF):  # robots.txt may lie elsewhere (RFC 9309 2.3.1.2)
            asked = getattr(self.crawler.spider, "asked", None)
            if (
                asked is not None
                and urlparse_cached(onward).netloc != urlparse_cached(request).netloc
            ):
                real = asked.real(onward.url)
                if real is None:
                    return self._off_site(onward.url)

                if asked.base:
                    onward = onward.replace(url=asked.address(real))

        if urldefrag(onward.url)[0] in (request.url, *request.meta.get("redirect_urls", ())):
            raise Refused("redirect", f"leads back to {onward.url}")

        return onward

    async def _off_site(self, url: str) -> NoReturn:
        """Refuse, and say whether it is a private address that the site sends us to."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

        try:
            found = await maybe_deferred_to_future(
                deferToThread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError):
            raise Refused(
                "redirect", f"leads off the site, to {url[:200]}, which does not exist"
            ) from None

        inside = [str(a[4][0]) for a in found if not is_public(str(a[4][0]))]
        if inside and not Allowed(self.crawler.settings.getlist("ALLOW_PRIVATE_HOSTS"))(host, port):
            raise private(host, inside[0])

        raise Refused("redirect", f"leads off the site, to {url[:200]}")
