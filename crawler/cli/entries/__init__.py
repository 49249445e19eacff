"""The list of our commands: Scrapy's COMMANDS_MODULE. See `crawler.cli.lazy_command`."""

from crawler.cli.early_interrupt import heed_in_scrapys_program

heed_in_scrapys_program()  # the first module of ours with which Scrapy begins a command
