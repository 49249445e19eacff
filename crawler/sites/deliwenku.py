"""得力文库: a sister of jinchutou's document library [V]. The host is a guess [G]."""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library(
    "deliwenku", "www.deliwenku.com", "m.deliwenku.com", "deliwenku.com", names=("得力文库",)
)
