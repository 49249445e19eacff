"""Ctrl-C while a command is still being loaded: one line and exit status 130, as later on, not a traceback of imports.

    heed_early_interrupts()        # before the slow imports

Imports only what Python has loaded anyway: it is to be there first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType


def heed_early_interrupts() -> None:
    """End at the first SIGINT until a command runs, which from there on sees KeyboardInterrupt. A handler that somebody
    else has set stays."""
    in_main_thread = threading.current_thread() is threading.main_thread()

    if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)


def heed_in_scrapys_program() -> None:
    """The same where `scrapy` itself is the program, which has imported much before it asks us for commands."""
    execute = getattr(sys.modules.get("__main__"), "execute", None)

    if getattr(execute, "__module__", None) == "scrapy.cmdline":
        heed_early_interrupts()


def leave_interrupts_to_the_command() -> None:
    """A command runs: SIGINT is KeyboardInterrupt again, if it was ours."""
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupted(number: int, frame: FrameType | None) -> None:
    if _a_command_runs(frame):  # one of Scrapy's own, which does not tell us
        signal.default_int_handler(number, frame)

    with suppress(OSError):  # nobody listens
        os.write(2, b"interrupted\n")

    # Not SystemExit: what is half imported catches it, or complains at the end. Nothing of ours is open yet.
    os._exit(130)


def _a_command_runs(frame: FrameType | None) -> bool:
    while frame is not None:
        module, function = frame.f_globals.get("__name__"), frame.f_code.co_name
        if module == "scrapy.cmdline" and function == "_run_command":
            return True

        frame = frame.f_back

    return False
