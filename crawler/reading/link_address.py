"""The one door through which addresses come in from pages, lists, sitemaps and robots.txt.

canonical_target("https://www.wm114.cn/list/1.html", "../wen/9/17.html", asked.real) -> "https://www.wm114.cn/wen/9/17.html"

An address that cannot be read costs itself, never the list on which it stands. One that only a machine would make up,
going deeper for ever, leads nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

#: As Heritrix has it (TooManyPathSegmentsDecideRule, PathologicalPathDecideRule): more segments in a path than this, or one
#: name among them so often, are made by relative links that lead back into themselves. Numbers may repeat: archives are
#: sharded (`/000/000/017.html`).
MOST_SEGMENTS, MOST_REPEATS = 20, 3
#: Longest address that is asked for, in characters.
LONGEST = 2_083


def canonical_target(
    home: str,
    link: str,
    real: Callable[[str], str | None],
    *,
    base: str | None = None,
    left: list[str] | None = None,
) -> str | None:
    """The canonical URL of a link on the page at `home`; `None` where it is none, leads elsewhere, or into a trap. `base` is
    what the page's `<base>` says, which counts where it can be read. `left` gets the canonical URL of one into a trap."""
    try:
        address = urljoin(base_address(home, base), link)
        target = real(address) if len(address) <= LONGEST else None
    except ValueError:
        return None

    if target is None or not is_trap(target):
        return target

    if left is not None:
        left.append(target)

    return None


def base_address(home: str, base: str | None) -> str:
    """Where relative links of the page at `home` begin; a `base` that cannot be read does not count.

    >>> base_address("http://a.example/x/1.html", "/y/"), base_address("http://a.example/x/1.html", "http://[")
    ('http://a.example/y/', 'http://a.example/x/1.html')
    """
    if not base:
        return home

    try:
        address = urljoin(home, base.strip())
        parts = urlsplit(address)

        return address if parts.scheme in ("http", "https") and parts.hostname else home
    except ValueError:
        return home


def is_trap(url: str) -> bool:
    """Whether a path goes deeper than people make them, or the same segment comes three times.

    >>> is_trap("http://a.example/a/b/a/b/a/x.html"), is_trap("http://a.example/2024/05/05/5.html")
    (True, False)
    """
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]

    if len(segments) > MOST_SEGMENTS:
        return True

    counts = Counter(segment for segment in segments if not segment.isdigit())
    return any(count >= MOST_REPEATS for count in counts.values())
