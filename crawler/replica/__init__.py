"""Replica sites: a loopback server that looks like four of the sites, with documents written for it.

The texts in `documents/` are this project's own; `pages` spoils them as the sites do (notices, splices, glosses,
frames), so what a crawl ought to make of every page is known to the character: `Replica.expected`.

    with serving(build_replicas()) as bases:    # {"wm114": "http://127.0.0.1:40011", …}
        …                                       # scrapy crawl wm114 -a base=http://127.0.0.1:40011

`scrapy demo` and the tests use it. Nothing here imports Scrapy.
"""
