"""Commands that are listed without being imported: `scrapy --help` names them all, and only the one that runs is loaded.

Scrapy imports every module of COMMANDS_MODULE to find the commands; with all that cleaning, crawling and searching need, that
took longer than most commands do. So COMMANDS_MODULE is `crawler.cli.entries`, with a module of a few lines for each command, and
the command itself stands in `crawler.commands` under the same name.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from functools import cached_property
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand


class LazyCommand(ScrapyCommand):
    """An entry in the list of commands. Subclasses state `summary`; everything else is the command's own."""

    requires_project = True
    requires_crawler_process = False

    #: The line of `scrapy --help`; the command's own `short_desc` is the same (a test sees to it).
    summary: ClassVar[str]

    @cached_property
    def command(self) -> ScrapyCommand:
        """The command itself, imported when it is first asked for anything."""
        name = type(self).__module__.rpartition(".")[2]

        return command_of(name)

    def __getattribute__(self, name: str) -> Any:
        if name in _OF_THE_COMMAND:
            return getattr(object.__getattribute__(self, "command"), name)

        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OF_THE_COMMAND and "command" in self.__dict__:
            setattr(self.command, name, value)
        else:
            super().__setattr__(name, value)

    def short_desc(self) -> str:
        """One line, without importing the command."""
        return self.summary

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's entry point."""
        self.command.run(args, opts)


#: What Scrapy asks of the command that it runs.
_OF_THE_COMMAND = frozenset(
    (
        "add_options",
        "default_settings",
        "exitcode",
        "help",
        "long_desc",
        "process_options",
        "settings",
        "syntax",
    )
)


def command_of(name: str) -> ScrapyCommand:
    """The command in `crawler.commands.NAME`."""
    module = importlib.import_module(f"crawler.commands.{name}")

    for member in vars(module).values():
        is_own = inspect.isclass(member) and member.__module__ == module.__name__
        if is_own and issubclass(member, ScrapyCommand):
            command: ScrapyCommand = member()
            return command

    raise ImportError(f"{module.__name__} holds no command")
