"""`harvest …`: our commands without a checkout; the same as `scrapy …` within one.

pip install .
harvest crawl wm114 -a limit=50      # writes to output/ in the current folder
"""

from __future__ import annotations

import os
import sys

from crawler.cli.early_interrupt import heed_early_interrupts


def main() -> None:
    """The console script. A project's own settings module, named in the environment, goes first."""
    heed_early_interrupts()
    from scrapy.cmdline import execute  # takes most of a second: Ctrl-C falls there

    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    execute(["harvest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
