"""Reading a page: separate from getting it, ignorant of Scrapy."""
