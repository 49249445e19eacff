"""冰豆网: jinchutou's software, with the upload card as a list [V]. The host is a guess [G]."""

from __future__ import annotations

from crawler.families.document_library import DOC_NUMBER, HEX, P_NUMBER, library

SITE = library(
    "bdocx", "www.bdocx.com", "m.bdocx.com", "bdocx.com", names=("冰豆网",),
    documents=(DOC_NUMBER, P_NUMBER, HEX), at="/doc/{}.html",
)  # fmt: skip
