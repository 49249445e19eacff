"""`7cxk`: a sister of jinchutou's document library [V]. The host is a guess [G], and so its name, which is left out."""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library("7cxk", "www.7cxk.net", "m.7cxk.net", "7cxk.net")
