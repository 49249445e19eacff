"""chochina: a sister of jinchutou's document library [V]. The host is a guess [G], and so its name, which is left out."""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library("chochina", "www.chochina.com", "m.chochina.com", "chochina.com")
