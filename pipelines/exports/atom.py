"""A feed of new and upgraded documents, one a site (Atom, RFC 4287), for readers and for programs that poll.

    feed("wm114", [speech, …]) -> b"<?xml version='1.0' …"

An entry is the document: its id stays the same over its versions, `updated` is the time of its capture, and a category
says whether it is `new` or `upgraded`. The text itself is not in the feed.
"""

from __future__ import annotations

import heapq
import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipelines.atomic_file import write_whole
from pipelines.records import Speech
from pipelines.search.document import SinkError, lines

#: Entries of a feed: readers poll daily and sites bring some ten documents a day.
ENTRIES = 100

#: Code points of a summary.
SUMMARY = 200

_ATOM = "http://www.w3.org/2005/Atom"
_SCHEME = "urn:harvest:"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MISSING = {"gapped": "inside", "cut_off": "at the end", "unknown": "somewhere"}


def feed(site: str, speeches: Iterable[Speech]) -> bytes:
    """The feed of a site's newest documents, newest first, out of records in the order they were written.

    Of several versions the highest counts, and what another one superseded does not. Documents without a time of capture
    are left out.
    """
    newest: dict[str, Speech] = {}
    buried: dict[str, int] = {}
    for speech in speeches:
        for other in speech.supersedes:
            if other != speech.id:
                buried[other] = max(
                    newest[other].version if other in newest else 1, buried.get(other, 1)
                )
        if speech.crawled_at and (
            speech.id not in newest or newest[speech.id].version <= speech.version
        ):
            newest[speech.id] = speech
    entries = heapq.nlargest(
        ENTRIES,
        (s for s in newest.values() if s.version > buried.get(s.id, 0)),
        key=lambda s: (s.crawled_at or "", s.id),
    )
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-Hans"})
    _text(root, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{_SCHEME}feed:{site}')}")
    _text(root, "title", f"harvest: {site}")
    _text(root, "updated", entries[0].crawled_at or "" if entries else "1970-01-01T00:00:00Z")
    ElementTree.SubElement(
        root, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{site}.atom"}
    )
    _text(ElementTree.SubElement(root, "author"), "name", site)
    _text(root, "generator", "harvest")
    for speech in entries:
        _entry(root, speech)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def write_feeds(speeches: Path, feeds: Path) -> list[str]:
    """Bring the feeds of all sites in a folder of speech files up to date; returns the sites whose feed changed.

    A site's files are read from the newest back, and no further than a feed has entries.
    """
    by_site: dict[str, list[Path]] = {}
    for file in sorted(speeches.glob("*.jsonl"), reverse=True):
        first = next(lines(file, lambda why: None), None)
        if first:
            by_site.setdefault(first.speech.site, []).append(file)
    changed = []
    for site, files in sorted(by_site.items()):
        made = feed(site, _newest(files))
        target = feeds / f"{site}.atom"
        try:
            if not target.exists() or target.read_bytes() != made:
                write_whole(target, made)
                changed.append(site)
        except OSError as error:
            raise SinkError(f"{target}: {error.strerror or error}") from error
    return changed


def _newest(files: list[Path]) -> Iterator[Speech]:
    """The records of as many files as a feed needs, given newest first, in the order they were written."""
    seen: set[str] = set()
    needed: list[Path] = []
    for file in files:
        if len(seen) < ENTRIES:
            seen.update(line.speech.id for line in lines(file, lambda why: None))
            needed.append(file)
    for file in reversed(needed):
        for line in lines(file, lambda why: None):
            yield line.speech


def _entry(root: ElementTree.Element, speech: Speech) -> None:
    entry = ElementTree.SubElement(root, "entry")
    _text(entry, "id", uuid.UUID(speech.id).urn)
    _text(entry, "title", speech.title)
    _text(entry, "updated", speech.crawled_at or "")
    if speech.published and _DAY.fullmatch(speech.published):
        _text(entry, "published", f"{speech.published}T00:00:00Z")
    ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": _NO_XML.sub("", speech.url)})
    if speech.uploader:
        _text(ElementTree.SubElement(entry, "author"), "name", speech.uploader)
    what = "new" if speech.version == 1 else "upgraded"
    ElementTree.SubElement(entry, "category", {"scheme": f"{_SCHEME}change", "term": what})
    ElementTree.SubElement(
        entry, "category", {"scheme": f"{_SCHEME}completeness", "term": speech.completeness}
    )
    _text(entry, "summary", _summary(speech))


def _summary(speech: Speech) -> str:
    """The opening of the text, never over a place where text is missing, and what the site withholds."""
    end = min([SUMMARY, *(gap.at for gap in speech.gaps)])
    opening = " ".join(speech.text[:end].split()) + ("…" if end < len(speech.text) else "")
    if speech.completeness == "full":
        return opening
    withheld = sum(gap.chars or 0 for gap in speech.gaps)
    amount = f"{withheld} characters" if withheld else "text"
    return f"{opening} [{amount} withheld by the site {_MISSING[speech.completeness]}]"


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = _NO_XML.sub("", text)
