"""The list of our commands: Scrapy's COMMANDS_MODULE. See `crawler.cli.lazy_command`."""
