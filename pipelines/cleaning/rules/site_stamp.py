"""The site's own name or address dropped into a sentence: `要加快新文秘网转型升级`, `(www.example.cn)`.

Only names and hosts of known sites are taken out: nothing proves that an unknown word is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact
from pipelines.text.literals import Words

#: A speech that speaks of a site says so.
SPOKEN = re.compile(r"(?:在|由|与|和|据|如|是|向|从|[“\"「《、,，])\s?\Z")
BEFORE = re.compile(r"[(（【\[]?[ \t]?(?:https?://)?\Z")
AFTER = re.compile(r"/?(?:[ \t]?[)）】\]])?")
SPOKEN_AFTER = re.compile(r"[的等”\"」》、是,，上公负联记]")


@rule(
    needs=("网", "文库", "www.", ".com", ".cn", ".net", "http"),
    budget=100,
    after=("preview_end", "page_tail"),
)
def site_stamp(text: str, facts: Facts) -> Iterator[Edit]:
    """A known site's name in the middle of the document is the site's, not the speaker's.

    >>> known = Facts(sites={"好例文秘网": "liwen"})
    >>> [(e.start, e.end) for e in site_stamp.find("要加快好例文秘网转型升级。", known)]
    [(3, 8)]
    >>> list(site_stamp.find("据好例文秘网的报道,转型升级加快。", known))
    []
    """
    pattern = _pattern(frozenset(facts.sites))
    done = 0

    for found in pattern.finditer(text) if pattern else ():
        start, end = found.span()
        start -= len(BEFORE.search(text[max(done, start - 12) : start])[0])  # type: ignore[index]
        end = AFTER.match(text, end).end()  # type: ignore[union-attr]

        if (
            start < done
            or SPOKEN.search(text[max(0, start - 3) : start])
            or SPOKEN_AFTER.match(text, end)
        ):
            continue

        done = end
        yield Edit(
            start, end, "", (Fact("site_host" if "." in found[0] else "site_name", found[0]),)
        )


@lru_cache(maxsize=4)
def _pattern(names: frozenset[str]) -> Words | None:
    """One pattern for all known names and hosts, the longest first."""
    known = sorted((n for n in names if "." in n or len(n) >= 3), key=lambda n: (-len(n), n))

    return Words(known) if known else None
