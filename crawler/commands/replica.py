"""`scrapy replica [--port N]`: serve the replica sites until interrupted, for whoever wants to try a crawl.

$ scrapy replica --port 8000
wm114       http://127.0.0.1:8000
…
"""

from __future__ import annotations

import argparse
import signal
from contextlib import ExitStack

from crawler.cli.command import CannotBeDone, Command
from crawler.replica.pages import build_replicas
from crawler.replica.server import serving


class ReplicaCommand(Command):
    """See the module."""

    def syntax(self) -> str:
        """What stands behind `scrapy replica`."""
        return "[--port N]"

    def short_desc(self) -> str:
        """One line for `scrapy -h`."""
        return "Serve the replica sites on this machine until interrupted, to try a crawl on"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """`--port`."""
        super().add_options(parser)

        parser.add_argument(
            "--port",
            metavar="N",
            type=int,
            default=0,
            help="of the first site, the others follow it (default: any that are free)",
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> int:
        """Exit status 130 or 143, as it is ended by a signal."""
        if args:
            self.usage(f"replica takes no arguments: {args[0]}")

        replicas = build_replicas()
        if opts.port and not 1 <= opts.port <= 65_536 - len(replicas):
            self.usage(f"--port {opts.port}: from 1 to {65_536 - len(replicas)}")

        with ExitStack() as stack:
            try:
                bases = stack.enter_context(serving(replicas, opts.port))
            except OSError as error:
                raise CannotBeDone(f"--port {opts.port}: {error.strerror or error}") from None

            for key, base in bases.items():
                print(f"{key:<12}{base}", flush=True)

            key, base = next(iter(bases.items()))
            self.say(
                f"try: scrapy crawl {key} -a base={base} -a home={key}.example "
                f"-s ALLOW_PRIVATE_HOSTS={base.removeprefix('http://')} -s OUTPUT_DIR=output/demo"
            )

            self.say("Ctrl-C ends it")
            while True:
                signal.pause()
