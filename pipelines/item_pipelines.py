"""Adapters of a few lines between Scrapy and the stages; nobody imports this module, settings name it."""
