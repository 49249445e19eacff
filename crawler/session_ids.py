"""Session ids in addresses, which make a new address of the same page at every visit.

without_session("https://a.example/d/1.html;jsessionid=8F2C?page=2") -> "https://a.example/d/1.html?page=2"

Only names that mean nothing else go whatever they hold; a name that may be a document's (`sid`, `s`) goes where it holds
what a program draws by lot.
"""

from __future__ import annotations

import re

_ALWAYS = r"jsessionid|phpsessid|aspsessionid[a-z]{0,20}|asp\.net_sessionid|sessionid|session_id|sessid|oscsid|zenid|cftoken"
#: 16 hexadecimal digits or more, as programs print random numbers; `s` as one forum software writes it.
_DRAWN_BY_LOT = r"(?:sid|ssid|sess|session)=[0-9a-f]{16,128}|s=[0-9a-f]{32}"

_IN_PATH = re.compile(rf";(?:(?:{_ALWAYS})=[^/?#;]*|{_DRAWN_BY_LOT}(?=[/?#;]|\Z))", re.IGNORECASE)
#: ASP.NET without cookies: `/(S(lit3py55t21z5v55vlm25s55))/page.aspx`.
_ASPNET = re.compile(r"/\((?:[A-Z]\([0-9A-Za-z_-]{1,200}\)){1,4}\)(?=/)")
_IN_QUERY = re.compile(
    rf"(?P<before>[?&])(?:(?:{_ALWAYS})=[^&#]*|(?:{_DRAWN_BY_LOT})(?=[&#]|\Z))(?P<after>&|(?=#)|\Z)",
    re.IGNORECASE,
)


def without_session(url: str) -> str:
    """The address without session ids.

    >>> without_session("http://a.example/l.php?PHPSESSID=1a&page=2&sid=0123456789abcdef#top")
    'http://a.example/l.php?page=2#top'
    >>> without_session("http://a.example/d.php?sid=4711&s=2")
    'http://a.example/d.php?sid=4711&s=2'
    """
    if "=" not in url and "(" not in url:
        return url

    url = _ASPNET.sub("", _IN_PATH.sub("", url))
    while found := _IN_QUERY.search(url):
        kept = found["before"] if found["after"] == "&" else ""
        url = url[: found.start()] + kept + url[found.end() :]

    return url
