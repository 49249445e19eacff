"""How pages are fetched: the download handler, what may be connected to, the pace of a host, errors."""
