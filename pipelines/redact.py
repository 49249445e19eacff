"""Secrets taken out of what is kept: passwords in addresses, and values of settings that are named like secrets.

A command line and an address stand in manifests, failures, the state and the report, which many may read.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

#: In place of a secret.
HIDDEN = "***"

_SECRET = (
    r"(?:KEY|SECRET|TOKEN|PASSW|PASSPHRASE|PWD|CREDENTIAL|COOKIE|SIGNATURE|AUTH|BEARER|DSN|_PW)"
)
#: `//user:password@host`.
_USER_INFO = re.compile(r"(?<=://)[^\s/?#'\"<>]{1,400}@")
#: `?access_token=…`, `&sig=…`.
_QUERY = re.compile(
    rf"(?P<name>[?&;][\w.-]{{0,40}}(?:{_SECRET}|SIG)[\w.-]{{0,40}}=)[^&;#\s'\"<>]{{1,2000}}",
    re.IGNORECASE,
)
#: `AWS_SECRET_ACCESS_KEY=…`, a setting or a variable.
_SETTING = re.compile(
    rf"(?P<name>[\w.-]{{0,60}}{_SECRET}[\w.-]{{0,60}})=(?P<value>.+)", re.IGNORECASE | re.DOTALL
)
#: The same somewhere in a line whose words cannot be told apart any more.
_IN_A_LINE = re.compile(
    rf"\b(?P<name>\w{{0,60}}{_SECRET}\w{{0,60}}=)[^\s'\"\\]{{1,2000}}", re.IGNORECASE
)


def redact_addresses(text: str) -> str:
    """A text without the secrets of the addresses in it.

    >>> redact_addresses("http://me:pw@mirror.example/a?token=17&page=2 is gone")
    'http://***@mirror.example/a?token=***&page=2 is gone'
    """
    text = _USER_INFO.sub(f"{HIDDEN}@", text)

    return _QUERY.sub(rf"\g<name>{HIDDEN}", text)


def redact_words(words: Iterable[str]) -> str:
    """A command line, quoted for a shell, without its secrets.

    >>> redact_words(["scrapy", "crawl", "wm114", "-s", "API_KEY=17 4", "-a", "base=http://me:pw@mirror.example"])
    "scrapy crawl wm114 -s 'API_KEY=***' -a 'base=http://***@mirror.example'"
    """
    return shlex.join([_redact_word(word) for word in words])


def _redact_word(word: str) -> str:
    setting = _SETTING.fullmatch(word)
    if setting:
        return f"{setting['name']}={HIDDEN}"

    return redact_addresses(word)


def redact_line(line: str) -> str:
    """A command line of which only the text is left.

    >>> redact_line("scrapy crawl wm114 -s SMTP_PASSWORD=17 -a limit=3")
    'scrapy crawl wm114 -s SMTP_PASSWORD=*** -a limit=3'
    """
    return redact_addresses(_IN_A_LINE.sub(rf"\g<name>{HIDDEN}", line))
