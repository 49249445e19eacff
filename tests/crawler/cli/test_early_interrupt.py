"""Ctrl-C before a command runs, in a process that gets it just when it begins to import a certain module."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.crawler.crawl.running import PROJECT

INTERRUPTED = """
import os, runpy, signal, sys

_, module, at, *words = sys.argv
sys.argv = ["scrapy", *words]

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == at:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""

OF_SCRAPYS_OWN = """
import argparse, os, signal
from scrapy import cmdline
from scrapy.commands.version import Command
from crawler.cli.early_interrupt import heed_early_interrupts

class Waiting(Command):
    def run(self, args, opts):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            print("caught")

heed_early_interrupts()
cmdline._run_command(Waiting(), [], argparse.Namespace(profile=None))
"""


@pytest.mark.parametrize(
    ("program", "at"),
    [
        ("crawler.cli.harvest", "scrapy"),
        ("crawler.cli.harvest", "twisted"),
        ("crawler.cli.harvest", "crawler.commands.outline"),
        ("scrapy", "crawler.cli.entries.bench"),
        ("scrapy", "crawler.commands.outline"),
    ],
)
def test_an_interrupt_while_a_command_is_loaded_is_one_line(program: str, at: str) -> None:
    argv = [sys.executable, "-c", INTERRUPTED, program, at, "outline", "-", "-o", "-"]
    done = subprocess.run(argv, cwd=PROJECT, input=b"", capture_output=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"interrupted\n")


def test_a_command_of_scrapys_own_gets_its_interrupts() -> None:
    argv = [sys.executable, "-c", OF_SCRAPYS_OWN]
    done = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (0, "caught\n"), done.stderr
