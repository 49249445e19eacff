"""三一办公 (`31ppt`): jinchutou's software; `/d-NUMBER.html` is a download form, not a document [V]. The host is a guess [G]."""

from __future__ import annotations

from crawler.families.document_library import library

SITE = library("31ppt", "www.31ppt.com", "m.31ppt.com", "31ppt.com", names=("三一办公",))
