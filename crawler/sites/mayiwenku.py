"""蚂蚁文库: a sister of jinchutou's document library [V]. The host is a guess [G]."""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library(
    "mayiwenku", "www.mayiwenku.com", "m.mayiwenku.com", "mayiwenku.com", names=("蚂蚁文库",)
)
