"""The common base of our commands: one way to refuse, to count and to end.

A command says what is wrong in one line on standard error and ends with the exit status of docs/FORMAT:
1 could not be done, 2 usage, 3 done but something was lost.
"""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError


class CannotBeDone(Exception):
    """A missing path, an unwritable output, an engine that is down: exit 1, nothing touched."""


class Command(ScrapyCommand):
    """Base of our commands. Subclasses write `perform`, which returns the exit status."""

    requires_project = True
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do the work and return the exit status; `args` are the positional arguments."""
        raise CannotBeDone(f"{type(self).__name__} does nothing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's entry point."""
        unknown = [a for a in args if a.startswith("-") and a != "-"]
        if unknown:
            raise UsageError(f"unknown option: {unknown[0]}", print_help=False)
        try:
            self.exitcode = self.perform(args, opts)
        except CannotBeDone as error:
            self.refuse(str(error))
        except BrokenPipeError:
            sys.stderr.close()
            self.exitcode = 0
        except KeyboardInterrupt:
            self.say("interrupted")
            self.exitcode = 130

    def refuse(self, why: str) -> None:
        """One clear line, and exit status 1."""
        self.say(f"error: {why}")
        self.exitcode = 1

    @staticmethod
    def say(line: str) -> None:
        """A line for the person or the log: standard error."""
        print(line, file=sys.stderr, flush=True)

    @staticmethod
    def usage(why: str) -> NoReturn:
        """Exit status 2, as Scrapy has it."""
        raise UsageError(why, print_help=False)
