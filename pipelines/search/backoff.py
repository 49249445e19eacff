"""Trying again, later and later: what to do about an engine that is busy or just starting."""

from __future__ import annotations

import random
from collections.abc import Callable
from threading import Event
from typing import TypeVar

_T = TypeVar("_T")

#: Seconds before the second try; every further wait is twice as long, half of it by chance, so that clients spread.
FIRST_WAIT = 0.2
TRIES = 6

_WAIT = Event().wait


def with_back_off(
    call: Callable[[], _T],
    busy: Callable[[Exception], bool],
    wait: Callable[[float], object] = _WAIT,
) -> _T:
    """What `call` returns, tried up to six times (about 6 s) while it fails with what `busy` says is worth it.

    >>> answers = iter([OSError(), OSError(), 7])
    >>> def call():
    ...     answer = next(answers)
    ...     if isinstance(answer, OSError): raise answer
    ...     return answer
    >>> with_back_off(call, lambda error: isinstance(error, OSError), wait=lambda seconds: None)
    7
    """
    for n in range(TRIES):
        try:
            return call()
        except Exception as error:
            if n == TRIES - 1 or not busy(error):
                raise

            wait(FIRST_WAIT * 2**n * (0.5 + random.random() / 2))

    raise AssertionError("the last try returns or raises")
