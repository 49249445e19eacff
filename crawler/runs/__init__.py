"""The crawl's state and its one transaction. Knows neither Scrapy nor HTML."""
