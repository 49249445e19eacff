"""Every setting with its reason."""

BOT_NAME = "harvest"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

#: Where runs leave their files (FORMAT: files under output/).
OUTPUT_DIR = "output"

ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1
TELNETCONSOLE_ENABLED = False
