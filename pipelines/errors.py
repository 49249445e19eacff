"""The base of the project's own errors: each knows the exit status with which a command ends on it.

class SinkError(HarvestError):
    '''The engine is down.'''        # a command that meets it says it in one line and exits 1
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class HarvestError(Exception):
    """An error whose message names the thing, the place and what to do. `exit_status` is as in docs/FORMAT:
    1 could not be done, 2 usage, 3 done but something was lost, 4 another run holds the site."""

    exit_status: ClassVar[int] = 1


class InputError(HarvestError):
    """A file or folder that was named is missing or cannot be read."""


class OutputError(HarvestError, OSError):
    """A file or folder could not be written. It is an OSError too: who minds a full disk minds it however it is said."""


class MissingExtra(HarvestError):
    """A part of the program that was not installed.

    >>> str(MissingExtra("Parquet", "parquet"))
    "Parquet needs an extra: pip install 'harvest[parquet]' (in a checkout: make extras)"
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs an extra: pip install 'harvest[{extra}]' (in a checkout: make extras)"
        )


@contextmanager
def needs_extra(what: str, extra: str, module: str) -> Iterator[None]:
    """Around an import: raises MissingExtra where `module` is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module:
            raise

        raise MissingExtra(what, extra) from None
