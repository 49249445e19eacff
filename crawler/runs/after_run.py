"""A command of the operator's after each run: `-s AFTER_RUN='notify --run'` is called with the manifest's path behind it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from pipelines.errors import HarvestError

#: A command that takes longer than this, in seconds, is ended.
TIME_LIMIT = 600


class HookFailed(HarvestError):
    """The command could not be started, ended badly or took too long; the run itself is whole."""


def call_after_run(command: str, manifest: Path) -> None:
    """Run a command with the path of a run's manifest as its last argument. Raises HookFailed."""
    try:
        words = shlex.split(command)
        done = subprocess.run(
            [*words, str(manifest)], stdin=subprocess.DEVNULL, timeout=TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise HookFailed(f"AFTER_RUN took over {TIME_LIMIT} seconds: {command}") from None
    except (OSError, ValueError) as error:
        raise HookFailed(f"AFTER_RUN could not be started: {command} ({error})") from None

    if done.returncode:
        raise HookFailed(f"AFTER_RUN exited {done.returncode}: {command}")
