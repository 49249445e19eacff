"""Names of the WARC headers that this project writes and reads (ISO 28500:2017, and two of its own)."""

from __future__ import annotations

TARGET = "WARC-Target-URI"
DATE = "WARC-Date"
#: The site's key.
SITE = "X-Harvest-Site"
#: What was asked for: document, list, sitemap, robots.
KIND = "X-Harvest-Kind"
