"""The common base of our commands: one way to refuse, to count and to end.

A command says what is wrong in one line on standard error and ends with the exit status of docs/FORMAT:
1 could not be done, 2 usage, 3 done but something was lost.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.log import configure_logging

from crawler.cli.early_interrupt import leave_interrupts_to_the_command
from pipelines.errors import HarvestError


class CannotBeDone(HarvestError):
    """A missing path, an unwritable output, an engine that is down: exit 1, nothing touched."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: ends like Ctrl-C, with nothing half-written left behind, but with exit status 143."""


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _open_what_is_closed() -> None:
    """Standard streams that were closed (`>&-`) lead nowhere; without this, output files would take their numbers' place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (it lives as long as the program)


def _print_anything() -> None:
    """A terminal whose encoding lacks a character shows a mark for it; one of plain ASCII (the C locale) gets UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
            stream.reconfigure(encoding="utf-8" if plain else None, errors="backslashreplace")


def _let_go_of_standard_output() -> None:
    """What is still buffered for a reader who has gone must not be complained about at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Command(ScrapyCommand):
    """Base of our commands. Subclasses write `perform`, which returns the exit status."""

    requires_project = True
    #: Scrapy's process installs a reactor and leaves an event loop behind, which complains at exit where nothing has run.
    #: `crawl` makes its own when all is ready.
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    @property
    def output(self) -> Path:
        """The output folder. Raises CannotBeDone where OUTPUT_DIR is an address."""
        assert self.settings is not None  # Scrapy gives them before it runs a command
        folder = str(self.settings["OUTPUT_DIR"])

        if "://" in folder:
            raise CannotBeDone(
                f"OUTPUT_DIR={folder}: runs write to a folder of this machine; S3_COPY=s3://… copies it"
            )
        if not folder.strip():
            raise CannotBeDone("OUTPUT_DIR is empty: name a folder")

        return Path(folder)

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do the work and return the exit status; `args` are the positional arguments."""
        raise CannotBeDone(f"{type(self).__name__} does nothing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's entry point."""
        unknown = [a for a in args if a.startswith("-") and a != "-"]

        if unknown:
            raise UsageError(f"unknown option: {unknown[0]}", print_help=False)

        before = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _terminated)

        try:
            leave_interrupts_to_the_command()
            _open_what_is_closed()
            _print_anything()
            configure_logging(self.settings)
            self.exitcode = self.perform(args, opts)
            sys.stdout.flush()
        except HarvestError as error:
            self.refuse(str(error))
            self.exitcode = error.exit_status
        except BrokenPipeError:  # `| head`: whoever read has what he wanted
            _let_go_of_standard_output()
            self.exitcode = 0
        except KeyboardInterrupt as stopped:
            self.say("interrupted")
            self.exitcode = 143 if isinstance(stopped, Terminated) else 130
        except UsageError:
            raise
        except OSError as error:
            self.refuse(
                f"{error.filename}: {error.strerror}"
                if error.filename
                else str(error.strerror or error)
            )
        except Exception as error:
            if opts.pdb or opts.loglevel == "DEBUG":
                raise

            self.refuse(
                f"a fault in the program: {type(error).__name__}: {error} (-L DEBUG shows where; please report it)"
            )
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, before)

    def refuse(self, why: str) -> None:
        """One clear line, and exit status 1."""
        self.say(f"error: {' '.join(why.split())}")
        self.exitcode = 1

    @staticmethod
    def say(line: str) -> None:
        """A line for the person or the log: standard error."""
        with suppress(OSError, ValueError):  # nobody listens
            print(line, file=sys.stderr, flush=True)

    @staticmethod
    def usage(why: str) -> NoReturn:
        """Exit status 2, as Scrapy has it."""
        raise UsageError(why, print_help=False)
