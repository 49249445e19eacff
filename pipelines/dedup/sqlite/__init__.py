"""The copies of a crawl in SQLite."""
