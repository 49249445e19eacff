"""Getting pages: all that knows Scrapy or HTML."""
