"""Feeds of new and upgraded documents, of a site or of a query (Atom, RFC 4287), for readers and for programs that poll.

    feed("wm114", [speech, …]) -> b"<?xml version='1.0' …"

An entry is the document: its id stays the same over its versions, `updated` is the time of its capture, and a category
says whether it is `new` or `upgraded`. The text itself is not in the feed.
"""

from __future__ import annotations

import heapq
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from pipelines.atomic_file import write_whole
from pipelines.errors import OutputError
from pipelines.exports.file_names import file_name
from pipelines.records import Speech
from pipelines.speech_files import current_lines, speech_files

#: Entries of a feed: readers poll daily and sites bring some ten documents a day.
ENTRIES = 100

#: Code points of a summary.
SUMMARY = 200

#: What decides which is newer, and the document.
_Entry = tuple[tuple[str, str], Speech]

_ATOM = "http://www.w3.org/2005/Atom"
_SCHEME = "urn:harvest:"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MISSING = {"gapped": "inside", "cut_off": "at the end", "unknown": "somewhere"}


def feed(name: str, speeches: Iterable[Speech], file: str = "") -> bytes:
    """The feed of the newest of some documents, newest first; those without a time of capture are left out.

    `name` is what they have in common, a site or a query; `file` is what the feed is called, where it has a file.
    """
    captured = (speech for speech in speeches if speech.crawled_at)
    entries = heapq.nlargest(ENTRIES, captured, key=_when)
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-Hans"})
    _text(root, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{_SCHEME}feed:{name}')}")
    _text(root, "title", f"harvest: {name}")
    _text(root, "updated", entries[0].crawled_at or "" if entries else "1970-01-01T00:00:00Z")

    if file:
        link = {"rel": "self", "type": "application/atom+xml", "href": quote(file)}
        ElementTree.SubElement(root, "link", link)

    _text(ElementTree.SubElement(root, "author"), "name", name)
    _text(root, "generator", "harvest")

    for speech in entries:
        _entry(root, speech)

    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def write_feeds(
    speeches: Path, feeds: Path, bad: Callable[[str], None] = lambda why: None
) -> list[str]:
    """Bring the feeds of all sites in a folder of speech files up to date; returns the sites whose feed changed.

    `bad` is told of lines that are no records. Raises OutputError and InputError.
    """
    by_site: dict[str, list[_Entry]] = {}
    files = speech_files([speeches]) if speeches.is_dir() else []

    for _, line in current_lines(files, bad):
        _add_newest(by_site.setdefault(line.speech.site, []), line.speech)

    changed = []
    for site, entries in sorted(by_site.items()):
        name = f"{file_name(site)}.atom"
        made = feed(site, [speech for _, speech in entries], name)

        if _write_changed(feeds / name, made):
            changed.append(site)

    return changed


def newest(
    files: Sequence[Path], is_wanted: Callable[[Speech], bool], bad: Callable[[str], None]
) -> list[Speech]:
    """The newest current documents of speech files that are wanted, as many as a feed has entries."""
    entries: list[_Entry] = []

    for _, line in current_lines(files, bad):
        if is_wanted(line.speech):
            _add_newest(entries, line.speech)

    return [speech for _, speech in entries]


def _when(speech: Speech) -> tuple[str, str]:
    return speech.crawled_at or "", speech.id


def _add_newest(newest: list[_Entry], speech: Speech) -> None:
    """Keep the newest ENTRIES documents, in a heap."""
    entry = _when(speech), speech

    if len(newest) < ENTRIES:
        heapq.heappush(newest, entry)
    elif newest[0][0] < entry[0]:
        heapq.heapreplace(newest, entry)


def _write_changed(target: Path, made: bytes) -> bool:
    try:
        if target.exists() and target.read_bytes() == made:
            return False

        write_whole(target, made)
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror or error}") from error

    return True


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
