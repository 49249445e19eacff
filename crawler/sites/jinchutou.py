"""金锄头文库: a document library; upload card, counted splices every 300 characters [V].

`/p-NUMBER.html` redirects to `/shtml/HEX.html` [T]: the number is on the card then. UTF-8 [T].
"""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library(
    "jinchutou", "www.jinchutou.com", "m.jinchutou.com", "jinchutou.com", names=("金锄头文库",)
)
